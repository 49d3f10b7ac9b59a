//! The waiting room: entering, admitting, declining, leaving.

use anteroom_app::presence::Presence;
use anteroom_domain::{Entry, JoinWindow, Language, Role, WordingPack};
use anteroom_testkit::{TestSite, hours, minutes};

use crate::error_code;

#[tokio::test]
async fn the_host_sees_since_when_a_guest_waits() {
    let (site, host, guest) = TestSite::appointment().await;
    assert!(guest.standing().await.may.enter);
    let since = site.app.clock.now();
    let seen = guest.enters().await.unwrap();
    assert_eq!(seen.entry, Entry::Waiting { since });
    assert!(!seen.may.enter && !seen.may.ticket);
    site.clock.advance(minutes(2));
    assert_eq!(guest.enters().await.unwrap().entry, Entry::Waiting { since }, "a reload keeps the place");
    let people = host.standing().await.people;
    assert_eq!((people.len(), people[0].id, people[0].entry.clone()), (1, guest.me, Entry::Waiting { since }));
}

#[tokio::test]
async fn entering_outside_the_join_window_is_refused() {
    let (site, host, guest) = TestSite::appointment_in(hours(1)).await;
    assert_eq!(error_code(guest.enters().await), "too_early");
    assert_eq!(error_code(host.starts().await), "too_early");
    let JoinWindow::TooEarly { opens_at } = guest.standing().await.join_window else { panic!("it is too early") };
    site.clock.set(opens_at);
    assert!(guest.enters().await.is_ok(), "at the very instant");
    guest.leaves().await.unwrap();
    site.run_due_jobs().await;
    site.clock.set(guest.standing().await.closes_at);
    assert_eq!(error_code(guest.enters().await), "too_late");
    assert_eq!(error_code(host.starts().await), "too_late");
}

#[tokio::test]
async fn starting_admits_waiting_guests() {
    let (_site, host, guest) = TestSite::appointment().await;
    guest.enters().await.unwrap();
    let started = host.starts().await.unwrap();
    assert_eq!(started.phase.as_str(), "live");
    let seen = guest.standing().await;
    assert!(seen.entry.is_admitted() && seen.may.ticket);
    assert!(guest.connects().await.is_ok());
}

#[tokio::test]
async fn a_late_guest_waits_until_admitted() {
    let (_site, host, guest) = TestSite::appointment().await;
    host.starts().await.unwrap();
    host.connects().await.unwrap();
    guest.enters().await.unwrap();
    assert_eq!(error_code(guest.requests_ticket().await), "not_admitted");
    host.starts().await.unwrap();
    assert_eq!(error_code(guest.requests_ticket().await), "not_admitted", "starting again admits no one");
    for _ in 0..2 {
        host.admits(&guest).await.unwrap();
    }
    assert!(guest.connects().await.is_ok());
}

#[tokio::test]
async fn a_declined_guest_is_removed_and_stays_out() {
    let (site, host, guest) = TestSite::call().await;
    host.declines(&guest).await.unwrap();
    site.run_due_jobs().await;
    assert!(!guest.is_connected() && host.is_connected());
    assert_eq!(error_code(guest.enters().await), "declined");
    assert_eq!(error_code(guest.requests_ticket().await), "declined");
    assert!(!guest.standing().await.may.enter);
    host.admits(&guest).await.unwrap();
    assert!(guest.connects().await.is_ok());
}

#[tokio::test]
async fn readmission_before_removal_keeps_the_connection() {
    let (site, host, guest) = TestSite::call().await;
    host.declines(&guest).await.unwrap();
    host.admits(&guest).await.unwrap();
    site.run_due_jobs().await;
    assert!(guest.is_connected());
}

