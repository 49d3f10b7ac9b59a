//! What is owed to the world is told once somebody could, by one worker at a time, and is not lost in between.

use anteroom_domain::{AppointmentId, ConsultationId, Notice, ParticipantId};

use super::on_both_engines;
use super::samples::{in_minutes, now, unique_bytes};
use crate::{Lane, LeasedNotice, Store};

on_both_engines![
    a_notice_is_taken_up_when_it_is_due_and_gone_once_told,
    a_notice_whose_worker_died_is_taken_up_again,
    a_notice_that_failed_is_due_again_later,
    a_notice_given_up_stays_for_people_to_see,
    what_is_posted_anew_takes_the_place_of_the_old_even_in_a_workers_hands,
    what_is_cancelled_is_no_longer_owed,
    letters_never_stand_in_the_way_of_rooms,
    many_workers_never_take_up_the_same_notice,
];

fn closed() -> Notice {
    Notice::RoomClosed { consultation: ConsultationId::new(now(), unique_bytes()) }
}

async fn post(store: &Store, notice: &Notice, minutes: i64) {
    let mut tx = store.begin().await.unwrap();
    tx.post(notice, in_minutes(minutes)).await.unwrap();
    tx.commit().await.unwrap();
}

/// Takes up what is due at a minute, for five minutes.
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

async fn a_notice_is_taken_up_when_it_is_due_and_gone_once_told(store: Store) {
    let (later, sooner) = (closed(), closed());
    post(&store, &later, 2).await;
    post(&store, &sooner, 1).await;
    assert_eq!(next_due(&store).await, Some(in_minutes(1)));
    assert_eq!(turn(&store, 0).await, []);

    let leased = turn(&store, 2).await;
    let notices: Vec<_> = leased.iter().map(|leased| (leased.notice, leased.due_at, leased.attempts)).collect();
    assert_eq!(notices, [(sooner, in_minutes(1), 1), (later, in_minutes(2), 1)]);
    assert_eq!(turn(&store, 2).await, [], "it is in somebody's hands");
    for leased in &leased {
        assert!(done(&store, leased).await);
    }
    assert_eq!(next_due(&store).await, None);
}

async fn a_notice_whose_worker_died_is_taken_up_again(store: Store) {
    post(&store, &closed(), 0).await;
    let [dead] = turn(&store, 0).await.try_into().unwrap();
    assert_eq!(next_due(&store).await, Some(in_minutes(5)));
    let [alive] = turn(&store, 5).await.try_into().unwrap();
    assert_eq!((alive.notice, alive.attempts), (dead.notice, 2));
    assert!(!done(&store, &dead).await, "whoever lost the lease cannot finish it");
    assert!(done(&store, &alive).await);
}

async fn a_notice_that_failed_is_due_again_later(store: Store) {
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

async fn a_notice_given_up_stays_for_people_to_see(store: Store) {
    post(&store, &closed(), 0).await;
    let [leased] = turn(&store, 0).await.try_into().unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(tx.outbox_given_up(&leased, "550 no such mailbox", in_minutes(1)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(turn(&store, 60).await, []);
    assert_eq!(next_due(&store).await, None);
    assert_eq!(store.read().await.unwrap().outbox_counts(in_minutes(60)).await.unwrap(), (0, 1));
}

async fn what_is_posted_anew_takes_the_place_of_the_old_even_in_a_workers_hands(store: Store) {
    let deserted = Notice::Deserted { consultation: ConsultationId::new(now(), unique_bytes()) };
    post(&store, &deserted, 0).await;
    post(&store, &deserted, 1).await;
    let [leased] = turn(&store, 1).await.try_into().unwrap();
    post(&store, &deserted, 10).await;
    assert!(!done(&store, &leased).await, "it is owed once more");
    assert_eq!(next_due(&store).await, Some(in_minutes(10)));
    let [again] = turn(&store, 10).await.try_into().unwrap();
    assert_eq!((again.notice, again.attempts), (deserted, 1));
}

async fn what_is_cancelled_is_no_longer_owed(store: Store) {
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

async fn letters_never_stand_in_the_way_of_rooms(store: Store) {
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

async fn many_workers_never_take_up_the_same_notice(store: Store) {
    for _ in 0..40 {
        post(&store, &closed(), 0).await;
    }
    let worker = || async {
        let mut mine = Vec::new();
        loop {
            let mut tx = store.begin().await.unwrap();
            let leased = tx.lease_due(Lane::Rooms, in_minutes(1), in_minutes(5), 3).await.unwrap();
            // Others look for work while this one has not committed yet.
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
