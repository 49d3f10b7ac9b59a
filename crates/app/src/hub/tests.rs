//! Shared reads in virtual time: how often is read, and what happens when a read fails.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Duration;

use anteroom_domain::{ConsultationId, ParticipantId, UserId};
use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::*;
use crate::appointment_lists::Part;

/// What is stored, and how often it was read.
#[derive(Clone, Default)]
struct Stored(Arc<StoredState>);

#[derive(Default)]
struct StoredState {
    value: AtomicUsize,
    reads: AtomicUsize,
    is_broken: AtomicBool,
}

impl Stored {
    fn change(&self, hub: &Hub) {
        self.0.value.fetch_add(1, SeqCst);
        hub.notify(topic());
    }

    fn set_broken(&self, is_broken: bool) {
        self.0.is_broken.store(is_broken, SeqCst);
    }

    /// The value, after a transaction of some milliseconds.
    async fn read(self) -> std::result::Result<usize, anteroom_store::Error> {
        self.0.reads.fetch_add(1, SeqCst);
        let value = self.0.value.load(SeqCst);
        wait(10).await;
        if self.0.is_broken.load(SeqCst) { Err(anteroom_store::Error::Poisoned) } else { Ok(value) }
    }

    fn reads(&self) -> usize {
        self.0.reads.load(SeqCst)
    }
}

async fn wait(milliseconds: u64) {
    sleep_until(Instant::now() + Duration::from_millis(milliseconds)).await;
}

fn topic() -> Topic {
    Topic::Consultation(consultation())
}

fn consultation() -> ConsultationId {
    ConsultationId::new(Timestamp::UNIX_EPOCH, [1; 10])
}

async fn read(watch: &Watch, stored: &Stored) -> Result<usize> {
    watch.read(ReadKey::All, stored.clone().read()).await.map(|value| *value)
}

/// Watchers that read at once and after each change, until they have read this value. Returns all values each has read.
async fn watchers(count: usize, hub: &Hub, stored: &Stored, until: usize) -> JoinSet<Vec<usize>> {
    let mut watchers = JoinSet::new();
    for _ in 0..count {
        let (mut watch, stored) = (hub.watch(topic()), stored.clone());
        watchers.spawn(async move {
            let mut seen = vec![read(&watch, &stored).await.unwrap()];
            while seen.last() != Some(&until) {
                watch.changed().await;
                seen.extend(read(&watch, &stored).await);
            }
            seen
        });
    }
    wait(1_000).await;
    watchers
}

#[tokio::test(start_paused = true)]
async fn fifty_watchers_cost_as_many_reads_as_one() {
    for count in [1, 50] {
        let (hub, stored) = (Hub::default(), Stored::default());
        let watchers = watchers(count, &hub, &stored, 3).await;
        assert_eq!(stored.reads(), 1);
        for _ in 0..3 {
            stored.change(&hub);
            wait(1_000).await;
        }
        assert_eq!(watchers.join_all().await, vec![vec![0, 1, 2, 3]; count]);
        assert_eq!((stored.reads(), hub.watched()), (4, 0), "and the topic is forgotten");
    }
}

#[tokio::test(start_paused = true)]
async fn changes_within_a_tenth_of_a_second_are_read_once() {
    let (hub, stored) = (Hub::default(), Stored::default());
    let watchers = watchers(50, &hub, &stored, 10).await;
    for _ in 0..10 {
        stored.change(&hub);
        wait(9).await;
    }
    assert_eq!(watchers.join_all().await, vec![vec![0, 10]; 50]);
    assert_eq!(stored.reads(), 2);
}

#[tokio::test(start_paused = true)]
async fn endless_changes_are_read_four_times_a_second() {
    let (hub, stored) = (Hub::default(), Stored::default());
    let watchers = watchers(50, &hub, &stored, 1_000).await;
    for _ in 0..1_000 {
        wait(10).await;
        stored.change(&hub);
    }
    watchers.join_all().await;
    assert!((38..=43).contains(&stored.reads()), "{} in ten seconds", stored.reads());
}

