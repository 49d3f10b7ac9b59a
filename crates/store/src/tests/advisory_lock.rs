//! The lock of the media server on PostgreSQL, when its connection is lost.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::time::timeout;

use super::cluster;
use crate::Error;
use crate::advisory_lock::{AdvisoryLock, LOCK};

const LIMIT: Duration = Duration::from_secs(60);
const AT_ONCE: Duration = Duration::from_millis(1);

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn lock(url: &str) -> Result<AdvisoryLock, Error> {
    AdvisoryLock::take(url.parse::<PgConnectOptions>().unwrap()).await
}

/// The processes of the database that have the lock, or wait for it.
async fn processes(watcher: &mut PgConnection, granted: bool) -> Vec<i32> {
    let found = sqlx::query_scalar(
        "SELECT l.pid
           FROM pg_locks l
           JOIN pg_database d ON d.oid = l.database
          WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted = $1
            AND (l.classid::bigint << 32) + l.objid::bigint = $2",
    );
    found.bind(granted).bind(LOCK).fetch_all(watcher).await.unwrap()
}

async fn terminate(watcher: &mut PgConnection, process: i32) {
    sqlx::query("SELECT pg_terminate_backend($1)").bind(process).execute(watcher).await.unwrap();
}

#[tokio::test]
async fn a_lost_lock_is_taken_again() {
    let url = cluster::empty_database();
    let (mut held, mut watcher) = (lock(&url).await.unwrap(), connect(&url).await);
    let old = processes(&mut watcher, true).await;
    let scenario = async {
        terminate(&mut watcher, old[0]).await;
        loop {
            let now = processes(&mut watcher, true).await;
            if now.len() == 1 && now != old {
                break;
            }
        }
        assert!(matches!(lock(&url).await.err(), Some(Error::InUse)));
    };
    timeout(LIMIT, async {
        tokio::select! {
            error = held.lost(AT_ONCE) => panic!("{error}"),
            () = scenario => {}
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_lock_that_another_program_has_taken_is_lost() {
    let url = cluster::empty_database();
    let (mut held, mut watcher, mut other) = (lock(&url).await.unwrap(), connect(&url).await, connect(&url).await);
    let takes = async { sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut other).await.unwrap() };
    let ends = async {
        while processes(&mut watcher, false).await.is_empty() {}
        let holder = processes(&mut watcher, true).await;
        terminate(&mut watcher, holder[0]).await;
    };
    let (error, _, ()) =
        timeout(LIMIT, async { tokio::join!(held.lost(AT_ONCE), takes, ends) }).await.expect("the loss is noticed");
    assert!(matches!(error, Error::InUse));
}

/// The host of the program was cut off from the database, which has noticed nothing.
#[tokio::test]
async fn a_session_that_the_server_still_has_does_not_count_as_another_program() {
    let url = cluster::empty_database();
    let (mut held, mut watcher) = (lock(&url).await.unwrap(), connect(&url).await);
    let old = processes(&mut watcher, true).await;
    timeout(LIMIT, held.take_again()).await.unwrap().unwrap();
    let new = processes(&mut watcher, true).await;
    assert!(new.len() == 1 && new != old, "{new:?}");
}

/// The lock was taken again, and the answer was lost with the connection.
#[tokio::test]
async fn a_forgotten_session_of_this_program_does_not_count_as_another_one() {
    let url = cluster::empty_database();
    let (mut held, mut watcher, mut forgotten) = (lock(&url).await.unwrap(), connect(&url).await, connect(&url).await);
    let old = processes(&mut watcher, true).await;
    let name: String = sqlx::query_scalar("SELECT application_name FROM pg_stat_activity WHERE pid = $1")
        .bind(old[0])
        .fetch_one(&mut watcher)
        .await
        .unwrap();
    sqlx::query("SELECT set_config('application_name', $1, false)").bind(name).execute(&mut forgotten).await.unwrap();
    terminate(&mut watcher, old[0]).await;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut forgotten).await.unwrap();
    let known = processes(&mut watcher, true).await;
    timeout(LIMIT, held.take_again()).await.unwrap().unwrap();
    let new = processes(&mut watcher, true).await;
    assert!(new.len() == 1 && new != known, "{new:?}");
}

#[tokio::test]
async fn another_program_that_was_faster_keeps_its_lock() {
    let url = cluster::empty_database();
    let (mut held, mut watcher) = (lock(&url).await.unwrap(), connect(&url).await);
    let old = processes(&mut watcher, true).await;
    terminate(&mut watcher, old[0]).await;
    while !processes(&mut watcher, true).await.is_empty() {}
    let _faster = lock(&url).await.unwrap();
    let theirs = processes(&mut watcher, true).await;
    assert!(matches!(timeout(LIMIT, held.take_again()).await.unwrap(), Err(Error::InUse)));
    assert_eq!(processes(&mut watcher, true).await, theirs);
}
