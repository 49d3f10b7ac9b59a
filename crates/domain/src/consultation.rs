//! Consultations: participants, waiting room, start, end, and who may connect.

use jiff::{SignedDuration, Timestamp};

use crate::{
    Appointment, AppointmentId, Author, ConsultationId, EndedBy, Entry, JoinWindow, Participant, ParticipantId,
    PersonName, Policy, Private, RecordedOutcome, Refusal, Role, RoomName, StillThere, WhoMayEnd,
};

/// Phase of a consultation. It only moves forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Not started.
    Planned,
    /// In progress.
    Live {
        /// Start time.
        started_at: Timestamp,
        /// Who started it as host.
        started_by: Author,
    },
    /// Ended; it cannot be started again.
    Ended {
        /// Start time.
        started_at: Timestamp,
        /// End time.
        ended_at: Timestamp,
        /// Who ended it.
        ended_by: Author,
    },
}

impl Phase {
    /// The name in the API and the store.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Live { .. } => "live",
            Self::Ended { .. } => "ended",
        }
    }
}

/// How long all participants must be disconnected, after the join window has closed, before the consultation ends
/// automatically. Both may be on a bad network, or the server may be restarting.
const DESERTED_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Evidence that a participant is the host of one consultation. Only [`Consultation::host`] creates it.
#[derive(Debug, Clone)]
pub struct Host {
    of: ConsultationId,
    by: Author,
}

impl Host {
    /// Who acts as the host: the host themself, or an API client.
    pub const fn author(&self) -> &Author {
        &self.by
    }
}

/// A consultation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consultation {
    /// Id.
    pub id: ConsultationId,
    /// The appointment it belongs to.
    pub appointment: AppointmentId,
    /// Media room. One per appointment, never reused.
    pub room: RoomName,
    /// Current phase.
    pub phase: Phase,
    /// Participants, the host first.
    pub participants: Vec<Participant>,
    /// Whether they are asked if they are still there.
    pub still_there: StillThere,
    /// What staff have recorded to have become of it.
    pub recorded: Option<RecordedOutcome>,
    /// Optimistic lock: a save with an outdated version is refused as busy.
    pub version: i64,
}

impl Consultation {
    /// The participant with this id, if it belongs to this consultation.
    pub fn participant(&self, id: ParticipantId) -> Option<&Participant> {
        self.participants.iter().find(|p| p.id == id)
    }

    /// The host's participant.
    pub fn host_participant(&self) -> Option<&Participant> {
        self.participants.iter().find(|p| p.role == Role::Host)
    }

    /// Evidence that this participant is the host. What it permits is recorded as done by `author`.
    pub fn host(&self, id: ParticipantId, author: Author) -> Result<Host, Refusal> {
        match self.participant(id) {
            Some(participant) if participant.role == Role::Host => Ok(Host { of: self.id, by: author }),
            _ => Err(Refusal::HostOnly),
        }
    }

    /// A guest enters the waiting room.
    ///
    /// While the consultation is live, a guest who has entered before may enter again after the window has closed:
    /// otherwise a guest who leaves a late session by mistake could not return.
    pub fn enter_waiting_room(
        mut self,
        guest: ParticipantId,
        window: JoinWindow,
        at: Timestamp,
    ) -> Result<Self, Refusal> {
        self.require_not_ended()?;
        let under_way = self.is_live();
        let participant = self.guest_mut(guest)?;
        match window {
            JoinWindow::Closed(why) => return Err(why),
            _ if under_way && participant.entry != Entry::Outside => {}
            window => window.require_open()?,
        }
        participant.entry = participant.entry.clone().enter_waiting_room(at)?;
        Ok(self)
    }

    /// The host starts the consultation; waiting guests are admitted, companions one by one afterwards. Starting twice
    /// changes nothing.
    pub fn start(mut self, host: &Host, window: JoinWindow, at: Timestamp) -> Result<Self, Refusal> {
        self.require_host_of_this(host)?;
        match self.phase {
            Phase::Live { .. } => return Ok(self),
            Phase::Ended { .. } => return Err(Refusal::Ended),
            Phase::Planned => window.require_open()?,
        }
        self.phase = Phase::Live { started_at: at, started_by: host.author().clone() };
        let admitted = |p: &&mut Participant| p.role == Role::Guest && matches!(p.entry, Entry::Waiting { .. });
        for participant in self.participants.iter_mut().filter(admitted) {
            participant.entry = participant.entry.clone().admit(host, at)?;
        }
        Ok(self)
    }

    /// The host admits one waiting guest.
    pub fn admit(mut self, host: &Host, guest: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        self.require_host_of_this(host)?;
        self.require_live()?;
        let participant = self.guest_mut(guest)?;
        participant.entry = participant.entry.clone().admit(host, at)?;
        Ok(self)
    }

