//! What is acknowledged is stored, also if it was already there: it may be another's change of the same batch, which is
//! not durable yet and may be lost, as with a full disk.
//!
//! On SQLite, whose transactions share commits.

use std::pin::pin;

use anteroom_app::{Actor, Result, api_keys, handovers, users};
use anteroom_testkit::{TestSite, hours};

use crate::hosted::{Hosted, api_key};
use crate::races::waits;

/// Nothing ends a batch but the end of its work until the result is dropped: tokio does not advance its stopped clock
/// while a blocking task runs.
fn stop_timers() -> std::sync::mpsc::Sender<()> {
    let (release, released) = std::sync::mpsc::channel();
    tokio::time::pause();
    tokio::task::spawn_blocking(move || released.recv().is_ok());
    release
}

/// Makes the same change twice at once, in one batch that a third transaction keeps open. The second finds nothing to
/// change. Neither is answered before the commit.
async fn twice<F>(site: &TestSite, name: &str, change: impl Fn() -> F)
where
    F: Future<Output = Result<()>>,
{
    let timers = stop_timers();
    let commits = || site.app.store.counts().commits;
    let (before, holder) = (commits(), site.app.store.begin().await.expect("the store answers"));
    let (mut first, mut second, mut last) = (pin!(change()), pin!(change()), pin!(site.app.store.begin()));
    // In this order they ask for their turns, which begin with the end of the holder's.
    tokio::select! {
        biased;
        _ = first.as_mut() => panic!("{name}: the first did not wait for its turn"),
        _ = second.as_mut() => panic!("{name}: the second did not wait for its turn"),
        _ = last.as_mut() => panic!("{name}: the third did not wait for its turn"),
        () = std::future::ready(()) => {}
    }
    drop(holder);
    let last = tokio::select! {
        biased;
        _ = first.as_mut() => panic!("{name}: the first is answered before the commit"),
        _ = second.as_mut() => panic!("{name}: the second is answered before the commit"),
        last = last.as_mut() => last.expect("the store answers"),
    };
    assert_eq!(commits(), before, "{name}: they share a batch");
    waits(site, second.as_mut()).await;
    waits(site, first.as_mut()).await;
    drop(last);
    let (first, second) = tokio::join!(first, second);
    assert!(first.is_ok() && second.is_ok(), "{name}: {first:?}, {second:?}");
    assert_eq!(commits(), before + 1, "{name}: the second has changed nothing");
    drop(timers);
    tokio::time::resume();
}

#[tokio::test]
async fn an_answer_that_changes_nothing_waits_for_what_it_read() {
    let Hosted { site, admin, sofia, found } = Hosted::begin_on_sqlite().await;
    let (host, guest) = site.participants(&found).await;
    let booked = sofia.books(sofia.booking(&site.persona("Kim"), hours(2))).await.unwrap().appointment.id;
    let (lea, robin) = (site.add_host(&admin, "Lea").await, site.add_host(&admin, "Robin").await);
    let (successor, (_, key)) = (lea.id().to_string(), api_key(&site).await);
    let (site, app, host, guest) = (&site, &site.app, &host, &guest);
    twice(site, "opening", || async { host.starts().await.map(drop) }).await;
    twice(site, "entry", || async { guest.enters().await.map(drop) }).await;
    twice(site, "admission", || async { host.admits(guest).await.map(drop) }).await;
    twice(site, "leaving", || async { guest.leaves().await.map(drop) }).await;
    twice(site, "return", || async { guest.enters().await.map(drop) }).await;
    twice(site, "refusal", || async { host.declines(guest).await.map(drop) }).await;
    twice(site, "closure", || async { host.ends().await.map(drop) }).await;
    twice(site, "confirmation", || async { sofia.confirms(booked).await.map(drop) }).await;
    twice(site, "handover", || async { handovers::hand_over(app, &admin.actor, booked, &successor).await.map(drop) })
        .await;
    twice(site, "cancellation", || async { admin.cancels(booked).await.map(drop) }).await;
    twice(site, "revocation", || async { api_keys::revoke(app, &admin.actor, &key).await.map(drop) }).await;
    twice(site, "role", || async { users::change_role(app, &Actor::Console, robin.id(), "admin").await.map(drop) })
        .await;
    twice(site, "deactivation", || async { users::deactivate(app, &Actor::Console, robin.id()).await.map(drop) }).await;
    site.run_due_jobs().await;
}
