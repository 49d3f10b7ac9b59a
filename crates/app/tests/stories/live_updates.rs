//! Pages change by themselves: whoever watches is woken by what concerns them, and by nothing else.

use anteroom_app::{Topic, Watch};
use anteroom_testkit::{TestSite, hours};

/// Whether something changed since the last time; waits for nothing.
async fn is_woken(watch: &mut Watch) -> bool {
    tokio::select! {
        biased;
        () = watch.changed() => true,
        () = std::future::ready(()) => false,
    }
}

#[tokio::test]
async fn everybody_who_looks_is_woken_by_every_step() {
    let (site, host, guest) = TestSite::appointment().await;
    let mut page = site.app.hub.watch(Topic::Consultation(guest.consultation));
    assert!(!is_woken(&mut page).await, "looking is no change");
    guest.enters().await.unwrap();
    assert!(is_woken(&mut page).await, "a guest sits down");
    guest.enters().await.unwrap();
    assert!(!is_woken(&mut page).await, "a reload changes nothing");
    host.starts().await.unwrap();
    assert!(is_woken(&mut page).await, "the host starts");
    guest.connects().await.unwrap();
    assert!(is_woken(&mut page).await, "somebody connects");
    guest.loses_connection().await;
    assert!(is_woken(&mut page).await, "somebody is gone");
    guest.leaves().await.unwrap();
    assert!(is_woken(&mut page).await, "somebody leaves");
    host.ends().await.unwrap();
    assert!(is_woken(&mut page).await, "it ends");
    site.drain_outbox().await;
}

#[tokio::test]
async fn a_hosts_day_is_woken_by_their_own_appointments_only() {
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
async fn what_was_refused_wakes_nobody() {
    let (site, host, guest) = TestSite::appointment_in(hours(1)).await;
    let mut page = site.app.hub.watch(Topic::Consultation(guest.consultation));
    assert!(guest.enters().await.is_err() && host.starts().await.is_err());
    assert!(!is_woken(&mut page).await);
}

#[tokio::test]
async fn the_worker_is_rung_when_something_is_owed() {
    let (site, host, guest) = TestSite::call().await;
    guest.leaves().await.unwrap();
    site.app.outbox_ready.notified().await;
    host.ends().await.unwrap();
    site.app.outbox_ready.notified().await;
    site.drain_outbox().await;
}
