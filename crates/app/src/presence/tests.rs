//! Presence in virtual time.

use anteroom_domain::{ConsultationId, ParticipantId, UserId};
use jiff::{SignedDuration, Timestamp};

use super::{MAX_REMEMBERED, PageToken, Presence, PresenceRegistry, Seat, UnknownPage};

fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

fn seat() -> Seat {
    Seat {
        participant: ParticipantId::new(at(0), [1; 10]),
        consultation: ConsultationId::new(at(0), [2; 10]),
        host: UserId::new(at(0), [3; 10]),
    }
}

fn page(n: u8) -> PageToken {
    PageToken::new([n; 16])
}

fn presence(registry: &PresenceRegistry, seconds: i64) -> Presence {
    registry.of(seat().participant, at(seconds)).0
}

#[test]
fn nobody_is_known_before_the_page_is_opened() {
    let registry = PresenceRegistry::default();
    assert_eq!(presence(&registry, 0), Presence::Unknown);
    registry.opened(page(1), seat(), at(0));
    assert_eq!(presence(&registry, 0), Presence::Here);
}

#[test]
fn a_closed_page_is_noticed_after_twenty_seconds() {
    let registry = PresenceRegistry::default();
    registry.opened(page(1), seat(), at(0));
    registry.closed(page(1), at(60));
    assert_eq!(presence(&registry, 79), Presence::Here, "a reload is no absence");
    assert_eq!(registry.of(seat().participant, at(79)).1, Some(at(80)), "and when to look again");
    assert_eq!(presence(&registry, 80), Presence::Gone { since: at(60) });
    assert_eq!(registry.of(seat().participant, at(80)).1, None);
    registry.opened(page(2), seat(), at(300));
    assert_eq!(presence(&registry, 300), Presence::Here);
}

#[test]
fn a_page_that_stops_answering_is_gone_although_its_connection_is_open() {
    let registry = PresenceRegistry::default();
    registry.opened(page(1), seat(), at(0));
    for beat in [8, 16, 24] {
        assert_eq!(registry.answered(page(1), true, at(beat)), Ok(None), "nothing changes");
    }
    assert_eq!(presence(&registry, 43), Presence::Here);
    assert_eq!(presence(&registry, 44), Presence::Gone { since: at(24) });
    registry.closed(page(1), at(900)); // the kernel gives up after a quarter of an hour
    assert_eq!(presence(&registry, 900), Presence::Gone { since: at(24) });
    assert_eq!(registry.answered(page(1), true, at(901)), Err(UnknownPage));
}

#[test]
fn a_client_that_never_answers_is_present_while_its_stream_is_open() {
    let registry = PresenceRegistry::default();
    registry.opened(page(1), seat(), at(0));
    assert_eq!(presence(&registry, 3_600), Presence::Here);
}

#[test]
fn a_hidden_page_is_away() {
    let registry = PresenceRegistry::default();
    registry.opened(page(1), seat(), at(0));
    assert_eq!(registry.answered(page(1), false, at(8)), Ok(Some(seat())), "its watchers are notified");
    assert_eq!(presence(&registry, 8), Presence::Away);
    registry.opened(page(2), seat(), at(10));
    assert_eq!(presence(&registry, 10), Presence::Here, "one page in front is enough");
    registry.closed(page(2), at(12));
    assert_eq!(presence(&registry, 12), Presence::Away);
    registry.closed(page(1), at(14));
    assert_eq!(presence(&registry, 14), Presence::Away, "closing it brings nobody to the front");
    assert_eq!(presence(&registry, 34), Presence::Gone { since: at(14) });
}

#[test]
fn a_request_without_a_stream_counts_for_twenty_seconds() {
    let registry = PresenceRegistry::default();
    registry.noticed(seat().participant, at(0));
    assert_eq!(presence(&registry, 19), Presence::Here);
    assert_eq!(presence(&registry, 20), Presence::Gone { since: at(0) });
}

#[test]
fn a_clock_set_back_does_not_keep_a_closed_page_present() {
    let registry = PresenceRegistry::default();
    registry.opened(page(1), seat(), at(3_600));
    registry.closed(page(1), at(3_600));
    assert_eq!(presence(&registry, 0), Presence::Gone { since: at(3_600) });
}

#[test]
fn participants_who_are_gone_are_forgotten_when_there_are_too_many() {
    let registry = PresenceRegistry::default();
    for n in 0..20_000_u32 {
        let mut random = [0; 10];
        random[6..].copy_from_slice(&n.to_le_bytes());
        registry.noticed(ParticipantId::new(at(0), random), at(0));
    }
    registry.opened(page(1), seat(), at(7_200));
    assert_eq!(registry.records().seats.len(), 1);
}

#[test]
fn a_token_survives_the_way_to_the_page_and_back() {
    let token = PageToken::new(*b"0123456789abcdef");
    assert_eq!(token.to_string().parse(), Ok(token));
    assert!("".parse::<PageToken>().is_err());
}

#[test]
fn many_open_pages_are_not_all_looked_at_for_each_new_one() {
    let registry = PresenceRegistry::default();
    registry.noticed(seat().participant, at(0));
    let mut opened = 0_u32;
    let mut open_until = |count: usize, seconds: i64| {
        while (opened as usize) < count {
            opened += 1;
            let mut random = [0; 10];
            random[6..].copy_from_slice(&opened.to_be_bytes());
            let seat = Seat { participant: ParticipantId::new(at(1), random), ..seat() };
            registry.opened(PageToken(opened.into()), seat, at(seconds));
        }
    };
    open_until(MAX_REMEMBERED, 60);
    open_until(MAX_REMEMBERED + 100, 7_200);
    assert_eq!(presence(&registry, 7_200), Presence::Gone { since: at(0) }, "not looked at since");
    open_until(2 * MAX_REMEMBERED, 7_200);
    assert_eq!(presence(&registry, 7_200), Presence::Unknown, "gone for an hour, and forgotten");
}
