//! The room as a state machine: its state, its dispatcher, its lifetime, and whether a participant can join.

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

/// Timeouts and sizes of a room.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A room that nobody joined closes after this.
    pub empty: Duration,
    /// A room closes this long after the last participant left.
    pub departure: Duration,
    /// A session whose media has not connected after this ends.
    pub connecting: Duration,
    /// The others are notified of a participant whose media is still connecting after this, as in LiveKit.
    pub announcement: Duration,
    /// How long lost media may take to reconnect: a phone changes networks, a train leaves a tunnel.
    pub media_loss: Duration,
    /// Grace period after a client closes its peer connection. A full reconnect closes it first; without this others
    /// would see a leave and a join.
    pub closing: Duration,
    /// How long lost signalling may take to reconnect while media still flows.
    pub signal_loss: Duration,
    /// Participants at once; zero for no limit.
    pub people: usize,
    /// Tracks of one participant, pending and published.
    pub tracks: usize,
    /// Bytes of name, metadata and attributes together.
    pub description: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            empty: Duration::from_secs(300),
            departure: Duration::from_secs(20),
            connecting: Duration::from_secs(60),
            announcement: Duration::from_secs(3),
            media_loss: Duration::from_secs(15),
            closing: Duration::from_secs(3),
            signal_loss: Duration::from_secs(60),
            people: 0,
            tracks: 20,
            description: 64 * 1024,
        }
    }
}

/// Why nobody new can join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoomUnavailable {
    /// It has as many participants as it may.
    #[error("the room is full")]
    Full,
    /// It has been closed.
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
    /// While the room is empty: when it closes.
    ends_at: Option<Instant>,
    closed: bool,
    /// Participants who left recently, for sessions that had no signalling at that time.
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

    /// Whether this person could join now. In a full room they may still replace their own session.
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

    /// Handles one event at `now`. Inputs about unknown participants are ignored.
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

    /// The next effect. Drain until `None` after every [`Room::handle`].
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to feed the next [`Input::Tick`], if nothing else happens first.
    pub fn deadline(&self) -> Option<Instant> {
        let transports = self
            .sessions
            .values()
            .flat_map(|session| [session.transports.media.deadline(), session.transports.signal.deadline()]);
        let announcements = self.sessions.values().map(|session| session.announce_at);
        transports.chain(announcements).chain([self.ends_at, self.speakers.deadline()]).flatten().min()
    }

    /// All participants, hidden ones too, in the order of their ids.
    pub fn participants(&self) -> impl Iterator<Item = &Arc<Participant>> {
        self.sessions.values().map(Session::info)
    }

    /// The participant with this identity.
    pub fn find(&self, identity: &Identity) -> Option<&Arc<Participant>> {
        self.by_identity.get(identity).and_then(|sid| self.sessions.get(sid)).map(Session::info)
    }

    /// The participant of this session.
    pub fn participant(&self, sid: &ParticipantSid) -> Option<&Arc<Participant>> {
        self.sessions.get(sid).map(Session::info)
    }

    /// Sequence number of the last reliable packet received from the session.
    pub fn last_sequence(&self, sid: &ParticipantSid) -> u32 {
        self.sessions.get(sid).map_or(0, |session| session.last_sequence)
    }

    fn close(&mut self, reason: DisconnectReason) {
        let all: Vec<_> = self.sessions.keys().cloned().collect();
        // Each session is notified of its own end only, not of the others'.
        for who in &all {
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
        self.announce_overdue(now);
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
