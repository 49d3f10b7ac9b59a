//! How long both sides were present, of any connections.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::samples::{COMPANION, GUEST, HOST, UNKNOWN, after, author_of, live, participant_id, policy};
use crate::*;

/// Live from 11:00; connections as participant, first and last minute.
fn with(connections: &[(u8, i64, i64)]) -> Consultation {
    connections.iter().fold(live(), |of, (who, from, to)| {
        let there = of.arrive(participant_id(*who), after(*from)).unwrap();
        there.depart(participant_id(*who), after(*to)).unwrap()
    })
}

fn ended_at(minute: i64, of: Consultation) -> Consultation {
    of.end(author_of(HOST), Some(participant_id(HOST)), &policy(), after(minute)).unwrap()
}

fn minutes_of(connections: &[(u8, i64, i64)]) -> i64 {
    ended_at(60, with(connections)).duration().unwrap().as_mins()
}

#[test]
fn only_time_in_which_both_sides_are_present_counts() {
    for (connections, minutes) in [
        (&[][..], 0),
        (&[(HOST, 0, 60)], 0),
        (&[(GUEST, 0, 60), (COMPANION, 0, 60)], 0),
        (&[(HOST, 0, 60), (UNKNOWN, 0, 60)], 0),
        (&[(HOST, 0, 20), (GUEST, 20, 60)], 0),
        (&[(HOST, 0, 60), (GUEST, 10, 40)], 30),
        (&[(HOST, 5, 15), (HOST, 30, 40), (GUEST, 0, 60)], 20),
        (&[(HOST, 0, 60), (GUEST, 0, 20), (COMPANION, 10, 30)], 30),
        (&[(HOST, 0, 60), (GUEST, 0, 20), (GUEST, 25, 30), (COMPANION, 50, 70)], 35),
    ] {
        assert_eq!(minutes_of(connections), minutes, "{connections:?}");
    }
}

#[test]
fn who_is_connected_at_the_end_was_there_until_then() {
    let there = live().arrive(participant_id(HOST), after(1)).unwrap().arrive(participant_id(GUEST), after(5)).unwrap();
    assert_eq!(there.both_present(after(9)), SignedDuration::from_mins(4), "so far");
    let over = ended_at(25, there);
    assert_eq!(over.duration(), Some(SignedDuration::from_mins(20)));
    let closed = over.depart(participant_id(GUEST), after(26)).unwrap();
    assert_eq!(closed.duration(), Some(SignedDuration::from_mins(20)), "the room was closed a moment later");
    let guest = closed.participant(participant_id(GUEST)).unwrap();
    assert_eq!(closed.attendance(guest, after(99)), [Period { arrived_at: after(5), departed_at: after(25) }]);
}

#[test]
fn the_previous_version_stored_first_arrival_and_last_departure() {
    let mut over = ended_at(60, with(&[(HOST, 0, 60), (GUEST, 10, 20), (GUEST, 30, 40)]));
    assert_eq!(over.duration(), Some(SignedDuration::from_mins(20)));
    over.participants.iter_mut().for_each(|participant| participant.periods.clear());
    assert_eq!(over.duration(), Some(SignedDuration::from_mins(30)));
}

#[test]
fn what_the_previous_version_stored_counts_also_after_another_connection() {
    let mut over = ended_at(60, with(&[(HOST, 0, 50), (GUEST, 10, 40), (GUEST, 55, 58)]));
    for participant in over.participants.iter_mut().filter(|participant| !participant.periods.is_empty()) {
        participant.periods.remove(0);
    }
    assert_eq!(over.duration(), Some(SignedDuration::from_mins(40)), "the guest's from 10 to 55, the host's to 50");
}

#[test]
fn a_connection_that_breaks_often_is_kept_in_bounded_space() {
    let breaks: Vec<(u8, i64, i64)> = (0..500).map(|n| (GUEST, 2 * n, 2 * n + 1)).collect();
    let guest = with(&breaks).participant(participant_id(GUEST)).unwrap().clone();
    assert_eq!(guest.periods.len(), 100);
    assert_eq!(guest.periods.last().unwrap().departed_at, after(999));
}

/// Who of the host, guest and companion is connected when, minute by minute, is counted as it is defined.
fn counted(connections: &[(u8, i64, i64)]) -> i64 {
    let is_there =
        |who: u8, minute: i64| connections.iter().any(|(n, from, to)| *n == who && (*from..*to).contains(&minute));
    let both = |minute: &i64| is_there(HOST, *minute) && (is_there(GUEST, *minute) || is_there(COMPANION, *minute));
    i64::try_from((0..60).filter(both).count()).unwrap()
}

proptest! {
    #[test]
    fn duration_is_the_number_of_minutes_with_both(
        drawn in proptest::collection::vec((prop_oneof![Just(HOST), Just(GUEST), Just(COMPANION)], -10_i64..70, 0_i64..30), 0..12),
    ) {
        let connections: Vec<_> = drawn.into_iter().map(|(who, from, length)| (who, from, from + length)).collect();
        prop_assert_eq!(minutes_of(&connections), counted(&connections));
    }
}

#[test]
fn a_consultation_that_never_started_has_no_attendance() {
    let mut of = with(&[(HOST, 0, 10), (GUEST, 0, 10)]);
    of.phase = Phase::Planned;
    assert_eq!((of.both_present(Timestamp::MAX), of.duration()), (SignedDuration::ZERO, None));
}
