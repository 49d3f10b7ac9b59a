//! Wake-ups for live pages: a watcher is woken when its topic changed, and reads the state again.
//!
//! Carries no data: a woken watcher loads what its own actor may see. Works within one process only; the store reports
//! commits of other processes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anteroom_domain::{ConsultationId, UserId};
use tokio::sync::watch;

use crate::presence::{PresenceRegistry, Seat};

/// What can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// One consultation.
    Consultation(ConsultationId),
    /// The appointments of one host.
    Day(UserId),
    /// The appointments of all hosts.
    Days,
    /// Logins and rights of one member of staff.
    Account(UserId),
}

/// All watched topics, and who has a page open.
#[derive(Default)]
pub struct Hub {
    topics: Arc<Topics>,
    /// Who has a page open.
    pub presence: PresenceRegistry,
}

#[derive(Default)]
struct Topics(Mutex<HashMap<Topic, watch::Sender<u64>>>);

/// One watcher's subscription.
pub struct Watch {
    topics: Arc<Topics>,
    topic: Topic,
    changes: watch::Receiver<u64>,
}

impl Hub {
    /// Subscribes to a topic. Read the state after this call, not before, or a change is missed.
    pub fn watch(&self, topic: Topic) -> Watch {
        let mut topics = self.topics.lock();
        let changes = topics.entry(topic).or_insert_with(|| watch::Sender::new(0)).subscribe();
        Watch { topics: self.topics.clone(), topic, changes }
    }

    /// Wakes all watchers of a topic.
    pub fn notify(&self, topic: Topic) {
        let topics = self.topics.lock();
        let wider = matches!(topic, Topic::Day(_)).then_some(Topic::Days);
        for sender in [Some(topic), wider].into_iter().flatten().filter_map(|topic| topics.get(&topic)) {
            wake(sender);
        }
    }

    /// Wakes the pages that show whether this participant is there.
    pub(crate) fn notify_presence(&self, seat: Seat) {
        self.notify(Topic::Consultation(seat.consultation));
        self.notify(Topic::Day(seat.host));
    }

    /// Wakes all watchers of all topics, after the clock was moved.
    pub fn notify_all(&self) {
        self.topics.lock().values().for_each(wake);
    }

    /// Number of watched topics.
    pub fn watched(&self) -> usize {
        self.topics.lock().len()
    }
}

fn wake(sender: &watch::Sender<u64>) {
    sender.send_modify(|n| *n = n.wrapping_add(1));
}

impl Topics {
    fn lock(&self) -> MutexGuard<'_, HashMap<Topic, watch::Sender<u64>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    /// Waits for the next change. Several changes in between count as one.
    pub async fn changed(&mut self) {
        if self.changes.changed().await.is_err() {
            std::future::pending::<()>().await; // Not reached: a topic is removed by its last watcher.
        }
    }
}

impl Drop for Watch {
    /// The last watcher removes the topic: there is one for each consultation that was ever open.
    fn drop(&mut self) {
        let mut topics = self.topics.lock();
        if topics.get(&self.topic).is_some_and(|sender| sender.receiver_count() == 1) {
            topics.remove(&self.topic);
        }
    }
}
