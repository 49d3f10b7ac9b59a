//! The one join window, asked by pages, API and media doors alike.

use jiff::Timestamp;

use crate::{Appointment, AppointmentKind, AppointmentStatus, Consultation, Phase, Policy, Refusal};

/// The one join window, as it stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinWindow {
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
    Closed(Refusal),
}

impl JoinWindow {
    /// Open, or the refusal that says why not.
    pub const fn require_open(self) -> Result<(), Refusal> {
        match self {
            Self::Open => Ok(()),
            Self::TooEarly { opens_at } => Err(Refusal::TooEarly { opens_at }),
            Self::TooLate { closed_at } => Err(Refusal::TooLate { closed_at }),
            Self::Closed(why) => Err(why),
        }
    }
}

impl Consultation {
    /// Whether one may knock, now. Whoever was let in before passes by [`Consultation::may_connect`] instead.
    pub fn join_window(&self, appointment: &Appointment, policy: &Policy, now: Timestamp) -> JoinWindow {
        let opens_at = policy.opens_at(appointment.starts.at);
        let closes_at = policy.closes_at(appointment.ends_at());
        match (&self.phase, &appointment.status) {
            (Phase::Ended { .. }, _) | (_, AppointmentStatus::Completed { .. }) => JoinWindow::Closed(Refusal::Ended),
            (_, AppointmentStatus::Cancelled { .. }) => JoinWindow::Closed(Refusal::Cancelled),
            (_, AppointmentStatus::Booked) => JoinWindow::Closed(Refusal::NotConfirmed),
            _ if appointment.kind == AppointmentKind::InPerson => JoinWindow::Closed(Refusal::InPerson),
            _ if now < opens_at => JoinWindow::TooEarly { opens_at },
            _ if now >= closes_at => JoinWindow::TooLate { closed_at: closes_at },
            _ => JoinWindow::Open,
        }
    }
}
