//! Subscriptions: who receives which tracks, data packets, active speakers and connection quality.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Room;
use crate::connection_quality::QualityLevel;
use crate::ids::{Identity, ParticipantSid, TrackSid};
use crate::input::SubscriptionPermission;
use crate::message::DataMessage;
use crate::output::{ConnectionQuality, Output, Speaker};
use crate::session::{Session, TransportState};
use crate::track::Track;

/// Unknown tracks reported per request. A client that names more is not looking for tracks.
const MAX_TRACK_NOT_FOUND: usize = 32;

/// Longest simulated speech; no client test asks for more.
const MAX_SIMULATED_SPEECH: Duration = Duration::from_secs(60);

impl Room {
    /// Subscribes a new participant to the tracks of the others.
    pub(super) fn subscribe_to_all(&mut self, who: &ParticipantSid) {
        for (from, track) in self.tracks_of_others(who) {
            self.sync_subscription(who, &from, &track);
        }
    }

    /// Subscribes the others to a new track.
    pub(super) fn subscribe_others_to(&mut self, from: &ParticipantSid, track: &Track) {
        let receivers: Vec<_> = self.sessions.keys().filter(|sid| *sid != from).cloned().collect();
        for who in receivers {
            self.sync_subscription(&who, from, track);
        }
    }

    /// Ends all subscriptions to a track that is gone.
    pub(super) fn unsubscribe_all(&mut self, track: &TrackSid) {
        for (who, session) in &mut self.sessions {
            session.overrides.remove(track);
            if session.receiving.remove(track) {
                self.outputs.push_back(Output::Unsubscribed { who: who.clone(), track: track.clone() });
            }
        }
    }

    pub(super) fn update_subscriptions(&mut self, who: &ParticipantSid, tracks: Vec<TrackSid>, wanted: bool) {
        let available = self.tracks_of_others(who);
        if wanted && self.sessions.contains_key(who) {
            let known: BTreeSet<_> = available.iter().map(|(_, track)| &track.sid).collect();
            let missing = tracks.iter().filter(|wanted| !known.contains(wanted));
            let reported = missing
                .take(MAX_TRACK_NOT_FOUND)
                .map(|track| Output::TrackNotFound { to: who.clone(), track: track.clone() });
            self.outputs.extend(reported);
        }
        let tracks: BTreeSet<TrackSid> = tracks.into_iter().collect();
        for (from, track) in available {
            if tracks.contains(&track.sid) {
                if let Some(session) = self.sessions.get_mut(who) {
                    session.overrides.insert(track.sid.clone(), wanted);
                }
                self.sync_subscription(who, &from, &track);
            }
        }
    }

    pub(super) fn set_subscription_permission(&mut self, who: &ParticipantSid, permission: SubscriptionPermission) {
        let Some(session) = self.sessions.get_mut(who) else {
            return;
        };
        let before = std::mem::replace(&mut session.permission, permission);
        if before == session.permission {
            return;
        }
        let tracks = session.info().tracks.clone();
        let receivers: Vec<_> = self.sessions.keys().filter(|sid| *sid != who).cloned().collect();
        for to in &receivers {
            for track in &tracks {
                self.notify_permission(to, who, &track.sid, &before);
                self.sync_subscription(to, who, track);
            }
        }
    }

    /// Starts or stops one subscription so that it matches grants, request and permission.
    pub(super) fn sync_subscription(&mut self, who: &ParticipantSid, from: &ParticipantSid, track: &Track) {
        let Some(publisher) = self.sessions.get(from) else {
            return;
        };
        let Some(session) = self.sessions.get(who) else {
            return;
        };
        let should = session.info().grants.can_subscribe
            && session.wants(&track.sid)
            && publisher.allows(&session.info().identity, &track.sid);
        let does = session.receiving.contains(&track.sid);
        match (should, does) {
            (true, false) => self.start(who, from, track),
            (false, true) => self.stop(who, &track.sid),
            _ => {}
        }
    }

    fn start(&mut self, who: &ParticipantSid, from: &ParticipantSid, track: &Track) {
        if let Some(session) = self.sessions.get_mut(who) {
            session.receiving.insert(track.sid.clone());
        }
        self.outputs.push_back(Output::Subscribed { who: who.clone(), from: from.clone(), track: track.clone() });
        // Connection quality was reported only to participants who already received from this publisher.
        if let Some(quality) = self.qualities.of(from).cloned() {
            self.outputs.push_back(Output::ConnectionQualityChanged { to: who.clone(), quality });
        }
        if let Some(publisher) = self.sessions.get_mut(from)
            && publisher.subscribed_once.insert(track.sid.clone())
        {
            self.outputs.push_back(Output::FirstSubscribed { to: from.clone(), track: track.sid.clone() });
        }
    }

    fn stop(&mut self, who: &ParticipantSid, track: &TrackSid) {
        if let Some(session) = self.sessions.get_mut(who) {
            session.receiving.remove(track);
        }
        self.outputs.push_back(Output::Unsubscribed { who: who.clone(), track: track.clone() });
    }

