//! Status changes of an appointment.

use jiff::Timestamp;

use super::samples::{after, booked, confirmed, eleven, ended, live, planned, practice_author};
use crate::AppointmentStatus::*;
use crate::{Appointment, AppointmentStatus, Author, Refusal};

fn cancelled() -> Appointment {
    confirmed().cancel(Some(&planned()), practice_author(), after(-30)).unwrap()
}

fn completed() -> Appointment {
    confirmed().complete(after(25)).unwrap()
}

#[test]
fn author_and_time_of_changes_are_kept() {
    let at = after(-60);
    assert_eq!(confirmed().status, Confirmed { at, by: practice_author() });
    assert_eq!(cancelled().status, Cancelled { at: after(-30), by: practice_author() });
    assert_eq!(completed().status, Completed { at: after(25) });
}

#[test]
fn repeated_changes_keep_the_first_author() {
    let again = (Author::System, after(-1));
    assert_eq!(confirmed().confirm(again.0.clone(), again.1), Ok(confirmed()));
    assert_eq!(cancelled().cancel(Some(&planned()), again.0, again.1), Ok(cancelled()));
    assert_eq!(completed().complete(after(99)), Ok(completed()));
}

#[test]
fn an_unconfirmed_appointment_can_be_cancelled() {
    let at = after(-90);
    assert_eq!(
        booked().cancel(None, practice_author(), at).map(|a| a.status),
        Ok(Cancelled { at, by: practice_author() })
    );
}

#[test]
fn a_missed_appointment_can_be_cancelled_later() {
    assert!(confirmed().cancel(Some(&planned()), practice_author(), after(600)).is_ok());
}

#[test]
fn a_live_consultation_cannot_be_cancelled() {
    assert_eq!(confirmed().cancel(Some(&live()), practice_author(), after(5)), Err(Refusal::AlreadyStarted));
    assert_eq!(confirmed().cancel(Some(&ended()), practice_author(), after(30)), Err(Refusal::Ended));
    assert_eq!(completed().cancel(Some(&ended()), practice_author(), after(30)), Err(Refusal::Ended));
    assert_eq!(completed().cancel(None, practice_author(), after(30)), Err(Refusal::Ended));
}

#[test]
fn cancelled_and_completed_are_final() {
    assert_eq!(cancelled().confirm(practice_author(), after(-10)), Err(Refusal::Cancelled));
    assert_eq!(cancelled().complete(after(30)), Err(Refusal::Cancelled));
    assert_eq!(completed().confirm(practice_author(), after(30)), Err(Refusal::Ended));
}

#[test]
fn an_unconfirmed_appointment_cannot_complete() {
    assert_eq!(booked().complete(after(30)), Err(Refusal::NotConfirmed));
}

#[test]
fn an_appointment_can_be_confirmed_until_its_end() {
    assert!(booked().confirm(practice_author(), after(30) - jiff::SignedDuration::from_nanos(1)).is_ok());
    assert_eq!(booked().confirm(practice_author(), after(30)), Err(Refusal::TooLate { closed_at: after(30) }));
    assert!(confirmed().confirm(practice_author(), after(31)).is_ok(), "asking again is no new promise");
}

#[test]
fn booked_and_confirmed_appointments_occupy_their_slot() {
    assert!(booked().occupies_slot() && confirmed().occupies_slot());
    assert!(!cancelled().occupies_slot() && !completed().occupies_slot());
}

#[test]
fn the_planned_end_is_start_plus_length() {
    for (starts, ends) in [
        ("2026-12-31T23:45:00Z", "2027-01-01T00:15:00Z"),
        ("2028-02-28T23:45:00Z", "2028-02-29T00:15:00Z"),
        ("2026-10-25T00:45:00Z", "2026-10-25T01:15:00Z"), // over a change of clocks: half an hour is half an hour
    ] {
        let mut appointment = booked();
        appointment.starts.at = starts.parse().unwrap();
        assert_eq!(appointment.ends_at(), ends.parse::<Timestamp>().unwrap());
    }
    let mut last = booked();
    last.starts.at = Timestamp::MAX;
    assert_eq!(last.ends_at(), Timestamp::MAX);
}

#[test]
fn every_status_has_its_name() {
    let named = [booked(), confirmed(), cancelled(), completed()].map(|a| AppointmentStatus::as_str(&a.status));
    assert_eq!(named, ["booked", "confirmed", "cancelled", "completed"]);
    assert_eq!(confirmed().ends_at(), eleven() + jiff::SignedDuration::from_mins(30));
}
