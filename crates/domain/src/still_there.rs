//! "Still there?": asked in a call that runs long past its planned end. Without an answer of anybody it ends: two pages
//! that were left open would otherwise keep it for days.

use jiff::{SignedDuration, Timestamp};

use crate::{Appointment, Consultation, ParticipantId, Phase, Policy, Refusal, Role};

/// How long after the planned end, and after each answer, the question is asked.
const ASKED_AFTER: SignedDuration = SignedDuration::from_mins(60);
/// Time to answer: enough to come back from the next room.
const ANSWER_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// Whether the participants of a call are asked if they are still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StillThere {
    /// Not asked yet.
    #[default]
    NotAsked,
    /// Asked; nobody has answered yet.
    Asked {
        /// When.
        at: Timestamp,
    },
    /// A participant has answered.
    Answered {
        /// When.
        at: Timestamp,
    },
}

/// Who ended a consultation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy {
    /// The host.
    Host,
    /// A guest.
    Guest,
    /// The server, after all participants had left.
    Deserted,
    /// The server, because nobody answered whether they were still there.
    Unanswered,
}

impl EndedBy {
    /// The name in the API: `host`, `guest` or `system`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Guest => "guest",
            Self::Deserted | Self::Unanswered => "system",
        }
    }

    /// Why the server ended it, as the API names it.
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Host | Self::Guest => None,
            Self::Deserted => Some("deserted"),
            Self::Unanswered => Some("unanswered"),
        }
    }
}

impl Consultation {
    /// When its participants are asked next. `None` while it is not live, and while they have been asked.
    pub fn asks_at(&self, appointment: &Appointment, policy: &Policy) -> Option<Timestamp> {
        let after = |at: Timestamp| at.saturating_add(ASKED_AFTER).unwrap_or(Timestamp::MAX);
        let first = after(appointment.ends_at()).max(policy.closes_at(appointment.ends_at()));
        match (&self.phase, self.still_there) {
            (Phase::Live { .. }, StillThere::NotAsked) => Some(first),
            (Phase::Live { .. }, StillThere::Answered { at }) => Some(first.max(after(at))),
            _ => None,
        }
    }

    /// Asks, if it is time and a participant is connected.
    pub fn ask_whether_present(mut self, appointment: &Appointment, policy: &Policy, now: Timestamp) -> Self {
        if self.is_anybody_connected() && self.asks_at(appointment, policy).is_some_and(|at| at <= now) {
            self.still_there = StillThere::Asked { at: now };
        }
        self
    }

    /// A participant of the call answers that they are there. If nobody was asked, this changes nothing.
    pub fn answer_still_there(mut self, id: ParticipantId, now: Timestamp) -> Result<Self, Refusal> {
        match self.phase {
            Phase::Planned => return Err(Refusal::NotStarted),
            Phase::Ended { .. } => return Err(Refusal::Ended),
            Phase::Live { .. } => {}
        }
        let participant = self.participant(id).ok_or(Refusal::NotAdmitted)?;
        if participant.role != Role::Host && !participant.entry.is_admitted() {
            return Err(Refusal::NotAdmitted);
        }
        if let StillThere::Asked { .. } = self.still_there {
            self.still_there = StillThere::Answered { at: now };
        }
        Ok(self)
    }

    /// Until when an answer is awaited. `None` while nobody is connected: there is nobody to answer.
    pub fn answer_awaited_until(&self) -> Option<Timestamp> {
        match (&self.phase, self.still_there) {
            (Phase::Live { .. }, StillThere::Asked { at }) if self.is_anybody_connected() => {
                Some(at.saturating_add(ANSWER_WITHIN).unwrap_or(Timestamp::MAX))
            }
            _ => None,
        }
    }
}
