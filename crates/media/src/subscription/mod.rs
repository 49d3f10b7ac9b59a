//! What one peer receives on one section: whether it has begun, which layer it is on, and the numbers
//! its packets go out under.

use std::time::Instant;

use str0m::media::{Pt, Rid};

use crate::rtp::packet::{IncomingPacket, StreamKey};
use crate::rtp::timeline::{Rewritten, RtpTimeline};
use crate::rtp::vp8::Vp8Rewriter;
use crate::sdp::section::Kind;

/// What a sink makes of a packet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ForwardDecision {
    /// It goes out here.
    Send {
        /// Its numbers.
        rewritten: Rewritten,
        /// With it the stream begins.
        starts: bool,
    },
    /// Not for this sink.
    Drop,
    /// Not for this sink, which needs a keyframe of this layer.
    NeedsKeyframe(Option<Rid>),
}

#[derive(Debug, Default)]
pub(crate) struct Subscription {
    pub(crate) paused: bool,
    /// The most its viewer wants.
    pub(crate) max_layer: Option<Rid>,
    /// The most its viewer's network takes, as a place among the source's layers; `None` before that is known.
    pub(crate) allocated_layer: Option<usize>,
    /// Not even the lowest layer fits through its viewer's network.
    pub(crate) bandwidth_paused: bool,
    /// Since when that may be so.
    pub(crate) insufficient_since: Option<Instant>,
    /// The stream that is being sent; `None` until one may begin.
    current: Option<StreamKey>,
    timeline: RtpTimeline,
    pub(crate) vp8: Vp8Rewriter,
    /// The payload type here of the source's payload type there, looked up once.
    pub(crate) pt_mapping: Option<(StreamKey, Pt, Option<PtMapping>)>,
}

/// The payload type of a codec at the receiver, and whether it takes redundant packets as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PtMapping {
    pub(crate) pt: Pt,
    pub(crate) red: bool,
}

impl Subscription {
    /// Begins anew with the next keyframe, as after a change of source.
    pub(crate) fn restart(&mut self) {
        self.current = None;
    }

    /// Its track has gone. Another one counts from the beginning: its SSRC is new, and with it the receiver's
    /// roll-over counter (RFC 3711 section 3.3.1).
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// The layer it is on, once it has begun.
    pub(crate) fn current_layer(&self) -> Option<Option<Rid>> {
        self.current.map(|stream| stream.rid)
    }

    /// Whether this packet goes out, and under which numbers. `best` is the layer it ought to be on.
    pub(crate) fn decide(&mut self, now: Instant, packet: &IncomingPacket, selected: Option<Rid>) -> ForwardDecision {
        if self.paused || self.bandwidth_paused {
            return ForwardDecision::Drop;
        }
        let stream = StreamKey::of(packet);
        let starts = self.current != Some(stream);
        if starts {
            // Sound can begin anywhere; pictures only with a keyframe, and only on the layer we want.
            let may_start = packet.kind != Kind::Video || (packet.keyframe && packet.rid == selected);
            if !may_start {
                return self.needs_keyframe(packet, selected);
            }
            self.start(now, packet, stream);
        }
        let time = packet.rtp.time.numer();
        match self.timeline.rewrite(now, *packet.rtp.seq_no, time) {
            Some(rewritten) => ForwardDecision::Send { rewritten, starts },
            None => ForwardDecision::Drop,
        }
    }

    fn start(&mut self, now: Instant, packet: &IncomingPacket, stream: StreamKey) {
        let clock = packet.params.spec().clock_rate.get();
        self.timeline.start(now, *packet.rtp.seq_no, packet.rtp.time.numer(), clock);
        if let Some(vp8) = &packet.vp8 {
            self.vp8.start(vp8);
        }
        self.current = Some(stream);
    }

    fn needs_keyframe(&self, packet: &IncomingPacket, selected: Option<Rid>) -> ForwardDecision {
        // Packets of the wanted layer keep coming and none can be shown: ask (the source holds back
        // what is asked too often). Packets of other layers say nothing.
        if packet.rid == selected { ForwardDecision::NeedsKeyframe(selected) } else { ForwardDecision::Drop }
    }
}
