//! The contract of the store, tested on SQLite and on PostgreSQL.

mod accounts;
mod advisory_lock;
mod any_engine;
mod appointment_pages;
mod cluster;
mod crash;
mod damaged_file;
mod deliveries;
mod filled;
mod group_commit;
mod jobs;
mod limits;
mod login_failures;
mod migrations;
mod open_seats;
mod people;
pub(crate) mod query_plans;
mod races;
mod round_trip;
mod samples;
mod scheduled_times;
mod schema;
mod transactions;
mod unreadable_rows;
mod wakes;

use std::future::Future;

use crate::Store;

/// Makes each listed `async fn(Store)` a test on both engines.
macro_rules! on_both_engines {
    ($($promise:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                crate::tests::on_sqlite(super::$promise).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                crate::tests::on_postgres(super::$promise).await;
            })+
        }
    };
}
pub(crate) use on_both_engines;

/// Runs a test on a new database file with production settings.
async fn on_sqlite<F: Future>(promise: impl FnOnce(Store) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite:{}", folder.path().join("anteroom.db").display())).await.unwrap();
    store.migrate().await.unwrap();
    promise(store.clone()).await;
    store.close().await;
}

/// Runs a test on a new database of the tests' cluster.
async fn on_postgres<F: Future>(promise: impl FnOnce(Store) -> F) {
    let url = cluster::fresh_database();
    let store = Store::open(&url).await.unwrap();
    promise(store.clone()).await;
    store.close().await;
    anteroom_cluster::drop_database(&url);
}
