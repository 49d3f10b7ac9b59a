//! Tickets: issued to participants who may be in the room now; the newest device wins.

use anteroom_app::{Admission, Admitted, Bearer, consultations};
use anteroom_domain::{JoinWindow, Role};
use anteroom_testkit::{TestSite, VideoRequest, minutes};

use crate::error_code;

#[tokio::test]
async fn a_ticket_has_room_participant_number_and_expiry() {
    let (site, host, _guest) = TestSite::call().await;
    let ticket = host.requests_ticket().await.unwrap();
    assert_eq!(ticket.expires_at, site.app.clock.now() + minutes(10));
    assert_eq!(site.video.requests().last(), Some(&VideoRequest::Ticket(host.room.clone(), host.me, 2)));
    let expected = Bearer { room: host.room.to_string(), identity: host.me.to_string(), ticket_number: Some(2) };
    assert_eq!(site.video.bearer_of(&ticket), expected);
}

#[tokio::test]
async fn a_participant_is_named_as_in_the_booking() {
    let (_site, host, guest) = TestSite::call().await;
    let name = host.standing().await.people[0].name.clone();
    assert_eq!(guest.connects().await.unwrap(), Admitted::Participant { name, role: Role::Guest });
}

#[tokio::test]
async fn a_new_device_supersedes_the_old_ticket() {
    let (site, _host, guest) = TestSite::call().await;
    let old = guest.requests_ticket().await.unwrap();
    let new = guest.requests_ticket().await.unwrap();
    assert_eq!(error_code(guest.connects_with(&old).await), "superseded");
    assert!(guest.connects_with(&new).await.is_ok());
    assert!(guest.connects_with(&new).await.is_ok(), "as often as its device needs");
    assert_eq!(site.video.people_in(&guest.room), 2, "no ghost");
}

#[tokio::test]
async fn of_two_concurrent_tickets_the_higher_number_wins() {
    let (site, _host, guest) = TestSite::call().await;
    let (one, other) = tokio::join!(guest.requests_ticket(), guest.requests_ticket());
    let (one, other) = (one.unwrap(), other.unwrap());
    let number = |ticket| site.video.bearer_of(ticket).ticket_number.unwrap();
    assert_ne!(number(&one), number(&other));
    let (old, new) = if number(&one) < number(&other) { (one, other) } else { (other, one) };
    assert_eq!(error_code(guest.connects_with(&old).await), "superseded");
    assert!(guest.connects_with(&new).await.is_ok());
}

#[tokio::test]
async fn a_ticket_is_refused_after_leaving_or_declining() {
    let (site, host, guest) = TestSite::call().await;
    let ticket = guest.requests_ticket().await.unwrap();
    guest.leaves().await.unwrap();
    assert_eq!(error_code(guest.connects_with(&ticket).await), "not_admitted");
    guest.enters().await.unwrap();
    assert_eq!(error_code(guest.connects_with(&ticket).await), "not_admitted");
    host.declines(&guest).await.unwrap();
    assert_eq!(error_code(guest.connects_with(&ticket).await), "declined");
    site.run_due_jobs().await;
}

#[tokio::test]
async fn an_admitted_participant_reloads_after_the_planned_end() {
    let (site, host, guest) = TestSite::call().await;
    site.clock.set(guest.standing().await.closes_at + minutes(1));
    assert!(matches!(guest.standing().await.join_window, JoinWindow::TooLate { .. }));
    assert!(guest.standing().await.may.ticket);
    assert!(guest.connects().await.is_ok() && host.connects().await.is_ok());
    site.run_due_jobs().await;
    assert!(guest.is_connected() && host.is_connected(), "connected participants stay connected");
}

#[tokio::test]
async fn a_media_server_failure_is_not_a_refusal() {
    let (site, host, _guest) = TestSite::call().await;
    site.video.set_down(true);
    assert_eq!(error_code(host.requests_ticket().await), "video_unavailable");
    site.video.set_down(false);
    assert!(host.connects().await.is_ok());
}

#[tokio::test]
async fn a_room_without_consultation_accepts_tokens_but_no_tickets() {
    let (site, _host, guest) = TestSite::call().await;
    let somewhere =
        |ticket_number| Bearer { room: "somebody-elses-room".into(), identity: guest.me.to_string(), ticket_number };
    assert_eq!(site.app.may_join(&somewhere(None)).await.unwrap(), Admitted::TokenOnly);
    assert_eq!(error_code(site.app.may_join(&somewhere(Some(1))).await), "ended", "its consultation is gone for good");
}

#[tokio::test]
async fn a_token_for_an_unknown_identity_is_not_admitted() {
    let (site, host, guest) = TestSite::call().await;
    let bearer =
        |identity: &str| Bearer { room: host.room.to_string(), identity: identity.into(), ticket_number: None };
    for stranger in
        ["", "jamie", "par_", "par_00000000000000000000000000000000", "usr_00000000000000000000000000000000"]
    {
        assert_eq!(error_code(site.app.may_join(&bearer(stranger)).await), "not_admitted", "{stranger}");
    }
    assert!(site.app.may_join(&bearer(&guest.me.to_string())).await.is_ok(), "the keeper of the key is trusted");
}

#[tokio::test]
async fn arrival_and_departure_are_recorded() {
    let (site, host, guest) = TestSite::call().await;
    let came = site.app.clock.now();
    site.clock.advance(minutes(3));
    guest.loses_connection().await;
    site.clock.advance(minutes(1));
    let seen = host.standing().await.people.remove(0);
    assert_eq!((seen.arrived_at, seen.departed_at), (Some(came), Some(came + minutes(3))));
    assert_eq!(seen.connected_since, None);
    guest.connects().await.unwrap();
    let seen = host.standing().await.people.remove(0);
    assert_eq!((seen.arrived_at, seen.connected_since), (Some(came), Some(came + minutes(4))));
    consultations::standing(&site.app, &host.actor, host.consultation).await.unwrap();
}

#[tokio::test]
async fn concurrent_arrivals_are_all_recorded() {
    let (site, host, guest) = TestSite::appointment().await;
    guest.enters().await.unwrap();
    host.starts().await.unwrap();
    let (one, other) = tokio::join!(host.connects(), guest.connects());
    assert!(one.is_ok() && other.is_ok());
    assert!(host.standing().await.people[0].connected_since.is_some());
    assert!(guest.standing().await.people[0].connected_since.is_some());
    assert!(!site.logs.lines().iter().any(|line| line.contains("could not record attendance")));
}
