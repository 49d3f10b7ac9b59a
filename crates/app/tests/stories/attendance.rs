//! Attendance of which a report was lost.

use anteroom_app::sweep;
use anteroom_testkit::{TestParticipant, TestSite, minutes, seconds};
use jiff::Timestamp;

/// Since when the guest is recorded as connected, and when they departed.
async fn guest_as_seen_by(host: &TestParticipant) -> (Option<Timestamp>, Option<Timestamp>) {
    let standing = host.standing().await;
    (standing.people[0].connected_since, standing.people[0].departed_at)
}

async fn sweep_each_minute(site: &TestSite, times: usize) {
    for _ in 0..times {
        site.clock.advance(minutes(1));
        sweep::run(&site.app).await.expect("the store answers");
    }
}

#[tokio::test]
async fn who_is_recorded_but_absent_departed_when_last_seen() {
    let (site, host, guest) = TestSite::call().await;
    sweep_each_minute(&site, 5).await;
    let (since, _) = guest_as_seen_by(&host).await;
    assert!(since.is_some(), "connected and recorded");
    let last_seen = site.app.clock.now();
    site.clock.advance(seconds(20));
    site.video.disconnect_unreported(&guest.room, guest.me);
    sweep_each_minute(&site, 1).await;
    assert_eq!(guest_as_seen_by(&host).await, (since, None), "a report may be on its way");
    sweep_each_minute(&site, 1).await;
    assert_eq!(guest_as_seen_by(&host).await, (None, Some(last_seen)));
    host.loses_connection().await;
    site.clock.set(host.standing().await.closes_at + minutes(10));
    site.run_due_jobs().await;
    assert_eq!(host.standing().await.phase.as_str(), "ended", "nobody keeps it from ending");
}

#[tokio::test]
async fn who_is_connected_but_not_recorded_has_arrived() {
    let (site, host, guest) = TestSite::call().await;
    guest.loses_connection().await;
    let ticket = guest.requests_ticket().await.unwrap();
    site.video.connect_unreported(&ticket);
    sweep_each_minute(&site, 1).await;
    let found_at = site.app.clock.now();
    assert_eq!(guest_as_seen_by(&host).await.0, None, "a report may be on its way");
    sweep_each_minute(&site, 1).await;
    assert_eq!(guest_as_seen_by(&host).await.0, Some(found_at));
}

#[tokio::test]
async fn a_report_that_is_only_late_is_not_corrected() {
    let (site, host, guest) = TestSite::call().await;
    sweep_each_minute(&site, 1).await;
    site.video.disconnect_unreported(&guest.room, guest.me);
    sweep_each_minute(&site, 1).await;
    guest.connects().await.unwrap();
    let (since, _) = guest_as_seen_by(&host).await;
    sweep_each_minute(&site, 3).await;
    assert_eq!(guest_as_seen_by(&host).await.0, since);
    site.video.set_down(true);
    sweep::run(&site.app).await.unwrap();
    sweep_each_minute(&site, 2).await;
    assert_eq!(guest_as_seen_by(&host).await.0, since, "a media server that does not answer says nothing");
}
