//! Deadlines and locks: settings of each PostgreSQL connection, and what a text may contain.

use anteroom_domain::{ApiKeyId, RoomName};

use super::any_engine::AnyEngine;
use super::samples::{api_key, host, planned};
use super::{cluster, on_both_engines};
use crate::engine::fetch_optional;
use crate::{Error, Store};

on_both_engines![a_query_with_nul_finds_nothing, text_with_nul_is_not_stored];

async fn a_query_with_nul_finds_nothing(store: Store) {
    host(&store).await;
    let mut snapshot = store.read().await.unwrap();
    assert_eq!(snapshot.consultation_in_room(&RoomName::from_text("room\0")).await.unwrap(), None);
    assert_eq!(snapshot.find_api_key(&ApiKeyId::from_text("\0")).await.unwrap(), None);
    assert_eq!(snapshot.users().await.unwrap().len(), 1, "the transaction goes on");
}

async fn text_with_nul_is_not_stored(store: Store) {
    let key = api_key("the booking\0 site");
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.insert_api_key(&key).await, Err(Error::Nul)));
    assert!(matches!(tx.commit().await, Err(Error::Poisoned)));
}

/// The value of a setting in a transaction of the store.
async fn setting(store: &Store, name: &str) -> String {
    let mut tx = store.begin().await.unwrap();
    let found = fetch_optional!(&mut tx, (String,); "SELECT current_setting($1)"; name);
    found.unwrap().unwrap().0
}

#[tokio::test]
async fn postgres_connections_have_deadlines_and_wait_for_the_disk() {
    let url = cluster::fresh_database();
    let with_options = format!("{url}&options[statement_timeout]=2min&options[synchronous_commit]=off");
    for (url, statement_timeout) in [(url, "30s"), (with_options, "2min")] {
        let store = Store::open(&url).await.unwrap();
        assert_eq!(setting(&store, "statement_timeout").await, statement_timeout);
        assert_eq!(setting(&store, "lock_timeout").await, "5s");
        assert_eq!(setting(&store, "idle_in_transaction_session_timeout").await, "30s");
        assert_eq!(setting(&store, "synchronous_commit").await, "on");
        store.close().await;
    }
}

#[tokio::test]
async fn a_statement_past_its_deadline_is_unavailable() {
    let url = cluster::fresh_database();
    let hasty = format!("{url}&options[statement_timeout]=20ms&options[lock_timeout]=10ms");
    let (holder, hasty) = (Store::open(&url).await.unwrap(), Store::open(&hasty).await.unwrap());
    let consultation = planned(&holder).await;

    let mut held = holder.begin().await.unwrap();
    assert!(held.lock_consultation(consultation.id).await.unwrap());
    let mut waiting = hasty.begin().await.unwrap();
    let answer = waiting.lock_appointment(consultation.appointment).await;
    assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");

    let mut slow = hasty.begin().await.unwrap();
    let answer = fetch_optional!(&mut slow, (i64,); "SELECT 1::bigint FROM pg_sleep(600)");
    assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
}

#[tokio::test]
async fn a_migration_has_no_deadline() {
    let url = cluster::empty_database();
    let hasty = Store::open(&format!("{url}&options[statement_timeout]=1ms")).await.unwrap();
    hasty.migrate().await.unwrap();
}

/// An UPDATE that changes nothing writes a new version of the row on PostgreSQL, at every look.
#[tokio::test]
async fn a_lock_writes_nothing() {
    let url = cluster::fresh_database();
    let store = Store::open(&url).await.unwrap();
    let consultation = planned(&store).await;
    let mut connection = AnyEngine::connect(&url).await;
    let places = "SELECT ctid::text FROM appointments UNION ALL SELECT ctid::text FROM users";
    let before = connection.texts(places.to_owned()).await;
    let mut tx = store.begin().await.unwrap();
    let host = tx.find_appointment(consultation.appointment).await.unwrap().unwrap().host;
    assert!(tx.lock_user(host).await.unwrap());
    assert!(tx.lock_appointment(consultation.appointment).await.unwrap());
    assert!(tx.lock_consultation(consultation.id).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(connection.texts(places.to_owned()).await, before);
}
