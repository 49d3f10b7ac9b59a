//! Group commit on SQLite: concurrent use cases share one commit and stay isolated.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use sqlx::Executor;
use tokio::join;

use super::samples::{appointment, host, in_minutes, user};
use crate::engine::Connection;
use crate::sqlite::{Batch, DatabaseFile, QUEUE_LENGTH};
use crate::{Error, Store, Tx};

/// A store whose batches end only when full or when nothing waits, independent of the speed of the machine.
async fn store(max_transactions: usize) -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = DatabaseFile::parse(&folder.path().join("anteroom.db").display().to_string()).unwrap();
    let store = Store::open_sqlite(file, Batch { max_transactions, max_duration: Duration::MAX }).await.unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}

async fn add(store: &Store, name: usize) -> Result<(), Error> {
    let mut tx = store.begin().await?;
    tx.insert_user(&user(&format!("{name}@example.org"))).await?;
    tx.commit().await
}

async fn addresses(store: &Store) -> Vec<String> {
    let users = store.read().await.unwrap().users().await.unwrap();
    users.iter().map(|user| user.email.reveal().as_str().to_owned()).collect()
}

/// A raw statement, to cause failures.
async fn raw(tx: &mut Tx, sql: &'static str) -> Result<(), sqlx::Error> {
    match tx.connection().unwrap() {
        Connection::Sqlite(connection) => connection.execute(sql).await.map(drop),
        Connection::Postgres(_) => unreachable!("only for SQLite"),
    }
}

#[tokio::test]
async fn concurrent_writers_share_one_commit() {
    let (store, _folder) = store(usize::MAX).await;
    let first = store.begin().await.unwrap();
    // All request a turn while the first holds the connection: `join!` polls them before the first continues.
    let (all, first) = join!(join_all((0..64).map(|n| add(&store, n))), first.commit());
    first.unwrap();
    all.into_iter().for_each(|one| one.unwrap());
    assert_eq!(addresses(&store).await.len(), 64);
    assert_eq!((store.counts().transactions, store.counts().commits), (65, 1));
}

#[tokio::test]
async fn a_full_batch_is_committed_and_the_next_begins() {
    let (store, _folder) = store(16).await;
    let first = store.begin().await.unwrap();
    let (all, first) = join!(join_all((0..63).map(|n| add(&store, n))), first.commit());
    first.unwrap();
    all.into_iter().for_each(|one| one.unwrap());
    assert_eq!(store.counts().commits, 64 / 16);
}

#[tokio::test]
async fn no_write_is_acknowledged_before_the_commit() {
    let (store, _folder) = store(usize::MAX).await;
    let mut first = store.begin().await.unwrap();
    first.insert_user(&user("first@example.org")).await.unwrap();
    let second = store.begin();
    let mut first = Box::pin(first.commit());
    let mut second = Box::pin(second);
    assert!((&mut second).now_or_never().is_none());
    assert!((&mut first).now_or_never().is_none());

    let second = second.await.unwrap();
    assert!((&mut first).now_or_never().is_none(), "the second has not finished, so there was no commit yet");
    assert_eq!(addresses(&store).await, [""; 0]);
    assert_eq!(store.counts().commits, 0);
    drop(second);
    first.await.unwrap();
    assert_eq!(addresses(&store).await, ["first@example.org"]);
    assert_eq!(store.counts().commits, 1);
}

#[tokio::test]
async fn a_failed_use_case_leaves_others_in_the_batch_intact() {
    let (store, _folder) = store(usize::MAX).await;
    let first = store.begin().await.unwrap();
    let fails = async {
        let mut tx = store.begin().await?;
        tx.insert_user(&user("failed@example.org")).await?;
        tx.insert_user(&user("0@example.org")).await?;
        tx.commit().await
    };
    let gives_up = async {
        let mut tx = store.begin().await.unwrap();
        tx.insert_user(&user("given-up@example.org")).await.unwrap();
    };
    let (before, failed, (), after, first) = join!(add(&store, 0), fails, gives_up, add(&store, 1), first.commit());
    assert!(matches!(failed, Err(Error::Taken)));
    before.and(after).and(first).unwrap();
    assert_eq!(addresses(&store).await, ["0@example.org", "1@example.org"]);
    assert_eq!(store.counts().commits, 1);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "only a task of its own can panic without ending the test")]