#[tokio::test(start_paused = true)]
async fn a_change_during_a_read_is_read_too() {
    let (hub, stored) = (Hub::default(), Stored::default());
    let watch = hub.watch(topic());
    let first = read(&watch, &stored);
    let second = async {
        wait(5).await;
        stored.change(&hub);
        let opened = hub.watch(topic());
        read(&opened, &stored).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!((first.unwrap(), second.unwrap()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_failed_read_is_shared_and_tried_again() {
    let (hub, stored) = (Hub::default(), Stored::default());
    let _open = hub.watch(topic());
    for is_broken in [true, false] {
        stored.set_broken(is_broken); // the repair is no change that anything reports
        let mut answers = JoinSet::new();
        for _ in 0..50 {
            let (watch, stored) = (hub.watch(topic()), stored.clone());
            answers.spawn(async move { read(&watch, &stored).await.is_err() });
        }
        assert_eq!(answers.join_all().await, [is_broken; 50]);
    }
    assert_eq!(stored.reads(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_first_change_after_a_failure_is_read() {
    let (hub, stored) = (Hub::default(), Stored::default());
    let watchers = watchers(50, &hub, &stored, 2).await;
    stored.set_broken(true);
    stored.change(&hub);
    wait(1_000).await;
    stored.set_broken(false);
    stored.change(&hub);
    assert_eq!(watchers.join_all().await, vec![vec![0, 2]; 50]);
    assert_eq!(stored.reads(), 3);
}

/// A client that takes no more bytes stops its stream in the middle of a read.
#[tokio::test(start_paused = true)]
async fn a_watcher_that_goes_away_does_not_hold_the_others_up() {
    let (hub, stored) = (Hub::default(), Stored::default());
    let (gone, other) = (hub.watch(topic()), hub.watch(topic()));
    {
        let mut asked = std::pin::pin!(read(&gone, &stored));
        tokio::select! {
            biased;
            _ = &mut asked => panic!("a read takes a while"),
            () = std::future::ready(()) => {}
        }
    }
    assert_eq!(read(&other, &stored).await.unwrap(), 0);
    assert_eq!(stored.reads(), 1);
    drop((gone, other));
    assert_eq!(hub.watched(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_topic_that_is_read_while_its_last_watcher_goes_is_forgotten() {
    let (hub, stored) = (Hub::default(), Stored::default());
    let watch = hub.watch(topic());
    {
        let mut asked = std::pin::pin!(read(&watch, &stored));
        tokio::select! {
            biased;
            _ = &mut asked => panic!("a read takes a while"),
            () = std::future::ready(()) => {}
        }
    }
    drop(watch);
    assert_eq!(hub.watched(), 0, "although the read goes on");
    stored.change(&hub);
    assert_eq!(read(&hub.watch(topic()), &stored).await.unwrap(), 1, "a new topic knows nothing of before");
}

#[tokio::test(start_paused = true)]
async fn presence_wakes_without_a_read() {
    let (hub, stored) = (Hub::default(), Stored::default());
    let mut watch = hub.watch(topic());
    read(&watch, &stored).await.unwrap();
    let participant = ParticipantId::new(Timestamp::UNIX_EPOCH, [2; 10]);
    let host = UserId::new(Timestamp::UNIX_EPOCH, [3; 10]);
    hub.notify_presence(Seat { participant, consultation: consultation(), host });
    watch.changed().await;
    read(&watch, &stored).await.unwrap();
    assert_eq!(stored.reads(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_panics_is_tried_again() {
    let (hub, stored) = (Hub::default(), Stored::default());
    let watch = hub.watch(topic());
    let panics = async { panic!("a value that was not expected") };
    assert!(watch.read::<usize>(ReadKey::All, panics).await.is_err());
    assert_eq!(read(&watch, &stored).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn kept_answers_are_bounded() {
    let (hub, stored) = (Hub::default(), Stored::default());
    let watch = hub.watch(topic());
    for day in 0..200 {
        let [from, to] = [day, day + 1].map(|day| Timestamp::from_second(day * 86_400).unwrap());
        watch.read(ReadKey::Day { from, to, part: Part::First }, stored.clone().read()).await.unwrap();
    }
    assert_eq!(hub.topics.lock().get(&topic()).unwrap().reads.kept(), 64);
    assert_eq!(stored.reads(), 200);
}
