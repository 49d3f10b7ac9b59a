//! What a transaction promises: all or nothing, one moment, and no writing for whoever only looks.

use super::on_both_engines;
use super::samples::{host, user};
use crate::engine::execute;
use crate::{Error, Store};

on_both_engines![
    what_was_not_committed_never_happened,
    a_snapshot_cannot_write,
    a_snapshot_sees_one_moment,
    after_an_error_nothing_more_is_done_and_nothing_is_kept,
    a_statement_given_up_half_way_spoils_its_transaction,
    an_error_never_prints_what_a_row_held,
    a_schema_of_tomorrow_is_left_alone,
    a_closed_store_says_so,
];

async fn what_was_not_committed_never_happened(store: Store) {
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

async fn a_snapshot_sees_one_moment(store: Store) {
    let mut snapshot = store.read().await.unwrap();
    assert_eq!(snapshot.users().await.unwrap().len(), 0);
    host(&store).await;
    assert_eq!(snapshot.users().await.unwrap().len(), 0);
    drop(snapshot);
    assert_eq!(store.read().await.unwrap().users().await.unwrap().len(), 1);
}

async fn after_an_error_nothing_more_is_done_and_nothing_is_kept(store: Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&user("ada@example.org")).await.unwrap();
    assert!(matches!(tx.insert_user(&user("ada@example.org")).await, Err(Error::Taken)));
    assert!(matches!(tx.insert_user(&user("bea@example.org")).await, Err(Error::Poisoned)));
    assert!(matches!(tx.commit().await, Err(Error::Poisoned)));
    assert_eq!(store.read().await.unwrap().users().await.unwrap(), []);
}

async fn a_statement_given_up_half_way_spoils_its_transaction(store: Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&user("ada@example.org")).await.unwrap();
    // What a statement does first; then its future is dropped, and nobody hears the answer.
    tx.connection().unwrap();
    assert!(matches!(tx.users().await, Err(Error::Poisoned)));
    assert!(matches!(tx.commit().await, Err(Error::Poisoned)));
    assert_eq!(store.read().await.unwrap().users().await.unwrap(), []);
}

async fn an_error_never_prints_what_a_row_held(store: Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&user("ada@example.org")).await.unwrap();
    // PostgreSQL's own error holds the whole row it refused.
    let refused = execute!(&mut tx; "UPDATE users SET version = NULL").unwrap_err();
    let printed = format!("{refused} {refused:?} {}", std::error::Error::source(&refused).unwrap());
    assert!(printed.contains("version"), "{printed}");
    assert!(!printed.contains("ada@"), "{printed}");
}

async fn a_schema_of_tomorrow_is_left_alone(store: Store) {
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

async fn a_closed_store_says_so(store: Store) {
    store.close().await;
    assert!(matches!(store.begin().await.err(), Some(Error::Unavailable(_))));
    assert!(matches!(store.read().await.err(), Some(Error::Unavailable(_))));
}
