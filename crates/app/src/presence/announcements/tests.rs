//! Announcements between two registries, in virtual time.

use anteroom_domain::{ConsultationId, ParticipantId, UserId};
use anteroom_store::OpenSeat;
use jiff::{SignedDuration, Timestamp};

use crate::presence::{PageToken, Presence, PresenceRegistry, Seat};

fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

fn seat_of(n: u32) -> Seat {
    let mut random = [0; 10];
    random[6..].copy_from_slice(&n.to_be_bytes());
    Seat {
        participant: ParticipantId::new(at(0), random),
        consultation: ConsultationId::new(at(0), [2; 10]),
        host: UserId::new(at(0), [3; 10]),
    }
}

fn page(n: u8) -> PageToken {
    PageToken::new([n; 16])
}

/// Two programs, of which the second has received announcements of the first.
#[derive(Default)]
struct TwoPrograms {
    first: PresenceRegistry,
    second: PresenceRegistry,
}

impl TwoPrograms {
    fn new() -> Self {
        let programs = Self::default();
        programs.announce(0);
        programs
    }

    /// The first announces what is due. Returns the number of seats, and how many changed for the second.
    fn announce(&self, seconds: i64) -> (usize, usize) {
        self.first.announced(2, &[], at(seconds)); // The second is still there.
        let (announcement, _) = self.first.take_announcement(at(seconds));
        let seats = announcement.unwrap_or_default();
        (seats.len(), self.second.announced(1, &seats, at(seconds)).len())
    }

    fn seen_at_second(&self, seconds: i64) -> Presence {
        self.second.of(seat_of(1).participant, at(seconds)).0
    }
}

#[test]
fn a_page_that_is_open_at_one_program_is_here_at_the_other() {
    let programs = TwoPrograms::new();
    programs.first.opened(page(1), seat_of(1), at(1));
    assert_eq!(programs.announce(1), (1, 1), "at once");
    for seconds in (5..300).step_by(5) {
        programs.announce(seconds);
        assert_eq!(programs.seen_at_second(seconds + 4), Presence::Here, "{seconds}");
    }
}

#[test]
fn a_page_that_is_closed_is_gone_at_the_other_program_since_that_instant() {
    let programs = TwoPrograms::new();
    programs.first.opened(page(1), seat_of(1), at(1));
    programs.announce(1);
    programs.first.closed(page(1), at(62));
    assert_eq!(programs.announce(62).0, 1);
    for seconds in [67, 72, 77, 81] {
        programs.announce(seconds);
        assert_eq!(programs.seen_at_second(seconds), Presence::Here, "a reload is no absence");
    }
    assert_eq!(programs.seen_at_second(82), Presence::Gone { since: at(62) });
    assert_eq!(programs.announce(120).0, 0, "nothing more is sent of them");
}

#[test]
fn pages_of_a_program_that_ended_are_gone() {
    let programs = TwoPrograms::new();
    programs.first.opened(page(1), seat_of(1), at(1));
    programs.announce(60);
    let (presence, changes_at) = programs.second.of(seat_of(1).participant, at(79));
    assert_eq!((presence, changes_at), (Presence::Here, Some(at(80))), "and when to look again");
    assert_eq!(programs.seen_at_second(80), Presence::Gone { since: at(60) });
}

#[test]
fn a_page_that_stops_answering_is_gone_at_both_at_the_same_time() {
    let programs = TwoPrograms::new();
    programs.first.opened(page(1), seat_of(1), at(1));
    programs.first.answered(page(1), true, at(10)).unwrap();
    for seconds in [11, 16, 21, 26] {
        programs.announce(seconds);
    }
    for registry in [&programs.first, &programs.second] {
        assert_eq!(registry.of(seat_of(1).participant, at(29)).0, Presence::Here);
        assert_eq!(registry.of(seat_of(1).participant, at(30)).0, Presence::Gone { since: at(10) });
    }
}

#[test]
fn a_hidden_page_is_away_at_the_other_unless_one_is_in_front_there() {
    let programs = TwoPrograms::new();
    programs.first.opened(page(1), seat_of(1), at(1));
    programs.announce(1);
    programs.first.answered(page(1), false, at(2)).unwrap();
    assert_eq!(programs.announce(2), (1, 1), "at once");
    assert_eq!(programs.seen_at_second(2), Presence::Away);
    programs.second.opened(page(2), seat_of(1), at(3));
    assert_eq!(programs.seen_at_second(3), Presence::Here);
}

#[test]
fn what_is_only_guessed_is_not_announced() {
    let programs = TwoPrograms::new();
    programs.first.noticed(seat_of(1).participant, at(1));
    assert_eq!(programs.announce(10).0, 0, "a guest who waits in the database");
    programs.first.announced(3, &[open(2, 0)], at(11));
    assert_eq!(programs.announce(16).0, 0, "what a third program announced");
    programs.first.asked(seat_of(3), at(17));
    assert_eq!(programs.announce(17).0, 1, "a request without a page");
}

#[test]
fn a_program_that_is_alone_announces_no_seat() {
    let registry = PresenceRegistry::default();
    registry.opened(page(1), seat_of(1), at(0));
    let (sent, wait) = registry.take_announcement(at(0));
    assert_eq!((sent, wait.as_secs()), (Some(Vec::new()), 60), "only that it is there");
    registry.opened(page(2), seat_of(2), at(1));
    assert_eq!(registry.take_announcement(at(1)).0, None);
    registry.announced(2, &[], at(2));
    let (sent, wait) = registry.take_announcement(at(2));
    assert_eq!((sent.unwrap().len(), wait.as_secs()), (2, 5), "the other has just started");
    let (sent, _) = registry.take_announcement(at(152));
    assert_eq!(sent, Some(Vec::new()), "nothing was received from the other for 150 s");
}

fn open(n: u32, unseen_for: u32) -> OpenSeat {
    let Seat { participant, consultation, host } = seat_of(n);
    OpenSeat { participant, consultation, host, unseen_for, visible: true }
}

#[test]
fn forged_announcements_are_bounded() {
    let registry = PresenceRegistry::default();
    registry.announced(1, &[open(1, u32::MAX)], at(0));
    assert!(matches!(registry.of(seat_of(1).participant, at(0)).0, Presence::Gone { .. }));
    for program in 0..1_000 {
        registry.announced(program, &[open(1, 0)], at(0));
    }
    assert!(registry.records().seats[&seat_of(1).participant].elsewhere.len() <= 8);
    let many: Vec<_> = (0..150_000).map(|n| open(n, 0)).collect();
    registry.announced(1, &many, at(0));
    assert_eq!(registry.records().seats.len(), 100_000);
}

#[test]
fn announcements_of_others_are_forgotten() {
    let registry = PresenceRegistry::default();
    let many: Vec<_> = (0..30_000).map(|n| open(n, 0)).collect();
    registry.announced(1, &many, at(0));
    registry.announced(1, &[open(1, 0)], at(7_200));
    assert_eq!(registry.records().seats.len(), 1);
}
