//! Jobs: leased by one worker at a time, they stay until they are done.

use anteroom_domain::{AppointmentId, ConsultationId, Notice, ParticipantId};

use super::on_both_engines;
use super::samples::{in_minutes, now, unique_bytes};
use crate::engine::execute;
use crate::{Due, JobCounts, Lane, LeasedJob, Store};

on_both_engines![
    a_due_job_is_leased_and_deleted_when_done,
    an_expired_lease_can_be_leased_again,
    a_renewed_lease_is_kept,
    a_failed_job_is_due_again_later,
    a_job_given_up_stays,
    reposting_replaces_a_leased_job,
    withdrawn_jobs_are_deleted,
    lanes_are_leased_independently,
    a_job_of_a_newer_program_stops_no_other,
    a_job_due_at_once_is_due_although_the_clock_is_set_back,
    concurrent_workers_never_lease_the_same_job,
    jobs_of_an_older_program_are_taken_over,
    a_job_in_hand_is_known,
];

fn closed() -> Notice {
    Notice::RoomClosed { consultation: ConsultationId::new(now(), unique_bytes()) }
}

async fn post(store: &Store, notice: &Notice, minutes: i64) {
    let mut tx = store.begin().await.unwrap();
    tx.post(notice, Due::at(in_minutes(minutes))).await.unwrap();
    tx.commit().await.unwrap();
}

/// Leases a job of a lane that is due at a minute, for five minutes.
async fn lease_in(store: &Store, lane: Lane, minute: i64) -> Option<LeasedJob> {
    let mut tx = store.begin().await.unwrap();
    let leased = tx.lease_job(lane, in_minutes(minute), in_minutes(minute + 5)).await.unwrap();
    tx.commit().await.unwrap();
    leased
}

async fn lease(store: &Store, minute: i64) -> Option<LeasedJob> {
    lease_in(store, Lane::Rooms, minute).await
}

async fn next_at(store: &Store) -> Option<jiff::Timestamp> {
    store.read().await.unwrap().next_job_at(Lane::Rooms).await.unwrap()
}

async fn finish(store: &Store, job: &LeasedJob) -> bool {
    let mut tx = store.begin().await.unwrap();
    let done = tx.finish_job(job).await.unwrap();
    tx.commit().await.unwrap();
    done
}

async fn a_due_job_is_leased_and_deleted_when_done(store: Store) {
    let (later, sooner) = (closed(), closed());
    post(&store, &later, 2).await;
    post(&store, &sooner, 1).await;
    assert_eq!(next_at(&store).await, Some(in_minutes(1)));
    assert_eq!(lease(&store, 0).await, None);

    let (first, second) = (lease(&store, 2).await.unwrap(), lease(&store, 2).await.unwrap());
    let of = |job: &LeasedJob| (job.notice, job.due_at, job.attempts);
    assert_eq!(of(&first), (Some(sooner), in_minutes(1), 1));
    assert_eq!(of(&second), (Some(later), in_minutes(2), 1));
    assert_eq!(lease(&store, 2).await, None, "both are leased");
    assert!(finish(&store, &first).await && finish(&store, &second).await);
    assert_eq!(next_at(&store).await, None);
}

async fn an_expired_lease_can_be_leased_again(store: Store) {
    post(&store, &closed(), 0).await;
    let dead = lease(&store, 0).await.unwrap();
    assert_eq!(next_at(&store).await, Some(in_minutes(5)));
    let alive = lease(&store, 5).await.unwrap();
    assert_eq!((alive.notice, alive.attempts), (dead.notice, 2));
    let mut tx = store.begin().await.unwrap();
    assert!(!tx.renew_lease(&dead, in_minutes(20)).await.unwrap(), "it is another worker's");
    tx.commit().await.unwrap();
    assert!(!finish(&store, &dead).await);
    assert!(finish(&store, &alive).await);
}

