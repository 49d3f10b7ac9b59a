//! The room: its state, its dispatcher and how long it lasts.

mod join_leave;
mod moderate;
mod publish;
mod subscribe;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::active_speakers::Speakers;
use crate::connection_quality::Lines;
use crate::ids::{Identity, ParticipantSid};
use crate::input::Input;
use crate::output::Output;
use crate::participant::{Participant, Reason};
use crate::session::Seat;

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
pub enum NoRoom {
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
    seats: BTreeMap<ParticipantSid, Seat>,
    by_identity: BTreeMap<Identity, ParticipantSid>,
    speakers: Speakers,
    lines: Lines,
    outputs: VecDeque<Output>,
    /// While nobody is in: when the room ends.
    ends_at: Option<Instant>,
    closed: bool,
    /// Who went lately, for those who were not listening just then.
    departed: VecDeque<(Instant, Arc<Participant>)>,
}

impl Room {
    /// An empty room, open from now on.
    pub fn new(now: Instant, limits: Limits) -> Self {
        Self {
            limits,
            seats: BTreeMap::new(),
            by_identity: BTreeMap::new(),
            speakers: Speakers::default(),
            lines: Lines::default(),
            outputs: VecDeque::new(),
            ends_at: Some(now + limits.empty),
            closed: false,
            departed: VecDeque::new(),
        }
    }

    /// Could this person come in now? They take nobody's place but their own.
    pub fn admits(&self, identity: &Identity) -> Result<(), NoRoom> {
        if self.closed {
            return Err(NoRoom::Closed);
        }
        let full = self.limits.people > 0 && self.seats.len() >= self.limits.people;
        if full && !self.by_identity.contains_key(identity) {
            return Err(NoRoom::Full);
        }
        Ok(())
    }

    /// One thing happened at `now`. What names someone who is not in changes nothing.
    pub fn handle(&mut self, now: Instant, input: Input) {
        if self.closed {
            return;
        }
        match input {
            Input::Join(newcomer) => self.join(now, *newcomer),
            Input::MediaUp(who) => self.media_up(&who),
            Input::MediaDown(who) => self.media_down(now, &who),
            Input::MediaClosed(who) => self.media_closed(now, &who),
            Input::SignalDown(who) => self.signal_down(now, &who),
            Input::SignalUp(who) => self.signal_up(now, &who),
            Input::Publish { who, draft, chance } => self.publish(&who, draft, &chance),
            Input::Negotiated { who, track, mid, mime } => self.negotiated(&who, &track, mid, mime),
            Input::Backed { who, track, encoding } => self.back(&who, &track, Some(encoding)),
            Input::Unbacked { who, track } => self.back(&who, &track, None),
            Input::Unpublish { who, track } => self.unpublish(&who, &track),
            Input::Mute { who, track, muted } => self.mute(&who, &track, muted),
            Input::Refine { who, track, refinement } => self.refine(&who, &track, refinement),
            Input::Want { who, tracks, wanted } => self.want(&who, tracks, wanted),
            Input::Limit { who, audience } => self.limit(&who, audience),
            Input::Describe { who, request, change } => self.describe(&who, request, change),
            Input::Say { who, to, reliable, sequence, bytes } => self.say(&who, &to, (reliable, sequence), &bytes),
            Input::Loudness { who, track, level, active } => self.loudness(now, &who, &track, level, active),
            Input::Pretend { who, lasting } => self.pretend(now, &who, lasting),
            Input::Line { who, score } => self.scored(&who, score),
            Input::Leave { who, reason } => self.leave(now, &who, reason),
            Input::Remove(identity) => self.remove(now, &identity),
            Input::Silence { identity, track, muted } => self.silence(&identity, &track, muted),
            Input::Amend { identity, change, grants } => self.amend(&identity, change, grants),
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
        let links = self.seats.values().flat_map(|seat| [seat.link.media.deadline(), seat.link.signal.deadline()]);
        links.chain([self.ends_at, self.speakers.deadline()]).flatten().min()
    }

    /// Everybody who is in, hidden ones too, in the order of their names.
    pub fn participants(&self) -> impl Iterator<Item = &Arc<Participant>> {
        self.seats.values().map(Seat::face)
    }

    /// Who is in under this identity.
    pub fn find(&self, identity: &Identity) -> Option<&Arc<Participant>> {
        self.by_identity.get(identity).and_then(|sid| self.seats.get(sid)).map(Seat::face)
    }

    /// Who is in under this name of a stay.
    pub fn stay(&self, sid: &ParticipantSid) -> Option<&Arc<Participant>> {
        self.seats.get(sid).map(Seat::face)
    }

    /// The number of the last reliable packet that came from them.
    pub fn last_said(&self, sid: &ParticipantSid) -> u32 {
        self.seats.get(sid).map_or(0, |seat| seat.last_said)
    }

    fn close(&mut self, reason: Reason) {
        let everybody: Vec<_> = self.seats.keys().cloned().collect();
        // Everybody is told their own end; nobody has to hear of the others' ends on the way out.
        for who in &everybody {
            if let Some(seat) = self.seats.remove(who) {
                self.dismiss(seat, reason);
            }
        }
        self.by_identity.clear();
        (self.speakers, self.lines) = Default::default();
        self.end(Some(reason));
    }

    fn tick(&mut self, now: Instant) {
        for (who, reason) in self.overdue(now) {
            self.leave(now, &who, reason);
        }
        self.tell_speakers(now);
        if self.ends_at.is_some_and(|at| at <= now) {
            self.end(None);
        }
    }

    fn end(&mut self, reason: Option<Reason>) {
        self.closed = true;
        self.ends_at = None;
        self.outputs.push_back(Output::Ended(reason));
    }
}
