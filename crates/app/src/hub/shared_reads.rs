//! What the watchers of a topic show: read once for each change, however many of them ask.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::ChangeNumbers;
use crate::appointment_lists::Part;
use crate::{Error, Result};

/// Changes within this time after the first one are read together.
const GATHER: Duration = Duration::from_millis(100);
/// A topic is read at most once in this time, whatever changes.
const INTERVAL: Duration = Duration::from_millis(250);
/// An answer that is out of date is forgotten after this time. Until then it is known when it was read.
const FORGET_AFTER: Duration = Duration::from_secs(60);

/// Answers that a topic keeps. A day has parts, and a page may ask for any day.
const MAX_KEPT: usize = 64;

/// What is read of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ReadKey {
    /// The only thing that its watchers show.
    All,
    /// A part of the appointments of a day, `[from, to)`.
    Day { from: Timestamp, to: Timestamp, part: Part },
}

type Answer = std::result::Result<Arc<dyn Any + Send + Sync>, anteroom_store::Error>;

/// The newest read of each key.
#[derive(Default)]
pub(super) struct SharedReads(HashMap<ReadKey, watch::Receiver<Read>>);

/// One read, from the moment it is asked for.
struct Read {
    /// When it begins or began.
    at: Instant,
    /// The change it contains, once it has begun.
    change: Option<u64>,
    answer: Option<Answer>,
}

impl Read {
    /// Whether its answer contains this change.
    fn contains(&self, change: u64) -> bool {
        let failed = matches!(self.answer, Some(Err(_)));
        !failed && self.change.is_none_or(|contained| contained >= change)
    }
}

/// The answer to a key, when it has been read.
pub(super) struct PendingAnswer(watch::Receiver<Read>);

impl SharedReads {
    /// Joins the read that contains the last change, or begins it. The first one begins at once, a later one when the
    /// changes that come together have been made.
    ///
    /// The read is a task of its own: a watcher that goes away, or whose client takes no more bytes, must not hold the
    /// others up.
    #[expect(clippy::disallowed_methods, reason = "the task ends with its transaction, and nothing waits for its end")]
    pub(super) fn ask<T: Send + Sync + 'static>(
        &mut self,
        key: ReadKey,
        changes: &watch::Receiver<ChangeNumbers>,
        read: impl Future<Output = std::result::Result<T, anteroom_store::Error>> + Send + 'static,
    ) -> PendingAnswer {
        let (now, current) = (Instant::now(), changes.borrow().stored);
        let earlier = self.0.get(&key);
        if let Some(joined) = earlier.filter(|read| read.borrow().contains(current) && !has_panicked(read)) {
            return PendingAnswer(joined.clone());
        }
        let at = earlier.map_or(now, |read| (now + GATHER).max(read.borrow().at + INTERVAL));
        self.0.retain(|_, read| read.borrow().contains(current) || now < read.borrow().at + FORGET_AFTER);

        self.make_room();
        let (begun, answer) = watch::channel(Read { at, change: None, answer: None });
        self.0.insert(key, answer.clone());
        let changes = changes.clone();
        tokio::spawn(async move {
            sleep_until(at).await;
            begun.send_modify(|read| read.change = Some(changes.borrow().stored));
            let answer = read.await.map(|value| Arc::new(value) as Arc<dyn Any + Send + Sync>);
            begun.send_modify(|read| read.answer = Some(answer));
        });
        PendingAnswer(answer)
    }

    /// Forgets the oldest answer if there are too many: who asks for it again reads again.
    fn make_room(&mut self) {
        let oldest = self.0.iter().min_by_key(|(_, read)| read.borrow().at).map(|(key, _)| *key);
        if let Some(oldest) = oldest.filter(|_| self.0.len() >= MAX_KEPT) {
            self.0.remove(&oldest);
        }
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.0.len()
    }
}

/// Its task has ended without an answer, which would never come.
fn has_panicked(read: &watch::Receiver<Read>) -> bool {
    read.has_changed().is_err() && read.borrow().answer.is_none()
}

impl PendingAnswer {
    pub(super) async fn get<T: Send + Sync + 'static>(mut self) -> Result<Arc<T>> {
        let read = self.0.wait_for(|read| read.answer.is_some()).await;
        let read = read.map_err(|_| Error::Internal("a shared read has panicked"))?;
        let answer = read.answer.clone().ok_or(Error::Internal("a read has ended without an answer"))?;
        answer?.downcast().map_err(|_| Error::Internal("a key has answers of two types"))
    }
}
