//! Outcome: what became of an appointment. Derived from attendance; what staff record instead counts.

use std::str::FromStr;

use jiff::Timestamp;

use crate::{
    Appointment, AppointmentKind, AppointmentStatus, Author, Consultation, Entry, FieldError, JoinWindow, Participant,
    Phase, Policy, Refusal, Role,
};

/// What became of an appointment that was neither cancelled nor is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It took place.
    TookPlace,
    /// The guest did not come.
    GuestDidNotCome,
    /// The host did not come.
    HostDidNotCome,
    /// Both came, and no connection between them did.
    TechnicalFailure,
    /// It did not take place, for no reason above.
    DidNotTakePlace,
}

impl Outcome {
    /// All outcomes, in the order in which they are offered.
    pub const ALL: [Self; 5] =
        [Self::TookPlace, Self::GuestDidNotCome, Self::HostDidNotCome, Self::TechnicalFailure, Self::DidNotTakePlace];

    /// The name in forms, the API and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TookPlace => "took_place",
            Self::GuestDidNotCome => "guest_did_not_come",
            Self::HostDidNotCome => "host_did_not_come",
            Self::TechnicalFailure => "technical_failure",
            Self::DidNotTakePlace => "did_not_take_place",
        }
    }
}

impl FromStr for Outcome {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text).ok_or(FieldError::UnknownChoice)
    }
}

/// An outcome that staff have recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedOutcome {
    /// What they recorded.
    pub outcome: Outcome,
    /// Who did.
    pub by: Author,
    /// When.
    pub at: Timestamp,
}

impl Consultation {
    /// What became of it: as recorded, otherwise as attendance shows. `None` if it is not over, if it was cancelled, and if
    /// it is in person and nobody has recorded it.
    pub fn outcome(&self, appointment: &Appointment, policy: &Policy, now: Timestamp) -> Option<Outcome> {
        if matches!(appointment.status, AppointmentStatus::Cancelled { .. }) {
            return None;
        }
        let recorded = self.recorded.as_ref().map(|recorded| recorded.outcome);
        recorded.or_else(|| self.derived_outcome(appointment, policy, now))
    }

    fn derived_outcome(&self, appointment: &Appointment, policy: &Policy, now: Timestamp) -> Option<Outcome> {
        match self.phase {
            Phase::Live { .. } => None,
            Phase::Ended { ended_at, .. } => Some(self.outcome_of_attendance(ended_at)),
            Phase::Planned => match self.join_window(appointment, policy, now) {
                JoinWindow::TooLate { .. } if self.guests().any(has_come) => Some(Outcome::HostDidNotCome),
                JoinWindow::TooLate { .. } => Some(Outcome::DidNotTakePlace),
                JoinWindow::TooEarly { .. } | JoinWindow::Open | JoinWindow::Closed(_) => None,
            },
        }
    }

    /// The host has started it, so they had come.
    fn outcome_of_attendance(&self, ended_at: Timestamp) -> Outcome {
        let was_let_in = |guest: &Participant| guest.entry.is_admitted() || !guest.periods().is_empty();
        if self.both_present(ended_at).is_positive() {
            Outcome::TookPlace
        } else if !self.guests().any(has_come) {
            Outcome::GuestDidNotCome
        } else if self.guests().any(was_let_in) {
            Outcome::TechnicalFailure
        } else {
            Outcome::DidNotTakePlace
        }
    }

    fn guests(&self) -> impl Iterator<Item = &Participant> {
        self.participants.iter().filter(|participant| participant.role.waits())
    }

    /// Whether staff may record what became of it now.
    pub fn may_record_outcome(&self, appointment: &Appointment, policy: &Policy, at: Timestamp) -> Result<(), Refusal> {
        let is_over = match (&self.phase, &appointment.status) {
            (_, AppointmentStatus::Booked) => return Err(Refusal::NotConfirmed),
            (_, AppointmentStatus::Cancelled { .. }) => return Err(Refusal::Cancelled),
            (Phase::Ended { .. }, _) => true,
            (Phase::Live { .. }, _) => false,
            // Who did not come is known soon after the start.
            (Phase::Planned, _) if appointment.kind == AppointmentKind::InPerson => at >= appointment.starts.at,
            // Until then it may still be started.
            (Phase::Planned, _) => matches!(self.join_window(appointment, policy, at), JoinWindow::TooLate { .. }),
        };
        if is_over { Ok(()) } else { Err(Refusal::NotOver) }
    }

    /// Staff record what became of it. Recording the same twice changes nothing.
    pub fn record_outcome(
        mut self,
        recorded: RecordedOutcome,
        appointment: &Appointment,
        policy: &Policy,
    ) -> Result<Self, Refusal> {
        self.may_record_outcome(appointment, policy, recorded.at)?;
        if self.recorded.as_ref().is_none_or(|before| before.outcome != recorded.outcome) {
            self.recorded = Some(recorded);
        }
        Ok(self)
    }
}

/// A guest who has been in the waiting room or in the call.
fn has_come(guest: &Participant) -> bool {
    guest.role != Role::Unknown && (guest.entry != Entry::Outside || !guest.periods().is_empty())
}
