//! Transactions: atomicity, snapshot isolation, and read-only snapshots.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use super::on_both_engines;
use super::samples::{host, user};
use crate::engine::execute;
use crate::{Error, Store};

on_both_engines![
    uncommitted_changes_are_rolled_back,
    a_snapshot_cannot_write,
    a_snapshot_is_consistent,
    a_failed_transaction_does_nothing_more,
    a_cancelled_statement_poisons_its_transaction,
    errors_never_print_row_values,
    a_newer_schema_is_accepted,
    a_closed_store_is_unavailable,
    the_tasks_of_a_store_end_only_with_it,
];

async fn uncommitted_changes_are_rolled_back(store: Store) {
    let ada = user("ada@example.org");
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&ada).await.unwrap();
    assert!(tx.find_user(ada.id).await.unwrap().is_some(), "a transaction sees its own writes");
    drop(tx);
    assert_eq!(store.read().await.unwrap().users().await.unwrap(), []);
}

async fn a_snapshot_cannot_write(store: Store) {
    let mut snapshot = store.read().await.unwrap();
    let answer = execute!(&mut snapshot; "DELETE FROM users");
    assert!(matches!(answer, Err(Error::Statement(_))), "{answer:?}");
}

async fn a_snapshot_is_consistent(store: Store) {
    let mut snapshot = store.read().await.unwrap();
    assert_eq!(snapshot.users().await.unwrap().len(), 0);
    host(&store).await;
    assert_eq!(snapshot.users().await.unwrap().len(), 0);
    drop(snapshot);
    assert_eq!(store.read().await.unwrap().users().await.unwrap().len(), 1);
}

async fn a_failed_transaction_does_nothing_more(store: Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&user("ada@example.org")).await.unwrap();
    assert!(matches!(tx.insert_user(&user("ada@example.org")).await, Err(Error::Taken)));
    assert!(matches!(tx.insert_user(&user("bea@example.org")).await, Err(Error::Poisoned)));
    assert!(matches!(tx.commit().await, Err(Error::Poisoned)));
    assert_eq!(store.read().await.unwrap().users().await.unwrap(), []);
}

async fn a_cancelled_statement_poisons_its_transaction(store: Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&user("ada@example.org")).await.unwrap();
    // A statement was started and its future dropped before the result arrived.
    tx.connection().unwrap();
    assert!(matches!(tx.users().await, Err(Error::Poisoned)));
    assert!(matches!(tx.commit().await, Err(Error::Poisoned)));
    assert_eq!(store.read().await.unwrap().users().await.unwrap(), []);
}

async fn errors_never_print_row_values(store: Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&user("ada@example.org")).await.unwrap();
    // PostgreSQL's error contains the whole refused row.
    let refused = execute!(&mut tx; "UPDATE users SET version = NULL").unwrap_err();
    let printed = format!("{refused} {refused:?} {}", std::error::Error::source(&refused).unwrap());
    assert!(printed.contains("version"), "{printed}");
    assert!(!printed.contains("ada@"), "{printed}");
}

async fn a_newer_schema_is_accepted(store: Store) {
    let mut tx = store.begin().await.unwrap();
    execute!(&mut tx; "ALTER TABLE users ADD COLUMN shoe_size BIGINT").unwrap();
    execute!(&mut tx; "
        INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        SELECT 99999999, 'tomorrow', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1")
    .unwrap();
    tx.commit().await.unwrap();
    store.migrate().await.unwrap();
    host(&store).await;
}

async fn a_closed_store_is_unavailable(store: Store) {
    store.close().await;
    assert!(matches!(store.begin().await.err(), Some(Error::Unavailable(_))));
    assert!(matches!(store.read().await.err(), Some(Error::Unavailable(_))));
}

async fn the_tasks_of_a_store_end_only_with_it(store: Store) {
    store.on_commit(Arc::new(|_| {}));
    host(&store).await;
    assert_eq!(store.failure().now_or_never(), None);
    store.close().await;
    let end = tokio::time::timeout(Duration::from_secs(60), store.failure()).await.unwrap();
    assert!(["the writer of the database", "the listener for commits"].contains(&end), "{end}");
}
