//! What became of an appointment: derived, and recorded by staff.

use super::samples::{
    GUEST, HOST, OTHER, after, author_of, booked, confirmed, host, live, participant_id, planned, policy,
    practice_author,
};
use crate::*;

fn over(of: Consultation) -> Option<Outcome> {
    let over = of.end(author_of(HOST), Some(participant_id(HOST)), &policy(), after(30)).unwrap();
    over.outcome(&confirmed(), &policy(), after(31))
}

/// Started while nobody waited.
fn alone() -> Consultation {
    planned().start(&host(&planned()), JoinWindow::Open, after(0)).unwrap()
}

fn connected(of: Consultation, who: u8, from: i64, to: i64) -> Consultation {
    of.arrive(participant_id(who), after(from)).unwrap().depart(participant_id(who), after(to)).unwrap()
}

#[test]
fn the_outcome_of_a_call_is_what_attendance_shows() {
    let both = connected(connected(live(), HOST, 0, 20), GUEST, 1, 20);
    assert_eq!(over(both), Some(Outcome::TookPlace));
    assert_eq!(over(connected(alone(), HOST, 0, 20)), Some(Outcome::GuestDidNotCome));
    assert_eq!(over(alone()), Some(Outcome::GuestDidNotCome));
    assert_eq!(over(connected(live(), HOST, 0, 20)), Some(Outcome::TechnicalFailure), "admitted, never connected");
    let in_turn = connected(connected(live(), HOST, 0, 10), GUEST, 11, 20);
    assert_eq!(over(in_turn), Some(Outcome::TechnicalFailure));
    let early = planned().enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(-10)).unwrap();
    let left = early.leave(participant_id(GUEST), after(-5)).unwrap();
    let missed = left.clone().start(&host(&left), JoinWindow::Open, after(0)).unwrap();
    assert_eq!(over(missed), Some(Outcome::DidNotTakePlace), "gone before the host came");
}

#[test]
fn what_never_started_has_an_outcome_after_its_window() {
    let of = |consultation: &Consultation, minute| consultation.outcome(&confirmed(), &policy(), after(minute));
    let waited = planned().enter_waiting_room(participant_id(OTHER), JoinWindow::Open, after(0)).unwrap();
    assert_eq!((of(&waited, 59), of(&planned(), 59)), (None, None), "it may still be started");
    assert_eq!(of(&waited, 60), Some(Outcome::HostDidNotCome));
    assert_eq!(of(&planned(), 60), Some(Outcome::DidNotTakePlace));
    assert_eq!(of(&live(), 300), None);
    let in_person = Appointment { kind: AppointmentKind::InPerson, ..confirmed() };
    assert_eq!(planned().outcome(&in_person, &policy(), after(300)), None, "only people know");
    let cancelled = confirmed().cancel(None, practice_author(), after(-9)).unwrap();
    assert_eq!(planned().outcome(&cancelled, &policy(), after(300)), None);
}

fn recorded(outcome: Outcome, minute: i64) -> RecordedOutcome {
    RecordedOutcome { outcome, by: practice_author(), at: after(minute) }
}

#[test]
fn what_staff_record_counts() {
    let ended = connected(alone(), HOST, 0, 20).end(author_of(HOST), None, &policy(), after(20)).unwrap();
    let record =
        |of: Consultation, outcome, minute| of.record_outcome(recorded(outcome, minute), &confirmed(), &policy());
    let failed = record(ended.clone(), Outcome::TechnicalFailure, 25).unwrap();
    assert_eq!(failed.outcome(&confirmed(), &policy(), after(26)), Some(Outcome::TechnicalFailure));
    assert_eq!(record(failed.clone(), Outcome::TechnicalFailure, 40), Ok(failed.clone()), "the same again");
    let corrected = record(failed, Outcome::GuestDidNotCome, 50).unwrap();
    assert_eq!(corrected.recorded, Some(recorded(Outcome::GuestDidNotCome, 50)));
    assert_eq!(corrected.duration(), ended.duration(), "attendance is what it was");
}

#[test]
fn an_outcome_is_recorded_when_it_is_over() {
    let record = |of: Consultation, appointment: &Appointment, minute| {
        of.record_outcome(recorded(Outcome::TookPlace, minute), appointment, &policy()).map(|_| ())
    };
    assert_eq!(record(live(), &confirmed(), 300), Err(Refusal::NotOver));
    assert_eq!(record(planned(), &confirmed(), 59), Err(Refusal::NotOver));
    assert_eq!(record(planned(), &confirmed(), 60), Ok(()));
    let in_person = Appointment { kind: AppointmentKind::InPerson, ..confirmed() };
    assert_eq!(record(planned(), &in_person, -1), Err(Refusal::NotOver));
    assert_eq!(record(planned(), &in_person, 0), Ok(()));
    assert_eq!(record(planned(), &booked(), 300), Err(Refusal::NotConfirmed));
    let cancelled = confirmed().cancel(None, practice_author(), after(-9)).unwrap();
    assert_eq!(record(planned(), &cancelled, 300), Err(Refusal::Cancelled));
}

#[test]
fn names_of_outcomes_are_read_back() {
    for outcome in Outcome::ALL {
        assert_eq!(outcome.as_str().parse(), Ok(outcome));
    }
    assert_eq!("cancelled".parse::<Outcome>(), Err(FieldError::UnknownChoice));
}
