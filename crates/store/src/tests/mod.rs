//! The contract: what the store promises, proved on SQLite and on PostgreSQL alike.

mod cluster;
mod crash;
mod group_commit;
mod outbox;
pub(crate) mod query_plans;
mod races;
mod round_trip;
mod samples;
mod schema;
mod transactions;

use std::future::Future;

use crate::Store;

/// Makes every promise listed a test on each engine. A promise is an `async fn(Store)`.
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

/// A fresh file with the settings of a real one, gone after the promise.
async fn on_sqlite<F: Future>(promise: impl FnOnce(Store) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite:{}", folder.path().join("anteroom.db").display())).await.unwrap();
    store.migrate().await.unwrap();
    promise(store.clone()).await;
    store.close().await;
}

/// A fresh database of the tests' own cluster.
async fn on_postgres<F: Future>(promise: impl FnOnce(Store) -> F) {
    let store = Store::open(&cluster::fresh_database().await).await.unwrap();
    promise(store.clone()).await;
    store.close().await;
}
