//! What devices ask for: offers, tracks, subscriptions, data.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anteroom_livekit::{
    self as livekit, Request, SessionDescription, SimulateScenario, SubscribedSection, TrackSettings,
};
use anteroom_media::{Channel, OfferError, PeerId};
use anteroom_room::{DisconnectReason, Input, ParticipantSid, TrackSid};

use super::candidate_filter::input_to;
use super::live_room::LiveRoom;
use super::resume::SyncState;
use crate::random_ids::{self, RandomBytes};

/// More settings than tracks anybody ever saw are not kept.
const MAX_TRACK_SETTINGS: usize = 256;

impl LiveRoom {
    pub(super) fn asked(&mut self, now: Instant, who: &ParticipantSid, request: Request, random: &mut RandomBytes) {
        let who = who.clone();
        let input = match request {
            Request::Offer(offer) => return self.negotiate(now, &who, &offer),
            Request::AddTrack(request) => {
                let sid = livekit::track_sid(request.kind, request.source, &random_ids::letters::<12>(random));
                Input::Publish { who, request, sid }
            }
            Request::Mute { track, muted } => Input::Mute { who, track, muted },
            Request::Refine { track, update } => Input::UpdateTrack { who, track, update },
            Request::Subscribe { tracks, requested } => Input::UpdateSubscription { who, tracks, wanted: requested },
            Request::TrackSettings(settings) => return self.track_settings(now, &who, settings),
            Request::SubscriptionPermission(permission) => Input::SetSubscriptionPermission { who, permission },
            Request::Describe { request, change } => Input::UpdateMetadata { who, request, change },
            Request::Leave => Input::Leave { who, reason: DisconnectReason::Left },
            Request::Simulate(SimulateScenario::ServerLeave) => {
                Input::Leave { who, reason: DisconnectReason::Shutdown }
            }
            Request::Answer(answer) => return self.receive_answer(now, &who, &answer),
            Request::Sync { published, overrides, requested: wanted, received, .. } => {
                return self.sync_state(now, who, SyncState { published, overrides, wanted, received });
            }
            Request::Simulate(SimulateScenario::Speak(seconds)) => {
                Input::SimulateSpeaker { who, duration: Duration::from_secs(seconds) }
            }
            Request::Simulate(SimulateScenario::ReachBy(transport)) => return self.force_transport(&who, transport),
            Request::Simulate(SimulateScenario::FullReconnect) => {
                Input::Leave { who, reason: DisconnectReason::StateMismatch }
            }
            Request::Simulate(SimulateScenario::NodeFailure) => Input::Leave { who, reason: DisconnectReason::Left },
            Request::Ping(_) | Request::PingReq(_) | Request::Simulate(_) | Request::Nothing => return,
        };
        self.tell(now, input);
    }

    pub(super) fn negotiate(&mut self, now: Instant, who: &ParticipantSid, offer: &SessionDescription) {
        let Some(connection) = self.connections.get_mut(who) else { return };
        let peer = connection.peer;
        let answer = match self.media.accept_offer(now, peer, &offer.sdp) {
            Ok(answer) => answer,
            Err(error) => {
                tracing::info!(peer = peer.0, %error, "an offer was refused");
                // Who comes back to a stay whose media they closed has done no wrong: they come in anew.
                let is_over = matches!(error, OfferError::UnknownPeer);
                let reason = if is_over { DisconnectReason::StateMismatch } else { DisconnectReason::ProtocolError };
                return self.tell(now, Input::Leave { who: who.clone(), reason });
            }
        };
        let negotiated = connection
            .session
            .negotiate(offer.id, &answer.sections, |labels| input_to(connection.forced_transport, answer.sdp(labels)));
        self.new_routes.push((answer.ufrag.clone(), self.route_of(peer)));
        self.say(who, negotiated.reply);
        self.send_candidates(who, &answer.ufrag, answer.candidates(), false);
        for sink in &negotiated.sinks {
            self.forward(now, who, peer, sink);
        }
        self.inputs.extend(negotiated.inputs);
        self.settle(now);
    }

    pub(super) fn forward(&mut self, now: Instant, who: &ParticipantSid, peer: PeerId, sink: &SubscribedSection) {
        let Some(source) = self.compatible_source(sink, peer) else {
            return self.request_backup_codec(who, peer, sink);
        };
        self.media.connect(now, source, (peer, sink.mid));
        let settings = self.connections.get(who).and_then(|connection| connection.settings.get(&sink.track));
        if let Some(settings) = settings.cloned() {
            self.apply_track_settings(now, (peer, sink.mid), &settings);
        }
    }

    pub(super) fn unsubscribe(&mut self, who: &ParticipantSid, track: &TrackSid) {
        let Some(connection) = self.connections.get_mut(who) else { return };
        connection.settings.remove(track);
        if let Some(mid) = connection.session.unsubscribe(track) {
            self.media.disconnect((connection.subscriber_pc, mid));
        }
    }

    fn track_settings(&mut self, now: Instant, who: &ParticipantSid, settings: TrackSettings) {
        let Some(connection) = self.connections.get_mut(who) else { return };
        let mut sinks = Vec::new();
        // Kept under each track's name: the list of all their names beside every one would grow with its square.
        let sent_reliable = TrackSettings { tracks: Vec::new(), ..settings.clone() };
        for track in &settings.tracks {
            sinks.extend(connection.session.section_of(track).map(|mid| (connection.subscriber_pc, mid)));
            if connection.settings.len() < MAX_TRACK_SETTINGS || connection.settings.contains_key(track) {
                connection.settings.insert(track.clone(), sent_reliable.clone());
            }
        }
        sinks.into_iter().for_each(|sink| self.apply_track_settings(now, sink, &settings));
    }

    /// Last of all, so that one request serves everything that has just happened.
    pub(super) fn ask_for_sections(&mut self) {
        let asking: Vec<_> = self
            .connections
            .iter_mut()
            .filter_map(|(sid, connection)| Some((sid.clone(), connection.session.sections_needed()?)))
            .collect();
        for (sid, frame) in asking {
            self.say(&sid, frame);
        }
    }

    pub(super) fn data(&mut self, peer: PeerId, channel: Channel, bytes: &[u8]) {
        let reliable = match channel {
            Channel::Reliable => true,
            Channel::Lossy => false,
            Channel::DataTrack => return,
        };
        let sender = self.connections.iter().find(|(_, connection)| connection.peer == peer);
        let Some((sid, connection)) = sender else { return };
        let identity = connection.bearer.identity.as_str().into();
        let sid = &sid.clone();
        if self.is_rpc_reply(sid, bytes) {
            return;
        }
        if let Some(message) = livekit::read_message(bytes, sid, &identity, reliable) {
            self.inputs.push_back(Input::SendData { who: sid.clone(), message: Arc::new(message) });
        }
    }
}
