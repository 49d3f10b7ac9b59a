//! Cancelling appointments.

use anteroom_app::MessageKind;
use anteroom_domain::{AppointmentStatus, Author};
use anteroom_testkit::{TestSite, hours, minutes};

use crate::error_code;

#[tokio::test]
async fn cancelling_frees_the_slot_and_notifies_both_once() {
    let (site, host) = TestSite::start().await;
    let guest = site.persona("Jamie");
    let id = host.books_and_confirms(&guest, hours(1)).await.appointment.id;
    site.run_due_jobs().await;
    let cancelled = host.cancels(id).await.unwrap().appointment;
    assert!(matches!(&cancelled.status, AppointmentStatus::Cancelled { by: Author::User(by), .. } if *by == host.id()));
    assert_eq!(host.cancels(id).await.unwrap().appointment, cancelled);
    site.run_due_jobs().await;
    assert_eq!(site.messenger.count(MessageKind::Cancelled), 2);
    assert_eq!(site.messenger.messages_to(&guest.email).last().unwrap().kind, MessageKind::Cancelled);
    assert!(host.books(host.booking(&site.persona("Kim"), hours(1))).await.is_ok());
}

#[tokio::test]
async fn cancelling_an_unconfirmed_appointment_sends_nothing() {
    let (site, host) = TestSite::start().await;
    let id = host.books(host.booking(&site.persona("Jamie"), hours(1))).await.unwrap().appointment.id;
    host.cancels(id).await.unwrap();
    assert_eq!(site.run_due_jobs().await, 0);
    assert_eq!(error_code(host.confirms(id).await), "cancelled");
}

#[tokio::test]
async fn an_outdated_message_is_not_sent() {
    let (site, host) = TestSite::start().await;
    let id = host.books_and_confirms(&site.persona("Jamie"), hours(1)).await.appointment.id;
    host.cancels(id).await.unwrap();
    site.run_due_jobs().await;
    assert_eq!(site.messenger.count(MessageKind::Confirmed), 0);
}

#[tokio::test]
async fn live_and_ended_consultations_cannot_be_cancelled() {
    let (site, host, _guest) = TestSite::call().await;
    let id = host.standing().await.appointment;
    let (api_client, _) = site.api_client().await;
    assert_eq!(error_code(api_client.cancels(id).await), "already_started");
    host.ends().await.unwrap();
    assert_eq!(error_code(api_client.cancels(id).await), "ended");
    site.run_due_jobs().await;
    assert_eq!(site.messenger.count(MessageKind::Cancelled), 0);
}

#[tokio::test]
async fn one_of_concurrent_start_and_cancel_wins() {
    let (site, host, _guest) = TestSite::appointment().await;
    let (api_client, _) = site.api_client().await;
    let id = host.standing().await.appointment;
    let (started, cancelled) = tokio::join!(host.starts(), api_client.cancels(id));
    let mut answers = [error_code(started), error_code(cancelled)];
    answers.sort_unstable();
    assert!(answers == ["already_started", "yes"] || answers == ["cancelled", "yes"], "{answers:?}");
    site.run_due_jobs().await;
}

#[tokio::test]
async fn a_waiting_guest_is_refused_after_cancellation() {
    let (site, host, guest) = TestSite::appointment().await;
    guest.enters().await.unwrap();
    let (api_client, _) = site.api_client().await;
    api_client.cancels(guest.standing().await.appointment).await.unwrap();
    site.run_due_jobs().await;
    assert_eq!(guest.standing().await.status.as_str(), "cancelled");
    for answer in [guest.enters().await, host.starts().await] {
        assert_eq!(error_code(answer), "cancelled");
    }
    for participant in [&host, &guest] {
        assert_eq!(error_code(participant.requests_ticket().await), "cancelled");
        let may = participant.standing().await.may;
        assert!(!(may.enter || may.start || may.ticket || may.end));
    }
    site.clock.advance(minutes(1));
    assert!(guest.leaves().await.is_ok(), "one may always go");
    site.run_due_jobs().await;
}