async fn panics_and_cancellations_never_stop_the_writer() {
    let (store, _folder) = store(usize::MAX).await;
    let panics = tokio::spawn({
        let store = store.clone();
        async move {
            let mut tx = store.begin().await.unwrap();
            tx.insert_user(&user("panicked@example.org")).await.unwrap();
            std::panic::resume_unwind(Box::new("intended panic, without a message"));
        }
    });
    assert!(panics.await.unwrap_err().is_panic());

    let mut cancelled = Box::pin(add(&store, 0));
    // Dropped at every await point: waiting for its turn, in a statement, waiting for the commit.
    for polls in 1..40 {
        for _ in 0..polls {
            if (&mut cancelled).now_or_never().is_some() {
                break;
            }
            tokio::task::yield_now().await;
        }
        cancelled = Box::pin(add(&store, polls));
    }
    drop(cancelled);
    add(&store, 1000).await.unwrap();
    assert!(addresses(&store).await.contains(&"1000@example.org".to_owned()));
}

#[tokio::test]
async fn a_failed_commit_fails_every_use_case_in_it() {
    let (store, _folder) = store(usize::MAX).await;
    let host = host(&store).await;
    let unknown_host = user("nobody@example.org").id;
    let mut first = store.begin().await.unwrap();
    first.insert_user(&user("first@example.org")).await.unwrap();
    // A broken reference that SQLite checks only at commit.
    let breaks = async {
        let mut tx = store.begin().await?;
        raw(&mut tx, "PRAGMA defer_foreign_keys = ON").await.unwrap();
        tx.check(Ok(()))?;
        tx.insert_appointment(&appointment(unknown_host, in_minutes(0), 30)).await?;
        tx.commit().await
    };
    let (broken, neighbour, first) = join!(breaks, add(&store, 0), first.commit());
    assert!(broken.is_err() && neighbour.is_err() && first.is_err());
    assert_eq!(addresses(&store).await.len(), 1, "only the host from before");

    let mut tx = store.begin().await.unwrap();
    tx.insert_appointment(&appointment(host, in_minutes(0), 30)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.counts().commits, 2);
}

/// What it has read may be another's change that is not durable yet: "you are waiting" would be untrue.
#[tokio::test]
async fn who_finds_nothing_to_change_waits_for_the_batch_it_read_from() {
    let (store, _folder) = store(usize::MAX).await;
    let mut first = store.begin().await.unwrap();
    first.insert_user(&user("first@example.org")).await.unwrap();
    let repeats = async {
        let mut tx = store.begin().await?;
        assert_eq!(tx.users().await?.len(), 1, "it sees the uncommitted change");
        tx.unchanged().await
    };
    let undone = async {
        let mut tx = store.begin().await?;
        raw(&mut tx, "ROLLBACK").await.unwrap();
        tx.check(Ok(()))?;
        tx.commit().await
    };
    let (repeated, undone, first) = join!(repeats, undone, first.commit());
    assert!(repeated.is_err() && undone.is_err() && first.is_err(), "the batch failed for all");
    assert_eq!(addresses(&store).await, [""; 0]);

    store.begin().await.unwrap().unchanged().await.unwrap();
    assert_eq!(store.counts().commits, 0, "without writers it costs no commit");
}

/// As with a full disk: SQLite rolls back the whole transaction, with all use cases in it.
#[tokio::test]
async fn a_batch_rolled_back_by_sqlite_reports_an_error() {
    let (store, _folder) = store(usize::MAX).await;
    let mut first = store.begin().await.unwrap();
    first.insert_user(&user("first@example.org")).await.unwrap();
    let undone = async {
        let mut tx = store.begin().await?;
        tx.insert_user(&user("second@example.org")).await?;
        raw(&mut tx, "ROLLBACK").await.unwrap();
        tx.check(Ok(()))?;
        tx.commit().await
    };
    let (undone, first) = join!(undone, first.commit());
    assert!(undone.is_err() && first.is_err());
    add(&store, 0).await.unwrap();
    assert_eq!(addresses(&store).await, ["0@example.org"]);
}

