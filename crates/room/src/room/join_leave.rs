//! Sessions: join, loss and return of transports (resume), full reconnect, metadata, leave.

use std::sync::Arc;
use std::time::Instant;

use super::Room;
use crate::ids::{Identity, ParticipantSid};
use crate::input::{MetadataChange, NewParticipant};
use crate::output::{Denial, DeniedRequest, Output};
use crate::participant::{DisconnectReason, Participant, ParticipantState};
use crate::session::{Session, TransportState};

/// How many of the participants who left are remembered.
const MAX_RECENTLY_LEFT: usize = 256;
/// Bytes that each attribute counts besides its text: it costs a place in the map of every update.
const PER_ATTRIBUTE: usize = 64;

impl Room {
    pub(super) fn join(&mut self, now: Instant, new: NewParticipant) {
        if self.can_join(&new.identity).is_err() || self.sessions.contains_key(&new.sid) {
            return;
        }
        // The old session ends first: otherwise the others would show the same person twice.
        let old = self.by_identity.get(&new.identity).cloned();
        let replaced = old.and_then(|old| self.replace(now, &old));
        self.ends_at = None;
        let sid = new.sid.clone();
        let mut session = Session::new(new, now + self.limits.announcement, now + self.limits.connecting);
        session.replaced = replaced;
        let you = Arc::clone(session.info());
        self.by_identity.insert(you.identity.clone(), sid.clone());
        let others = self.participants().filter(|other| !other.grants.hidden).cloned().collect();
        self.sessions.insert(sid.clone(), session);
        self.outputs.push_back(Output::Joined { to: sid.clone(), you, others });
        self.subscribe_to_all(&sid);
    }

    /// Rejoin under the same identity: the others keep the participant and see only the tracks unpublished.
    fn replace(&mut self, now: Instant, old: &ParticipantSid) -> Option<Arc<Participant>> {
        let session = self.sessions.get_mut(old)?;
        let (had_tracks, earlier) = (!session.info().tracks.is_empty(), session.replaced.take());
        let was_announced = session.announce_at.is_none();
        let mut without_tracks = Participant::clone(session.info());
        let info = self.remove_session(now, old, DisconnectReason::DuplicateIdentity)?;
        if !was_announced {
            return earlier;
        }
        if had_tracks {
            without_tracks.tracks.clear();
            without_tracks.version = info.version;
            self.broadcast(&Arc::new(without_tracks));
        }
        Some(info)
    }

    pub(super) fn media_up(&mut self, who: &ParticipantSid) {
        let Some(session) = self.sessions.get_mut(who) else {
            return;
        };
        session.transports.media = TransportState::Up;
        if session.info().state != ParticipantState::Joined {
            return;
        }
        let info = session.change(|info| info.state = ParticipantState::Active);
        self.outputs.push_back(Output::MediaConnected(who.clone()));
        self.notify_all(&info);
    }

    pub(super) fn media_down(&mut self, now: Instant, who: &ParticipantSid) {
        let until = now + self.limits.media_loss;
        let Some(session) = self.sessions.get_mut(who) else {
            return;
        };
        if session.transports.media != TransportState::Up {
            return;
        }
        session.transports.media = TransportState::Lost { until };
        if matches!(session.transports.signal, TransportState::Up) {
            self.outputs.push_back(Output::ResumeRequested(who.clone()));
        }
        if let Some(quality) = self.qualities.lost(who) {
            self.notify_connection_quality(&quality);
        }
    }

    pub(super) fn media_closed(&mut self, now: Instant, who: &ParticipantSid) {
        if let Some(session) = self.sessions.get_mut(who) {
            session.transports.media = TransportState::Closed { until: now + self.limits.closing };
        }
    }

