//! A subscription (down track): what a peer receives on one section, with its current layer and the rewriting of
//! sequence numbers, timestamps and VP8 picture ids.

pub(crate) mod layer_filter;

use std::time::{Duration, Instant};

use layer_filter::{LayerFilter, LayerPacket, Verdict};
use str0m::media::Pt;

use crate::bwe::allocation::Priority;
use crate::ids::{LayerKey, SectionKey};
use crate::publication::Publication;
use crate::rtp::layers::LayerTarget;
use crate::rtp::packet::{IncomingPacket, StreamKey};
use crate::rtp::timeline::{Rewritten, RtpTimeline};
use crate::rtp::vp8::Vp8Rewriter;
use crate::sdp::section::Kind;

/// A receiver reports every second (RFC 3550 section 6.2). One that has not reported on a stream after this time does
/// not report at all.
const REPORT_TIMEOUT: Duration = Duration::from_secs(5);

/// The layers that a subscription is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Selection {
    /// Of simulcast; `None` without it.
    pub(crate) layer: Option<LayerKey>,
    /// Inside the stream.
    pub(crate) target: LayerTarget,
}

/// What to do with a packet at one subscription.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ForwardDecision {
    /// Forward it.
    Send {
        /// Its sequence number and timestamp.
        rewritten: Rewritten,
        /// It is the first packet of a stream.
        starts: bool,
        /// It is the last packet of its picture.
        marker: bool,
        /// A keyframe would allow a higher layer.
        wants_keyframe: bool,
    },
    /// Not for this subscription, but its number is taken: send it without payload, so that it is not missed.
    SendEmpty(Rewritten),
    /// Not for this subscription.
    Drop,
    /// Not for this subscription, which needs a keyframe of this packet's layer.
    NeedsKeyframe,
}

#[derive(Debug, Default)]
pub(crate) struct Subscription {
    pub(crate) paused: bool,
    pub(crate) priority: Priority,
    /// When it was connected or resumed.
    pub(crate) since: Option<Instant>,
    /// The highest layer the subscriber asked for.
    pub(crate) max_layer: Option<LayerKey>,
    /// The highest layer until then, as an index into the publication's layers, for a subscriber whose decoder fails
    /// again and again.
    pub(crate) lowered_until: Option<(usize, Instant)>,
    /// The highest layer within the subscriber's bandwidth, as an index into the publication's layers; `None`
    /// before the first allocation.
    pub(crate) allocated_layer: Option<usize>,
    /// Paused, because not even the lowest layer fits the subscriber's bandwidth, or because of
    /// [`excess`](Self::excess).
    pub(crate) bandwidth_paused: bool,
    /// Its peer is sent as many other videos as it may be.
    pub(crate) excess: bool,
    /// What the publisher should send at most, in bits per second, if it has no layers and sends more than fits.
    pub(crate) sender_limit: Option<u64>,
    /// Since when the lowest layer does not fit, and its bitrate then.
    pub(crate) insufficient_since: Option<(Instant, u64)>,
    /// The stream that is being sent; `None` until one has started.
    current: Option<StreamKey>,
    /// The subscriber has sent a receiver report on the present SSRC.
    pub(crate) reported: bool,
    /// Since when a report is awaited; `None` without video to send.
    report_awaited_since: Option<Instant>,
    /// A packet has been sent on the present SSRC.
    is_sending: bool,
    /// str0m's stream of the present SSRC has our configuration.
    pub(crate) stream_configured: bool,
    timeline: RtpTimeline,
    layer_filter: LayerFilter,
    pub(crate) vp8: Vp8Rewriter,
    /// Cache: the subscriber's payload type for the publication's.
    pub(crate) pt_mapping: Option<(SectionKey, Pt, Option<PtMapping>)>,
}

/// A codec's payload type at the subscriber, and whether it takes RED packets (RFC 2198) unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PtMapping {
    pub(crate) pt: Pt,
    pub(crate) red: bool,
}

impl Subscription {
    /// Starts again with the next keyframe, as after a change of publication.
    pub(crate) fn restart(&mut self) {
        self.current = None;
    }

    /// The track is gone. The next one counts from the beginning: its SSRC is new, and with it the receiver's
    /// roll-over counter (RFC 3711 section 3.3.1).
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// The layer that is being sent, once one has started.
    pub(crate) fn current_layer(&self) -> Option<Option<LayerKey>> {
        self.current.map(|stream| stream.layer)
    }

    /// The highest layer it may be sent, as an index into the layers of the publication, whatever the bandwidth.
    pub(crate) fn highest_layer(&self, now: Instant, publication: &Publication) -> usize {
        let wanted = publication.layer_index(self.max_layer);
        let lowered = self.lowered_until.filter(|(_, until)| now < *until);
        lowered.map_or(wanted, |(highest, _)| wanted.min(highest))
    }

