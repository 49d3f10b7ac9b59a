//! Packets kept while a subscription waits for the first packet of a keyframe, which was lost or reordered.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::rtp::packet::{IncomingPacket, StreamKey};

/// A 1080p keyframe and the frames until a retransmission arrives.
const MAX_PACKETS: usize = 200;
/// After this long a new keyframe is better.
const MAX_AGE: Duration = Duration::from_millis(500);

#[derive(Default)]
pub(crate) struct KeyframeWait(VecDeque<(Instant, IncomingPacket)>);

impl KeyframeWait {
    pub(crate) fn push(&mut self, now: Instant, packet: IncomingPacket) {
        self.drop_stale(now);
        if self.0.len() >= MAX_PACKETS {
            self.0.pop_front();
        }
        self.0.push_back((now, packet));
    }

    /// The packets that arrived before `first` and follow it in sequence, in order. Those of its stream that precede it
    /// are dropped: nobody can decode them any more.
    pub(crate) fn take_after(&mut self, now: Instant, first: &IncomingPacket) -> Vec<IncomingPacket> {
        self.drop_stale(now);
        let of_stream = |packet: &IncomingPacket| StreamKey::of(packet) == StreamKey::of(first);
        let (mut after, rest): (Vec<_>, Vec<_>) = self.0.drain(..).partition(|(_, packet)| of_stream(packet));
        self.0 = rest.into();
        after.retain(|(_, packet)| packet.rtp.seq_no > first.rtp.seq_no);
        after.sort_by_key(|(_, packet)| *packet.rtp.seq_no);
        after.into_iter().map(|(_, packet)| packet).collect()
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn drop_stale(&mut self, now: Instant) {
        while self.0.front().is_some_and(|(at, _)| now.saturating_duration_since(*at) > MAX_AGE) {
            self.0.pop_front();
        }
    }
}

impl std::fmt::Debug for KeyframeWait {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyframeWait({})", self.0.len())
    }
}
