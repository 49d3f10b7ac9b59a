//! What takes place for an appointment: who has a seat, who is let in, when it began and ended.

use jiff::{SignedDuration, Timestamp};

use crate::{
    Appointment, AppointmentId, Author, ConsultationId, Entry, JoinWindow, Participant, ParticipantId, Policy, Refusal,
    Role, RoomName, WhoMayEnd,
};

/// Whether it has begun, and whether it is over. It never goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Not begun.
    Planned,
    /// Under way.
    Live {
        /// Since when.
        started_at: Timestamp,
        /// Who started it.
        started_by: ParticipantId,
    },
    /// Over, for good.
    Ended {
        /// When it had begun.
        started_at: Timestamp,
        /// When it ended.
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

/// How long everybody has to be gone, after its time, until a consultation ends by itself. Both may be on the same
/// bad train, or the server may just have been updated.
const DESERTED_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Evidence that somebody is the host of one consultation. Only [`Consultation::host`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct Host {
    of: ConsultationId,
    id: ParticipantId,
}

impl Host {
    /// The host's seat.
    pub const fn id(&self) -> ParticipantId {
        self.id
    }
}

/// What takes place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consultation {
    /// Its id.
    pub id: ConsultationId,
    /// For which appointment.
    pub appointment: AppointmentId,
    /// Its room: one appointment, one room, never reused.
    pub room: RoomName,
    /// Whether it has begun or is over.
    pub phase: Phase,
    /// Its seats, the host's first.
    pub participants: Vec<Participant>,
    /// Rises with each change; a save of an older one is refused as busy.
    pub version: i64,
}

impl Consultation {
    /// The seat with this id, if it is one of ours.
    pub fn participant(&self, id: ParticipantId) -> Option<&Participant> {
        self.participants.iter().find(|p| p.id == id)
    }

    /// The host's seat.
    pub fn host_participant(&self) -> Option<&Participant> {
        self.participants.iter().find(|p| p.role == Role::Host)
    }

    /// Evidence that this seat is the host's.
    pub fn host(&self, id: ParticipantId) -> Result<Host, Refusal> {
        match self.participant(id) {
            Some(participant) if participant.role == Role::Host => Ok(Host { of: self.id, id }),
            _ => Err(Refusal::HostOnly),
        }
    }

    /// A guest sits down in the waiting room.
    ///
    /// Whoever has been there before may knock for as long as it is under way: without this, a guest who leaves a
    /// session that runs late, by the wrong button, cannot come back.
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
        participant.entry = participant.entry.enter_waiting_room(at)?;
        Ok(self)
    }

    /// The host starts; whoever waits is let in with it. Starting twice changes nothing.
    pub fn start(mut self, host: &Host, window: JoinWindow, at: Timestamp) -> Result<Self, Refusal> {
        self.require_host_of_this(host)?;
        match self.phase {
            Phase::Live { .. } => return Ok(self),
            Phase::Ended { .. } => return Err(Refusal::Ended),
            Phase::Planned => window.require_open()?,
        }
        self.phase = Phase::Live { started_at: at, started_by: host.id() };
        for participant in self.participants.iter_mut().filter(|p| matches!(p.entry, Entry::Waiting { .. })) {
            participant.entry = participant.entry.admit(host, at)?;
        }
        Ok(self)
    }

    /// The host lets one waiting guest in.
    pub fn admit(mut self, host: &Host, guest: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        self.require_host_of_this(host)?;
        self.require_live()?;
        let participant = self.guest_mut(guest)?;
        participant.entry = participant.entry.admit(host, at)?;
        Ok(self)
    }

    /// The host asks one guest not to be here.
    pub fn decline(mut self, host: &Host, guest: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        self.require_host_of_this(host)?;
        self.require_not_ended()?;
        let participant = self.guest_mut(guest)?;
        participant.entry = participant.entry.decline(host, at)?;
        Ok(self)
    }

    /// A guest goes. In an ended consultation nothing changes any more.
    pub fn leave(mut self, guest: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        if self.require_not_ended().is_ok() {
            let participant = self.guest_mut(guest)?;
            participant.entry = participant.entry.leave(at);
        }
        Ok(self)
    }

    /// Whether this seat may end it for everyone: the host always; a guest if the practice says so, and while they
    /// are in. Whoever only waits cannot end what others are in the middle of.
    pub fn may_end(&self, id: ParticipantId, policy: &Policy) -> Result<(), Refusal> {
        match (self.participant(id), policy.who_may_end) {
            (Some(Participant { role: Role::Host, .. }), _) => Ok(()),
            (_, WhoMayEnd::Host) => Err(Refusal::HostOnly),
            (Some(guest), WhoMayEnd::Either) if guest.entry.is_admitted() => Ok(()),
            (_, WhoMayEnd::Either) => Err(Refusal::NotAdmitted),
        }
    }

    /// Ends it for everyone. Ending twice changes nothing: the first who ended it is remembered.
    pub fn end(mut self, by: Author, policy: &Policy, at: Timestamp) -> Result<Self, Refusal> {
        if let Author::Participant(id) = &by {
            self.may_end(*id, policy)?;
        }
        match self.phase {
            Phase::Planned => return Err(Refusal::NotStarted),
            Phase::Ended { .. } => return Ok(self),
            Phase::Live { started_at, .. } => {
                self.phase = Phase::Ended { started_at, ended_at: at.max(started_at), ended_by: by }
            }
        }
        Ok(self)
    }

    /// Whether this seat may be in the room, now. The one question the media server asks, at every connect.
    ///
    /// A running consultation stays open to whoever was let in, also past the planned end: without this a
    /// guest on a train is shown the end page in every tunnel.
    pub fn may_connect(&self, id: ParticipantId, window: JoinWindow) -> Result<&Participant, Refusal> {
        let participant = self.participant(id).ok_or(Refusal::NotAdmitted)?;
        match (&self.phase, window) {
            (Phase::Ended { .. }, _) => return Err(Refusal::Ended),
            (_, JoinWindow::Closed(why)) => return Err(why),
            (Phase::Planned, window) => window.require_open()?,
            (Phase::Live { .. }, _) => {}
        }
        match (participant.role, participant.entry) {
            (Role::Host, _) => self.require_live().map(|()| participant),
            (Role::Guest, Entry::Declined { .. }) => Err(Refusal::Declined),
            (Role::Guest, Entry::Admitted { .. }) => self.require_live().map(|()| participant),
            (Role::Guest, Entry::Outside | Entry::Waiting { .. } | Entry::Left { .. }) => Err(Refusal::NotAdmitted),
        }
    }

    /// Takes the seat for a new device: every older ticket of it is worth nothing from now on.
    pub fn issue_ticket_number(mut self, id: ParticipantId, window: JoinWindow) -> Result<(Self, i64), Refusal> {
        self.may_connect(id, window)?;
        let participant = self.participant_mut(id)?;
        participant.ticket_number += 1;
        let number = participant.ticket_number;
        Ok((self, number))
    }

    /// The media connection of a seat came up. What has ended nobody arrives at.
    pub fn arrive(mut self, id: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        let over = self.require_not_ended().is_err();
        let participant = self.participant_mut(id)?;
        if !over {
            participant.arrived_at.get_or_insert(at);
            participant.connected_since.get_or_insert(at);
        }
        Ok(self)
    }

    /// The media connection of a seat went for good.
    pub fn depart(mut self, id: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        let participant = self.participant_mut(id)?;
        if let Some(since) = participant.connected_since.take() {
            participant.departed_at = Some(at.max(since)); // Clocks are set back; nobody leaves before they come.
        }
        Ok(self)
    }

    /// Whether it is under way.
    pub const fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Live { .. })
    }

    /// When it ends by itself unless somebody comes back: everybody has been gone for a while, and its window is over.
    /// `None` while somebody is there, and while it is not under way.
    pub fn auto_end_at(&self, appointment: &Appointment, policy: &Policy) -> Option<Timestamp> {
        let Phase::Live { started_at, .. } = self.phase else {
            return None;
        };
        if self.participants.iter().any(|participant| participant.connected_since.is_some()) {
            return None;
        }
        let last =
            self.participants.iter().filter_map(|participant| participant.departed_at).fold(started_at, Timestamp::max);
        let gone = last.saturating_add(DESERTED_FOR).unwrap_or(Timestamp::MAX);
        Some(gone.max(policy.closes_at(appointment.ends_at())))
    }

    /// From start to end, once it is over.
    pub fn duration(&self) -> Option<SignedDuration> {
        match &self.phase {
            Phase::Ended { started_at, ended_at, .. } => Some(ended_at.duration_since(*started_at)),
            Phase::Planned | Phase::Live { .. } => None,
        }
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

    fn participant_mut(&mut self, id: ParticipantId) -> Result<&mut Participant, Refusal> {
        self.participants.iter_mut().find(|p| p.id == id).ok_or(Refusal::NotAdmitted)
    }

    fn guest_mut(&mut self, id: ParticipantId) -> Result<&mut Participant, Refusal> {
        let participant = self.participant_mut(id)?;
        if participant.role == Role::Guest { Ok(participant) } else { Err(Refusal::GuestOnly) }
    }
}