#[tokio::test]
async fn a_turn_that_does_not_come_is_unavailable() {
    let (store, _folder) = store(usize::MAX).await;
    let first = store.begin().await.unwrap();
    tokio::time::pause();
    let second = store.begin().await;
    assert!(matches!(second.err(), Some(Error::Unavailable(_))));
    tokio::time::resume();
    first.commit().await.unwrap();
    add(&store, 0).await.unwrap();
}

/// Clients that have gone away while they waited.
#[tokio::test]
async fn a_cancelled_wait_for_a_turn_leaves_nothing_behind() {
    let (store, _folder) = store(usize::MAX).await;
    let first = store.begin().await.unwrap();
    let (before, turns) = (store.counts(), store.turns());
    for n in 0..2 * QUEUE_LENGTH {
        assert!(add(&store, n).now_or_never().is_none(), "it waits");
    }
    first.unchanged().await.unwrap();
    store.begin().await.unwrap().unchanged().await.unwrap();
    assert_eq!(store.counts().commits, 0);
    add(&store, 0).await.unwrap();
    assert_eq!(addresses(&store).await, ["0@example.org"]);
    assert_eq!(store.turns() - turns, 2, "the others cost no savepoint");
    assert_eq!(store.counts().transactions - before.transactions, 2, "only those that were still there");
}

#[tokio::test]
async fn a_full_disk_is_unavailable_until_there_is_space() {
    let (store, _folder) = store(usize::MAX).await;
    let mut tx = store.begin().await.unwrap();
    raw(&mut tx, "PRAGMA max_page_count = 1").await.unwrap(); // At least the pages that there are.
    tx.check(Ok(())).unwrap();
    tx.commit().await.unwrap();
    let mut results = Vec::new();
    for n in 0..1_000 {
        results.push(add(&store, n).await);
        if results.last().is_some_and(Result::is_err) {
            break;
        }
    }
    assert!(matches!(results.last(), Some(Err(Error::Unavailable(_)))), "{:?}", results.last());
    let written = results.len() - 1;
    assert_eq!(addresses(&store).await.len(), written, "what was acknowledged is there");
    add(&store, 1_000).await.unwrap(); // A new connection, without the limit.
}

/// Adds a user, or finds that they are there.
async fn add_once(store: &Store, name: usize) -> Result<(), Error> {
    let mut tx = store.begin().await?;
    let user = user(&format!("{name}@example.org"));
    if tx.users().await?.iter().any(|found| found.email == user.email) {
        return tx.unchanged().await;
    }
    tx.insert_user(&user).await?;
    tx.commit().await
}

/// A guest enters, their page repeats it, and the disk is full before the commit that all of them share.
#[tokio::test]
async fn what_a_full_disk_has_lost_is_acknowledged_to_nobody() {
    let (store, _folder) = store(usize::MAX).await;
    let mut tx = store.begin().await.unwrap();
    raw(&mut tx, "PRAGMA max_page_count = 1").await.unwrap(); // At least the pages that there are.
    tx.check(Ok(())).unwrap();
    tx.commit().await.unwrap();
    for round in 0..100 {
        let first = store.begin().await.unwrap();
        let repeated = join_all((0..12).map(|_| add_once(&store, round)));
        let others = join_all((0..50).map(|n| add(&store, 1_000 * (round + 1) + n)));
        let (answers, _, first) = join!(repeated, others, first.unchanged());
        first.unwrap();
        let is_stored = addresses(&store).await.contains(&format!("{round}@example.org"));
        assert!(answers.iter().all(|answer| answer.is_ok() == is_stored), "{is_stored}: {answers:?}");
        if !is_stored {
            return;
        }
    }
    panic!("the disk was never full");
}

#[tokio::test]
async fn reading_costs_no_commit() {
    let (store, _folder) = store(usize::MAX).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.users().await.unwrap(), []);
    drop(tx);
    store.close().await;
    assert_eq!((store.counts().transactions, store.counts().commits), (1, 0));
}
