//! What one peer receives on one section: whether it has begun, which layer it is on, and the numbers
//! its packets go out under.

use std::time::Instant;

use str0m::media::{Pt, Rid};

use crate::rtp::packet::{Arrival, Stream};
use crate::rtp::timeline::{Place, Timeline};
use crate::rtp::vp8::Vp8Numbers;
use crate::sdp::section::Kind;

/// What a sink makes of a packet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It goes out here.
    Send {
        /// Its numbers.
        place: Place,
        /// With it the stream begins.
        begins: bool,
    },
    /// Not for this sink.
    Drop,
    /// Not for this sink, which needs a keyframe of this layer.
    NeedsKeyframe(Option<Rid>),
}

#[derive(Debug, Default)]
pub(crate) struct Sink {
    pub(crate) paused: bool,
    /// The most its viewer wants.
    pub(crate) limit: Option<Rid>,
    /// The most its viewer's network takes, as a place among the source's layers; `None` before that is known.
    pub(crate) cap: Option<usize>,
    /// Not even the lowest layer fits through its viewer's network.
    pub(crate) starved: bool,
    /// Since when that may be so.
    pub(crate) short: Option<Instant>,
    /// The stream that is being sent; `None` until one may begin.
    current: Option<Stream>,
    timeline: Timeline,
    pub(crate) vp8: Vp8Numbers,
    /// The payload type here of the source's payload type there, looked up once.
    pub(crate) mapped: Option<(Stream, Pt, Option<Mapped>)>,
}

/// The payload type of a codec at the receiver, and whether it takes redundant packets as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mapped {
    pub(crate) pt: Pt,
    pub(crate) wrapped: bool,
}

impl Sink {
    /// Begins anew with the next keyframe, as after a change of source.
    pub(crate) fn restart(&mut self) {
        self.current = None;
    }

    /// Its track has gone. Another one counts from the beginning: its SSRC is new, and with it the receiver's
    /// roll-over counter (RFC 3711 section 3.3.1).
    pub(crate) fn end(&mut self) {
        *self = Self::default();
    }

    /// The layer it is on, once it has begun.
    pub(crate) fn shows(&self) -> Option<Option<Rid>> {
        self.current.map(|stream| stream.rid)
    }

    /// Whether this packet goes out, and under which numbers. `best` is the layer it ought to be on.
    pub(crate) fn judge(&mut self, now: Instant, arrival: &Arrival, best: Option<Rid>) -> Verdict {
        if self.paused || self.starved {
            return Verdict::Drop;
        }
        let stream = Stream::of(arrival);
        let begins = self.current != Some(stream);
        if begins {
            // Sound can begin anywhere; pictures only with a keyframe, and only on the layer we want.
            let may_begin = arrival.kind != Kind::Video || (arrival.keyframe && arrival.rid == best);
            if !may_begin {
                return self.needs(arrival, best);
            }
            self.begin(now, arrival, stream);
        }
        let time = arrival.rtp.time.numer();
        match self.timeline.place(now, *arrival.rtp.seq_no, time) {
            Some(place) => Verdict::Send { place, begins },
            None => Verdict::Drop,
        }
    }

    fn begin(&mut self, now: Instant, arrival: &Arrival, stream: Stream) {
        let clock = arrival.params.spec().clock_rate.get();
        self.timeline.begin(now, *arrival.rtp.seq_no, arrival.rtp.time.numer(), clock);
        if let Some(vp8) = &arrival.vp8 {
            self.vp8.begin(vp8);
        }
        self.current = Some(stream);
    }

    fn needs(&self, arrival: &Arrival, best: Option<Rid>) -> Verdict {
        // Packets of the wanted layer keep coming and none can be shown: ask (the source holds back
        // what is asked too often). Packets of other layers say nothing.
        if arrival.rid == best { Verdict::NeedsKeyframe(best) } else { Verdict::Drop }
    }
}
