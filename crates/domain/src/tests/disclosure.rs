//! What personal links show after the end.

use super::samples::{after, confirmed, ended, live, planned, policy, practice_author};
use crate::*;

const DAY: i64 = 24 * 60;

#[test]
fn links_show_names_until_a_day_after_the_end() {
    let completed = confirmed().complete(after(25)).unwrap();
    let cancelled = confirmed().cancel(None, practice_author(), after(-30)).unwrap();
    let late = confirmed().cancel(None, practice_author(), after(10 * DAY)).unwrap();
    let ended_at = match ended().phase {
        Phase::Ended { ended_at, .. } => ended_at,
        _ => unreachable!("it has ended"),
    };
    let day = jiff::SignedDuration::from_hours(24);
    for (consultation, appointment, until, refusal) in [
        (ended(), completed, ended_at + day, Refusal::Ended),
        (planned(), cancelled, after(60 + DAY), Refusal::Cancelled),
        (planned(), late, after(11 * DAY), Refusal::Cancelled),
        (planned(), confirmed(), after(60 + DAY), Refusal::TooLate { closed_at: after(60) }),
    ] {
        let shown = |now| consultation.disclosed_to_links(&appointment, &policy(), now);
        assert_eq!(shown(until - jiff::SignedDuration::from_nanos(1)), Ok(()), "{refusal:?}");
        assert_eq!(shown(until), Err(refusal));
        assert_eq!(shown(after(400 * DAY)), Err(refusal));
    }
}

#[test]
fn a_live_consultation_is_shown_to_its_participants_however_late() {
    assert_eq!(live().disclosed_to_links(&confirmed(), &policy(), after(3 * DAY)), Ok(()));
}
