//! Waiting ends with the join window.

use super::samples::{after, confirmed, planned, policy, practice_author};
use crate::*;

fn shown(consultation: &Consultation, appointment: &Appointment, minutes: i64) -> Entry {
    let window = consultation.join_window(appointment, &policy(), after(minutes));
    consultation.shown_entry(&consultation.participants[1], appointment, window)
}

fn waiting() -> Consultation {
    let guest = planned().participants[1].id;
    let window = planned().join_window(&confirmed(), &policy(), after(-5));
    planned().enter_waiting_room(guest, window, after(-5)).unwrap()
}

#[test]
fn waiting_ends_when_the_window_closes() {
    assert_eq!(shown(&waiting(), &confirmed(), 59), Entry::Waiting { since: after(-5) });
    assert_eq!(shown(&waiting(), &confirmed(), 60), Entry::Left { at: after(60) });
    assert_eq!(shown(&waiting(), &confirmed(), 4 * 60), Entry::Left { at: after(60) }, "not four hours of waiting");
}

#[test]
fn waiting_in_a_session_that_runs_late_goes_on() {
    let consultation = waiting();
    let host = consultation.host(consultation.participants[0].id, practice_author()).unwrap();
    let guest = consultation.participants[1].id;
    let open = JoinWindow::Open;
    let live = consultation.start(&host, open, after(0)).unwrap().leave(guest, after(70)).unwrap();
    let late = live.join_window(&confirmed(), &policy(), after(75));
    let live = live.enter_waiting_room(guest, late, after(75)).unwrap();
    assert_eq!(shown(&live, &confirmed(), 80), Entry::Waiting { since: after(75) });
}

#[test]
fn waiting_ends_with_a_cancellation() {
    let cancelled = confirmed().cancel(Some(&waiting()), practice_author(), after(-1)).unwrap();
    assert_eq!(shown(&waiting(), &cancelled, 0), Entry::Left { at: after(-1) });
}
