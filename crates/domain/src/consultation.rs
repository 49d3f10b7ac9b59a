//! What takes place for an appointment: who has a seat, who is let in, when it began and ended.

use jiff::{SignedDuration, Timestamp};

use crate::{
    Appointment, AppointmentId, AppointmentStatus, Author, ConsultationId, Entry, Kind, ParticipantId, PersonName,
    Policy, Private, Refusal, RoomName, WhoMayEnd,
};

/// In which role somebody sits in a consultation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Holds it.
    Host,
    /// Comes to it.
    Guest,
}

impl Role {
    /// The name in the API and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Guest => "guest",
        }
    }
}

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

/// One person's place in a consultation, across devices and reconnects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// The seat's id; also the identity in the room, so it says nothing about the person.
    pub id: ParticipantId,
    /// In which role.
    pub role: Role,
    /// What the booking calls them.
    pub name: Private<PersonName>,
    /// Where they stand. A host needs no entry and stays `Outside`.
    pub entry: Entry,
    /// Number of the last ticket. A ticket with a lower number is an old device's and opens nothing.
    pub seat: i64,
    /// Since when their media connection is up; `None` while it is not.
    pub connected_since: Option<Timestamp>,
    /// When it was up for the first time.
    pub arrived_at: Option<Timestamp>,
    /// When it was last seen going.
    pub departed_at: Option<Timestamp>,
}

/// Evidence that somebody is a host of this consultation. Only [`Consultation::host`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct Host(ParticipantId);

impl Host {
    /// The host's seat.
    pub const fn id(&self) -> ParticipantId {
        self.0
    }
}

/// The one join window, as it stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Not yet.
    TooEarly {
        /// When it opens.
        opens_at: Timestamp,
    },
    /// One may knock.
    Open,
    /// No longer, for whoever is not in yet.
    TooLate {
        /// When it closed.
        closed_at: Timestamp,
    },
    /// Not at all, and why.
    Shut(Refusal),
}

