//! What nobody ends ends by itself, but nobody who is there, or was a moment ago, is thrown out.

use anteroom_app::media_restarted;
use anteroom_app::standing::EndedBy;
use anteroom_domain::AppointmentStatus;
use anteroom_testkit::{TestParticipant, TestSite, minutes, seconds};

async fn is_over(somebody: &TestParticipant) -> bool {
    somebody.standing().await.phase.as_str() == "ended"
}

#[tokio::test]
async fn what_everybody_left_ends_when_its_window_is_over() {
    let (site, host, guest) = TestSite::call().await;
    let closes_at = host.standing().await.closes_at;
    site.clock.advance(minutes(20));
    host.loses_connection().await;
    guest.loses_connection().await;
    site.clock.set(closes_at - seconds(1));
    assert_eq!(site.drain_outbox().await, 0);
    site.clock.set(closes_at);
    site.drain_outbox().await;
    let seen = host.standing().await;
    assert_eq!((seen.phase.as_str(), seen.ended_by), ("ended", Some(EndedBy::System)));
    assert_eq!(seen.status, AppointmentStatus::Completed { at: closes_at });
    assert_eq!(site.video.closed(&host.room), 1);
}

#[tokio::test]
async fn what_was_started_and_never_attended_ends_too() {
    let (site, host, _guest) = TestSite::appointment().await;
    host.starts().await.unwrap();
    site.clock.set(host.standing().await.closes_at);
    site.drain_outbox().await;
    assert!(is_over(&host).await);
}

#[tokio::test]
async fn nobody_who_is_there_is_thrown_out_and_it_is_looked_at_again() {
    let (site, host, guest) = TestSite::call().await;
    site.clock.set(host.standing().await.closes_at);
    for _ in 0..6 {
        assert_eq!(site.drain_outbox().await, 1);
        assert!(!is_over(&host).await);
        site.clock.advance(minutes(10));
    }
    host.loses_connection().await;
    guest.loses_connection().await;
    site.drain_outbox().await;
    assert!(!is_over(&host).await, "they may be on the same train");
    site.clock.advance(minutes(10));
    site.drain_outbox().await;
    assert!(is_over(&host).await);
}

#[tokio::test]
async fn whoever_is_in_a_tunnel_as_the_window_closes_comes_back_to_their_call() {
    let (site, host, guest) = TestSite::call().await;
    let closes_at = host.standing().await.closes_at;
    site.clock.set(closes_at - seconds(30));
    host.loses_connection().await;
    guest.loses_connection().await;
    site.clock.set(closes_at);
    site.drain_outbox().await;
    assert!(!is_over(&host).await);
    assert!(guest.connects().await.is_ok() && host.connects().await.is_ok());
    site.clock.advance(minutes(60));
    site.drain_outbox().await;
    assert!(!is_over(&host).await);
}

#[tokio::test]
async fn what_was_ended_in_time_is_left_alone() {
    let (site, host, _guest) = TestSite::call().await;
    host.ends().await.unwrap();
    site.drain_outbox().await;
    let ended = format!("{:?}", host.standing().await.phase);
    site.clock.advance(minutes(600));
    site.drain_outbox().await;
    assert_eq!(format!("{:?}", host.standing().await.phase), ended);
    assert_eq!(site.video.closed(&host.room), 1);
}

#[tokio::test]
async fn whoever_was_cut_off_by_a_crash_does_not_count_as_there_for_ever() {
    let (site, host, _guest) = TestSite::call().await;
    site.clock.advance(minutes(10));
    media_restarted(&site.app).await.unwrap();
    assert_eq!(host.standing().await.people[0].connected_since, None);
    site.clock.set(host.standing().await.closes_at);
    site.drain_outbox().await;
    assert!(is_over(&host).await);
}

#[tokio::test]
async fn a_media_server_that_is_down_does_not_keep_it_from_ending() {
    let (site, host, _guest) = TestSite::appointment().await;
    host.starts().await.unwrap();
    site.video.set_down(true);
    site.clock.set(host.standing().await.closes_at);
    site.drain_outbox().await;
    assert!(is_over(&host).await);
    site.video.set_down(false);
    site.clock.advance(minutes(1));
    site.drain_outbox().await;
    assert_eq!(site.video.closed(&host.room), 1);
}
