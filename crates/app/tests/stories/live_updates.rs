//! Live updates: watchers are woken by changes of their topic only.

use std::future::Future;
use std::task::{Context, Poll};
use std::time::Duration;

use anteroom_app::{Topic, Watch};
use anteroom_testkit::{TestSite, hours, minutes};

/// Whether the topic changed since the last call; does not wait.
async fn is_woken(watch: &mut Watch) -> bool {
    tokio::select! {
        biased;
        () = watch.changed() => true,
        () = std::future::ready(()) => false,
    }
}

/// Whether a worker was woken since the last call; does not wait.
async fn is_worker_woken(site: &TestSite) -> bool {
    tokio::select! {
        biased;
        () = site.app.jobs_ready.notified() => true,
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
    site.run_due_jobs().await;
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
    site.run_due_jobs().await;
}

/// Pages drop what is older than what they show.
#[tokio::test]
async fn versions_order_standings_although_the_clock_is_set_back() {
    let (site, host, guest) = TestSite::appointment().await;
    let mut versions = vec![guest.standing().await.version];
    guest.enters().await.unwrap();
    versions.push(guest.standing().await.version);
    site.clock.advance(-minutes(3));
    host.starts().await.unwrap();
    versions.push(guest.standing().await.version);
    assert!(versions.is_sorted_by(|older, newer| older < newer), "{versions:?}");
    assert_eq!(host.standing().await.version, versions[2], "all participants are ordered alike");
    let ended = host.ends().await.unwrap().version;
    assert_eq!(host.standing().await.version, ended, "a request answers with what it has saved");
    site.run_due_jobs().await;
}

#[tokio::test]
async fn refused_requests_wake_no_watcher() {
    let (site, host, guest) = TestSite::appointment_in(hours(1)).await;
    let mut page = site.app.hub.watch(Topic::Consultation(guest.consultation));
    assert!(guest.enters().await.is_err() && host.starts().await.is_err());
    assert!(!is_woken(&mut page).await);
}

#[tokio::test]
async fn posting_a_job_wakes_a_worker() {
    let (site, host, guest) = TestSite::call().await;
    is_worker_woken(&site).await; // Takes the permit stored while the call was set up.
    assert!(!is_worker_woken(&site).await);
    guest.leaves().await.unwrap();
    assert!(is_worker_woken(&site).await, "a removal was posted");
    host.ends().await.unwrap();
    assert!(is_worker_woken(&site).await, "a room closure was posted");
    site.run_due_jobs().await;
}

/// Runs a future for so many steps and drops it, as a server drops the handler of a request whose client has gone.
async fn cut_off(future: impl Future, steps: usize) {
    let (mut future, mut left) = (Box::pin(future), steps);
    let step = |context: &mut Context<'_>| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        future.as_mut().poll(context).map(drop)
    };
    std::future::poll_fn(step).await;
}

/// A client may close its connection at any moment while its request is handled. A kept entry that no page shows
/// would leave the guest waiting for nobody.
#[tokio::test]
async fn entering_wakes_the_host_although_the_guest_is_cut_off() {
    let (site, _host, guest) = TestSite::appointment().await;
    let mut kept = 0;
    for polls in 1..40 {
        let mut page = site.app.hub.watch(Topic::Consultation(guest.consultation));
        cut_off(guest.enters(), polls).await;
        // On SQLite the writer works in order: after this, whatever it was asked for before is done.
        site.app.store.begin().await.unwrap().unchanged().await.unwrap();
        let entered = guest.standing().await.entry.as_str() == "waiting";
        if entered {
            let woken = tokio::time::timeout(Duration::from_secs(30), page.changed()).await;
            assert!(woken.is_ok(), "kept after {polls} steps, but no page is woken");
        }
        kept += u32::from(entered);
        guest.leaves().await.unwrap();
        site.run_due_jobs().await;
    }
    assert!(kept > 0, "some were cut off only after the change was kept");
}
