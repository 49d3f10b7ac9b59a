//! Concurrent changes: one wins, the other gets an error, nothing is partially written.

#![expect(clippy::disallowed_methods, reason = "a race needs tasks that run at once; every one is awaited")]

use anteroom_domain::{AppointmentStatus, Author, Phase, UserId};
use jiff::Timestamp;

use super::on_both_engines;
use super::samples::{appointment, host, in_minutes, now, planned, user};
use crate::{Error, Store};

on_both_engines![
    a_host_is_never_double_booked,
    a_host_can_be_booked_back_to_back,
    only_occupied_slots_of_other_appointments_overlap,
    the_second_of_two_concurrent_saves_is_busy,
    cancelling_and_starting_exclude_each_other,
];

/// A booking as the use case does it: lock the host, check for overlaps, insert.
async fn book(store: Store, host: UserId, starts_at: Timestamp, minutes: i64) -> Result<bool, Error> {
    let appointment = appointment(host, starts_at, minutes);
    let mut tx = store.begin().await?;
    assert!(tx.lock_user(host).await?);
    if tx.overlapping(host, starts_at, appointment.ends_at(), None).await? {
        return Ok(false);
    }
    tx.insert_appointment(&appointment).await?;
    tx.commit().await?;
    Ok(true)
}

async fn a_host_is_never_double_booked(store: Store) {
    let (ada, bea) = (host(&store).await, host(&store).await);
    // Every slot covers 10:00 with a different start; bookings of another host run concurrently.
    let all = (0..32).map(|n| tokio::spawn(book(store.clone(), ada, in_minutes(31 + n), 60)));
    let beside = (0..8).map(|n| tokio::spawn(book(store.clone(), bea, in_minutes(30 * n), 30)));
    let (all, beside) = (all.collect::<Vec<_>>(), beside.collect::<Vec<_>>());
    let mut winners = 0;
    for booking in all {
        winners += i64::from(booking.await.unwrap().unwrap());
    }
    assert_eq!(winners, 1);
    for booking in beside {
        assert!(booking.await.unwrap().unwrap());
    }
    let mut snapshot = store.read().await.unwrap();
    assert_eq!(snapshot.appointments_between(Some(ada), now(), in_minutes(600), 100).await.unwrap().len(), 1);
    assert_eq!(snapshot.appointments_between(Some(bea), now(), in_minutes(600), 100).await.unwrap().len(), 8);
}

async fn a_host_can_be_booked_back_to_back(store: Store) {
    let host = host(&store).await;
    assert!(book(store.clone(), host, in_minutes(60), 30).await.unwrap());
    assert!(book(store.clone(), host, in_minutes(30), 30).await.unwrap());
    assert!(book(store.clone(), host, in_minutes(90), 30).await.unwrap());
    for (starts, minutes) in [(89, 5), (55, 10), (25, 480), (70, 5), (60, 30)] {
        assert!(!book(store.clone(), host, in_minutes(starts), minutes).await.unwrap(), "{starts}, {minutes}");
    }
    assert!(book(store.clone(), host, in_minutes(120), 480).await.unwrap());
    assert!(!book(store.clone(), host, in_minutes(599), 5).await.unwrap(), "the longest reaches far");
}

async fn only_occupied_slots_of_other_appointments_overlap(store: Store) {
    let host = host(&store).await;
    let (at, by) = (now(), Author::System);
    let mut booked = appointment(host, in_minutes(60), 30);
    let mut tx = store.begin().await.unwrap();
    tx.insert_appointment(&booked).await.unwrap();
    let (from, to) = (in_minutes(70), in_minutes(100));
    for status in [
        AppointmentStatus::Booked,
        AppointmentStatus::Confirmed { at, by: by.clone() },
        AppointmentStatus::Cancelled { at, by },
        AppointmentStatus::Completed { at },
    ] {
        booked.status = status;
        tx.save_appointment(&booked).await.unwrap();
        booked.version += 1;
        assert_eq!(tx.overlapping(host, from, to, None).await.unwrap(), booked.occupies_slot(), "{:?}", booked.status);
        assert!(!tx.overlapping(host, from, to, Some(booked.id)).await.unwrap());
    }
}

async fn the_second_of_two_concurrent_saves_is_busy(store: Store) {
    let seen = planned(&store).await;
    let user = user("ada@example.org");
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&user).await.unwrap();
    let appointment = tx.find_appointment(seen.appointment).await.unwrap().unwrap();
    tx.save_consultation(&seen).await.unwrap();
    tx.save_user(&user).await.unwrap();
    tx.save_appointment(&appointment).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.save_consultation(&seen).await, Err(Error::Busy)));
    assert!(matches!(tx.commit().await, Err(Error::Poisoned)), "the loser commits nothing");
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.save_user(&user).await, Err(Error::Busy)));
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.save_appointment(&appointment).await, Err(Error::Busy)));
}

/// The two change different rows; without the lock neither sees the other's change, and both succeed.
async fn cancelling_and_starting_exclude_each_other(store: Store) {
    for _ in 0..16 {
        let seen = planned(&store).await;
        let cancelling = tokio::spawn({
            let (store, seen) = (store.clone(), seen.clone());
            async move {
                let mut tx = store.begin().await?;
                assert!(tx.lock_appointment(seen.appointment).await?);
                if tx.consultation_of_appointment(seen.appointment).await?.unwrap().is_live() {
                    return Ok(false);
                }
                let mut appointment = tx.find_appointment(seen.appointment).await?.unwrap();
                appointment.status = AppointmentStatus::Cancelled { at: now(), by: Author::System };
                tx.save_appointment(&appointment).await?;
                tx.commit().await?;
                Ok::<_, Error>(true)
            }
        });
        let starting = tokio::spawn({
            let store = store.clone();
            async move {
                let mut tx = store.begin().await?;
                assert!(tx.lock_consultation(seen.id).await?);
                let mut consultation = tx.find_consultation(seen.id).await?.unwrap();
                if !tx.find_appointment(seen.appointment).await?.unwrap().occupies_slot() {
                    return Ok(false);
                }
                let started_by = Author::Participant(consultation.participants[0].id);
                consultation.phase = Phase::Live { started_at: now(), started_by };
                tx.save_consultation(&consultation).await?;
                tx.commit().await?;
                Ok::<_, Error>(true)
            }
        });
        let (cancelled, started) = (cancelling.await.unwrap().unwrap(), starting.await.unwrap().unwrap());
        assert!(cancelled ^ started, "cancelled: {cancelled}, started: {started}");
    }
}
