//! The join window: when it is open, and the refusal otherwise.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::samples::{after, booked, confirmed, eleven, ended, live, planned, policy, practice_author};
use super::world::any_instant;
use crate::*;

fn join_window(appointment: &Appointment, now: Timestamp) -> JoinWindow {
    planned().join_window(appointment, &policy(), now)
}

#[test]
fn the_window_is_exact_to_the_nanosecond() {
    let (opens_at, closed_at, tick) = (after(-15), after(60), SignedDuration::from_nanos(1));
    for (now, expected) in [
        (after(-24 * 60), JoinWindow::TooEarly { opens_at }),
        (opens_at - tick, JoinWindow::TooEarly { opens_at }),
        (opens_at, JoinWindow::Open),
        (eleven(), JoinWindow::Open),
        (after(30), JoinWindow::Open), // the planned end closes nothing
        (closed_at - tick, JoinWindow::Open),
        (closed_at, JoinWindow::TooLate { closed_at }),
        (after(24 * 60), JoinWindow::TooLate { closed_at }),
    ] {
        assert_eq!(join_window(&confirmed(), now), expected, "{now}");
    }
}

#[test]
fn opening_is_inclusive_and_closing_exclusive() {
    let enter = |now| planned().enter_waiting_room(planned().participants[1].id, join_window(&confirmed(), now), now);
    assert!(enter(after(-15)).is_ok());
    assert_eq!(enter(after(60)), Err(Refusal::TooLate { closed_at: after(60) }));
}

#[test]
fn a_window_without_margins_equals_the_appointment() {
    let policy = Policy::new(0, 0, WhoMayEnd::Host).unwrap();
    let at = |now| planned().join_window(&confirmed(), &policy, now);
    assert_eq!(at(eleven() - SignedDuration::from_nanos(1)), JoinWindow::TooEarly { opens_at: eleven() });
    assert_eq!((at(eleven()), at(after(30))), (JoinWindow::Open, JoinWindow::TooLate { closed_at: after(30) }));
}

#[test]
fn a_window_spans_the_end_of_the_year() {
    let mut party = confirmed();
    party.starts.at = "2027-01-01T00:05:00Z".parse().unwrap();
    assert_eq!(join_window(&party, "2026-12-31T23:50:00Z".parse().unwrap()), JoinWindow::Open);
    assert_eq!(
        join_window(&party, "2026-12-31T23:49:59Z".parse().unwrap()),
        JoinWindow::TooEarly { opens_at: "2026-12-31T23:50:00Z".parse().unwrap() }
    );
}

#[test]
fn a_closed_window_names_its_reason_at_any_time() {
    let cancelled = confirmed().cancel(None, practice_author(), after(-30)).unwrap();
    let completed = confirmed().complete(after(25)).unwrap();
    let in_person = Appointment { kind: AppointmentKind::InPerson, ..confirmed() };
    for now in [Timestamp::MIN, after(-600), eleven(), after(600), Timestamp::MAX] {
        assert_eq!(join_window(&booked(), now), JoinWindow::Closed(Refusal::NotConfirmed));
        assert_eq!(join_window(&cancelled, now), JoinWindow::Closed(Refusal::Cancelled));
        assert_eq!(join_window(&completed, now), JoinWindow::Closed(Refusal::Ended));
        assert_eq!(join_window(&in_person, now), JoinWindow::Closed(Refusal::InPerson));
        assert_eq!(ended().join_window(&confirmed(), &policy(), now), JoinWindow::Closed(Refusal::Ended));
    }
}

#[test]
fn an_admitted_guest_reconnects_after_the_window_closed() {
    let live = live();
    let late = live.join_window(&confirmed(), &policy(), after(600));
    assert!(matches!(late, JoinWindow::TooLate { .. }));
    for person in &live.participants[..2] {
        assert!(live.may_connect(person.id, late).is_ok());
    }
}

#[test]
fn every_closed_window_has_its_own_refusal() {
    let at = eleven();
    assert_eq!(JoinWindow::Open.require_open(), Ok(()));
    assert_eq!(JoinWindow::TooEarly { opens_at: at }.require_open(), Err(Refusal::TooEarly { opens_at: at }));
    assert_eq!(JoinWindow::TooLate { closed_at: at }.require_open(), Err(Refusal::TooLate { closed_at: at }));
    assert_eq!(JoinWindow::Closed(Refusal::InPerson).require_open(), Err(Refusal::InPerson));
}

/// Rank of early, open, late: never decreases.
const fn rank(window: JoinWindow) -> u8 {
    match window {
        JoinWindow::TooEarly { .. } => 0,
        JoinWindow::Open => 1,
        JoinWindow::TooLate { .. } => 2,
        JoinWindow::Closed(_) => 3,
    }
}

proptest! {
    #[test]
    fn the_window_opens_once_and_closes_once(
        starts in any_instant(),
        (first, second) in (any_instant(), any_instant()),
        (before, after) in (0_i64..=120, 0_i64..=240),
        minutes in 5_i64..=480,
    ) {
        let policy = Policy::new(before, after, WhoMayEnd::Host).unwrap();
        let mut appointment = Appointment { length: Length::from_minutes(minutes).unwrap(), ..confirmed() };
        appointment.starts.at = starts;
        let at = |now| planned().join_window(&appointment, &policy, now);
        prop_assert!(rank(at(first.min(second))) <= rank(at(first.max(second))));
        prop_assert!(policy.opens_at(starts) <= starts && appointment.ends_at() <= policy.closes_at(appointment.ends_at()));
        if starts < Timestamp::MAX {
            prop_assert_eq!(at(starts), JoinWindow::Open);
        }
    }
}