    /// The host declines one guest.
    pub fn decline(mut self, host: &Host, guest: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        self.require_host_of_this(host)?;
        self.require_not_ended()?;
        let participant = self.guest_mut(guest)?;
        participant.entry = participant.entry.clone().decline(host, at)?;
        participant.give_up_seat();
        Ok(self)
    }

    /// The host puts out a guest whose links were ended: like [`Consultation::end_access`], by the host.
    pub fn expel(mut self, host: &Host, guest: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        self.require_host_of_this(host)?;
        self.require_not_ended()?;
        self.guest_mut(guest)?;
        self.end_access(guest, at)
    }

    /// A guest leaves. After the end this changes nothing.
    pub fn leave(mut self, guest: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        if self.require_not_ended().is_ok() {
            let participant = self.guest_mut(guest)?;
            participant.entry = participant.entry.clone().leave(at);
            participant.give_up_seat();
        }
        Ok(self)
    }

    /// The personal links of a participant were replaced, so what was reached with an old one ends: all tickets are
    /// superseded, and a guest who has entered enters again with the new link. After the end this changes nothing.
    pub fn end_access(mut self, id: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        let over = self.require_not_ended().is_err();
        let participant = self.participant_mut(id)?;
        if !over {
            participant.end_tickets();
            participant.entry = participant.entry.clone().leave(at);
            participant.give_up_seat();
        }
        Ok(self)
    }

    /// It has another host of this name from now on. Tickets of the one before are old.
    pub fn with_host(mut self, name: &Private<PersonName>) -> Self {
        for participant in self.participants.iter_mut().filter(|participant| participant.role == Role::Host) {
            participant.name = name.clone();
            participant.end_tickets();
        }
        self
    }

    /// The login or key with which a participant got their tickets has ended: the tickets become old. After the end this
    /// changes nothing.
    pub fn end_tickets(mut self, id: ParticipantId) -> Result<Self, Refusal> {
        let over = self.require_not_ended().is_err();
        let participant = self.participant_mut(id)?;
        if !over {
            participant.end_tickets();
        }
        Ok(self)
    }

    /// The same for tickets up to this number: if others were issued since, they stay valid.
    pub fn end_tickets_up_to(self, number: i64, id: ParticipantId) -> Result<Self, Refusal> {
        let latest = self.participant(id).ok_or(Refusal::NotAdmitted)?.ticket_number;
        if latest > number { Ok(self) } else { self.end_tickets(id) }
    }

    /// Whether this participant may end it for everyone: the host always; an admitted guest if the policy allows it.
    /// A waiting guest and a companion never may.
    pub fn may_end(&self, id: ParticipantId, policy: &Policy) -> Result<(), Refusal> {
        match (self.participant(id), policy.who_may_end) {
            (Some(Participant { role: Role::Host, .. }), _) => Ok(()),
            (_, WhoMayEnd::Host) => Err(Refusal::HostOnly),
            (Some(guest), WhoMayEnd::Either) if guest.role == Role::Guest && guest.entry.is_admitted() => Ok(()),
            (Some(Participant { role: Role::Companion, .. }), WhoMayEnd::Either) => Err(Refusal::HostOnly),
            (_, WhoMayEnd::Either) => Err(Refusal::NotAdmitted),
        }
    }

    /// Ends it for everyone. Ending twice changes nothing: the first author is kept.
    /// `acting_as` is the participant whose permission counts; `None` for a timed rule of the server.
    pub fn end(
        mut self,
        by: Author,
        acting_as: Option<ParticipantId>,
        policy: &Policy,
        at: Timestamp,
    ) -> Result<Self, Refusal> {
        if let Some(id) = acting_as {
            self.may_end(id, policy)?;
        }
        match self.phase {
            Phase::Planned => return Err(Refusal::NotStarted),
            Phase::Ended { .. } => return Ok(self),
            Phase::Live { started_at, .. } => {
                self.phase = Phase::Ended { started_at, ended_at: at.max(started_at), ended_by: by }
            }
        }
        if !self.is_anybody_connected() {
            self.still_there = StillThere::NotAsked; // They had left: the question is not why it ended.
        }
        Ok(self)
    }

