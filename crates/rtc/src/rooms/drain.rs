//! What the media of a room hands out: packets to send, and what it reports about peers.

use std::time::Instant;

use anteroom_media::{Drops, Output as Packet, PeerId};
use anteroom_room::{DisconnectReason, Input, ParticipantSid};

use super::live_room::LiveRoom;
use crate::rooms_port::Wire;
use crate::transport::Counter;

impl LiveRoom {
    /// Hands out everything that is to be sent. True when the room has closed.
    pub(crate) fn drain(&mut self, now: Instant, wire: &mut dyn Wire) -> bool {
        loop {
            while let Some(packet) = self.media.poll() {
                self.take(now, packet, wire);
            }
            if !self.inputs.is_empty() {
                self.run_inputs(now);
            } else if !self.offers_due || !self.send_offers(now) {
                break;
            }
        }
        if std::mem::take(&mut self.offers_due) {
            self.request_offers();
        }
        count(self.media.take_drops(), wire);
        for (ufrag, route) in self.new_routes.drain(..) {
            wire.route(&ufrag, route);
        }
        for route in self.old_routes.drain(..) {
            wire.unroute(route);
        }
        self.closed
    }

    pub(super) fn take(&mut self, now: Instant, packet: Packet, wire: &mut dyn Wire) {
        match packet {
            Packet::Transmit { transport, source, destination, bytes, .. } => {
                wire.send(transport, source, destination, &bytes);
            }
            Packet::Connected(peer) => self.input_if_data_pc(peer, Input::MediaUp),
            Packet::Disconnected(peer) => self.input_if_data_pc(peer, Input::MediaDown),
            Packet::Failed { peer, why } => {
                tracing::info!(room = self.id, peer = peer.0, why, "peer connection failed");
                self.input_for(peer, |who| Input::Leave { who, reason: DisconnectReason::MediaLost });
            }
            // A client that leaves closes everything at once, and its leave request may arrive later than this; a
            // client that reconnects closes its peer connection too, and sends no leave request.
            Packet::Closed(peer) => self.input_for(peer, Input::MediaClosed),
            Packet::Data { peer, channel, binary, bytes } => self.receive_data(now, peer, channel, binary, &bytes),
            Packet::AudioLevel { peer, mid, level, active } => {
                let Some(who) = self.by_peer.get(&peer).cloned() else { return };
                let track = self.connections.get(&who).and_then(|of| of.signalling.published_on(mid)).cloned();
                self.inputs.extend(track.map(|track| Input::AudioLevel { who, track, level, active }));
            }
            Packet::ConnectionQuality { peer, score } => {
                let Some(who) = self.by_peer.get(&peer).cloned() else { return };
                let score = self.connections.get_mut(&who).map_or(score, |of| of.update_score(peer, score));
                self.inputs.push_back(Input::ConnectionScore { who, score });
            }
            Packet::VideoPaused { peer, mid, paused } => self.report_stream_state((peer, mid), paused),
            Packet::DynacastLayers { peer, mid, layers } => self.report_subscribed_layers((peer, mid), layers),
            // Its sender counts on each of them: after a full reconnect both see that it was away.
            Packet::ChannelOpened { peer, lost_messages: true, .. } => {
                tracing::info!(room = self.id, peer = peer.0, "connected too late: reliable messages are lost");
                self.input_for(peer, |who| Input::Leave { who, reason: DisconnectReason::StateMismatch });
            }
            Packet::FirstPacket { .. } | Packet::ChannelOpened { .. } | Packet::ChannelClosed { .. } => {}
        }
    }

    /// Of dual peer connections one counts: the one that carries data messages.
    fn input_if_data_pc(&mut self, peer: PeerId, input: impl FnOnce(ParticipantSid) -> Input) {
        let who = self.by_peer.get(&peer);
        if who.and_then(|who| self.connections.get(who)).is_some_and(|of| of.data_pc == peer) {
            self.input_for(peer, input);
        }
    }

    fn input_for(&mut self, peer: PeerId, input: impl FnOnce(ParticipantSid) -> Input) {
        let who = self.by_peer.get(&peer).cloned();
        self.inputs.extend(who.map(input));
    }
}

fn count(drops: Drops, wire: &mut dyn Wire) {
    let Drops { data_datagrams, oversized_payloads, early_messages, resends, keyframe_requests } = drops;
    for (counter, events) in [
        (Counter::DroppedDataHeldBack, data_datagrams),
        (Counter::DroppedOversizedPayload, oversized_payloads),
        (Counter::DroppedEarlyMessage, early_messages),
        (Counter::ResendsRefused, resends),
        (Counter::KeyframeRequestsRefused, keyframe_requests),
    ] {
        if events > 0 {
            wire.count(counter, events);
        }
    }
}
