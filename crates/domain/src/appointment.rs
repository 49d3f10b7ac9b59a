//! The plan: when, who, how long, video or in person.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::{
    AppointmentId, Author, Consultation, EmailAddress, FieldError, PersonName, Phase, Phone, Private, Refusal,
    ScheduledTime, UserId, Zone,
};

/// How far ahead a time can be promised. Days.
const HORIZON_DAYS: i64 = 731;

/// How long, in minutes: 5 to 480.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length(u16);

impl Length {
    /// A length in minutes.
    pub fn from_minutes(minutes: i64) -> Result<Self, FieldError> {
        u16::try_from(minutes).ok().filter(|m| (5..=480).contains(m)).map(Self).ok_or(FieldError::OutOfRange)
    }

    /// In minutes.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

/// Where it takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppointmentKind {
    /// In a room of this server.
    Video,
    /// In the practice.
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

/// Who comes, as the practice wrote it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// What they are called.
    pub name: Private<PersonName>,
    /// Where their link goes.
    pub email: Private<EmailAddress>,
    /// Where they can be reached otherwise.
    pub phone: Option<Private<Phone>>,
    /// Their own zone: what they read is in it.
    pub zone: Zone,
}

/// Where an appointment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppointmentStatus {
    /// Written down, the slot is taken, nobody was told yet.
    Booked,
    /// Both people were told.
    Confirmed {
        /// When.
        at: Timestamp,
        /// By whom.
        by: Author,
    },
    /// It will not take place.
    Cancelled {
        /// When.
        at: Timestamp,
        /// By whom.
        by: Author,
    },
    /// It took place.
    Completed {
        /// When it ended.
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

/// The plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// Who holds it.
    pub host: UserId,
    /// Who comes.
    pub guest: Guest,
    /// When, as promised.
    pub starts: ScheduledTime,
    /// How long.
    pub length: Length,
    /// Where.
    pub kind: AppointmentKind,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// When it was written down.
    pub booked_at: Timestamp,
    /// By whom.
    pub booked_by: Author,
    /// Rises with each change; a save of an older one is refused as busy.
    pub version: i64,
}

impl Appointment {
    /// Whether `starts` can still be promised at `now`: not passed, not further than two years.
    pub fn check_bookable(starts: &ScheduledTime, now: Timestamp) -> Result<(), FieldError> {
        if starts.at < now {
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

    /// Whether it still takes the host's time. What is written down counts, confirmed or not:
    /// two pending requests for one slot must never both be confirmed. What ended early gives the rest back.
    pub const fn occupies_slot(&self) -> bool {
        matches!(self.status, AppointmentStatus::Booked | AppointmentStatus::Confirmed { .. })
    }

    /// Both people may be told. Confirming twice changes nothing.
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

    /// It will not take place. Cancelling twice changes nothing; what is under way is ended, not cancelled,
    /// and what took place did. `consultation` is its own, if it has one yet.
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

    /// It took place.
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
