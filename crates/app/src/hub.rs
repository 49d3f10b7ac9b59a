//! Wake-ups for live pages: a watcher is woken when its topic changed, and reads the state again.
//!
//! Carries no data: a woken watcher loads what its own actor may see. Works within one process only.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use anteroom_domain::{ConsultationId, UserId};
use tokio::sync::watch;

/// What can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// One consultation.
    Consultation(ConsultationId),
    /// The appointments of one host.
    Day(UserId),
    /// Logins and rights of one member of staff.
    Account(UserId),
}

/// All watched topics.
#[derive(Default)]
pub struct Hub(Mutex<HashMap<Topic, watch::Sender<u64>>>);

/// One watcher's subscription.
pub struct Watch(watch::Receiver<u64>);

impl Hub {
    /// Subscribes to a topic. Read the state after this call, not before, or a change is missed.
    pub fn watch(&self, topic: Topic) -> Watch {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Watch(topics.entry(topic).or_insert_with(|| watch::Sender::new(0)).subscribe())
    }

    /// Wakes all watchers of a topic. Removes topics without watchers.
    pub fn notify(&self, topic: Topic) {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = topics.get(&topic) else {
            return;
        };
        sender.send_modify(|n| *n = n.wrapping_add(1));
        if sender.receiver_count() == 0 {
            topics.remove(&topic);
        }
    }

    /// Wakes all watchers of all topics, after the clock was moved.
    pub fn notify_all(&self) {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        topics.retain(|_, sender| sender.receiver_count() > 0);
        topics.values().for_each(|sender| sender.send_modify(|n| *n = n.wrapping_add(1)));
    }
}

impl Watch {
    /// Waits for the next change. Several changes in between count as one.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            // The topic was removed: no further change will arrive.
            std::future::pending::<()>().await;
        }
    }
}