#[tokio::test]
async fn a_guest_who_left_returns_to_the_waiting_room() {
    let (site, host, guest) = TestSite::call().await;
    let left = guest.leaves().await.unwrap();
    assert!(matches!(left.entry, Entry::Left { .. }) && left.may.enter && !left.may.ticket);
    site.run_due_jobs().await;
    assert!(!guest.is_connected());
    assert_eq!(error_code(guest.connects().await), "not_admitted");
    site.clock.advance(minutes(1));
    assert!(matches!(guest.enters().await.unwrap().entry, Entry::Waiting { .. }));
    assert_eq!(error_code(guest.connects().await), "not_admitted");
    host.admits(&guest).await.unwrap();
    assert!(guest.connects().await.is_ok());
    site.run_due_jobs().await;
    assert!(guest.is_connected(), "the pending removal is outdated");
}

#[tokio::test]
async fn a_guest_who_left_late_can_return() {
    let (site, host, guest) = TestSite::call().await;
    site.clock.set(guest.standing().await.closes_at + minutes(5));
    guest.leaves().await.unwrap();
    site.run_due_jobs().await;
    assert!(guest.standing().await.may.enter);
    guest.enters().await.unwrap();
    host.admits(&guest).await.unwrap();
    assert!(guest.connects().await.is_ok());
}

#[tokio::test]
async fn a_guest_who_left_cannot_be_admitted() {
    let (site, host, guest) = TestSite::appointment().await;
    host.starts().await.unwrap();
    assert_eq!(error_code(host.admits(&guest).await), "no_longer_waiting", "who never came");
    guest.enters().await.unwrap();
    guest.leaves().await.unwrap();
    assert_eq!(error_code(host.admits(&guest).await), "no_longer_waiting");
    assert_eq!(error_code(host.declines(&guest).await), "no_longer_waiting");
    site.run_due_jobs().await;
}

#[tokio::test]
async fn a_guest_cannot_use_host_functions() {
    let (_site, host, guest) = TestSite::appointment().await;
    guest.enters().await.unwrap();
    for answer in [guest.starts().await, guest.admits(&guest).await, guest.declines(&host).await, guest.ends().await] {
        assert_eq!(error_code(answer), "host_only");
    }
    assert_eq!(error_code(host.enters().await), "guest_only");
    assert_eq!(error_code(host.leaves().await), "guest_only");
    assert_eq!(error_code(host.admits(&host).await), "not_started");
}

#[tokio::test]
async fn a_guest_sees_the_host_and_a_host_sees_everyone() {
    let (_site, host, guest) = TestSite::call().await;
    let (seen_by_guest, seen_by_host) = (guest.standing().await, host.standing().await);
    assert_eq!((seen_by_guest.role, seen_by_host.role), (Role::Guest, Role::Host));
    assert_eq!(seen_by_guest.people.iter().map(|p| p.role).collect::<Vec<_>>(), [Role::Host]);
    assert_eq!(seen_by_host.people.iter().map(|p| p.id).collect::<Vec<_>>(), [guest.me]);
    assert_eq!((seen_by_guest.zone.name(), seen_by_host.zone.name()), ("America/New_York", "Europe/Berlin"));
    assert_eq!((seen_by_guest.pack, seen_by_guest.language), (WordingPack::Clinic, Language::En));
    assert!(seen_by_host.people[0].connected_since.is_some());
}

#[tokio::test]
async fn repeated_requests_cost_no_commit() {
    let (site, host, guest) = TestSite::appointment().await;
    guest.enters().await.unwrap();
    host.starts().await.unwrap();
    let before = site.app.store.counts().commits;
    guest.enters().await.unwrap();
    host.starts().await.unwrap();
    host.admits(&guest).await.unwrap();
    assert_eq!(site.app.store.counts().commits, before);
}

/// The page may be gone, or its stream broken, while sound and picture go on.
#[tokio::test]
async fn who_is_connected_to_the_room_is_there_without_a_page() {
    let (site, host, guest) = TestSite::call().await;
    site.clock.advance(minutes(10));
    assert_eq!(host.standing().await.presence, [Presence::Here]);
    guest.loses_connection().await;
    assert_ne!(host.standing().await.presence, [Presence::Here]);
}
