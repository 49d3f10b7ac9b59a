//! Live updates: watchers are woken by changes of their topic only.

use anteroom_app::{Topic, Watch};
use anteroom_testkit::{TestSite, hours};

/// Whether the topic changed since the last call; does not wait.
async fn is_woken(watch: &mut Watch) -> bool {
    tokio::select! {
        biased;
        () = watch.changed() => true,
        () = std::future::ready(()) => false,
    }
}

/// Whether the outbox worker was woken since the last call; does not wait.
async fn is_outbox_ready(site: &TestSite) -> bool {
    tokio::select! {
        biased;
        () = site.app.outbox_ready.notified() => true,
        () = std::future::ready(()) => false,
    }
}

#[tokio::test]
async fn watchers_are_woken_by_every_change() {
    let (site, host, guest) = TestSite::appointment().await;
    let mut page = site.app.hub.watch(Topic::Consultation(guest.consultation));
    assert!(!is_woken(&mut page).await, "reading is not a change");
    guest.enters().await.unwrap();
    assert!(is_woken(&mut page).await, "a guest enters");
    guest.enters().await.unwrap();
    assert!(!is_woken(&mut page).await, "a reload changes nothing");
    host.starts().await.unwrap();
    assert!(is_woken(&mut page).await, "the host starts");
    guest.connects().await.unwrap();
    assert!(is_woken(&mut page).await, "a participant connects");
    guest.loses_connection().await;
    assert!(is_woken(&mut page).await, "a participant is disconnected");
    guest.leaves().await.unwrap();
    assert!(is_woken(&mut page).await, "a guest leaves");
    host.ends().await.unwrap();
    assert!(is_woken(&mut page).await, "it ends");
    site.drain_outbox().await;
}

#[tokio::test]
async fn watchers_of_a_day_are_woken_by_its_host_only() {
    let (site, admin) = TestSite::set_up().await;
    let (sofia, kim) = (site.add_host(&admin, "Sofia").await, site.add_host(&admin, "Kim").await);
    let mut sofias = site.app.hub.watch(Topic::Day(sofia.id()));
    let mut kims = site.app.hub.watch(Topic::Day(kim.id()));
    let id = sofia.books(sofia.booking(&site.persona("Jamie"), hours(1))).await.unwrap().appointment.id;
    assert!(is_woken(&mut sofias).await);
    sofia.confirms(id).await.unwrap();
    assert!(is_woken(&mut sofias).await);
    sofia.cancels(id).await.unwrap();
    assert!(is_woken(&mut sofias).await);
    assert!(!is_woken(&mut kims).await);
    site.drain_outbox().await;
}

#[tokio::test]
async fn refused_requests_wake_no_watcher() {
    let (site, host, guest) = TestSite::appointment_in(hours(1)).await;
    let mut page = site.app.hub.watch(Topic::Consultation(guest.consultation));
    assert!(guest.enters().await.is_err() && host.starts().await.is_err());
    assert!(!is_woken(&mut page).await);
}

#[tokio::test]
async fn posting_a_notice_wakes_the_outbox_worker() {
    let (site, host, guest) = TestSite::call().await;
    is_outbox_ready(&site).await; // Takes the permit stored while the call was set up.
    assert!(!is_outbox_ready(&site).await);
    guest.leaves().await.unwrap();
    assert!(is_outbox_ready(&site).await, "a removal was posted");
    host.ends().await.unwrap();
    assert!(is_outbox_ready(&site).await, "a room closure was posted");
    site.drain_outbox().await;
}
