//! Appointments: time, guest, host, length, video or in person, and status.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::{AppointmentId, Author, Consultation, FieldError, Person, PersonId, Phase, Refusal, ScheduledTime, UserId};

/// How far ahead an appointment can be booked. Days.
const HORIZON_DAYS: i64 = 731;
/// How late an appointment that begins now may be booked.
const BOOKED_LATE: SignedDuration = SignedDuration::from_mins(5);

/// Length of an appointment in minutes, 5 to 480.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length(u16);

impl Length {
    /// Checks the range.
    pub fn from_minutes(minutes: i64) -> Result<Self, FieldError> {
        u16::try_from(minutes).ok().filter(|m| (5..=480).contains(m)).map(Self).ok_or(FieldError::OutOfRange)
    }

    /// From the store: the nearest length of one minute to one day.
    pub fn from_store(minutes: i64) -> Self {
        Self(u16::try_from(minutes.clamp(1, 24 * 60)).unwrap_or(1))
    }

    /// The length in minutes.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

/// Whether an appointment takes place by video or in person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppointmentKind {
    /// In a media room of this server.
    Video,
    /// At the practice.
    InPerson,
}

impl AppointmentKind {
    /// The name in forms, the API and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::InPerson => "in_person",
        }
    }
}

impl FromStr for AppointmentKind {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        match text {
            "video" => Ok(Self::Video),
            "in_person" => Ok(Self::InPerson),
            _ => Err(FieldError::UnknownChoice),
        }
    }
}

/// Status of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppointmentStatus {
    /// Entered; the slot is taken, no confirmation was sent.
    Booked,
    /// Confirmations to host and guest are queued as jobs or sent.
    Confirmed {
        /// When.
        at: Timestamp,
        /// Who did it.
        by: Author,
    },
    /// Cancelled before it started.
    Cancelled {
        /// When.
        at: Timestamp,
        /// Who did it.
        by: Author,
    },
    /// The consultation has ended.
    Completed {
        /// When the consultation ended.
        at: Timestamp,
    },
}

impl AppointmentStatus {
    /// The name in the API and the store.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Confirmed { .. } => "confirmed",
            Self::Cancelled { .. } => "cancelled",
            Self::Completed { .. } => "completed",
        }
    }
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// The host.
    pub host: UserId,
    /// The guest.
    pub guest: Person,
    /// Who comes with the guest, in the order of the booking.
    pub companions: Vec<Person>,
    /// Planned start.
    pub starts: ScheduledTime,
    /// Planned length.
    pub length: Length,
    /// Video or in person.
    pub kind: AppointmentKind,
    /// Status.
    pub status: AppointmentStatus,
    /// When it was booked.
    pub booked_at: Timestamp,
    /// Who booked it.
    pub booked_by: Author,
    /// Optimistic lock: a save with an outdated version is refused as busy.
    pub version: i64,
}

impl Appointment {
    /// How many people may come with the guest.
    pub const MAX_COMPANIONS: usize = 3;

    /// The people who come to the host: guest and companions.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        std::iter::once(&self.guest).chain(&self.companions)
    }

    /// One of them.
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people().find(|person| person.id == id)
    }

    /// Refuses a start in the past or more than two years ahead.
    pub fn check_bookable(starts: &ScheduledTime, now: Timestamp) -> Result<(), FieldError> {
        // Who books for this minute needs some to fill in the form.
        if starts.at < now.saturating_sub(BOOKED_LATE).unwrap_or(Timestamp::MIN) {
            return Err(FieldError::InThePast);
        }
        let horizon = now.saturating_add(SignedDuration::from_hours(24 * HORIZON_DAYS)).unwrap_or(Timestamp::MAX);
        if starts.at > horizon { Err(FieldError::TooFarAhead) } else { Ok(()) }
    }

    /// The planned end.
    pub fn ends_at(&self) -> Timestamp {
        let length = SignedDuration::from_mins(self.length.minutes().into());
        self.starts.at.saturating_add(length).unwrap_or(Timestamp::MAX)
    }

    /// Whether it occupies the host's time. An unconfirmed booking counts: two pending bookings of one slot must
    /// never both be confirmed. A consultation that ended early frees the rest of its slot.
    pub const fn occupies_slot(&self) -> bool {
        matches!(self.status, AppointmentStatus::Booked | AppointmentStatus::Confirmed { .. })
    }

    /// Confirms the appointment. Confirming twice changes nothing.
    pub fn confirm(mut self, by: Author, at: Timestamp) -> Result<Self, Refusal> {
        match self.status {
            AppointmentStatus::Booked if at >= self.ends_at() => Err(Refusal::TooLate { closed_at: self.ends_at() }),
            AppointmentStatus::Booked => {
                self.status = AppointmentStatus::Confirmed { at, by };
                Ok(self)
            }
            AppointmentStatus::Confirmed { .. } => Ok(self),
            AppointmentStatus::Cancelled { .. } => Err(Refusal::Cancelled),
            AppointmentStatus::Completed { .. } => Err(Refusal::Ended),
        }
    }

    /// Cancels the appointment. Cancelling twice changes nothing. A live consultation must be ended instead, and a
    /// completed one cannot be cancelled. `consultation` is the appointment's own, if it has one yet.
    pub fn cancel(mut self, consultation: Option<&Consultation>, by: Author, at: Timestamp) -> Result<Self, Refusal> {
        match consultation.map(|consultation| &consultation.phase) {
            None | Some(Phase::Planned) => {}
            Some(Phase::Live { .. }) => return Err(Refusal::AlreadyStarted),
            Some(Phase::Ended { .. }) => return Err(Refusal::Ended),
        }
        match self.status {
            AppointmentStatus::Booked | AppointmentStatus::Confirmed { .. } => {
                self.status = AppointmentStatus::Cancelled { at, by };
                Ok(self)
            }
            AppointmentStatus::Cancelled { .. } => Ok(self),
            AppointmentStatus::Completed { .. } => Err(Refusal::Ended),
        }
    }

    /// Gives it to another host. Once it has started or is over, it stays with its host. `consultation` is the
    /// appointment's own, if it has one yet.
    pub fn hand_over(
        mut self,
        consultation: Option<&Consultation>,
        to: UserId,
        at: Timestamp,
    ) -> Result<Self, Refusal> {
        match consultation.map(|consultation| &consultation.phase) {
            None | Some(Phase::Planned) => {}
            Some(Phase::Live { .. }) => return Err(Refusal::AlreadyStarted),
            Some(Phase::Ended { .. }) => return Err(Refusal::Ended),
        }
        match self.status {
            AppointmentStatus::Booked | AppointmentStatus::Confirmed { .. } if at >= self.ends_at() => {
                Err(Refusal::TooLate { closed_at: self.ends_at() })
            }
            AppointmentStatus::Booked | AppointmentStatus::Confirmed { .. } => {
                self.host = to;
                Ok(self)
            }
            AppointmentStatus::Cancelled { .. } => Err(Refusal::Cancelled),
            AppointmentStatus::Completed { .. } => Err(Refusal::Ended),
        }
    }

    /// Marks it as completed when its consultation ends.
    pub fn complete(mut self, at: Timestamp) -> Result<Self, Refusal> {
        match self.status {
            AppointmentStatus::Confirmed { .. } => {
                self.status = AppointmentStatus::Completed { at };
                Ok(self)
            }
            AppointmentStatus::Completed { .. } => Ok(self),
            AppointmentStatus::Booked => Err(Refusal::NotConfirmed),
            AppointmentStatus::Cancelled { .. } => Err(Refusal::Cancelled),
        }
    }
}