    pub(super) fn signal_down(&mut self, now: Instant, who: &ParticipantSid) {
        let until = now + self.limits.signal_loss;
        let Some(session) = self.sessions.get_mut(who) else {
            return;
        };
        if session.transports.signal == TransportState::Up {
            session.transports.signal = TransportState::Lost { until };
        }
        // Media that has not connected yet cannot be negotiated without a socket.
        if matches!(session.transports.media, TransportState::Connecting { .. }) {
            let until = now + self.limits.closing;
            session.transports.signal = TransportState::Lost { until };
        }
    }

    pub(super) fn signal_up(&mut self, now: Instant, who: &ParticipantSid) {
        let Some(session) = self.sessions.get_mut(who) else {
            return;
        };
        session.transports.signal = TransportState::Up;
        // The client may have missed any update: send all participants, its own included, and those who left. A person
        // who rejoined with a new session is not reported as gone: the client may know both sessions.
        let gone = self.recently_left_participants(now);
        let about = self.participants().filter(|info| info.sid == *who || !info.grants.hidden).cloned();
        let about = gone.into_iter().chain(about).collect();
        self.outputs.push_back(Output::ParticipantsUpdated { to: who.clone(), about });
    }

    /// Participants who left within the time a socket may be lost, and have not rejoined.
    fn recently_left_participants(&mut self, now: Instant) -> Vec<Arc<Participant>> {
        let kept = self.limits.signal_loss * 2;
        self.recently_left.retain(|(at, _)| *at + kept > now);
        let is_out = |info: &&Arc<Participant>| !self.by_identity.contains_key(&info.identity);
        self.recently_left.iter().map(|(_, info)| info).filter(is_out).cloned().collect()
    }

    pub(super) fn overdue(&self, now: Instant) -> Vec<(ParticipantSid, DisconnectReason)> {
        let late = |transport: TransportState| transport.deadline().is_some_and(|until| until <= now);
        let reason_of = |session: &Session| match session.transports.media {
            TransportState::Connecting { .. } if late(session.transports.media) => {
                Some(DisconnectReason::NeverConnected)
            }
            TransportState::Lost { .. } if late(session.transports.media) => Some(DisconnectReason::MediaLost),
            TransportState::Closed { .. } if late(session.transports.media) => Some(DisconnectReason::Left),
            _ if late(session.transports.signal) => Some(DisconnectReason::SignalLost),
            _ => None,
        };
        self.sessions.iter().filter_map(|(sid, session)| Some((sid.clone(), reason_of(session)?))).collect()
    }

    pub(super) fn update_metadata(&mut self, who: &ParticipantSid, request: u32, change: MetadataChange) {
        let limit = self.limits.description;
        let Some(session) = self.sessions.get_mut(who) else {
            return;
        };
        let denial = if !session.info().grants.can_update_metadata {
            Some(Denial::NotAllowed)
        } else if len(session.info(), &change) > limit {
            Some(Denial::TooMuch)
        } else {
            None
        };
        if let Some(denial) = denial {
            let request = DeniedRequest::UpdateMetadata(request);
            return self.outputs.push_back(Output::RequestDenied { to: who.clone(), request, denial });
        }
        let info = session.change(|info| apply(info, change));
        self.outputs.push_back(Output::RequestGranted { to: who.clone(), request });
        self.notify_all(&info);
    }

    pub(super) fn leave(&mut self, now: Instant, who: &ParticipantSid, reason: DisconnectReason) {
        let replaced = self.sessions.get(who).and_then(|session| session.replaced.clone());
        let Some(info) = self.remove_session(now, who, reason) else {
            return;
        };
        // The others may still see the session that this one replaced.
        for gone in replaced.iter().chain([&info]) {
            self.broadcast(gone);
        }
    }

