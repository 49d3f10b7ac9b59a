//! The join window: one rule, used by pages, API and media server.

use jiff::Timestamp;

use crate::{Appointment, AppointmentKind, AppointmentStatus, Consultation, Phase, Policy, Refusal};

/// State of the join window at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinWindow {
    /// Not open yet.
    TooEarly {
        /// When it opens.
        opens_at: Timestamp,
    },
    /// Guests may enter the waiting room, the host may start.
    Open,
    /// Closed to participants who were not in before.
    TooLate {
        /// When it closed.
        closed_at: Timestamp,
    },
    /// Closed to everyone, for this reason.
    Closed(Refusal),
}

impl JoinWindow {
    /// `Ok` if open, otherwise the refusal that names the reason.
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
    /// State of the join window at `now`. Participants who were in before reconnect by [`Consultation::may_connect`].
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