    fn notify_permission(
        &mut self,
        to: &ParticipantSid,
        from: &ParticipantSid,
        track: &TrackSid,
        before: &SubscriptionPermission,
    ) {
        let (Some(subscriber), Some(publisher)) = (self.sessions.get(to), self.sessions.get(from)) else {
            return;
        };
        let identity = &subscriber.info().identity;
        let allowed = publisher.allows(identity, track);
        let was_allowed = match before {
            SubscriptionPermission::All => true,
            SubscriptionPermission::Only(people) => {
                people.get(identity).is_some_and(|tracks| tracks.as_ref().is_none_or(|tracks| tracks.contains(track)))
            }
        };
        if allowed != was_allowed {
            let (to, from, track) = (to.clone(), from.clone(), track.clone());
            self.outputs.push_back(Output::SubscriptionPermissionChanged { to, from, track, allowed });
        }
    }

    pub(super) fn tracks_of_others(&self, who: &ParticipantSid) -> Vec<(ParticipantSid, Track)> {
        let others = self.sessions.iter().filter(|(sid, _)| *sid != who);
        others
            .flat_map(|(sid, session)| session.info().tracks.iter().map(|track| (sid.clone(), track.clone())))
            .collect()
    }

    /// Sends to participants who may subscribe, never back to the sender, and never twice: after a resume a sender
    /// repeats packets that may not have arrived.
    pub(super) fn send_data(&mut self, who: &ParticipantSid, message: &Arc<DataMessage>) {
        let Some(session) = self.sessions.get_mut(who) else {
            return;
        };
        if !session.info().grants.can_publish_data || !session.is_new(message.reliable, message.sequence) {
            return;
        }
        let addressees: BTreeSet<&Identity> = message.to.iter().collect();
        let receives = |(sid, of): &(&ParticipantSid, &Session)| {
            let info = of.info();
            let is_addressed = addressees.is_empty() || addressees.contains(&info.identity);
            *sid != who && is_addressed && info.grants.can_subscribe
        };
        let outputs = self.sessions.iter().filter(receives).map(|(to, _)| {
            let (to, from, message) = (to.clone(), who.clone(), Arc::clone(message));
            Output::Data { to, from, message }
        });
        self.outputs.extend(outputs);
    }

    pub(super) fn audio_level(&mut self, now: Instant, who: &ParticipantSid, track: &TrackSid, level: u8, active: u8) {
        let is_theirs =
            self.participant(who).and_then(|info| info.track(track)).is_some_and(|track| !track.request.muted);
        if is_theirs {
            self.speakers.update_level(now, who, track, level, active);
            self.notify_speakers(now);
        }
    }

    pub(super) fn simulate_speaker(&mut self, now: Instant, who: &ParticipantSid, duration: Duration) {
        if self.sessions.contains_key(who) {
            self.speakers.simulate_speaker(now + duration.min(MAX_SIMULATED_SPEECH), who);
            self.notify_speakers(now);
        }
    }

    pub(super) fn connection_score(&mut self, who: &ParticipantSid, score: u8) {
        // While media is lost a score describes the time before the loss.
        let is_up = self.sessions.get(who).is_some_and(|session| session.transports.media == TransportState::Up);
        if let Some(quality) = is_up.then(|| self.qualities.connection_score(who, score)).flatten() {
            self.notify_connection_quality(&quality);
        }
    }

    /// Reports to the participant and their subscribers. `Lost` goes to the subscribers only: a browser that receives
    /// it about itself ends its session, and a client that lost its media was already asked to resume.
    pub(super) fn notify_connection_quality(&mut self, quality: &ConnectionQuality) {
        let Some(session) = self.sessions.get(&quality.sid) else {
            return;
        };
        let info = Arc::clone(session.info());
        let concerned = |(to, session): &(&ParticipantSid, &Session)| {
            if **to == quality.sid {
                return quality.quality != QualityLevel::Lost;
            }
            info.tracks.iter().any(|track| session.receiving.contains(&track.sid))
        };
        let reported = self
            .sessions
            .iter()
            .filter(concerned)
            .map(|(to, _)| Output::ConnectionQualityChanged { to: to.clone(), quality: quality.clone() });
        self.outputs.extend(reported);
    }

    /// Reports to the speakers themselves and to their subscribers.
    pub(super) fn notify_speakers(&mut self, now: Instant) {
        let changes = self.speakers.changes(now);
        if changes.is_empty() {
            return;
        }
        for (to, session) in &self.sessions {
            let concerns = |speaker: &Speaker| {
                let receives =
                    |info: &crate::Participant| info.tracks.iter().any(|t| session.receiving.contains(&t.sid));
                speaker.sid == *to || self.sessions.get(&speaker.sid).is_some_and(|session| receives(session.info()))
            };
            let changes: Vec<_> = changes.iter().filter(|speaker| concerns(speaker)).cloned().collect();
            if !changes.is_empty() {
                self.outputs.push_back(Output::SpeakersChanged { to: to.clone(), changes });
            }
        }
    }
}
