//! Messages of confirmations and cancellations, and their retries.

use anteroom_app::appointments::{AppointmentDetails, Booking};
use anteroom_app::jobs::{self, Lane};
use anteroom_app::{MessageKind, Topic, messages};
use anteroom_domain::{DeliveryState, Role, WordingPack};
use anteroom_testkit::{TestSite, TestStaff, hours, minutes, seconds};

use crate::error_code;

#[tokio::test]
async fn both_get_one_message_with_a_working_link() {
    let (site, host) = TestSite::start().await;
    let guest = site.persona("Jamie");
    let found = host.books_and_confirms(&guest, hours(1)).await;
    assert_eq!(site.run_due_jobs().await, 2);
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
    assert_eq!(site.run_due_jobs().await, 0, "never again");
}

#[tokio::test]
async fn in_person_messages_have_no_link() {
    let (site, host) = TestSite::start().await;
    let booking = Booking { kind: "in_person".into(), ..host.booking(&site.persona("Jamie"), hours(1)) };
    let id = host.books(booking).await.unwrap().appointment.id;
    host.confirms(id).await.unwrap();
    site.run_due_jobs().await;
    let messages = site.messenger.messages();
    assert!(messages.len() == 2 && messages.iter().all(|message| message.link.is_none()));
}

#[tokio::test]
async fn a_cancellation_has_no_link() {
    let (site, host) = TestSite::start().await;
    let id = host.books_and_confirms(&site.persona("Jamie"), hours(1)).await.appointment.id;
    site.run_due_jobs().await;
    host.cancels(id).await.unwrap();
    site.run_due_jobs().await;
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
    assert_eq!(site.run_due_jobs().await, 2);
    assert_eq!(site.run_due_jobs().await, 0, "not at once");
    site.clock.advance(seconds(5));
    assert_eq!(site.run_due_jobs().await, 2);
    site.messenger.set_down(false);
    site.clock.advance(minutes(5));
    assert_eq!(site.run_due_jobs().await, 2);
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
    site.run_due_jobs().await;
    site.clock.advance(hours(1));
    assert_eq!(site.run_due_jobs().await, 0);
    let errors = site.logs.errors();
    assert_eq!(errors.len(), 2);
    let names_cause = |line: &String| line.contains("refused the message: the mail server answered 450");
    assert!(errors.iter().all(|line| names_cause(line) && line.contains("job=")), "{errors:?}");
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
        tries += site.run_due_jobs().await;
        site.clock.advance(hours(1));
    }
    assert_eq!(tries, 2 * 24);
    assert_eq!(site.logs.errors().len(), 2);
    site.logs.clear_errors();
    site.expect_undelivered();
}