impl Door {
    /// Open, or the refusal that says why not.
    pub const fn open(self) -> Result<(), Refusal> {
        match self {
            Self::Open => Ok(()),
            Self::TooEarly { opens_at } => Err(Refusal::TooEarly { opens_at }),
            Self::TooLate { closed_at } => Err(Refusal::TooLate { closed_at }),
            Self::Shut(why) => Err(why),
        }
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
    pub fn seat(&self, id: ParticipantId) -> Option<&Participant> {
        self.participants.iter().find(|p| p.id == id)
    }

    /// The host's seat.
    pub fn host_seat(&self) -> Option<&Participant> {
        self.participants.iter().find(|p| p.role == Role::Host)
    }

    /// Evidence that this seat is the host's.
    pub fn host(&self, id: ParticipantId) -> Result<Host, Refusal> {
        match self.seat(id) {
            Some(seat) if seat.role == Role::Host => Ok(Host(id)),
            _ => Err(Refusal::HostOnly),
        }
    }

    /// Whether one may knock, now. Whoever was let in before passes by [`Consultation::may_connect`] instead.
    pub fn door(&self, appointment: &Appointment, policy: &Policy, now: Timestamp) -> Door {
        let opens_at = policy.opens_at(appointment.starts.at);
        let closes_at = policy.closes_at(appointment.ends_at());
        match (&self.phase, &appointment.status) {
            (Phase::Ended { .. }, _) | (_, AppointmentStatus::Completed { .. }) => Door::Shut(Refusal::Ended),
            (_, AppointmentStatus::Cancelled { .. }) => Door::Shut(Refusal::Cancelled),
            (_, AppointmentStatus::Booked) => Door::Shut(Refusal::NotConfirmed),
            _ if appointment.kind == Kind::InPerson => Door::Shut(Refusal::InPerson),
            _ if now < opens_at => Door::TooEarly { opens_at },
            _ if now >= closes_at => Door::TooLate { closed_at: closes_at },
            _ => Door::Open,
        }
    }

    /// A guest sits down in the waiting room.
    pub fn knock(mut self, guest: ParticipantId, door: Door, at: Timestamp) -> Result<Self, Refusal> {
        let already_in = self.is_live() && self.seat(guest).is_some_and(|g| g.entry.is_admitted());
        if !already_in {
            door.open()?;
        }
        let seat = self.guest_mut(guest)?;
        seat.entry = seat.entry.knock(at)?;
        Ok(self)
    }

    /// The host starts; whoever waits is let in with it. Starting twice changes nothing.
    pub fn start(mut self, host: &Host, door: Door, at: Timestamp) -> Result<Self, Refusal> {
        match self.phase {
            Phase::Live { .. } => return Ok(self),
            Phase::Ended { .. } => return Err(Refusal::Ended),
            Phase::Planned => door.open()?,
        }
        self.phase = Phase::Live { started_at: at, started_by: host.id() };
        for seat in self.participants.iter_mut().filter(|p| matches!(p.entry, Entry::Waiting { .. })) {
            seat.entry = seat.entry.admit(host, at)?;
        }
        Ok(self)
    }

    /// The host lets one waiting guest in.
    pub fn admit(mut self, host: &Host, guest: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        self.live()?;
        let seat = self.guest_mut(guest)?;
        seat.entry = seat.entry.admit(host, at)?;
        Ok(self)
    }

    /// The host asks one guest not to be here.
    pub fn decline(mut self, host: &Host, guest: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        self.not_ended()?;
        let seat = self.guest_mut(guest)?;
        seat.entry = seat.entry.decline(host, at)?;
        Ok(self)
    }

    /// A guest goes. In an ended consultation nothing changes any more.
    pub fn leave(mut self, guest: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        if self.not_ended().is_ok() {
            let seat = self.guest_mut(guest)?;
            seat.entry = seat.entry.leave(at);
        }
        Ok(self)
    }

    /// Ends it for everyone. Ending twice changes nothing: the first who ended it is remembered.
    pub fn end(mut self, by: Author, policy: &Policy, at: Timestamp) -> Result<Self, Refusal> {
        if let Author::Participant(id) = &by
            && policy.who_may_end == WhoMayEnd::Host
        {
            self.host(*id)?;
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
    pub fn may_connect(&self, id: ParticipantId, door: Door) -> Result<&Participant, Refusal> {
        let seat = self.seat(id).ok_or(Refusal::NotAdmitted)?;
        match (&self.phase, door) {
            (Phase::Ended { .. }, _) => return Err(Refusal::Ended),
            (_, Door::Shut(why)) => return Err(why),
            (Phase::Planned, door) => door.open()?,
            (Phase::Live { .. }, _) => {}
        }
        match (seat.role, seat.entry) {
            (Role::Host, _) => self.live().map(|()| seat),
            (Role::Guest, Entry::Declined { .. }) => Err(Refusal::Declined),
            (Role::Guest, Entry::Admitted { .. }) => self.live().map(|()| seat),
            (Role::Guest, Entry::Outside | Entry::Waiting { .. } | Entry::Left { .. }) => Err(Refusal::NotAdmitted),
        }
    }

    /// Takes the seat for a new device: every older ticket of it is worth nothing from now on.
    pub fn take_seat(mut self, id: ParticipantId, door: Door) -> Result<(Self, i64), Refusal> {
        self.may_connect(id, door)?;
        let seat = self.seat_mut(id)?;
        seat.seat += 1;
        let number = seat.seat;
        Ok((self, number))
    }

    /// The media connection of a seat came up.
    pub fn arrive(mut self, id: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        let seat = self.seat_mut(id)?;
        seat.arrived_at.get_or_insert(at);
        seat.connected_since.get_or_insert(at);
        Ok(self)
    }

    /// The media connection of a seat went for good.
    pub fn depart(mut self, id: ParticipantId, at: Timestamp) -> Result<Self, Refusal> {
        let seat = self.seat_mut(id)?;
        if seat.connected_since.take().is_some() {
            seat.departed_at = Some(at);
        }
        Ok(self)
    }

    /// Whether it is under way.
    pub const fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Live { .. })
    }

    /// Whether nobody's media is up.
    pub fn is_deserted(&self) -> bool {
        self.participants.iter().all(|p| p.connected_since.is_none())
    }

    /// From start to end, once it is over.
    pub fn duration(&self) -> Option<SignedDuration> {
        match &self.phase {
            Phase::Ended { started_at, ended_at, .. } => Some(ended_at.duration_since(*started_at)),
            Phase::Planned | Phase::Live { .. } => None,
        }
    }

    const fn live(&self) -> Result<(), Refusal> {
        match self.phase {
            Phase::Live { .. } => Ok(()),
            Phase::Planned => Err(Refusal::NotStarted),
            Phase::Ended { .. } => Err(Refusal::Ended),
        }
    }

    const fn not_ended(&self) -> Result<(), Refusal> {
        match self.phase {
            Phase::Ended { .. } => Err(Refusal::Ended),
            Phase::Planned | Phase::Live { .. } => Ok(()),
        }
    }

    fn seat_mut(&mut self, id: ParticipantId) -> Result<&mut Participant, Refusal> {
        self.participants.iter_mut().find(|p| p.id == id).ok_or(Refusal::NotAdmitted)
    }

    fn guest_mut(&mut self, id: ParticipantId) -> Result<&mut Participant, Refusal> {
        let seat = self.seat_mut(id)?;
        if seat.role == Role::Guest { Ok(seat) } else { Err(Refusal::GuestOnly) }
    }
}
