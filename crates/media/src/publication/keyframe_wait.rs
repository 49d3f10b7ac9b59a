//! Packets of a layer that somebody waits to begin with, kept for the moment its keyframe is complete.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::rtp::packet::{Arrival, Stream};

/// A keyframe of 1080p and the pictures until a lost packet was sent again.
const MOST: usize = 200;
/// After that long a new keyframe is better.
const FRESH: Duration = Duration::from_millis(500);

#[derive(Default)]
pub(crate) struct Early(VecDeque<(Instant, Arrival)>);

impl Early {
    pub(crate) fn keep(&mut self, now: Instant, arrival: Arrival) {
        self.drop_stale(now);
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back((now, arrival));
    }

    /// What came before the first packet of its keyframe and belongs after it, in order.
    pub(crate) fn after(&mut self, now: Instant, first: &Arrival) -> Vec<Arrival> {
        self.drop_stale(now);
        let of_stream = |arrival: &Arrival| Stream::of(arrival) == Stream::of(first);
        let later = |arrival: &Arrival| of_stream(arrival) && arrival.rtp.seq_no > first.rtp.seq_no;
        let (mut after, rest): (Vec<_>, Vec<_>) = self.0.drain(..).partition(|(_, arrival)| later(arrival));
        self.0 = rest.into();
        after.sort_by_key(|(_, arrival)| *arrival.rtp.seq_no);
        after.into_iter().map(|(_, arrival)| arrival).collect()
    }

    fn drop_stale(&mut self, now: Instant) {
        while self.0.front().is_some_and(|(at, _)| now.saturating_duration_since(*at) > FRESH) {
            self.0.pop_front();
        }
    }
}

impl std::fmt::Debug for Early {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Early({})", self.0.len())
    }
}
