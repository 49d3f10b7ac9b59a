//! What one peer receives on one section: whether it has begun, which layer it is on, and the numbers
//! its packets go out under.

use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::format::PayloadParams;
use str0m::media::Pt;
use str0m::rtp::{RtpPacket, Ssrc, Vp8Descriptor};

use crate::table::Port;
use crate::timeline::{Place, Timeline};
use crate::vp8::Vp8Numbers;
use crate::{Kind, Rid};

/// A receiver reports every second (RFC 3550 section 6.2). One that has not reported on a stream after this does not
/// report at all.
const REPORTS_BY: Duration = Duration::from_secs(5);

/// A packet on its way from a source to its sinks, looked into once.
pub(crate) struct Arrival {
    pub(crate) source: Port,
    pub(crate) kind: Kind,
    pub(crate) rid: Option<Rid>,
    pub(crate) params: PayloadParams,
    pub(crate) keyframe: bool,
    pub(crate) vp8: Option<Vp8Descriptor>,
    pub(crate) form: Form,
    /// When what is in it was seen or heard, as far as we know.
    pub(crate) captured: Instant,
    pub(crate) rtp: RtpPacket,
}

/// How the payload is wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    Plain,
    /// With what came before it; inside is the packet alone.
    Redundant(Arc<[u8]>),
}

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
    /// The receiver has sent a receiver report on the present SSRC.
    pub(crate) reported: bool,
    /// Since when that is awaited; `None` without video to send.
    awaits_report: Option<Instant>,
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

/// One run of packets of one encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stream {
    source: Port,
    rid: Option<Rid>,
    ssrc: Ssrc,
}

impl Stream {
    pub(crate) fn of(arrival: &Arrival) -> Self {
        Self { source: arrival.source, rid: arrival.rid, ssrc: arrival.rtp.header.ssrc }
    }
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

    /// There is video to send here, from now on or already.
    pub(crate) fn await_report(&mut self, now: Instant) {
        self.awaits_report.get_or_insert(now);
    }

    /// Video is or will be sent, and no receiver report shows that the receiver knows its SSRC.
    pub(crate) fn is_unconfirmed(&self, now: Instant) -> bool {
        !self.reported && self.awaits_report.is_some_and(|since| now < since + REPORTS_BY)
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
        if arrival.kind == Kind::Video {
            self.awaits_report = Some(now);
        }
        self.current = Some(stream);
    }

    fn needs(&self, arrival: &Arrival, best: Option<Rid>) -> Verdict {
        // Packets of the wanted layer keep coming and none can be shown: ask (the source holds back
        // what is asked too often). Packets of other layers say nothing.
        if arrival.rid == best { Verdict::NeedsKeyframe(best) } else { Verdict::Drop }
    }
}
