//! The automatic end of deserted consultations.

use anteroom_app::media_restarted;
use anteroom_app::standing::EndedBy;
use anteroom_domain::AppointmentStatus;
use anteroom_testkit::{TestParticipant, TestSite, minutes, seconds};

async fn is_over(participant: &TestParticipant) -> bool {
    participant.standing().await.phase.as_str() == "ended"
}

#[tokio::test]
async fn a_deserted_consultation_ends_after_its_window() {
    let (site, host, guest) = TestSite::call().await;
    let closes_at = host.standing().await.closes_at;
    site.clock.advance(minutes(20));
    host.loses_connection().await;
    guest.loses_connection().await;
    let left_at = site.app.clock.now();
    site.clock.set(closes_at - seconds(1));
    assert_eq!(site.run_due_jobs().await, 0);
    site.clock.set(closes_at);
    site.run_due_jobs().await;
    let seen = host.standing().await;
    assert_eq!((seen.phase.as_str(), seen.ended_by), ("ended", Some(EndedBy::Deserted)));
    assert_eq!(seen.status, AppointmentStatus::Completed { at: left_at }, "not when that was noticed");
    assert_eq!(site.video.closed(&host.room), 1);
}

#[tokio::test]
async fn a_started_but_unattended_consultation_ends() {
    let (site, host, _guest) = TestSite::appointment().await;
    host.starts().await.unwrap();
    site.clock.set(host.standing().await.closes_at);
    site.run_due_jobs().await;
    assert!(is_over(&host).await);
}

#[tokio::test]
async fn a_connected_participant_delays_the_automatic_end() {
    let (site, host, guest) = TestSite::call().await;
    site.clock.set(host.standing().await.closes_at);
    for _ in 0..6 {
        assert_eq!(site.run_due_jobs().await, 1);
        assert!(!is_over(&host).await);
        guest.answers().await.unwrap();
        site.clock.advance(minutes(10));
    }
    host.loses_connection().await;
    guest.loses_connection().await;
    site.run_due_jobs().await;
    assert!(!is_over(&host).await, "they may be on the same train");
    site.clock.advance(minutes(10));
    site.run_due_jobs().await;
    assert!(is_over(&host).await);
}

#[tokio::test]
async fn a_short_disconnect_does_not_end_the_consultation() {
    let (site, host, guest) = TestSite::call().await;
    let closes_at = host.standing().await.closes_at;
    site.clock.set(closes_at - seconds(30));
    host.loses_connection().await;
    guest.loses_connection().await;
    site.clock.set(closes_at);
    site.run_due_jobs().await;
    assert!(!is_over(&host).await);
    assert!(guest.connects().await.is_ok() && host.connects().await.is_ok());
    site.clock.advance(minutes(60));
    site.run_due_jobs().await;
    assert!(!is_over(&host).await);
}

#[tokio::test]
async fn an_ended_consultation_is_not_ended_again() {
    let (site, host, _guest) = TestSite::call().await;
    host.ends().await.unwrap();
    site.run_due_jobs().await;
    let ended = format!("{:?}", host.standing().await.phase);
    site.clock.advance(minutes(600));
    site.run_due_jobs().await;
    assert_eq!(format!("{:?}", host.standing().await.phase), ended);
    assert_eq!(site.video.closed(&host.room), 1);
}

#[tokio::test]
async fn a_media_restart_allows_the_automatic_end() {
    let (site, host, _guest) = TestSite::call().await;
    site.clock.advance(minutes(10));
    media_restarted(&site.app).await.unwrap();
    assert_eq!(host.standing().await.people[0].connected_since, None);
    site.clock.set(host.standing().await.closes_at);
    site.run_due_jobs().await;
    assert!(is_over(&host).await);
}

#[tokio::test]
async fn after_a_crash_there_is_time_to_come_back() {
    let (site, host, _guest) = TestSite::call().await;
    site.clock.set(host.standing().await.closes_at + minutes(30));
    media_restarted(&site.app).await.unwrap();
    site.run_due_jobs().await;
    assert!(!is_over(&host).await, "all departed before the crash");
    site.clock.advance(minutes(10));
    site.run_due_jobs().await;
    assert!(is_over(&host).await);
}

#[tokio::test]
async fn the_automatic_end_does_not_need_the_media_server() {
    let (site, host, _guest) = TestSite::appointment().await;
    host.starts().await.unwrap();
    site.video.set_down(true);
    site.clock.set(host.standing().await.closes_at);
    site.run_due_jobs().await;
    assert!(is_over(&host).await);
    site.video.set_down(false);
    site.clock.advance(minutes(1));
    site.run_due_jobs().await;
    assert_eq!(site.video.closed(&host.room), 1);
}
