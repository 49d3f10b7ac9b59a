//! Sending: packets of publications, rewritten for this peer's subscriptions, and PLI to its publications.

use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::media::{KeyframeRequestKind, Mid, Pt};
use str0m::rtp::{ExtensionValues, RtpWrite, SeqNo, StreamTx};

use super::Peer;
use crate::config::{configure_video, refuse_resends};
use crate::ids::LayerKey;
use crate::rtp::dependency_descriptor as descriptor;
use crate::rtp::packet::{IncomingPacket, PayloadFormat};
use crate::rtp::timeline::Rewritten;
use crate::sdp::section::Kind;
use crate::subscription::{ForwardDecision, PtMapping, Selection};

/// How long nothing is sent again after too much was asked for.
const RESENDS_REFUSED_FOR: Duration = Duration::from_secs(1);

/// What happened to a packet at one subscription.
pub(crate) enum ForwardResult {
    /// Sent, or dropped without further consequence.
    Done,
    /// Sent, as the first packet of a stream.
    Started,
    /// Sent; a keyframe would allow a higher layer inside the stream.
    WantsKeyframe,
    /// Dropped: the subscription needs a keyframe of this packet's layer.
    NeedsKeyframe,
}

/// What is sent of a packet's payload.
enum Payload {
    Whole { marker: bool },
    Empty,
}

impl Peer {
    /// Forwards a packet to one of this peer's subscriptions. Nothing is queued for a peer that cannot receive it.
    pub(crate) fn deliver(
        &mut self,
        now: Instant,
        mid: Mid,
        packet: &IncomingPacket,
        selected: Selection,
    ) -> ForwardResult {
        if !self.can_receive_media() {
            return ForwardResult::Done;
        }
        if self.subscriptions.entry(mid).or_default().bandwidth_paused {
            // Video to allocate for arrives again.
            self.bandwidth.video_sent(now);
        }
        // With simulcast most packets are of a layer that this subscription is not sent.
        if self.subscriptions.entry(mid).or_default().is_foreign(packet, selected.layer) {
            return ForwardResult::Done;
        }
        // A subscription whose section is not negotiated, or not for this codec, must not start: the sequence
        // numbers it would use are then missing at the receiver.
        if self.payload_type(mid, packet).is_none() {
            return ForwardResult::Done;
        }
        let decision = self.subscriptions.get_mut(&mid).map(|subscription| subscription.decide(now, packet, selected));
        match decision {
            Some(ForwardDecision::Send { rewritten, starts, marker, wants_keyframe }) => {
                self.write_packet(now, mid, rewritten, packet, Payload::Whole { marker });
                match (starts, wants_keyframe) {
                    (true, _) => ForwardResult::Started,
                    (false, true) => ForwardResult::WantsKeyframe,
                    (false, false) => ForwardResult::Done,
                }
            }
            Some(ForwardDecision::SendEmpty(rewritten)) => {
                self.write_packet(now, mid, rewritten, packet, Payload::Empty);
                ForwardResult::Done
            }
            Some(ForwardDecision::NeedsKeyframe) => ForwardResult::NeedsKeyframe,
            Some(ForwardDecision::Drop) | None => ForwardResult::Done,
        }
    }

    /// What was sent before is not sent again, neither as an answer to a NACK nor as a probe.
    pub(crate) fn forget_sent_video(&mut self, mid: Mid) {
        if self.subscriptions.get(&mid).is_some_and(|subscription| subscription.stream_configured)
            && let Some(stream) = self.rtc.direct_api().stream_tx_by_mid(mid, None)
        {
            configure_video(stream);
        }
    }

    /// More was asked for again than is kept: for a while nothing is sent again. Its decoder asks for keyframes.
    pub(crate) fn refuse_resends(&mut self, now: Instant) {
        self.resends_refused_until = Some(now + RESENDS_REFUSED_FOR);
        self.each_video_stream(refuse_resends);
    }

    /// The end of [`Peer::refuse_resends`], if it is due.
    pub(crate) fn allow_resends(&mut self, now: Instant) {
        if self.resends_refused_until.take_if(|until| *until <= now).is_some() {
            self.each_video_stream(configure_video);
        }
    }

    fn each_video_stream(&mut self, change: impl Fn(&mut StreamTx)) {
        let mut direct = self.rtc.direct_api();
        for (mid, subscription) in &self.subscriptions {
            if subscription.stream_configured
                && let Some(stream) = direct.stream_tx_by_mid(*mid, None)
            {
                change(stream);
            }
        }
    }

    /// Gives the next track on this section a new SSRC. Chromium renders a track by the SSRC in its description:
    /// a new track under the SSRC of a removed one is decoded and never shown, so after a publisher's reload its
    /// subscribers would see black.
    pub(crate) fn replace_ssrc(&mut self, mid: Mid) {
        self.subscriptions.entry(mid).or_default().reset();
        let mut direct = self.rtc.direct_api();
        let Some((old, rtx)) = direct.stream_tx_by_mid(mid, None).map(|stream| (stream.ssrc(), stream.rtx())) else {
            return;
        };
        // Not `reset_stream_tx`: it keeps the stream under its old SSRC, where feedback does not find it.
        direct.remove_stream_tx(old);
        let (ssrc, rtx) = (direct.new_ssrc(), rtx.map(|_| direct.new_ssrc()));
        direct.declare_stream_tx(ssrc, rtx, mid, None);
    }

