//! Every refusal has its own code, and issuing a ticket and connecting to the media server refuse alike.

use anteroom_app::appointments::Booking;
use anteroom_app::{Admission, Bearer, consultations};
use anteroom_testkit::{TestParticipant, TestSite, hours, minutes};

use crate::error_code;

/// The code when requesting a ticket, and the code when connecting with an earlier ticket.
async fn both_codes(site: &TestSite, participant: &TestParticipant) -> (&'static str, &'static str) {
    let newest = Bearer {
        room: participant.room.to_string(),
        identity: participant.me.to_string(),
        ticket_number: Some(i64::MAX),
    };
    let before = site.app.store.counts().commits;
    let answers = (error_code(participant.requests_ticket().await), error_code(site.app.may_join(&newest).await));
    assert!(answers.0 == "yes" || site.app.store.counts().commits == before, "a refusal writes nothing");
    answers
}

macro_rules! assert_both_codes {
    ($site:expr, $participant:expr, $code:literal) => {
        assert_eq!(both_codes(&$site, &$participant).await, ($code, $code));
        assert!($code == "yes" || !$participant.standing().await.may.ticket, "the page offers nothing that is refused");
    };
}

/// Links lie in mailboxes for years.
#[tokio::test]
async fn links_reveal_only_the_outcome_a_day_after_the_end() {
    for outcome in ["ended", "cancelled", "too_late"] {
        let (site, host, guest) = TestSite::appointment().await;
        let before = guest.standing().await;
        match outcome {
            "ended" => {
                host.starts().await.unwrap();
                host.ends().await.unwrap();
            }
            "cancelled" => {
                let (api_client, _) = site.api_client().await;
                api_client.cancels(before.appointment).await.unwrap();
            }
            _ => {}
        }
        site.run_due_jobs().await;
        assert_eq!(guest.standing().await.name, before.name, "{outcome}: not at once");
        site.clock.set(before.closes_at + hours(24));
        site.run_due_jobs().await;
        for person in [&guest, &host] {
            let read = consultations::standing(&site.app, &person.actor, person.consultation).await;
            assert_eq!(error_code(read), outcome);
            assert_eq!(error_code(person.enters().await), outcome);
            assert_eq!(error_code(person.leaves().await), outcome);
            assert_eq!(error_code(person.ends().await), outcome);
            assert_eq!(error_code(person.requests_ticket().await), outcome);
        }
    }
}

#[tokio::test]
async fn too_early() {
    let (site, host, guest) = TestSite::appointment_in(hours(1)).await;
    assert_both_codes!(site, guest, "too_early");
    assert_both_codes!(site, host, "too_early");
}

#[tokio::test]
async fn too_late() {
    let (site, host, guest) = TestSite::appointment().await;
    guest.enters().await.unwrap();
    site.clock.set(guest.standing().await.closes_at);
    assert_both_codes!(site, guest, "too_late");
    assert_both_codes!(site, host, "too_late");
}

#[tokio::test]
async fn not_started() {
    let (site, host, _guest) = TestSite::appointment().await;
    assert_both_codes!(site, host, "not_started");
}

#[tokio::test]
async fn not_admitted() {
    let (site, host, guest) = TestSite::appointment().await;
    assert_both_codes!(site, guest, "not_admitted");
    guest.enters().await.unwrap();
    assert_both_codes!(site, guest, "not_admitted");
    guest.leaves().await.unwrap();
    host.starts().await.unwrap();
    assert_both_codes!(site, guest, "not_admitted");
    guest.enters().await.unwrap();
    assert_both_codes!(site, guest, "not_admitted");
    site.run_due_jobs().await;
}

#[tokio::test]
async fn declined() {
    let (site, host, guest) = TestSite::appointment().await;
    guest.enters().await.unwrap();
    host.declines(&guest).await.unwrap();
    assert_both_codes!(site, guest, "declined");
    host.starts().await.unwrap();
    assert_both_codes!(site, guest, "declined");
    site.run_due_jobs().await;
}

#[tokio::test]
async fn cancelled() {
    let (site, host, guest) = TestSite::appointment().await;
    guest.enters().await.unwrap();
    let (api_client, _) = site.api_client().await;
    api_client.cancels(host.standing().await.appointment).await.unwrap();
    assert_both_codes!(site, guest, "cancelled");
    assert_both_codes!(site, host, "cancelled");
    site.run_due_jobs().await;
}

#[tokio::test]
async fn ended() {
    let (site, host, guest) = TestSite::call().await;
    host.ends().await.unwrap();
    assert_both_codes!(site, guest, "ended");
    assert_both_codes!(site, host, "ended");
    site.run_due_jobs().await;
}

#[tokio::test]
async fn in_person() {
    let (site, host) = TestSite::start().await;
    let booking = Booking { kind: "in_person".into(), ..host.booking(&site.persona("Jamie"), minutes(5)) };
    let id = host.books(booking).await.unwrap().appointment.id;
    host.confirms(id).await.unwrap();
    let host = site.as_host(&host, id).await;
    assert_both_codes!(site, host, "in_person");
    assert_eq!(error_code(host.starts().await), "in_person");
    site.run_due_jobs().await;
}

#[tokio::test]
async fn superseded() {
    let (site, _host, guest) = TestSite::call().await;
    guest.requests_ticket().await.unwrap();
    let first = Bearer { room: guest.room.to_string(), identity: guest.me.to_string(), ticket_number: Some(1) };
    assert_eq!(error_code(site.app.may_join(&first).await), "superseded");
}

#[tokio::test]
async fn an_admitted_participant_connects() {
    let (site, host, guest) = TestSite::call().await;
    assert_both_codes!(site, guest, "yes");
    assert_both_codes!(site, host, "yes");
}
