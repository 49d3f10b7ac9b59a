//! Wake-ups for live pages: a watcher is woken when its topic changed, and looks at the state again.
//!
//! A wake carries no data. What the watchers of a topic show is read once for all of them ([`shared_reads`]), and each
//! sees of it what its own actor may see. Works within one process only; the store reports commits of other processes.

mod consultation_watch;
mod day_watch;
mod shared_reads;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anteroom_domain::{ConsultationId, UserId};
use tokio::sync::watch;

pub use self::consultation_watch::{ConsultationWatch, Links};
pub use self::day_watch::DayWatch;
use self::shared_reads::{ReadKey, SharedReads};
use crate::presence::{PresenceRegistry, Seat};
use crate::{Error, Result};

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
    /// The practice.
    Practice,
    /// Validity of API keys.
    Keys,
}

/// All watched topics, and who has a page open.
#[derive(Default)]
pub struct Hub {
    topics: Arc<Topics>,
    /// Who has a page open.
    pub presence: PresenceRegistry,
}

#[derive(Default)]
struct Topics(Mutex<HashMap<Topic, TopicState>>);

#[derive(Default)]
struct TopicState {
    changes: watch::Sender<ChangeNumbers>,
    reads: SharedReads,
    watchers: usize,
}

/// Numbers of the last changes of a topic.
#[derive(Debug, Clone, Copy, Default)]
struct ChangeNumbers {
    /// Of any change.
    any: u64,
    /// Of what is stored: it has to be read again.
    stored: u64,
}

/// One watcher's subscription.
pub struct Watch {
    topics: Arc<Topics>,
    topic: Topic,
    changes: watch::Receiver<ChangeNumbers>,
}

impl Hub {
    /// Subscribes to a topic. Read the state after this call, not before, or a change is missed.
    pub fn watch(&self, topic: Topic) -> Watch {
        let mut topics = self.topics.lock();
        let state = topics.entry(topic).or_default();
        state.watchers += 1;
        Watch { topics: self.topics.clone(), topic, changes: state.changes.subscribe() }
    }

    /// Wakes all watchers of a topic: what is stored has changed.
    pub fn notify(&self, topic: Topic) {
        self.wake(topic, stored_change);
    }

    /// Wakes the pages that show whether this participant is there.
    pub(crate) fn notify_presence(&self, seat: Seat) {
        let presence_change = |changes: &mut ChangeNumbers| changes.any += 1;
        self.wake(Topic::Consultation(seat.consultation), presence_change);
        self.wake(Topic::Day(seat.host), presence_change);
    }

    fn wake(&self, topic: Topic, change: fn(&mut ChangeNumbers)) {
        let topics = self.topics.lock();
        let wider = matches!(topic, Topic::Day(_)).then_some(Topic::Days);
        for state in [Some(topic), wider].into_iter().flatten().filter_map(|topic| topics.get(&topic)) {
            state.changes.send_modify(change);
        }
    }

    /// Wakes all watchers of all topics: commits were missed, or the clock was moved.
    pub fn notify_all(&self) {
        self.topics.lock().values().for_each(|state| state.changes.send_modify(stored_change));
    }

    /// Number of watched topics.
    pub fn watched(&self) -> usize {
        self.topics.lock().len()
    }
}

fn stored_change(changes: &mut ChangeNumbers) {
    *changes = ChangeNumbers { any: changes.any + 1, stored: changes.stored + 1 };
}

impl Topics {
    fn lock(&self) -> MutexGuard<'_, HashMap<Topic, TopicState>> {
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

    /// Rises with each change of what is stored.
    pub fn version(&self) -> u64 {
        self.changes.borrow().stored
    }

    /// What `read` finds, shared with the other watchers of the topic who ask the same.
    async fn read<T: Send + Sync + 'static>(
        &self,
        key: ReadKey,
        read: impl Future<Output = std::result::Result<T, anteroom_store::Error>> + Send + 'static,
    ) -> Result<Arc<T>> {
        let answer = {
            let mut topics = self.topics.lock();
            let state = topics.get_mut(&self.topic).ok_or(Error::Internal("a watched topic was removed"))?;
            state.reads.ask(key, &self.changes, read)
        };
        answer.get().await
    }
}

impl Drop for Watch {
    /// The last watcher removes the topic: there is one for each consultation that was ever open.
    fn drop(&mut self) {
        let mut topics = self.topics.lock();
        let Some(state) = topics.get_mut(&self.topic) else { return };
        state.watchers -= 1;
        if state.watchers == 0 {
            topics.remove(&self.topic);
        }
    }
}
