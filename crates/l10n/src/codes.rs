//! The sentence of each code of `domain`. A new code without a sentence does not compile.

use anteroom_domain::{FieldError, Outcome, Refusal};

use crate::Catalogue;

impl Catalogue {
    /// Why a rule has refused a request.
    #[must_use]
    pub fn refusal(&self, refusal: &Refusal) -> String {
        match refusal {
            Refusal::TooEarly { .. } => self.refusal_too_early(),
            Refusal::TooLate { .. } => self.refusal_too_late(),
            Refusal::Cancelled => self.refusal_cancelled(),
            Refusal::Ended => self.refusal_ended(),
            Refusal::NotConfirmed => self.refusal_not_confirmed(),
            Refusal::InPerson => self.refusal_in_person(),
            Refusal::NotStarted => self.refusal_not_started(),
            Refusal::AlreadyStarted => self.refusal_already_started(),
            Refusal::NotOver => self.refusal_not_over(),
            Refusal::NotAdmitted => self.refusal_not_admitted(),
            Refusal::Declined => self.refusal_declined(),
            Refusal::NoLongerWaiting => self.refusal_no_longer_waiting(),
            Refusal::Superseded => self.refusal_superseded(),
            Refusal::HostOnly => self.refusal_host_only(),
            Refusal::GuestOnly => self.refusal_guest_only(),
            Refusal::DoubleBooked => self.refusal_double_booked(),
            Refusal::HostComesAsGuest => self.refusal_host_comes_as_guest(),
            Refusal::AlreadySetUp => self.refusal_already_set_up(),
            Refusal::WrongLogin => self.refusal_wrong_login(),
            Refusal::WrongPassword => self.refusal_wrong_password(),
            Refusal::OwnPassword => self.refusal_own_password(),
            Refusal::LastAdmin => self.refusal_last_admin(),
            Refusal::Deactivated => self.refusal_deactivated(),
            Refusal::ScopeMissing => self.refusal_scope_missing(),
            Refusal::PersonOnly => self.refusal_person_only(),
            Refusal::LoginQueueFull => self.refusal_login_queue_full(),
            Refusal::TooManyWrites => self.refusal_too_many_writes(),
        }
    }

    /// What became of an appointment.
    #[must_use]
    pub fn outcome(&self, outcome: Outcome) -> String {
        match outcome {
            Outcome::TookPlace => self.outcome_took_place(),
            Outcome::GuestDidNotCome => self.outcome_guest_did_not_come(),
            Outcome::HostDidNotCome => self.outcome_host_did_not_come(),
            Outcome::TechnicalFailure => self.outcome_technical_failure(),
            Outcome::DidNotTakePlace => self.outcome_did_not_take_place(),
        }
    }

    /// Why one field of a form was refused.
    #[must_use]
    pub fn field_error(&self, error: &FieldError) -> String {
        match error {
            FieldError::Empty => self.field_empty(),
            FieldError::TooLong => self.field_too_long(),
            FieldError::ControlCharacters => self.field_control_characters(),
            FieldError::DirectionMarks => self.field_direction_marks(),
            FieldError::Malformed => self.field_malformed(),
            FieldError::UnknownZone => self.field_unknown_zone(),
            FieldError::TimeSkipped => self.field_time_skipped(),
            FieldError::TimeTwice => self.field_time_twice(),
            FieldError::InThePast => self.field_in_the_past(),
            FieldError::TooFarAhead => self.field_too_far_ahead(),
            FieldError::OutOfRange => self.field_out_of_range(),
            FieldError::UnknownChoice => self.field_unknown_choice(),
            FieldError::TooMany => self.field_too_many(),
            FieldError::Taken => self.field_taken(),
            FieldError::NoCountryCode => self.field_no_country_code(),
            FieldError::UnknownCountryCode => self.field_unknown_country_code(),
            FieldError::NoSuchNumber => self.field_no_such_number(),
            FieldError::TooWeak => self.field_too_weak(),
            FieldError::WidelyUsed => self.field_widely_used(),
            FieldError::TooPersonal => self.field_too_personal(),
        }
    }
}
