//! Wakes: reported once for each durable commit, whether or not the caller still waits for it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anteroom_domain::{AppointmentChange, AuditEvent, Author};
use futures_util::FutureExt;
use tokio::sync::Notify;

use super::on_both_engines;
use super::samples::{appointment, host, in_minutes, now, user};
use crate::{Error, Store, Tx, Wake};

on_both_engines![
    a_commit_is_reported_once,
    a_commit_whose_caller_has_gone_is_reported,
    what_is_rolled_back_is_not_reported,
    a_recorded_change_is_listed_with_its_author,
];

/// Collects what a store reports.
#[derive(Clone, Default)]
struct Reported(Arc<(Mutex<Vec<Wake>>, Notify)>);

impl Reported {
    fn by(store: &Store) -> Self {
        let reported = Self::default();
        let to = reported.clone();
        store.on_commit(Arc::new(move |wakes| {
            to.0.0.lock().unwrap().extend(wakes);
            to.0.1.notify_one();
        }));
        reported
    }

    /// All wakes so far, without those of a program that begins to listen.
    fn so_far(&self) -> Vec<Wake> {
        self.0.0.lock().unwrap().iter().copied().filter(|wake| *wake != Wake::All).collect()
    }

    /// Waits until this wake is reported.
    async fn until(&self, wake: Wake) {
        let seen = async {
            while !self.0.0.lock().unwrap().contains(&wake) {
                self.0.1.notified().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), seen).await.expect("the wake is reported");
    }
}

/// A booking that is ready to be committed.
async fn booking(store: &Store) -> (Tx, Wake) {
    let host = host(store).await;
    let appointment = appointment(host, in_minutes(5), 30);
    let event = AuditEvent::Appointment { id: appointment.id, host, change: AppointmentChange::Booked };
    let mut tx = store.begin().await.unwrap();
    tx.insert_appointment(&appointment).await.unwrap();
    tx.record(&Author::User(host), now(), &event).await.unwrap();
    tx.record(&Author::User(host), now(), &event).await.unwrap();
    (tx, Wake::Day(host))
}

async fn a_commit_is_reported_once(store: Store) {
    let reported = Reported::by(&store);
    let (tx, wake) = booking(&store).await;
    assert_eq!(reported.so_far(), [], "nothing is committed yet");
    tx.commit().await.unwrap();
    assert_eq!(reported.so_far(), [wake], "before the caller gets its answer");
}

/// As when a client closes its connection while its request is handled.
async fn a_commit_whose_caller_has_gone_is_reported(store: Store) {
    let reported = Reported::by(&store);
    let (tx, wake) = booking(&store).await;
    let mut commit = Box::pin(tx.commit());
    // It waits for the disk, or another thread was quick.
    drop((&mut commit).now_or_never());
    drop(commit);
    reported.until(wake).await;
    let Wake::Day(host) = wake else { unreachable!() };
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.appointments_between(Some(host), now(), in_minutes(60), 10).await.unwrap().len(), 1);
}

async fn what_is_rolled_back_is_not_reported(store: Store) {
    let reported = Reported::by(&store);
    let (tx, _) = booking(&store).await;
    drop(tx);
    let (mut tx, _) = booking(&store).await;
    let ada = user("ada@example.org");
    tx.insert_user(&ada).await.unwrap();
    assert!(matches!(tx.insert_user(&ada).await, Err(Error::Taken)));
    assert!(tx.commit().await.is_err());
    let (tx, wake) = booking(&store).await;
    tx.commit().await.unwrap();
    assert_eq!(reported.so_far(), [wake]);
}

async fn a_recorded_change_is_listed_with_its_author(store: Store) {
    let (tx, _) = booking(&store).await;
    tx.commit().await.unwrap();
    let mut tx = store.read().await.unwrap();
    let booked = tx.appointments_between(None, now(), in_minutes(60), 10).await.unwrap().remove(0);
    let rows = tx.audit_of(&booked.id.to_string(), 0, 10).await.unwrap();
    let kinds: Vec<_> = rows.iter().map(|(_, row)| (row.kind.as_str(), &row.author, row.at)).collect();
    assert_eq!(kinds, [("appointment.booked", &booked.booked_by, now()); 2]);
    assert_eq!(tx.audit_of(&booked.id.to_string(), rows[0].0, 10).await.unwrap().len(), 1, "after the first");
}

/// Two programs on one database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_wakes_the_other_programs_on_the_database() {
    let database = super::cluster::fresh_database();
    let (here, there) = (Store::open(&database).await.unwrap(), Store::open(&database).await.unwrap());
    let (mine, theirs) = (Reported::by(&here), Reported::by(&there));
    mine.until(Wake::All).await;
    theirs.until(Wake::All).await;
    let (first, first_wake) = booking(&here).await;
    first.commit().await.unwrap();
    theirs.until(first_wake).await;
    // Notifications arrive in the order of commits: when this one is here, the own one of the first was skipped.
    let (second, second_wake) = booking(&there).await;
    second.commit().await.unwrap();
    mine.until(second_wake).await;
    assert_eq!(mine.so_far(), [first_wake, second_wake]);
    here.close().await;
    there.close().await;
}

/// Rooms and attendance of a second media server would be unknown to the first.
#[tokio::test]
async fn one_media_server_uses_a_database() {
    let database = super::cluster::fresh_database();
    let (here, there) = (Store::open(&database).await.unwrap(), Store::open(&database).await.unwrap());
    let held = here.lock_media_server().await.unwrap();
    assert!(matches!(there.lock_media_server().await.err(), Some(Error::InUse)));
    drop(held);
    let freed = async {
        // PostgreSQL frees the lock when it notices that the connection is closed.
        while there.lock_media_server().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), freed).await.expect("another program may start");
    here.close().await;
    there.close().await;
}
