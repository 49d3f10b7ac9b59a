//! Announcements between programs on one PostgreSQL database.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anteroom_domain::{ConsultationId, ParticipantId, UserId};
use tokio::sync::Notify;

use super::samples::now;
use crate::{OpenSeat, Store, Wake};

/// What others have announced to a program.
#[derive(Clone, Default)]
struct Announced(Arc<(Mutex<Vec<OpenSeat>>, Notify, Notify)>);

impl Announced {
    /// Returns once the store listens.
    async fn by(store: &Store) -> Self {
        let received = Self::default();
        let (seats, commits) = (received.clone(), received.clone());
        store.on_open_seats(Arc::new(move |_, announced| {
            seats.0.0.lock().unwrap().extend(announced);
            seats.0.1.notify_one();
        }));
        store.on_commit(Arc::new(move |wakes| {
            if wakes.contains(&Wake::All) {
                commits.0.2.notify_one();
            }
        }));
        received.0.2.notified().await;
        received
    }

    async fn until(&self, count: usize) {
        let all = async {
            while self.0.0.lock().unwrap().len() < count {
                self.0.1.notified().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), all).await.expect("the announcement arrives");
    }
}

fn seats(count: u8) -> Vec<OpenSeat> {
    let seat = |n| OpenSeat {
        participant: ParticipantId::new(now(), [n; 10]),
        consultation: ConsultationId::new(now(), [2; 10]),
        host: UserId::new(now(), [3; 10]),
        unseen_for: n.into(),
        visible: true,
    };
    (0..count).map(seat).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn announcements_reach_the_other_programs_and_not_the_own() {
    let database = super::cluster::fresh_database();
    let (here, there) = (Store::open(&database).await.unwrap(), Store::open(&database).await.unwrap());
    let (mine, theirs) = (Announced::by(&here).await, Announced::by(&there).await);
    anteroom_cluster::run_sql(&database, "SELECT pg_notify('anteroom_seats', 'forged')");
    here.announce(&seats(120)).await.unwrap();
    theirs.until(120).await;
    assert_eq!(*theirs.0.0.lock().unwrap(), seats(120));
    there.announce(&seats(1)).await.unwrap();
    mine.until(1).await;
    assert_eq!(*mine.0.0.lock().unwrap(), seats(1));
    here.close().await;
    there.close().await;
}

#[tokio::test]
async fn sqlite_is_not_shared_and_announces_nothing() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    assert!(!store.is_shared());
    store.announce(&seats(1)).await.unwrap();
    store.close().await;
}
