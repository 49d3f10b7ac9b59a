//! Requests of clients: offers, tracks, subscriptions, settings. Trickle ICE candidates of the server.

use std::time::Instant;

use anteroom_media::{OfferError, PeerId, SdpLimit};
use anteroom_room::{DisconnectReason, Input, ParticipantSid, TrackSid};
use anteroom_signalling::{ClientRequest, PeerRole, SessionDescription, SubscribedSection, TrackSettings};

use super::forced_transport::filter_candidates;
use super::live_room::LiveRoom;
use crate::random_ids::RandomBytes;

impl LiveRoom {
    pub(super) fn request(
        &mut self,
        now: Instant,
        who: &ParticipantSid,
        request: ClientRequest,
        random: &mut RandomBytes,
    ) {
        let who = who.clone();
        let input = match request {
            ClientRequest::Offer(offer) => return self.answer_offer(now, &who, offer),
            ClientRequest::Answer(answer) => return self.receive_answer(now, &who, answer),
            ClientRequest::AddTrack(request) => {
                let Some(connection) = self.connections.get(&who) else { return };
                let mut bytes = [0; 16];
                random(&mut bytes);
                let sid = connection.signalling.mint_track_sid(&request, &bytes);
                Input::Publish { who, request, sid }
            }
            ClientRequest::Mute { track, muted } => Input::Mute { who, track, muted },
            ClientRequest::UpdateTrack { track, update } => Input::UpdateTrack { who, track, update },
            ClientRequest::UpdateSubscription { tracks, wanted } => Input::UpdateSubscription { who, tracks, wanted },
            ClientRequest::TrackSettings(settings) => return self.track_settings(now, &who, &settings),
            ClientRequest::SubscriptionPermission(permission) => Input::SetSubscriptionPermission { who, permission },
            ClientRequest::UpdateMetadata { request, change } => Input::UpdateMetadata { who, request, change },
            ClientRequest::SyncState(state) => return self.sync_state(now, who, state),
            ClientRequest::Leave(reason) => Input::Leave { who, reason },
            ClientRequest::SimulateSpeaker(duration) => Input::SimulateSpeaker { who, duration },
            ClientRequest::ForceTransport(transport) => {
                if let Some(info) = self.room.participant(&who) {
                    self.forced_transports.insert(info.identity.clone(), transport);
                }
                return;
            }
        };
        self.handle(now, input);
    }

    pub(super) fn answer_offer(&mut self, now: Instant, who: &ParticipantSid, offer: SessionDescription) {
        let Some(connection) = self.connections.get_mut(who) else { return };
        let Some(offer) = connection.signalling.prepare_offer(offer) else { return };
        let peer = connection.publisher_pc;
        let answer = match self.media.accept_offer(now, peer, offer.sdp) {
            Ok(answer) => answer,
            Err(error) => {
                tracing::info!(peer = peer.0, %error, "offer refused");
                // A client that resumes a session after closing its peer connection, or that has added sections for
                // hours, made no error: ask for a full reconnect.
                let reason = match error {
                    OfferError::UnknownPeer | OfferError::TooLarge(SdpLimit::Sections) => {
                        DisconnectReason::StateMismatch
                    }
                    _ => DisconnectReason::ProtocolError,
                };
                return self.handle(now, Input::Leave { who: who.clone(), reason });
            }
        };
        let forced = connection.forced_transport;
        let mut sdp = |labels: &_| filter_candidates(forced, answer.sdp(labels));
        let negotiated = connection.signalling.answer_offer(offer.id, &answer.sections, &mut sdp);
        self.new_routes.push((answer.ufrag.clone(), self.route_of(peer)));
        self.send_frames(who, negotiated.frames);
        self.send_candidates(who, PeerRole::Publisher, &answer.ufrag, answer.candidates());
        for (mid, ssrcs) in negotiated.simulcast_ssrcs {
            self.media.set_simulcast_ssrcs(now, (peer, mid), &ssrcs);
        }
        for section in &negotiated.sections {
            self.forward(now, who, peer, section);
        }
        self.inputs.extend(negotiated.inputs);
        self.run_inputs(now);
    }

    /// Forwards a track to a section from now on, or asks for a codec that its client can decode.
    pub(super) fn forward(&mut self, now: Instant, who: &ParticipantSid, peer: PeerId, section: &SubscribedSection) {
        let Some(source) = self.compatible_source(section, peer) else {
            return self.request_backup_codec(who, peer, section);
        };
        self.media.connect(now, source, (peer, section.mid));
        let settings = self.connections.get(who).and_then(|connection| connection.settings_of(&section.track));
        if let Some(settings) = settings.cloned() {
            self.apply_track_settings(now, (peer, section.mid), &settings);
        }
    }

    pub(super) fn unsubscribe(&mut self, who: &ParticipantSid, track: &TrackSid) {
        let Some(connection) = self.connections.get_mut(who) else { return };
        connection.drop_settings(track);
        if let Some(mid) = connection.signalling.unsubscribe(track) {
            self.media.disconnect((connection.subscriber_pc, mid));
        }
    }

    pub(super) fn track_settings(&mut self, now: Instant, who: &ParticipantSid, settings: &TrackSettings) {
        let Some(connection) = self.connections.get_mut(who) else { return };
        connection.keep_settings(settings);
        let subscriber_pc = connection.subscriber_pc;
        let sections = settings.tracks.iter().filter_map(|track| connection.signalling.section_of(track));
        for mid in sections.collect::<Vec<_>>() {
            self.apply_track_settings(now, (subscriber_pc, mid), settings);
        }
    }

    /// Asks clients that offer themselves for another offer where tracks wait for sections. Called last, so that one
    /// request covers everything that has just happened.
    pub(super) fn request_offers(&mut self) {
        let asking: Vec<_> = self
            .connections
            .iter_mut()
            .map(|(sid, connection)| (sid, connection.signalling.request_offer()))
            .filter(|(_, frames)| !frames.is_empty())
            .map(|(sid, frames)| (sid.clone(), frames))
            .collect();
        for (sid, frames) in asking {
            self.send_frames(&sid, frames);
        }
    }

    /// Sends the candidates of a description as trickle messages too, once for each ufrag: the description has them
    /// already, but connection checks look for them here.
    pub(super) fn send_candidates(
        &mut self,
        who: &ParticipantSid,
        peer: PeerRole,
        ufrag: &str,
        (mid, candidates): (&str, Vec<&str>),
    ) {
        let Some(connection) = self.connections.get_mut(who) else { return };
        if !connection.is_new_ufrag(ufrag) {
            return;
        }
        let forced = connection.forced_transport;
        for candidate in candidates {
            if !filter_candidates(forced, format!("a={candidate}")).is_empty() {
                self.send_signal(who, |signalling| signalling.candidate(peer, mid, candidate));
            }
        }
    }
}
