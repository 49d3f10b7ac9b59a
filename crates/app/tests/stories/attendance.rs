//! Attendance of which a report was lost.

use anteroom_app::{Bearer, media_restarted, sweep};
use anteroom_domain::Author;
use anteroom_testkit::{TestParticipant, TestSite, minutes, seconds};
use jiff::Timestamp;

/// Since when the guest is recorded as connected, and when they departed.
async fn guest_as_seen_by(host: &TestParticipant) -> (Option<Timestamp>, Option<Timestamp>) {
    let standing = host.standing().await;
    (standing.people[0].connected_since, standing.people[0].departed_at)
}

/// The authors of the last two changes of the appointment.
async fn last_authors(site: &TestSite, of: &TestParticipant) -> Vec<Author> {
    let mut tx = site.app.store.read().await.expect("the store answers");
    let consultation = tx.find_consultation(of.consultation).await.expect("the store answers");
    let appointment = consultation.expect("a consultation of this site").appointment;
    let mut rows = tx.audit_of(&appointment.to_string(), 0, 100).await.expect("the store answers");
    rows.split_off(rows.len() - 2).into_iter().map(|(_, row)| row.author).collect()
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
    site.video.connect_unreported(site.video.bearer_of(&ticket));
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

#[tokio::test]
async fn who_reconnects_while_attendance_is_compared_stays_connected() {
    let (site, host, guest) = TestSite::call().await;
    let ticket = guest.requests_ticket().await.unwrap();
    let (since, _) = guest_as_seen_by(&host).await;
    site.video.disconnect_unreported(&guest.room, guest.me);
    sweep_each_minute(&site, 1).await;
    site.video.connect_after_next_answer(site.video.bearer_of(&ticket));
    sweep_each_minute(&site, 3).await;
    assert_eq!(guest_as_seen_by(&host).await, (since, None));
}

#[tokio::test]
async fn who_left_and_came_back_did_not_arrive_before_they_left() {
    let (site, host, guest) = TestSite::call().await;
    guest.loses_connection().await;
    let ticket = guest.requests_ticket().await.unwrap();
    site.video.connect_unreported(site.video.bearer_of(&ticket));
    sweep_each_minute(&site, 1).await;
    site.clock.advance(seconds(10));
    guest.connects_with(&ticket).await.unwrap();
    guest.loses_connection().await;
    site.video.connect_unreported(site.video.bearer_of(&ticket));
    let left = site.app.clock.now();
    sweep_each_minute(&site, 1).await;
    assert_eq!(guest_as_seen_by(&host).await, (None, Some(left)), "what was found before is another connection");
    sweep_each_minute(&site, 1).await;
    let found_at = site.app.clock.now();
    sweep_each_minute(&site, 1).await;
    assert_eq!(guest_as_seen_by(&host).await.0, Some(found_at));
}

#[tokio::test]
async fn a_correction_is_recorded_as_done_by_the_server() {
    let (site, host, guest) = TestSite::call().await;
    let ticket = guest.requests_ticket().await.unwrap();
    site.video.disconnect_unreported(&guest.room, guest.me);
    sweep_each_minute(&site, 2).await;
    site.video.connect_unreported(site.video.bearer_of(&ticket));
    sweep_each_minute(&site, 2).await;
    assert_eq!(last_authors(&site, &host).await, [Author::System, Author::System]);
    assert!(guest_as_seen_by(&host).await.0.is_some());
}

#[tokio::test]
async fn a_correction_that_fails_stops_neither_the_others_nor_the_sweep() {
    let (site, host, guest) = TestSite::call().await;
    for identity in ["par_00000000000000000000000000000000", "par_ffffffffffffffffffffffffffffffff"] {
        let room = guest.room.as_str().to_owned();
        site.video.connect_unreported(Bearer { room, identity: identity.into(), ticket_number: None });
    }
    guest.loses_connection().await;
    let ticket = guest.requests_ticket().await.unwrap();
    site.video.connect_unreported(site.video.bearer_of(&ticket));
    sweep_each_minute(&site, 2).await;
    assert!(guest_as_seen_by(&host).await.0.is_some());
}

#[tokio::test]
async fn who_was_connected_at_a_crash_departed_when_the_server_was_last_alive() {
    let (site, host, guest) = TestSite::call().await;
    sweep_each_minute(&site, 5).await;
    let last_alive = site.app.clock.now();
    site.clock.advance(minutes(90));
    media_restarted(&site.app).await.unwrap();
    assert_eq!(guest_as_seen_by(&host).await, (None, Some(last_alive)));

    guest.connects().await.unwrap();
    let connected_at = site.app.clock.now();
    site.clock.advance(minutes(90));
    media_restarted(&site.app).await.unwrap();
    assert_eq!(guest_as_seen_by(&host).await, (None, Some(connected_at)), "it crashed before the next minute");
    site.run_due_jobs().await;
}