    /// Removes the session and notifies its client, not the others.
    fn remove_session(
        &mut self,
        now: Instant,
        who: &ParticipantSid,
        reason: DisconnectReason,
    ) -> Option<Arc<Participant>> {
        let session = self.sessions.remove(who)?;
        self.by_identity.remove(&session.info().identity);
        self.speakers.remove(who);
        self.qualities.remove(who);
        for track in &session.info().tracks {
            self.unsubscribe_all(&track.sid);
        }
        let info = self.end_session(session, reason);
        if !info.grants.hidden {
            self.recently_left.truncate(MAX_RECENTLY_LEFT - 1);
            self.recently_left.push_front((now, Arc::clone(&info)));
        }
        if self.sessions.is_empty() {
            self.ends_at = Some(now + self.limits.departure);
        }
        Some(info)
    }

    pub(super) fn remove(&mut self, now: Instant, identity: &Identity) {
        if let Some(who) = self.by_identity.get(identity).cloned() {
            self.leave(now, &who, DisconnectReason::Removed);
        }
    }

    /// Ends a session that is already removed from the list.
    pub(super) fn end_session(&mut self, mut session: Session, reason: DisconnectReason) -> Arc<Participant> {
        let was_active = session.info().state == ParticipantState::Active;
        let who = Arc::clone(session.info());
        let unpublished =
            who.tracks.iter().map(|track| Output::Unpublished { who: Arc::clone(&who), track: track.clone() });
        self.outputs.extend(unpublished);
        let info = session.change(|info| {
            info.state = ParticipantState::Disconnected;
            info.tracks.clear();
            info.disconnect_reason = Some(reason);
        });
        let (who, reported) = (info.sid.clone(), Arc::clone(&info));
        self.outputs.push_back(Output::Disconnected { who, info: reported, reason, was_active });
        info
    }

    /// Sends an update to all others, once the participant's media is connected or a track is published, or after
    /// [`Limits::announcement`](super::Limits::announcement).
    pub(super) fn notify_others(&mut self, info: &Arc<Participant>) {
        if let Some(session) = self.sessions.get_mut(&info.sid) {
            if info.state != ParticipantState::Joined || !info.tracks.is_empty() {
                session.announce_at = None;
            }
            if session.announce_at.is_some() {
                return;
            }
            session.replaced = None;
        }
        self.broadcast(info);
    }

    /// Notifies the others of participants whose media takes long to connect.
    pub(super) fn announce_overdue(&mut self, now: Instant) {
        let due = self.sessions.values_mut().filter(|session| session.announce_at.is_some_and(|at| at <= now));
        let due: Vec<_> = due.map(|session| (session.announce_at.take(), Arc::clone(session.info())).1).collect();
        for info in due {
            self.notify_others(&info);
        }
    }

    fn broadcast(&mut self, info: &Arc<Participant>) {
        if info.grants.hidden {
            return;
        }
        let receivers = self.sessions.keys().filter(|sid| **sid != info.sid);
        let outputs = receivers.map(|to| Output::ParticipantsUpdated { to: to.clone(), about: vec![Arc::clone(info)] });
        self.outputs.extend(outputs);
    }

    /// Sends an update to all, the participant included.
    pub(super) fn notify_all(&mut self, info: &Arc<Participant>) {
        self.notify_others(info);
        self.outputs.push_back(Output::ParticipantsUpdated { to: info.sid.clone(), about: vec![Arc::clone(info)] });
    }
}

pub(super) fn apply(info: &mut Participant, change: MetadataChange) {
    if let Some(name) = change.name {
        info.name = name;
    }
    if let Some(metadata) = change.metadata {
        info.metadata = metadata;
    }
    for (key, value) in change.attributes {
        if value.is_empty() {
            info.attributes.remove(&key);
        } else {
            info.attributes.insert(key, value);
        }
    }
}

fn len(info: &Participant, change: &MetadataChange) -> usize {
    let mut after = info.clone();
    apply(&mut after, change.clone());
    let attributes: usize = after.attributes.iter().map(|(key, value)| key.len() + value.len() + PER_ATTRIBUTE).sum();
    after.name.len() + after.metadata.len() + attributes
}
