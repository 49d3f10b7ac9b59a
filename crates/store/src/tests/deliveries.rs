//! Deliveries: staff see what became of each message.

use anteroom_domain::{Channel, DeliveryKey, DeliveryState, MessageKind, Private, UserId};
use jiff::Timestamp;

use super::on_both_engines;
use super::samples::{in_minutes, invitation, now, planned, unique_bytes};
use crate::{AppointmentRange, Store};

on_both_engines![
    attempts_are_counted_and_the_last_error_is_kept,
    the_secret_of_a_link_is_kept_until_the_message_is_accepted,
    appointments_with_failed_messages_are_listed,
];

async fn queued(store: &Store) -> (anteroom_domain::AppointmentId, DeliveryKey) {
    let consultation = planned(store).await;
    let participant = consultation.participants[1].id;
    let key = DeliveryKey { participant, message: MessageKind::Confirmed, channel: Channel::Email };
    let mut tx = store.begin().await.unwrap();
    tx.queue_delivery(&key, consultation.appointment, in_minutes(0)).await.unwrap();
    tx.commit().await.unwrap();
    (consultation.appointment, key)
}

async fn record(store: &Store, key: &DeliveryKey, state: DeliveryState, error: Option<&str>, minute: i64) {
    let mut tx = store.begin().await.unwrap();
    let error = error.map(|error| Private::new(error.to_owned()));
    let of = tx.consultation_of_participant(key.participant).await.unwrap().unwrap().appointment;
    tx.record_delivery(key, of, state, error.as_ref(), in_minutes(minute)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn attempts_are_counted_and_the_last_error_is_kept(store: Store) {
    let (appointment, key) = queued(&store).await;
    record(&store, &key, DeliveryState::Queued, Some("451 later"), 1).await;
    record(&store, &key, DeliveryState::Failed, Some("550 no such mailbox"), 2).await;
    let [delivery] = store.read().await.unwrap().deliveries_of(appointment).await.unwrap().try_into().unwrap();
    assert_eq!((delivery.key, delivery.state, delivery.attempts), (key, DeliveryState::Failed, 2));
    assert_eq!(delivery.last_error.unwrap().reveal(), "550 no such mailbox");
    assert_eq!((delivery.queued_at, delivery.changed_at), (in_minutes(0), in_minutes(2)));

    let mut tx = store.begin().await.unwrap();
    tx.queue_delivery(&key, appointment, in_minutes(3)).await.unwrap();
    tx.commit().await.unwrap();
    let [again] = store.read().await.unwrap().deliveries_of(appointment).await.unwrap().try_into().unwrap();
    assert_eq!((again.state, again.attempts, again.last_error), (DeliveryState::Queued, 0, None));
}

async fn the_secret_of_a_link_is_kept_until_the_message_is_accepted(store: Store) {
    let (appointment, key) = queued(&store).await;
    let (secret, _) = invitation(key.participant);
    assert_eq!(store.read().await.unwrap().delivery_secret(&key).await.unwrap(), None);
    let mut tx = store.begin().await.unwrap();
    tx.keep_delivery_secret(&key, appointment, &secret, now()).await.unwrap();
    tx.commit().await.unwrap();
    record(&store, &key, DeliveryState::Queued, None, 1).await;
    let kept = store.read().await.unwrap().delivery_secret(&key).await.unwrap().unwrap();
    assert_eq!(kept.reveal(), secret.reveal());
    record(&store, &key, DeliveryState::Accepted, None, 2).await;
    assert_eq!(store.read().await.unwrap().delivery_secret(&key).await.unwrap(), None);
}

async fn appointments_with_failed_messages_are_listed(store: Store) {
    let (lost, key) = queued(&store).await;
    let (_, sent) = queued(&store).await;
    record(&store, &key, DeliveryState::Failed, Some("550"), 5).await;
    record(&store, &sent, DeliveryState::Accepted, None, 5).await;
    let mut tx = store.read().await.unwrap();
    let lost = tx.find_appointment(lost).await.unwrap().unwrap();
    let everything = AppointmentRange { host: None, from: Timestamp::MIN, to: Timestamp::MAX };
    let others = AppointmentRange { host: Some(UserId::new(now(), unique_bytes())), ..everything };
    let later = AppointmentRange { from: lost.ends_at(), ..everything };
    for (range, found) in [
        (everything, vec![lost.id]),
        (AppointmentRange { host: Some(lost.host), ..everything }, vec![lost.id]),
        (others, Vec::new()),
        (later, Vec::new()),
    ] {
        let rows = tx.appointments_with_failed_messages(&range, 10).await.unwrap();
        assert_eq!(rows.appointments.iter().map(|one| one.id).collect::<Vec<_>>(), found, "{range:?}");
    }
}
