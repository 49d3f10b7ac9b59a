//! Who watches what. A page that shows a consultation is woken when it changed, and reads it again.
//!
//! Carries no data: whoever is woken asks the store, with their own rights. In one process only;
//! several nodes wake each other through the outbox.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use anteroom_domain::{ConsultationId, UserId};
use tokio::sync::watch;

/// What can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// One consultation.
    Consultation(ConsultationId),
    /// The day of one host.
    Day(UserId),
}

/// All topics somebody watches.
#[derive(Default)]
pub struct Hub(Mutex<HashMap<Topic, watch::Sender<u64>>>);

/// One watcher's place.
pub struct Watch(watch::Receiver<u64>);

impl Hub {
    /// Starts watching. Changes from now on are seen; read the state after this, not before.
    pub fn watch(&self, topic: Topic) -> Watch {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Watch(topics.entry(topic).or_insert_with(|| watch::Sender::new(0)).subscribe())
    }

    /// Wakes everybody who watches this. Forgets topics nobody watches any more.
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

    /// Wakes everybody, whatever they watch: the clock was moved.
    pub fn notify_all(&self) {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        topics.retain(|_, sender| sender.receiver_count() > 0);
        topics.values().for_each(|sender| sender.send_modify(|n| *n = n.wrapping_add(1)));
    }
}

impl Watch {
    /// Waits for the next change. Several changes in between are one.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            // The topic was forgotten between our subscription and now: nothing will come any more.
            std::future::pending::<()>().await;
        }
    }
}