    /// There is video to send, from now on or already.
    pub(crate) fn await_report(&mut self, now: Instant) {
        self.report_awaited_since.get_or_insert(now);
    }

    /// A layer starts. The time for the first report runs from the first packet; later layers go on with the same SSRC.
    pub(crate) fn sending(&mut self, now: Instant) {
        if !std::mem::replace(&mut self.is_sending, true) {
            self.report_awaited_since = Some(now);
        }
    }

    /// Video is or will be sent, and no receiver report shows yet that the subscriber knows its SSRC.
    pub(crate) fn is_unreported(&self, now: Instant) -> bool {
        !self.reported && self.report_awaited_since.is_some_and(|since| now < since + REPORT_TIMEOUT)
    }

    /// A packet of a layer that is neither being sent nor selected.
    pub(crate) fn is_foreign(&self, packet: &IncomingPacket, selected: Option<LayerKey>) -> bool {
        packet.kind == Kind::Video && packet.layer != selected && self.current != Some(StreamKey::of(packet))
    }

    /// Whether this packet is forwarded, and with which numbers. `selected` are the layers that layer selection chose.
    pub(crate) fn decide(&mut self, now: Instant, packet: &IncomingPacket, selected: Selection) -> ForwardDecision {
        if self.paused || self.bandwidth_paused {
            return ForwardDecision::Drop;
        }
        let stream = StreamKey::of(packet);
        let starts = self.current != Some(stream);
        if starts && packet.left_out {
            return ForwardDecision::Drop;
        }
        if starts {
            // Audio can start with any packet; video only with a keyframe of the selected layer.
            let may_start = match packet.kind {
                Kind::Video => packet.keyframe && packet.layer == selected.layer,
                _ => true,
            };
            if !may_start {
                return self.needs_keyframe(packet, selected.layer);
            }
            self.start(now, packet, stream);
        }
        let (seq, time) = (*packet.rtp.seq_no, packet.rtp.time.numer());
        let (marker, wants_keyframe) = match self.filter(now, packet, selected.target) {
            Verdict::Send { marker, wants_keyframe } => (marker, wants_keyframe),
            Verdict::LeaveOut => {
                let taken = self.timeline.leave_out(now, seq, time);
                return taken.map_or(ForwardDecision::Drop, ForwardDecision::SendEmpty);
            }
        };
        match self.timeline.rewrite(now, seq, time) {
            Some(rewritten) => ForwardDecision::Send { rewritten, starts, marker, wants_keyframe },
            None => ForwardDecision::Drop,
        }
    }

    /// Whether this packet of the current stream is sent. Keeps account of its picture.
    fn filter(&mut self, now: Instant, packet: &IncomingPacket, target: LayerTarget) -> Verdict {
        let newest = self.timeline.is_newest(*packet.rtp.seq_no);
        let verdict = self.filter_layer(now, packet, target, newest);
        let Some(vp8) = &packet.vp8 else {
            return verdict;
        };
        if verdict == Verdict::LeaveOut {
            self.vp8.leave_out(vp8);
        } else if !self.vp8.send(vp8, newest) {
            return Verdict::LeaveOut;
        }
        verdict
    }

    fn filter_layer(&mut self, now: Instant, packet: &IncomingPacket, target: LayerTarget, newest: bool) -> Verdict {
        if packet.left_out {
            return Verdict::LeaveOut;
        }
        let marker = packet.rtp.header.marker;
        let Some(layers) = &packet.layers else {
            return Verdict::Send { marker, wants_keyframe: false };
        };
        let time = packet.rtp.header.timestamp;
        let packet = LayerPacket { layers, time, marker, keyframe: packet.keyframe, newest };
        self.layer_filter.filter(now, &packet, target)
    }

    fn start(&mut self, now: Instant, packet: &IncomingPacket, stream: StreamKey) {
        let clock = packet.params.spec().clock_rate.get();
        self.timeline.start(now, *packet.rtp.seq_no, packet.rtp.time.numer(), clock);
        self.layer_filter.start();
        if let Some(vp8) = &packet.vp8 {
            self.vp8.start(vp8);
        }
        if packet.kind == Kind::Video {
            self.sending(now);
        }
        self.current = Some(stream);
    }

    fn needs_keyframe(&self, packet: &IncomingPacket, selected: Option<LayerKey>) -> ForwardDecision {
        // Packets of the selected layer arrive and cannot be decoded: request a keyframe (the publication
        // limits the rate). Packets of other layers mean nothing.
        if packet.layer == selected { ForwardDecision::NeedsKeyframe } else { ForwardDecision::Drop }
    }
}