    /// Writes a packet with the subscription's sequence number and timestamp. Sent by the next [`Peer::advance`].
    fn write_packet(
        &mut self,
        now: Instant,
        mid: Mid,
        rewritten: Rewritten,
        packet: &IncomingPacket,
        content: Payload,
    ) {
        let Some(PtMapping { pt, red }) = self.payload_type(mid, packet) else {
            return;
        };
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(mid, None) else {
            return;
        };
        let subscription = self.subscriptions.get_mut(&mid);
        if packet.kind == Kind::Video
            && subscription.is_some_and(|subscription| !std::mem::replace(&mut subscription.stream_configured, true))
        {
            configure_video(stream);
        }
        let from = &packet.rtp;
        let (payload, marker) = match (content, &packet.format) {
            (Payload::Empty, _) => (Arc::default(), false),
            (Payload::Whole { marker }, PayloadFormat::Red(alone)) if !red => (alone.clone(), marker),
            (Payload::Whole { marker }, _) => (from.payload.clone(), marker),
        };
        let size = payload.len();
        let nackable = packet.kind == Kind::Video;
        let mut outgoing = RtpWrite::new(pt, SeqNo::from(rewritten.seq), rewritten.time, packet.captured, payload)
            .marker(marker)
            .ext_vals(forwarded_extensions(&from.header.ext_vals))
            .nackable(nackable);
        let subscription = self.subscriptions.get_mut(&mid);
        let vp8 = packet.vp8.as_ref().filter(|_| size > 0).zip(subscription);
        if let Some(patch) = vp8.and_then(|(vp8, subscription)| subscription.vp8.patch(vp8, rewritten.seq)) {
            outgoing = outgoing.vp8_patch(patch);
        }
        stream.write_rtp(outgoing);
        self.mark_written();
        self.unsent += 1;
        match packet.kind {
            Kind::Video => self.bandwidth.video_sent(now),
            _ => self.bandwidth.audio.add(now, size),
        }
        self.last_media = now;
        self.stats.packets_out += 1;
        self.stats.bytes_out += size as u64;
    }

    /// The payload type negotiated with this peer for the packet's codec on this section.
    pub(crate) fn payload_type(&mut self, mid: Mid, packet: &IncomingPacket) -> Option<PtMapping> {
        // All layers of a publication share its payload types.
        let key = (packet.publication, packet.rtp.header.payload_type);
        let known = self.subscriptions.get(&mid)?.pt_mapping;
        if let Some((publication, from, to)) = known
            && (publication, from) == key
        {
            return to;
        }
        #[cfg(test)]
        {
            self.payload_type_lookups += 1;
        }
        let to = self.negotiated_payload_type(mid, packet);
        // A section that is not negotiated yet may be soon: only a settled mapping is cached.
        if self.rtc.media(mid).is_some()
            && let Some(subscription) = self.subscriptions.get_mut(&mid)
        {
            subscription.pt_mapping = Some((key.0, key.1, to));
        }
        to
    }

    fn negotiated_payload_type(&self, mid: Mid, packet: &IncomingPacket) -> Option<PtMapping> {
        let agreed = |pt: &Pt| self.rtc.media(mid).is_some_and(|media| media.remote_pts().contains(pt));
        let known = self.rtc.codec_config();
        let same_profile = known.match_params(packet.params).filter(|params| agreed(&params.pt()));
        // Another profile of the same codec is better than nothing: clients that name no profile decode all
        // of them.
        let codec = packet.params.spec().codec;
        let same_codec = || known.params().iter().find(|params| params.spec().codec == codec && agreed(&params.pt()));
        let ours = same_profile.or_else(same_codec)?;
        let red_pt = ours.red().filter(|_| packet.format != PayloadFormat::Plain && agreed(&ours.pt()));
        match red_pt {
            Some(pt) => Some(PtMapping { pt, red: true }),
            None => Some(ours.pt()).filter(agreed).map(|pt| PtMapping { pt, red: false }),
        }
    }

    pub(crate) fn send_pli(&mut self, mid: Mid, layer: Option<LayerKey>) {
        let ssrc = self.publications.get(&mid).and_then(|publication| publication.ssrc(layer));
        let mut direct = self.rtc.direct_api();
        let stream = match (ssrc, layer) {
            (Some(ssrc), _) | (None, Some(LayerKey::Ssrc(ssrc))) => direct.stream_rx(&ssrc),
            (None, layer) => direct.stream_rx_by_mid(mid, layer.and_then(LayerKey::rid)),
        };
        if let Some(stream) = stream {
            stream.request_keyframe(KeyframeRequestKind::Pli);
            self.stats.keyframes_requested += 1;
            self.mark_written();
        }
    }
}

/// The header extensions that mean the same to the receiver as to us. Transport-wide numbers, MID and RID do not.
fn forwarded_extensions(from: &ExtensionValues) -> ExtensionValues {
    let mut forwarded_extensions = ExtensionValues {
        audio_level: from.audio_level,
        voice_activity: from.voice_activity,
        video_orientation: from.video_orientation,
        play_delay_min: from.play_delay_min,
        play_delay_max: from.play_delay_max,
        ..ExtensionValues::default()
    };
    descriptor::copy(from, &mut forwarded_extensions);
    forwarded_extensions
}