    /// When it began, if it has.
    pub const fn started_at(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Planned => None,
            Phase::Live { started_at, .. } | Phase::Ended { started_at, .. } => Some(started_at),
        }
    }

    /// Who ended it, once ended.
    pub fn ended_by(&self) -> Option<EndedBy> {
        let Phase::Ended { ended_by, .. } = &self.phase else { return None };
        Some(match ended_by {
            Author::Participant(id) => match self.participant(*id).map(|participant| participant.role) {
                Some(Role::Guest | Role::Companion | Role::Unknown) => EndedBy::Guest,
                Some(Role::Host) | None => EndedBy::Host,
            },
            Author::User(_) | Author::Key(_) => EndedBy::Host,
            Author::System if matches!(self.still_there, StillThere::Asked { .. }) => EndedBy::Unanswered,
            Author::System => EndedBy::Deserted,
        })
    }

    /// Whether this participant may be in the room now. Checked at every connect.
    ///
    /// A live consultation accepts admitted participants also after the join window has closed: otherwise a guest who
    /// loses the network for a moment could not reconnect.
    pub fn may_connect(&self, id: ParticipantId, window: JoinWindow) -> Result<&Participant, Refusal> {
        let participant = self.participant(id).ok_or(Refusal::NotAdmitted)?;
        match (&self.phase, window) {
            (Phase::Ended { .. }, _) => return Err(Refusal::Ended),
            (_, JoinWindow::Closed(why)) => return Err(why),
            (Phase::Planned, window) => window.require_open()?,
            (Phase::Live { .. }, _) => {}
        }
        match (participant.role, &participant.entry) {
            (Role::Host, _) => self.require_live().map(|()| participant),
            (Role::Unknown, _) => Err(Refusal::NotAdmitted),
            (Role::Guest | Role::Companion, Entry::Declined { .. }) => Err(Refusal::Declined),
            (Role::Guest | Role::Companion, Entry::Admitted { .. }) => self.require_live().map(|()| participant),
            (Role::Guest | Role::Companion, Entry::Outside | Entry::Waiting { .. } | Entry::Left { .. }) => {
                Err(Refusal::NotAdmitted)
            }
        }
    }

    /// Issues the next ticket number for a new device. Tickets with a lower number are refused from now on.
    pub fn issue_ticket_number(mut self, id: ParticipantId, window: JoinWindow) -> Result<(Self, i64), Refusal> {
        self.may_connect(id, window)?;
        let participant = self.participant_mut(id)?;
        participant.ticket_number += 1;
        let number = participant.ticket_number;
        Ok((self, number))
    }

    /// The media connection of a participant came up. Ignored after the end.
    pub fn arrive(mut self, id: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        let over = self.require_not_ended().is_err();
        if !over && !self.is_anybody_connected() && matches!(self.still_there, StillThere::Asked { .. }) {
            self.still_there = StillThere::Asked { at }; // Who comes back has not seen the question.
        }
        let participant = self.participant_mut(id)?;
        if !over {
            participant.arrived_at.get_or_insert(at);
            participant.connected_since.get_or_insert(at);
        }
        Ok(self)
    }

    /// The media connection of a participant was closed or timed out.
    pub fn depart(mut self, id: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        self.participant_mut(id)?.end_period(at);
        Ok(self)
    }

    /// Whether it is in progress.
    pub const fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Live { .. })
    }

    /// When it ends automatically if nobody reconnects: all participants have been disconnected for ten minutes, and
    /// the join window has closed. The time before `reachable_since` does not count, because the media server was not
    /// there. `None` while a participant is connected, and while it is not live.
    pub fn auto_end_at(
        &self,
        appointment: &Appointment,
        policy: &Policy,
        reachable_since: Option<Timestamp>,
    ) -> Option<Timestamp> {
        let Phase::Live { started_at, .. } = self.phase else {
            return None;
        };
        if self.is_anybody_connected() {
            return None;
        }
        let last = self.last_departure().into_iter().chain(reachable_since).fold(started_at, Timestamp::max);
        let gone = last.saturating_add(DESERTED_FOR).unwrap_or(Timestamp::MAX);
        Some(gone.max(policy.closes_at(appointment.ends_at())))
    }

    const fn require_live(&self) -> Result<(), Refusal> {
        match self.phase {
            Phase::Live { .. } => Ok(()),
            Phase::Planned => Err(Refusal::NotStarted),
            Phase::Ended { .. } => Err(Refusal::Ended),
        }
    }

    const fn require_not_ended(&self) -> Result<(), Refusal> {
        match self.phase {
            Phase::Ended { .. } => Err(Refusal::Ended),
            Phase::Planned | Phase::Live { .. } => Ok(()),
        }
    }

    fn require_host_of_this(&self, host: &Host) -> Result<(), Refusal> {
        if host.of == self.id { Ok(()) } else { Err(Refusal::HostOnly) }
    }

    pub(crate) fn participant_mut(&mut self, id: ParticipantId) -> Result<&mut Participant, Refusal> {
        self.participants.iter_mut().find(|p| p.id == id).ok_or(Refusal::NotAdmitted)
    }

    /// A participant who waits until admitted.
    fn guest_mut(&mut self, id: ParticipantId) -> Result<&mut Participant, Refusal> {
        let participant = self.participant_mut(id)?;
        if participant.role.waits() { Ok(participant) } else { Err(Refusal::GuestOnly) }
    }
}
