//! The room: its state, its dispatcher and how long it lasts.

mod join_leave;
mod moderate;
mod publish;
mod subscribe;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::active_speakers::ActiveSpeakers;
use crate::connection_quality::ConnectionQualities;
use crate::ids::{Identity, ParticipantSid};
use crate::input::Input;
use crate::output::Output;
use crate::participant::{DisconnectReason, Participant};
use crate::session::Session;

/// How long a room waits, and how much it holds.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A room into which nobody ever came ends after this.
    pub empty: Duration,
    /// A room that the last one left ends after this.
    pub departure: Duration,
    /// Media that is not connected after this never will be.
    pub connecting: Duration,
    /// Lost media may take this long to come back: a phone changes networks, a train leaves a tunnel.
    pub media_loss: Duration,
    /// Who closed their media may come in anew for so long without the others seeing them go: a program that has to
    /// begin again closes everything first.
    pub closing: Duration,
    /// Lost signalling may take this long to come back while media still flows.
    pub signal_loss: Duration,
    /// So many people at once; zero for no limit.
    pub people: usize,
    /// So many tracks of one person, reserved and sent.
    pub tracks: usize,
    /// So many bytes of name, metadata and attributes together.
    pub description: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            empty: Duration::from_secs(300),
            departure: Duration::from_secs(20),
            connecting: Duration::from_secs(60),
            media_loss: Duration::from_secs(15),
            closing: Duration::from_secs(3),
            signal_loss: Duration::from_secs(60),
            people: 0,
            tracks: 20,
            description: 64 * 1024,
        }
    }
}

/// Nobody more can come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoomUnavailable {
    /// It holds as many as it may.
    #[error("the room is full")]
    Full,
    /// It is over.
    #[error("the room is closed")]
    Closed,
}

/// One live room. One input, then drain [`Room::poll`], then the next.
pub struct Room {
    limits: Limits,
    sessions: BTreeMap<ParticipantSid, Session>,
    by_identity: BTreeMap<Identity, ParticipantSid>,
    speakers: ActiveSpeakers,
    qualities: ConnectionQualities,
    outputs: VecDeque<Output>,
    /// While nobody is in: when the room ends.
    ends_at: Option<Instant>,
    closed: bool,
    /// Who went lately, for those who were not listening just then.
    recently_left: VecDeque<(Instant, Arc<Participant>)>,
}

impl Room {
    /// An empty room, open from now on.
    pub fn new(now: Instant, limits: Limits) -> Self {
        Self {
            limits,
            sessions: BTreeMap::new(),
            by_identity: BTreeMap::new(),
            speakers: ActiveSpeakers::default(),
            qualities: ConnectionQualities::default(),
            outputs: VecDeque::new(),
            ends_at: Some(now + limits.empty),
            closed: false,
            recently_left: VecDeque::new(),
        }
    }

    /// Could this person come in now? They take nobody's place but their own.
    pub fn can_join(&self, identity: &Identity) -> Result<(), RoomUnavailable> {
        if self.closed {
            return Err(RoomUnavailable::Closed);
        }
        let full = self.limits.people > 0 && self.sessions.len() >= self.limits.people;
        if full && !self.by_identity.contains_key(identity) {
            return Err(RoomUnavailable::Full);
        }
        Ok(())
    }

    /// One thing happened at `now`. What names someone who is not in changes nothing.
    pub fn handle(&mut self, now: Instant, input: Input) {
        if self.closed {
            return;
        }
        match input {
            Input::Join(new) => self.join(now, *new),
            Input::MediaUp(who) => self.media_up(&who),
            Input::MediaDown(who) => self.media_down(now, &who),
            Input::MediaClosed(who) => self.media_closed(now, &who),
            Input::SignalDown(who) => self.signal_down(now, &who),
            Input::SignalUp(who) => self.signal_up(now, &who),
            Input::Publish { who, request, sid } => self.publish(&who, request, sid),
            Input::Negotiated { who, track, mid, mime } => self.track_negotiated(&who, &track, mid, mime),
            Input::BackupCodecPublished { who, track, encoding } => self.set_backup_codec(&who, &track, Some(encoding)),
            Input::BackupCodecUnpublished { who, track } => self.set_backup_codec(&who, &track, None),
            Input::Unpublish { who, track } => self.unpublish(&who, &track),
            Input::Mute { who, track, muted } => self.mute(&who, &track, muted),
            Input::UpdateTrack { who, track, update } => self.update_track(&who, &track, update),
            Input::UpdateSubscription { who, tracks, wanted } => self.update_subscriptions(&who, tracks, wanted),
            Input::SetSubscriptionPermission { who, permission } => self.set_subscription_permission(&who, permission),
            Input::UpdateMetadata { who, request, change } => self.update_metadata(&who, request, change),
            Input::SendData { who, message } => self.send_data(&who, &message),
            Input::AudioLevel { who, track, level, active } => self.audio_level(now, &who, &track, level, active),
            Input::SimulateSpeaker { who, duration } => self.simulate_speaker(now, &who, duration),
            Input::ConnectionScore { who, score } => self.connection_score(&who, score),
            Input::Leave { who, reason } => self.leave(now, &who, reason),
            Input::Remove(identity) => self.remove(now, &identity),
            Input::ServerMute { identity, track, muted } => self.server_mute(&identity, &track, muted),
            Input::UpdateParticipant { identity, change, grants } => self.update_participant(&identity, change, grants),
            Input::Close(reason) => self.close(reason),
            Input::Tick => self.tick(now),
        }
    }

    /// What to do next. Drain until `None` after every [`Room::handle`].
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to feed the next [`Input::Tick`], if nothing else happens first.
    pub fn deadline(&self) -> Option<Instant> {
        let links = self
            .sessions
            .values()
            .flat_map(|session| [session.transports.media.deadline(), session.transports.signal.deadline()]);
        links.chain([self.ends_at, self.speakers.deadline()]).flatten().min()
    }

    /// Everybody who is in, hidden ones too, in the order of their names.
    pub fn participants(&self) -> impl Iterator<Item = &Arc<Participant>> {
        self.sessions.values().map(Session::info)
    }

    /// Who is in under this identity.
    pub fn find(&self, identity: &Identity) -> Option<&Arc<Participant>> {
        self.by_identity.get(identity).and_then(|sid| self.sessions.get(sid)).map(Session::info)
    }

    /// Who is in under this name of a stay.
    pub fn participant(&self, sid: &ParticipantSid) -> Option<&Arc<Participant>> {
        self.sessions.get(sid).map(Session::info)
    }

    /// The number of the last reliable packet that came from them.
    pub fn last_sequence(&self, sid: &ParticipantSid) -> u32 {
        self.sessions.get(sid).map_or(0, |session| session.last_sequence)
    }

    fn close(&mut self, reason: DisconnectReason) {
        let everybody: Vec<_> = self.sessions.keys().cloned().collect();
        // Everybody is told their own end; nobody has to hear of the others' ends on the way out.
        for who in &everybody {
            if let Some(session) = self.sessions.remove(who) {
                self.end_session(session, reason);
            }
        }
        self.by_identity.clear();
        (self.speakers, self.qualities) = Default::default();
        self.end(Some(reason));
    }

    fn tick(&mut self, now: Instant) {
        for (who, reason) in self.overdue(now) {
            self.leave(now, &who, reason);
        }
        self.notify_speakers(now);
        if self.ends_at.is_some_and(|at| at <= now) {
            self.end(None);
        }
    }

    fn end(&mut self, reason: Option<DisconnectReason>) {
        self.closed = true;
        self.ends_at = None;
        self.outputs.push_back(Output::Closed(reason));
    }
}
