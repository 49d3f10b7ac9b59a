//! Queues of events from the rooms to the tasks that store or send them. A media thread never waits: at the bound the
//! newest event is dropped and counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// How many events were dropped since the start. The queues of one kind share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dropped(Arc<AtomicU64>);

impl Dropped {
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Events of rooms that were dropped because a queue was full.
#[derive(Default)]
pub(crate) struct DroppedEvents {
    pub(crate) attendance: Dropped,
    pub(crate) webhooks: Dropped,
}

/// A queue of at most `capacity` events, which counts what it drops there.
pub(crate) fn event_queue<T>(capacity: usize, dropped: Dropped) -> (EventSender<T>, mpsc::Receiver<T>) {
    let (sender, receiver) = mpsc::channel(capacity);
    (EventSender { sender, dropped }, receiver)
}

#[derive(Debug)]
pub(crate) struct EventSender<T> {
    sender: mpsc::Sender<T>,
    dropped: Dropped,
}

impl<T> Clone for EventSender<T> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone(), dropped: self.dropped.clone() }
    }
}

impl<T> EventSender<T> {
    /// Queues an event; nobody misses one whose receiver has ended.
    pub(crate) fn send(&self, event: T) {
        if let Err(TrySendError::Full(_)) = self.sender.try_send(event) {
            self.dropped.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether the receiver accepts nothing more.
    #[cfg(test)]
    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_event_is_dropped_and_counted_at_the_bound() {
        let dropped = Dropped::default();
        let (sender, mut receiver) = event_queue(2, dropped.clone());
        (1..=4).for_each(|event| sender.send(event));
        assert_eq!(dropped.count(), 2);
        assert_eq!([receiver.try_recv(), receiver.try_recv()], [Ok(1), Ok(2)]);
        sender.send(5);
        assert_eq!((receiver.try_recv(), dropped.count()), (Ok(5), 2));
        drop(receiver);
        sender.send(6);
        assert_eq!(dropped.count(), 2, "nothing waits for it");
    }
}
