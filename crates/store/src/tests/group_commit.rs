//! Group commit on SQLite: use cases of one moment share one commit, and nothing else.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use sqlx::Executor;
use tokio::join;

use super::samples::{appointment, host, in_minutes, user};
use crate::engine::Connection;
use crate::sqlite::{Batch, DatabaseFile};
use crate::{Error, Store, Tx};

/// A store whose batches end only when they are full or nobody waits, however slow this machine is.
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

/// A statement past the store's verbs, to break things.
async fn raw(tx: &mut Tx, sql: &'static str) -> Result<(), sqlx::Error> {
    match tx.connection().unwrap() {
        Connection::Sqlite(connection) => connection.execute(sql).await.map(drop),
        Connection::Postgres(_) => unreachable!("these promises are SQLite's"),
    }
}

#[tokio::test]
async fn writers_of_one_moment_share_one_commit() {
    let (store, _folder) = store(usize::MAX).await;
    let first = store.begin().await.unwrap();
    // Everybody asks while the first is at it: `join!` polls them before it lets the first go on.
    let (everybody, first) = join!(join_all((0..64).map(|n| add(&store, n))), first.commit());
    first.unwrap();
    everybody.into_iter().for_each(|one| one.unwrap());
    assert_eq!(addresses(&store).await.len(), 64);
    assert_eq!((store.counts().transactions, store.counts().commits), (65, 1));
}

#[tokio::test]
async fn a_full_batch_is_committed_and_the_next_begins() {
    let (store, _folder) = store(16).await;
    let first = store.begin().await.unwrap();
    let (everybody, first) = join!(join_all((0..63).map(|n| add(&store, n))), first.commit());
    first.unwrap();
    everybody.into_iter().for_each(|one| one.unwrap());
    assert_eq!(store.counts().commits, 64 / 16);
}

#[tokio::test]
async fn nobody_hears_of_success_before_the_commit() {
    let (store, _folder) = store(usize::MAX).await;
    let mut first = store.begin().await.unwrap();
    first.insert_user(&user("first@example.org")).await.unwrap();
    let second = store.begin();
    let mut first = Box::pin(first.commit());
    let mut second = Box::pin(second);
    assert!((&mut second).now_or_never().is_none());
    assert!((&mut first).now_or_never().is_none());

    let second = second.await.unwrap();
    assert!((&mut first).now_or_never().is_none(), "the second is still at it, so there was no commit yet");
    assert_eq!(addresses(&store).await, [""; 0]);
    assert_eq!(store.counts().commits, 0);
    drop(second);
    first.await.unwrap();
    assert_eq!(addresses(&store).await, ["first@example.org"]);
    assert_eq!(store.counts().commits, 1);
}

#[tokio::test]
async fn one_who_fails_leaves_the_neighbours_writes_intact() {
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
async fn one_who_panics_or_is_given_up_never_stops_the_writer() {
    let (store, _folder) = store(usize::MAX).await;
    let panics = tokio::spawn({
        let store = store.clone();
        async move {
            let mut tx = store.begin().await.unwrap();
            tx.insert_user(&user("panicked@example.org")).await.unwrap();
            std::panic::resume_unwind(Box::new("on purpose, and without a word on the screen"));
        }
    });
    assert!(panics.await.unwrap_err().is_panic());

    let mut cancelled = Box::pin(add(&store, 0));
    // Dropped at every place where it waits: for its turn, within a statement, for the commit.
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
async fn a_failed_commit_is_heard_by_everybody_in_it_and_by_nobody_else() {
    let (store, _folder) = store(usize::MAX).await;
    let host = host(&store).await;
    let nobody = user("nobody@example.org").id;
    let mut first = store.begin().await.unwrap();
    first.insert_user(&user("first@example.org")).await.unwrap();
    // A reference to nobody that SQLite is told to look at only when it commits.
    let breaks = async {
        let mut tx = store.begin().await?;
        raw(&mut tx, "PRAGMA defer_foreign_keys = ON").await.unwrap();
        tx.check(Ok(()))?;
        tx.insert_appointment(&appointment(nobody, in_minutes(0), 30)).await?;
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

/// A full disk does this: SQLite undoes the whole transaction, with the neighbours in it.
#[tokio::test]
async fn a_batch_that_sqlite_itself_undid_is_heard_as_lost() {
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
async fn looking_costs_no_commit() {
    let (store, _folder) = store(usize::MAX).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.users().await.unwrap(), []);
    drop(tx);
    store.close().await;
    assert_eq!((store.counts().transactions, store.counts().commits), (1, 0));
}
