//! Messages of confirmations and cancellations, and their retries.

use anteroom_app::MessageKind;
use anteroom_app::appointments::Booking;
use anteroom_domain::{Role, WordingPack};
use anteroom_testkit::{TestSite, hours, minutes, seconds};

#[tokio::test]
async fn both_get_one_message_with_a_working_link() {
    let (site, host) = TestSite::start().await;
    let guest = site.persona("Jamie");
    let found = host.books_and_confirms(&guest, hours(1)).await;
    assert_eq!(site.drain_outbox().await, 2);
    let [to_host, to_guest] =
        [&host.persona().email, &guest.email].map(|email| site.messenger.messages_to(email).pop().unwrap());
    assert_eq!((to_host.role, to_guest.role), (Role::Host, Role::Guest));
    assert_eq!(to_guest.name.reveal().as_str(), guest.name);
    assert_eq!(to_guest.other.reveal().as_str(), host.persona().name);
    assert_eq!(to_host.other.reveal().as_str(), guest.name);
    assert_eq!((to_host.zone.name(), to_guest.zone.name()), ("Europe/Berlin", "America/New_York"));
    assert_eq!(
        (to_guest.practice.as_str(), to_guest.pack, to_guest.opens_before),
        ("Praxis am Park", WordingPack::Clinic, 15)
    );
    assert_eq!(to_guest.appointment, found.appointment);
    assert_ne!(to_host.link.as_ref().unwrap().reveal(), to_guest.link.as_ref().unwrap().reveal());
    let (at_the_desk, at_home) = site.participants(&found).await;
    assert_eq!((at_the_desk.standing().await.role, at_home.standing().await.role), (Role::Host, Role::Guest));
    site.clock.advance(hours(24));
    assert_eq!(site.drain_outbox().await, 0, "never again");
}

#[tokio::test]
async fn in_person_messages_have_no_link() {
    let (site, host) = TestSite::start().await;
    let booking = Booking { kind: "in_person".into(), ..host.booking(&site.persona("Jamie"), hours(1)) };
    let id = host.books(booking).await.unwrap().appointment.id;
    host.confirms(id).await.unwrap();
    site.drain_outbox().await;
    let messages = site.messenger.messages();
    assert!(messages.len() == 2 && messages.iter().all(|message| message.link.is_none()));
}

#[tokio::test]
async fn a_cancellation_has_no_link() {
    let (site, host) = TestSite::start().await;
    let id = host.books_and_confirms(&site.persona("Jamie"), hours(1)).await.appointment.id;
    site.drain_outbox().await;
    host.cancels(id).await.unwrap();
    site.drain_outbox().await;
    let messages = site.messenger.messages();
    assert!(
        messages.iter().filter(|message| message.kind == MessageKind::Cancelled).all(|message| message.link.is_none())
    );
}

#[tokio::test]
async fn a_failed_message_is_retried_with_the_same_key() {
    let (site, host) = TestSite::start().await;
    let guest = site.persona("Jamie");
    site.messenger.set_down(true);
    let found = host.books_and_confirms(&guest, hours(1)).await;
    assert_eq!(site.drain_outbox().await, 2);
    assert_eq!(site.drain_outbox().await, 0, "not at once");
    site.clock.advance(seconds(5));
    assert_eq!(site.drain_outbox().await, 2);
    site.messenger.set_down(false);
    site.clock.advance(minutes(5));
    assert_eq!(site.drain_outbox().await, 2);
    let messages = site.messenger.messages();
    assert_eq!(messages.len(), 2);
    let (_, at_home) = site.participants(&found).await;
    assert_eq!(messages.iter().filter(|message| message.idempotency_key.contains(&at_home.me.to_string())).count(), 1);
    assert!(site.logs.errors().is_empty(), "a try that fails is no error yet");
}

#[tokio::test]
async fn a_permanent_failure_is_logged_without_personal_data() {
    let (site, host) = TestSite::start().await;
    site.messenger.set_refusing(true);
    host.books_and_confirms(&site.persona("Jamie"), hours(1)).await;
    site.drain_outbox().await;
    site.clock.advance(hours(1));
    assert_eq!(site.drain_outbox().await, 0);
    assert_eq!(site.logs.errors().len(), 2);
    assert!(site.logs.leaks().is_empty(), "the server's answer named the recipient");
    site.logs.clear_errors();
    site.expect_undelivered();
}

#[tokio::test]
async fn an_unreachable_server_is_given_up_after_two_days() {
    let (site, host) = TestSite::start().await;
    site.messenger.set_down(true);
    host.books_and_confirms(&site.persona("Jamie"), hours(72)).await;
    let mut tries = 0;
    for _ in 0..24 * 4 {
        tries += site.drain_outbox().await;
        site.clock.advance(hours(1));
    }
    assert_eq!(tries, 2 * 24);
    assert_eq!(site.logs.errors().len(), 2);
    site.logs.clear_errors();
    site.expect_undelivered();
}
