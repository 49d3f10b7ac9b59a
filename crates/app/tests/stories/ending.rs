//! Ending consultations.

use anteroom_app::jobs::{self, Lane};
use anteroom_app::practices::Changes;
use anteroom_app::standing::EndedBy;
use anteroom_app::{Actor, practices};
use anteroom_domain::AppointmentStatus;
use anteroom_testkit::{TestSite, minutes, seconds};

use crate::error_code;

#[tokio::test]
async fn the_host_ends_for_everyone() {
    let (site, host, guest) = TestSite::call().await;
    let started_at = site.app.clock.now();
    site.clock.advance(minutes(25) + seconds(7));
    let ended = host.ends().await.unwrap();
    assert_eq!(ended.phase.as_str(), "ended");
    assert_eq!(ended.duration, Some(minutes(25) + seconds(7)));
    assert_eq!((ended.ended_by, guest.standing().await.ended_by), (Some(EndedBy::Host), Some(EndedBy::Host)));
    let at = started_at + minutes(25) + seconds(7);
    assert_eq!(ended.status, AppointmentStatus::Completed { at });
    site.run_due_jobs().await;
    assert_eq!(site.video.closed(&host.room), 1);
    assert_eq!(site.video.people_in(&host.room), 0);
    let seen = host.standing().await.people.remove(0);
    assert_eq!((seen.connected_since, seen.departed_at), (None, Some(at)));
}

#[tokio::test]
async fn every_request_is_refused_after_the_end() {
    let (site, host, guest) = TestSite::call().await;
    let ticket = guest.requests_ticket().await.unwrap();
    host.ends().await.unwrap();
    site.run_due_jobs().await;
    assert_eq!(error_code(guest.connects_with(&ticket).await), "ended");
    for answer in [guest.enters().await, host.starts().await, host.admits(&guest).await, host.declines(&guest).await] {
        assert_eq!(error_code(answer), "ended");
    }
    assert!(guest.leaves().await.is_ok() && host.ends().await.is_ok(), "what is over already is no mistake");
    assert_eq!(site.run_due_jobs().await, 0);
    let may = guest.standing().await.may;
    assert!(!(may.enter || may.start || may.ticket || may.end));
}

/// At the end of an hour the checks of all its consultations would be due together, and do nothing.
#[tokio::test]
async fn the_end_withdraws_the_check_for_deserted_rooms() {
    let (site, host, _guest) = TestSite::call().await;
    let closes_at = host.standing().await.closes_at;
    assert_eq!(jobs::next_at(&site.app, Lane::Checks).await.unwrap(), Some(closes_at));
    host.ends().await.unwrap();
    assert_eq!(jobs::next_at(&site.app, Lane::Checks).await.unwrap(), None);
    site.run_due_jobs().await;
}

#[tokio::test]
async fn ending_twice_closes_the_room_once() {
    let (site, host, _guest) = TestSite::call().await;
    site.clock.advance(minutes(10));
    host.ends().await.unwrap();
    site.clock.advance(minutes(10));
    assert_eq!(host.ends().await.unwrap().duration, Some(minutes(10)));
    site.run_due_jobs().await;
    assert_eq!(site.video.closed(&host.room), 1);
}

#[tokio::test]
async fn concurrent_ends_both_succeed() {
    let (site, host, _guest) = TestSite::call().await;
    let (one, other) = tokio::join!(host.ends(), host.ends());
    assert_eq!((error_code(one), error_code(other)), ("yes", "yes"));
    site.run_due_jobs().await;
    assert_eq!(site.video.closed(&host.room), 1);
}

#[tokio::test]
async fn closing_a_room_is_retried_until_the_media_server_is_up() {
    let (site, host, guest) = TestSite::call().await;
    site.video.set_down(true);
    assert!(host.ends().await.is_ok(), "does not wait for the media server");
    site.run_due_jobs().await;
    assert!(guest.is_connected() && site.video.closed(&host.room) == 0);
    site.video.set_down(false);
    assert_eq!(site.run_due_jobs().await, 0, "not at once");
    site.clock.advance(seconds(5));
    site.run_due_jobs().await;
    assert!(!guest.is_connected());
    assert_eq!(site.video.closed(&host.room), 1);
}

#[tokio::test]
async fn a_planned_consultation_cannot_end() {
    let (_site, host, guest) = TestSite::appointment().await;
    guest.enters().await.unwrap();
    assert_eq!(error_code(host.ends().await), "not_started");
    assert!(!host.standing().await.may.end);
}

#[tokio::test]
async fn an_admitted_guest_ends_if_the_policy_allows() {
    let (site, host, guest) = TestSite::appointment().await;
    let practice = practices::fetch(&site.app).await.unwrap();
    let changes = Changes {
        name: practice.name,
        pack: practice.pack.to_string(),
        language: practice.language.to_string(),
        zone: practice.zone.name().into(),
        opens_before: 15,
        closes_after: 30,
        who_may_end: "either".into(),
        version: None,
    };
    practices::change(&site.app, &Actor::Console, changes).await.unwrap();
    host.starts().await.unwrap();
    guest.enters().await.unwrap();
    assert!(!guest.standing().await.may.end);
    assert_eq!(error_code(guest.ends().await), "not_admitted", "a waiting guest cannot end");
    host.admits(&guest).await.unwrap();
    assert!(guest.standing().await.may.end);
    assert_eq!(guest.ends().await.unwrap().ended_by, Some(EndedBy::Guest));
    assert_eq!(host.standing().await.ended_by, Some(EndedBy::Guest));
    site.run_due_jobs().await;
}

#[tokio::test]
async fn a_clock_set_back_gives_no_negative_duration() {
    let (site, host, _guest) = TestSite::call().await;
    let started_at = site.app.clock.now();
    site.clock.advance(minutes(-20));
    let ended = host.ends().await.unwrap();
    assert_eq!(ended.duration, Some(minutes(0)));
    assert_eq!(ended.status, AppointmentStatus::Completed { at: started_at }, "the plan ends when the session does");
    site.clock.set(started_at);
    site.run_due_jobs().await;
}