/// A message that was accepted although the answer was lost must not carry another link than its repetition.
#[tokio::test]
async fn all_attempts_of_a_message_carry_one_link() {
    let (site, host) = TestSite::start().await;
    site.messenger.set_down(true);
    let found = host.books_and_confirms(&site.persona("Jamie"), hours(1)).await;
    for _ in 0..3 {
        assert_eq!(site.run_due_jobs().await, 2);
        site.clock.advance(minutes(1));
    }
    site.messenger.set_down(false);
    site.run_due_jobs().await;
    let (_, guest) = site.participants(&found).await;
    let mut tx = site.app.store.read().await.unwrap();
    assert_eq!(tx.invitations_of(guest.me).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_confirmation_is_not_sent_after_the_appointment() {
    let (site, host) = TestSite::start().await;
    site.messenger.set_down(true);
    let found = host.books_and_confirms(&site.persona("Jamie"), hours(1)).await;
    site.run_due_jobs().await;
    site.messenger.set_down(false);
    site.clock.advance(hours(2));
    site.run_due_jobs().await;
    assert_eq!(site.messenger.messages().len(), 0);
    assert_eq!(states(&site, &host, &found).await, [DeliveryState::Expired; 2]);
}

#[tokio::test]
async fn who_was_never_sent_the_confirmation_is_not_sent_the_cancellation() {
    let (site, host) = TestSite::start().await;
    let id = host.books_and_confirms(&site.persona("Jamie"), hours(1)).await.appointment.id;
    let cancelled = host.cancels(id).await.unwrap();
    assert_eq!(site.run_due_jobs().await, 0);
    assert_eq!(site.messenger.messages().len(), 0);
    assert_eq!(states(&site, &host, &cancelled).await, [DeliveryState::Outdated; 2]);
}

#[tokio::test]
async fn whom_a_confirmation_may_have_reached_is_sent_the_cancellation() {
    let (site, host) = TestSite::start().await;
    site.messenger.set_down(true);
    let id = host.books_and_confirms(&site.persona("Jamie"), hours(1)).await.appointment.id;
    site.run_due_jobs().await; // The answer may have been lost, not the message.
    site.messenger.set_down(false);
    host.cancels(id).await.unwrap();
    site.clock.advance(minutes(1));
    site.run_due_jobs().await;
    let kinds: Vec<_> = site.messenger.messages().iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [MessageKind::Cancelled; 2]);
}

async fn states(site: &TestSite, staff: &TestStaff, found: &AppointmentDetails) -> Vec<DeliveryState> {
    let deliveries =
        messages::deliveries(&site.app, &staff.actor, found.appointment.id).await.expect("the host sees it");
    deliveries.iter().map(|delivery| delivery.state).collect()
}

#[tokio::test]
async fn staff_see_what_became_of_each_message() {
    let (site, admin) = TestSite::set_up().await;
    let host = site.add_host(&admin, "Sofia").await;
    site.messenger.set_down(true);
    let guest = site.persona("Jamie");
    let found = host.books_and_confirms(&guest, hours(1)).await;
    assert_eq!(states(&site, &host, &found).await, [DeliveryState::Queued; 2]);
    let mut day = site.app.hub.watch(Topic::Day(found.host.id));
    site.run_due_jobs().await;
    day.changed().await;
    let tried = messages::deliveries(&site.app, &host.actor, found.appointment.id).await.unwrap();
    assert!(tried.iter().all(|one| one.state == DeliveryState::Queued && one.attempts == 1));
    let to_guest = tried.iter().filter_map(|one| one.last_error.as_ref()).filter(|e| e.reveal().contains(&guest.email));
    assert_eq!(to_guest.count(), 1, "the provider's answer names the recipient");
    site.messenger.set_down(false);
    site.messenger.set_refusing(true);
    site.clock.advance(minutes(1));
    site.run_due_jobs().await;
    assert_eq!(states(&site, &host, &found).await, [DeliveryState::Failed; 2]);
    site.logs.clear_errors();
    site.expect_undelivered();

    let colleague = site.add_host(&admin, "Robin").await;
    let denied = messages::deliveries(&site.app, &colleague.actor, found.appointment.id).await;
    assert_eq!(error_code(denied), "not_found");
}

/// It was posted by a newer program that shares the database, or did so before an update was undone.
#[tokio::test]
async fn a_job_of_a_newer_version_is_put_back_and_stops_no_other() {
    let (site, host) = TestSite::start().await;
    host.books_and_confirms(&site.persona("Jamie"), hours(5)).await;
    let mut unknown = jobs::lease(&site.app, Lane::Messages).await.unwrap().unwrap();
    (unknown.notice, unknown.kind) = (None, "of_tomorrow".to_owned());
    jobs::run(&site.app, &unknown).await.expect("it is not fatal");
    let lines = site.logs.lines();
    assert!(lines.iter().any(|line| line.contains("of_tomorrow") && line.contains("was put back")), "{lines:?}");
    assert_eq!(site.run_due_jobs().await, 1, "the other message");
    site.clock.advance(minutes(59));
    assert!(jobs::lease(&site.app, Lane::Messages).await.unwrap().is_none());
    site.clock.advance(minutes(1));
    let again = jobs::lease(&site.app, Lane::Messages).await.unwrap().expect("it is kept");
    assert_eq!((again.id, again.attempts), (unknown.id, 1), "it was not tried");
    jobs::run(&site.app, &again).await.unwrap();
}
