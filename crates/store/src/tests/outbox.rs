//! The outbox: a notice is leased by one worker at a time and stays until it is delivered.

use anteroom_domain::{AppointmentId, ConsultationId, Notice, ParticipantId};

use super::on_both_engines;
use super::samples::{in_minutes, now, unique_bytes};
use crate::{Lane, LeasedNotice, Store};

on_both_engines![
    a_due_notice_is_leased_and_deleted_after_delivery,
    an_expired_lease_can_be_leased_again,
    a_failed_notice_is_due_again_later,
    a_notice_given_up_stays_in_the_outbox,
    reposting_replaces_a_leased_notice,
    cancelled_notices_are_deleted,
    lanes_are_leased_independently,
    concurrent_workers_never_lease_the_same_notice,
];

fn closed() -> Notice {
    Notice::RoomClosed { consultation: ConsultationId::new(now(), unique_bytes()) }
}

async fn post(store: &Store, notice: &Notice, minutes: i64) {
    let mut tx = store.begin().await.unwrap();
    tx.post(notice, in_minutes(minutes)).await.unwrap();
    tx.commit().await.unwrap();
}

/// Leases notices due at a minute, for five minutes.
async fn turn(store: &Store, minute: i64) -> Vec<LeasedNotice> {
    let mut tx = store.begin().await.unwrap();
    let leased = tx.lease_due(Lane::Rooms, in_minutes(minute), in_minutes(minute + 5), 100).await.unwrap();
    tx.commit().await.unwrap();
    leased
}

async fn next_due(store: &Store) -> Option<jiff::Timestamp> {
    store.read().await.unwrap().next_due(Lane::Rooms).await.unwrap()
}

async fn done(store: &Store, leased: &LeasedNotice) -> bool {
    let mut tx = store.begin().await.unwrap();
    let done = tx.outbox_done(leased).await.unwrap();
    tx.commit().await.unwrap();
    done
}

async fn a_due_notice_is_leased_and_deleted_after_delivery(store: Store) {
    let (later, sooner) = (closed(), closed());
    post(&store, &later, 2).await;
    post(&store, &sooner, 1).await;
    assert_eq!(next_due(&store).await, Some(in_minutes(1)));
    assert_eq!(turn(&store, 0).await, []);

    let leased = turn(&store, 2).await;
    let notices: Vec<_> = leased.iter().map(|leased| (leased.notice, leased.due_at, leased.attempts)).collect();
    assert_eq!(notices, [(sooner, in_minutes(1), 1), (later, in_minutes(2), 1)]);
    assert_eq!(turn(&store, 2).await, [], "it is leased");
    for leased in &leased {
        assert!(done(&store, leased).await);
    }
    assert_eq!(next_due(&store).await, None);
}

async fn an_expired_lease_can_be_leased_again(store: Store) {
    post(&store, &closed(), 0).await;
    let [dead] = turn(&store, 0).await.try_into().unwrap();
    assert_eq!(next_due(&store).await, Some(in_minutes(5)));
    let [alive] = turn(&store, 5).await.try_into().unwrap();
    assert_eq!((alive.notice, alive.attempts), (dead.notice, 2));
    assert!(!done(&store, &dead).await, "an expired lease cannot finish it");
    assert!(done(&store, &alive).await);
}

async fn a_failed_notice_is_due_again_later(store: Store) {
    post(&store, &closed(), 0).await;
    let [leased] = turn(&store, 0).await.try_into().unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(tx.outbox_failed(&leased, "421 try later", in_minutes(2)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(next_due(&store).await, Some(in_minutes(2)));
    assert_eq!(turn(&store, 1).await, []);
    let [again] = turn(&store, 2).await.try_into().unwrap();
    assert_eq!((again.due_at, again.attempts), (in_minutes(0), 2));
}

async fn a_notice_given_up_stays_in_the_outbox(store: Store) {
    post(&store, &closed(), 0).await;
    let [leased] = turn(&store, 0).await.try_into().unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(tx.outbox_given_up(&leased, "550 no such mailbox", in_minutes(1)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(turn(&store, 60).await, []);
    assert_eq!(next_due(&store).await, None);
    assert_eq!(store.read().await.unwrap().outbox_counts(in_minutes(60)).await.unwrap(), (0, 1));
}

async fn reposting_replaces_a_leased_notice(store: Store) {
    let deserted = Notice::Deserted { consultation: ConsultationId::new(now(), unique_bytes()) };
    post(&store, &deserted, 0).await;
    post(&store, &deserted, 1).await;
    let [leased] = turn(&store, 1).await.try_into().unwrap();
    post(&store, &deserted, 10).await;
    assert!(!done(&store, &leased).await, "it is due again");
    assert_eq!(next_due(&store).await, Some(in_minutes(10)));
    let [again] = turn(&store, 10).await.try_into().unwrap();
    assert_eq!((again.notice, again.attempts), (deserted, 1));
}

async fn cancelled_notices_are_deleted(store: Store) {
    let (one, two) = (closed(), closed());
    post(&store, &one, 0).await;
    post(&store, &two, 0).await;
    let Notice::RoomClosed { consultation } = one else { unreachable!() };
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.cancel_outbox(&consultation.to_string()).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let left: Vec<_> = turn(&store, 0).await.iter().map(|leased| leased.notice).collect();
    assert_eq!(left, [two]);
}

async fn lanes_are_leased_independently(store: Store) {
    let room = closed();
    for minutes in 0..5 {
        let (appointment, participant) =
            (AppointmentId::new(now(), unique_bytes()), ParticipantId::new(now(), unique_bytes()));
        post(&store, &Notice::Confirmed { appointment, participant }, minutes).await;
    }
    post(&store, &room, 5).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.next_due(Lane::Messages).await.unwrap(), Some(in_minutes(0)));
    assert_eq!(tx.next_due(Lane::Rooms).await.unwrap(), Some(in_minutes(5)));
    let rooms = tx.lease_due(Lane::Rooms, in_minutes(5), in_minutes(7), 1).await.unwrap();
    assert_eq!(rooms.iter().map(|leased| leased.notice).collect::<Vec<_>>(), [room]);
    assert_eq!(tx.lease_due(Lane::Messages, in_minutes(5), in_minutes(7), 100).await.unwrap().len(), 5);
}

async fn concurrent_workers_never_lease_the_same_notice(store: Store) {
    for _ in 0..40 {
        post(&store, &closed(), 0).await;
    }
    let worker = || async {
        let mut mine = Vec::new();
        loop {
            let mut tx = store.begin().await.unwrap();
            let leased = tx.lease_due(Lane::Rooms, in_minutes(1), in_minutes(5), 3).await.unwrap();
            // Other workers lease while this transaction is not committed.
            tokio::task::yield_now().await;
            tx.commit().await.unwrap();
            if leased.is_empty() {
                break mine;
            }
            mine.extend(leased);
        }
    };
    let taken: Vec<_> = futures_util::future::join_all((0..8).map(|_| worker())).await.concat();
    assert!(taken.iter().all(|leased| leased.attempts == 1));
    assert_eq!(taken.len(), 40);
}
