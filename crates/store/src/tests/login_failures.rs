//! Failed logins, and the key that servers on one database share.

use std::time::Duration;

use super::on_both_engines;
use super::samples::{in_minutes, now};
use crate::{FailureWeight, ServerKey, Store};

on_both_engines![
    failures_add_up_until_they_are_forgotten,
    failures_at_the_same_time_all_count,
    first_server_key_is_kept
];

const WEIGHT: FailureWeight = FailureWeight { each: Duration::from_secs(60), at_most: Duration::from_secs(120) };

async fn fail(store: &Store, hash: [u8; 32], minute: i64) {
    let mut tx = store.begin().await.unwrap();
    tx.add_login_failure(&hash, WEIGHT, in_minutes(minute)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn failures_add_up_until_they_are_forgotten(store: Store) {
    let forgotten_at = async |hash| store.read().await.unwrap().login_failures(&hash).await.unwrap();
    assert_eq!(forgotten_at([1; 32]).await, None);
    for minute in 1..=3 {
        fail(&store, [1; 32], 0).await;
        assert_eq!(forgotten_at([1; 32]).await, Some(in_minutes(minute)));
    }
    fail(&store, [1; 32], 0).await;
    assert_eq!(forgotten_at([1; 32]).await, Some(in_minutes(3)), "not without end");
    assert_eq!(forgotten_at([2; 32]).await, None, "others are not affected");
    fail(&store, [1; 32], 10).await;
    assert_eq!(forgotten_at([1; 32]).await, Some(in_minutes(11)), "earlier ones do not count any more");
    fail(&store, [1; 32], -60).await;
    assert_eq!(forgotten_at([1; 32]).await, Some(in_minutes(-57)), "the clock was set back");

    assert_eq!(store.read().await.unwrap().first_forgotten_login_failure().await.unwrap(), Some(in_minutes(-57)));
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.delete_forgotten_login_failures(in_minutes(-58)).await.unwrap(), 0);
    assert_eq!(tx.delete_forgotten_login_failures(now()).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(store.read().await.unwrap().first_forgotten_login_failure().await.unwrap(), None);
}

async fn failures_at_the_same_time_all_count(store: Store) {
    let weight = FailureWeight { at_most: Duration::from_secs(6_000), ..WEIGHT };
    let fail = async |store: &Store| {
        let mut tx = store.begin().await.unwrap();
        tx.add_login_failure(&[1; 32], weight, now()).await.unwrap();
        tx.commit().await.unwrap();
    };
    futures_util::future::join_all((0..20).map(|_| fail(&store))).await;
    assert_eq!(store.read().await.unwrap().login_failures(&[1; 32]).await.unwrap(), Some(in_minutes(20)));
}

async fn first_server_key_is_kept(store: Store) {
    let key = |name: &str| ServerKey { key: name.to_owned(), secret: format!("secret of {name}") };
    let take = async |name: &str| {
        let mut tx = store.begin().await.unwrap();
        let taken = tx.server_key_or(&key(name), now()).await.unwrap();
        tx.commit().await.unwrap();
        taken.key
    };
    let (one, other) = tokio::join!(take("one"), take("other"));
    assert_eq!(one, other, "made once by whichever is first");
    assert_eq!(take("third").await, one);
}
