//! Changed rules of time zones: appointments keep both the instant and the agreed local time, and staff see which
//! disagree.

use anteroom_app::time_zone_changes;
use anteroom_domain::AppointmentId;
use anteroom_testkit::{TestSite, TestStaff, hours, minutes};

/// An appointment as if it had been booked under rules by which the instant was an hour later.
async fn booked_under_other_rules(site: &TestSite, host: &TestStaff, starts_in: i64) -> AppointmentId {
    let booking = host.booking(&site.persona("Jamie"), hours(starts_in));
    let mut appointment = host.books(booking).await.expect("a free slot").appointment;
    appointment.starts.at += hours(1);
    let mut tx = site.app.store.begin().await.expect("the store answers");
    tx.save_appointment(&appointment).await.expect("nobody else changes it");
    tx.commit().await.expect("the store answers");
    appointment.id
}

#[tokio::test]
async fn disagreeing_appointments_are_listed_for_their_staff() {
    let (site, admin) = TestSite::set_up().await;
    let (sofia, kim) = (site.add_host(&admin, "Sofia").await, site.add_host(&admin, "Kim").await);
    sofia.books(sofia.booking(&site.persona("Robin"), hours(1))).await.unwrap();
    assert_eq!(time_zone_changes::list(&site.app, &admin.actor).await.unwrap().count, 0);

    let of_sofia = booked_under_other_rules(&site, &sofia, 5).await;
    let of_kim = booked_under_other_rules(&site, &kim, 3).await;
    let cancelled = booked_under_other_rules(&site, &kim, 8).await;
    kim.cancels(cancelled).await.unwrap();
    for (staff, expected) in [(&admin, vec![of_kim, of_sofia]), (&sofia, vec![of_sofia]), (&kim, vec![of_kim])] {
        let found = time_zone_changes::list(&site.app, &staff.actor).await.unwrap();
        let ids: Vec<_> = found.first.iter().map(|planned| planned.appointment).collect();
        assert_eq!((found.count, ids), (expected.len(), expected));
    }

    site.clock.advance(hours(6) + minutes(1));
    assert_eq!(time_zone_changes::list(&site.app, &admin.actor).await.unwrap().count, 0, "they are over");
}

#[tokio::test]
async fn disagreeing_appointments_are_logged_by_id() {
    let (site, host) = TestSite::start().await;
    time_zone_changes::report(&site.app).await.unwrap();
    assert!(!site.logs.lines().iter().any(|line| line.contains("time zones have changed")));
    let id = booked_under_other_rules(&site, &host, 5).await.to_string();
    time_zone_changes::report(&site.app).await.unwrap();
    let logged = site.logs.lines();
    assert!(logged.iter().any(|line| line.contains(&id) && line.contains("count=1")), "{logged:#?}");
}
