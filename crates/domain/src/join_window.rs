//! The one join window, asked by pages, API and media doors alike.

use jiff::Timestamp;

use crate::{Appointment, AppointmentStatus, Consultation, Kind, Phase, Policy, Refusal};

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

impl Consultation {
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
}
