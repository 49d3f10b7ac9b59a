//! Forwarding: an RTP packet from its publisher to every subscription that the routes name.

use std::time::Instant;

use str0m::format::PayloadParams;
use str0m::media::Rid;
use str0m::rtp::{RtpPacket, Vp8Descriptor};

use super::catch_panic::catch_panic;
use super::media::Media;
use crate::ids::{PeerId, SectionKey};
use crate::io::Output;
use crate::peer::PeerEvents;
use crate::peer::send::ForwardResult;
use crate::rtp::frame_layers::frame_layers;
use crate::rtp::layers::LayerTarget;
use crate::rtp::packet::{IncomingPacket, PayloadFormat};
use crate::rtp::{keyframe, red};
use crate::sdp::section::{Codec, Kind};
use crate::subscription::Selection;

impl Media {
    /// Forwards the packets of a drained peer and passes on its keyframe requests. Starts its subscriptions when it
    /// has connected.
    pub(crate) fn forward_peer_events(&mut self, now: Instant, id: PeerId, events: &mut PeerEvents) {
        for (mid, rid, rtp) in events.packets.drain(..) {
            if let Some(packet) = self.inspect_packet(now, (id, mid), rid, rtp) {
                self.forward(now, packet);
            }
        }
        self.drops.oversized_payloads += std::mem::take(&mut events.oversized_payloads);
        self.drops.resends += std::mem::take(&mut events.refused_resends);
        for mid in events.keyframe_requests.drain(..) {
            self.keyframe_requested(now, (id, mid));
        }
        if std::mem::take(&mut events.connected) {
            self.start_subscriptions(now, id);
        }
    }

    /// Parses what forwarding needs to know of a packet, once for all subscriptions. `None` drops the packet.
    fn inspect_packet(
        &mut self,
        now: Instant,
        publication: SectionKey,
        rid: Option<Rid>,
        rtp: RtpPacket,
    ) -> Option<IncomingPacket> {
        let peer = self.peers.lend(&publication.0)?;
        let pt = rtp.header.payload_type;
        let carries = |params: &&PayloadParams| params.pt() == pt || params.red() == Some(pt);
        let params = *peer.rtc.codec_config().params().iter().find(carries)?;
        let captured = peer.capture_clock.capture_time(&rtp);
        let published = peer.publications.get_mut(&publication.1)?;
        if published.muted {
            return None;
        }
        let codec = params.spec().codec;
        let is_vp8 = codec == str0m::format::Codec::Vp8;
        let vp8 = is_vp8.then(|| Vp8Descriptor::parse(&rtp.payload).ok()).flatten();
        let keyframe = keyframe::starts_keyframe(codec, &rtp.payload, vp8.as_ref());

        published.codec = Codec::of(codec);
        let layer = published.layer_of(rid, rtp.header.ssrc);
        published.packet_received(now, layer, rtp.header.ssrc, keyframe, rtp.payload.len());
        if !std::mem::replace(&mut published.received, true) {
            self.outputs.push_back(Output::FirstPacket { peer: publication.0, mid: publication.1 });
        }
        if let Some(level) = rtp.header.ext_vals.audio_level {
            published.audio_level.add(now, level, rtp.header.ext_vals.voice_activity);
        }
        let left_out = published.kind == Kind::Audio
            && !self.loudest_audio.forwards(now, publication.0, rtp.header.ext_vals.audio_level);
        let layers = if published.kind == Kind::Video && published.layer_count() == 1 {
            frame_layers(codec, &rtp, &mut published.scalability.structure)
        } else {
            None
        };
        if let Some(layers) = &layers {
            published.scalability.add(now, layers, rtp.payload.len());
        }
        let format = if params.red() == Some(pt) {
            PayloadFormat::Red(red::primary_block(&rtp.payload)?)
        } else {
            PayloadFormat::Plain
        };
        let captured = captured.unwrap_or(now);
        let kind = published.kind;
        Some(IncomingPacket {
            publication,
            kind,
            layer,
            layers,
            left_out,
            params,
            keyframe,
            vp8,
            format,
            captured,
            rtp,
        })
    }

    fn forward(&mut self, now: Instant, packet: IncomingPacket) {
        let mut failed = Vec::new();
        let mut missing_keyframe = false;
        let mut requesters = Vec::new();
        let mut started = Vec::new();
        for (id, mid) in self.routes.subscriptions_of(packet.publication) {
            let all = Selection { layer: packet.layer, target: LayerTarget::ALL };
            let selected = match packet.kind {
                Kind::Video => self.select_layers((*id, *mid), now).unwrap_or(all),
                _ => all,
            };
            let Some(peer) = self.peers.lend(id) else {
                continue;
            };
            let sent = catch_panic(|| Ok(peer.deliver(now, *mid, &packet, selected)));
            match sent {
                Ok(ForwardResult::Started) => started.push((*id, *mid)),
                Ok(ForwardResult::NeedsKeyframe) => {
                    missing_keyframe = true;
                    requesters.push(*id);
                }
                Ok(ForwardResult::WantsKeyframe) => requesters.push(*id),
                Ok(ForwardResult::Done) => {}
                Err(why) => failed.push((*id, why)),
            }
        }
        for (id, why) in failed {
            self.fail(id, why);
        }
        if !started.is_empty() && packet.kind == Kind::Video {
            self.send_waiting_packets(now, &packet, &started);
        }
        self.request_keyframe_of_any(now, packet.publication, packet.layer, &requesters);
        let (peer, mid) = packet.publication;
        if missing_keyframe
            && let Some(publication) = self.peers.lend(&peer).and_then(|peer| peer.publications.get_mut(&mid))
        {
            publication.keyframe_wait.push(now, packet);
        }
    }

    /// The first packet of a keyframe arrived after the packets that follow it: sends those now. Without this a
    /// subscription that starts here would have to wait for another keyframe.
    fn send_waiting_packets(&mut self, now: Instant, first: &IncomingPacket, started: &[SectionKey]) {
        let publication =
            self.peers.lend(&first.publication.0).and_then(|peer| peer.publications.get_mut(&first.publication.1));
        let waiting =
            publication.map(|publication| publication.keyframe_wait.take_after(now, first)).unwrap_or_default();
        for (packet, (id, mid)) in
            waiting.iter().flat_map(|packet| started.iter().map(move |subscription| (packet, *subscription)))
        {
            let target = self.select_layers((id, mid), now).map_or(LayerTarget::ALL, |selected| selected.target);
            let selected = Selection { layer: packet.layer, target };
            let Some(peer) = self.peers.lend(&id) else {
                continue;
            };
            if let Err(why) = catch_panic(|| Ok(peer.deliver(now, mid, packet, selected))) {
                self.fail(id, why);
            }
        }
    }
}