async fn a_renewed_lease_is_kept(store: Store) {
    post(&store, &closed(), 0).await;
    let job = lease(&store, 0).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(tx.renew_lease(&job, in_minutes(9)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(lease(&store, 8).await, None);
    assert!(finish(&store, &job).await);
}

async fn a_failed_job_is_due_again_later(store: Store) {
    post(&store, &closed(), 0).await;
    let job = lease(&store, 0).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(tx.put_job_back(&job, "not reachable", in_minutes(2)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(next_at(&store).await, Some(in_minutes(2)));
    assert_eq!(lease(&store, 1).await, None);
    let again = lease(&store, 2).await.unwrap();
    assert_eq!((again.due_at, again.attempts), (in_minutes(0), 2));
}

async fn a_job_given_up_stays(store: Store) {
    post(&store, &closed(), 0).await;
    let job = lease(&store, 0).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(tx.give_job_up(&job, "refused", in_minutes(1)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(lease(&store, 60).await, None);
    assert_eq!(next_at(&store).await, None);
    post(&store, &Notice::Deserted { consultation: ConsultationId::new(now(), unique_bytes()) }, 30).await;
    let counts = store.read().await.unwrap().lane_counts(in_minutes(60)).await.unwrap();
    let (given_up, due) = (JobCounts { due: 0, given_up: 1 }, JobCounts { due: 1, given_up: 0 });
    assert_eq!(counts, [(Lane::Rooms, given_up), (Lane::Checks, due), (Lane::Messages, JobCounts::default())]);
}

async fn reposting_replaces_a_leased_job(store: Store) {
    let deserted = Notice::Deserted { consultation: ConsultationId::new(now(), unique_bytes()) };
    post(&store, &deserted, 0).await;
    post(&store, &deserted, 1).await;
    let job = lease_in(&store, Lane::Checks, 1).await.unwrap();
    post(&store, &deserted, 10).await;
    assert!(!finish(&store, &job).await, "it is due again");
    assert_eq!(lease_in(&store, Lane::Checks, 9).await, None);
    let again = lease_in(&store, Lane::Checks, 10).await.unwrap();
    assert_eq!((again.notice, again.attempts), (Some(deserted), 1));
}

async fn withdrawn_jobs_are_deleted(store: Store) {
    let consultation = ConsultationId::new(now(), unique_bytes());
    let (check, close) = (Notice::Deserted { consultation }, Notice::RoomClosed { consultation });
    post(&store, &check, 0).await;
    post(&store, &close, 0).await;
    let mut tx = store.begin().await.unwrap();
    tx.withdraw(&check).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(lease_in(&store, Lane::Checks, 0).await, None);
    assert_eq!(lease(&store, 0).await.unwrap().notice, Some(close));
}

async fn lanes_are_leased_independently(store: Store) {
    let room = closed();
    for minutes in 0..5 {
        let (appointment, participant) =
            (AppointmentId::new(now(), unique_bytes()), ParticipantId::new(now(), unique_bytes()));
        post(&store, &Notice::Confirmed { appointment, participant }, minutes).await;
    }
    post(&store, &room, 5).await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.next_job_at(Lane::Messages).await.unwrap(), Some(in_minutes(0)));
    assert_eq!(tx.next_job_at(Lane::Rooms).await.unwrap(), Some(in_minutes(5)));
    drop(tx);
    assert_eq!(lease(&store, 5).await.unwrap().notice, Some(room));
    assert!(lease_in(&store, Lane::Messages, 5).await.is_some());
}

/// After a rollback, or while two versions run on one database.
async fn a_job_of_a_newer_program_stops_no_other(store: Store) {
    let Notice::RoomClosed { consultation } = closed() else { unreachable!() };
    post(&store, &Notice::RoomClosed { consultation }, 0).await;
    let mut tx = store.begin().await.unwrap();
    execute!(&mut tx; "
        UPDATE jobs
           SET kind = 'reminder', payload = '{\"notice\":\"reminder\"}'
         WHERE subject = $1"; consultation.to_string())
    .unwrap();
    tx.commit().await.unwrap();
    let ours = closed();
    post(&store, &ours, 1).await;
    let unknown = lease(&store, 1).await.unwrap();
    assert_eq!((unknown.notice, unknown.kind.as_str()), (None, "reminder"));
    assert_eq!(lease(&store, 1).await.unwrap().notice, Some(ours));
    let mut tx = store.begin().await.unwrap();
    assert!(tx.put_job_back(&unknown, "unknown", in_minutes(60)).await.unwrap());
    tx.commit().await.unwrap();
}

async fn a_job_due_at_once_is_due_although_the_clock_is_set_back(store: Store) {
    let mut tx = store.begin().await.unwrap();
    tx.post(&closed(), Due::now(in_minutes(60))).await.unwrap();
    tx.commit().await.unwrap();
    let job = lease(&store, 0).await.unwrap();
    assert_eq!(job.due_at, in_minutes(60));
}

async fn concurrent_workers_never_lease_the_same_job(store: Store) {
    for _ in 0..40 {
        post(&store, &closed(), 0).await;
    }
    let worker = || async {
        let mut mine = Vec::new();
        loop {
            let mut tx = store.begin().await.unwrap();
            let leased = tx.lease_job(Lane::Rooms, in_minutes(1), in_minutes(5)).await.unwrap();
            // Other workers lease while this transaction is not committed.
            tokio::task::yield_now().await;
            tx.commit().await.unwrap();
            let Some(job) = leased else { break mine };
            mine.push(job);
        }
    };
    let taken: Vec<_> = futures_util::future::join_all((0..8).map(|_| worker())).await.concat();
    assert!(taken.iter().all(|job| job.attempts == 1));
    assert_eq!(taken.len(), 40);
}

/// The older version may run beside this one during an update, or after a rollback.
async fn jobs_of_an_older_program_are_taken_over(store: Store) {
    let removed = closed();
    let payload = serde_json::to_string(&removed).unwrap();
    let mut tx = store.begin().await.unwrap();
    execute!(&mut tx; "
        INSERT INTO outbox (kind, lane, payload, subject, due_at, next_at, attempts, version)
        VALUES ('room_closed', 'rooms', $1, 'x', 1, 1, 3, 0)"; payload)
    .unwrap();
    tx.commit().await.unwrap();
    for expected in [1, 0] {
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.take_over_outbox().await.unwrap(), expected);
        tx.commit().await.unwrap();
    }
    let job = lease(&store, 0).await.unwrap();
    assert_eq!((job.notice, job.attempts), (Some(removed), 4));
}

async fn a_job_in_hand_is_known(store: Store) {
    let notice = closed();
    let in_hand = async || store.read().await.unwrap().is_in_hand(&notice, in_minutes(1)).await.unwrap();
    post(&store, &notice, 0).await;
    assert!(!in_hand().await, "no worker has it");
    let job = lease(&store, 0).await.unwrap();
    assert!(in_hand().await);
    let mut tx = store.begin().await.unwrap();
    tx.put_job_back(&job, "later", in_minutes(9)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!in_hand().await, "it waits for the next attempt");
}
