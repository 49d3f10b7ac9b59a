//! Turns of one actor to write. Each transaction locks the key or account of its actor, so those of one actor wait for
//! each other: without a limit, one client could wait on every connection of the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anteroom_domain::{Author, Refusal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Transactions of one actor at the same time. More than one, because SQLite commits them together.
const AT_ONCE: usize = 5;

/// Requests of one actor that have a turn or wait for one.
const MAX_REQUESTS: usize = 64;

/// Who writes, and who waits.
#[derive(Clone, Default)]
pub struct WriteTurns(Arc<Mutex<HashMap<String, Queue>>>);

/// The requests of one actor.
struct Queue {
    turns: Arc<Semaphore>,
    requests: usize,
}

/// A turn to write, until it is dropped.
pub(crate) struct WriteTurn {
    _permit: OwnedSemaphorePermit,
    _place: Place,
}

/// A place among the requests of an actor.
struct Place {
    turns: WriteTurns,
    actor: String,
}

impl WriteTurns {
    /// Waits for a turn of this actor. Refused if too many requests have one or wait already.
    pub(crate) async fn take(&self, actor: &Author) -> Result<WriteTurn, Refusal> {
        let (place, turns) = self.enter(actor.to_string())?;
        let permit = turns.acquire_owned().await.expect("it is never closed");
        Ok(WriteTurn { _permit: permit, _place: place })
    }

    fn enter(&self, actor: String) -> Result<(Place, Arc<Semaphore>), Refusal> {
        let mut queues = self.queues();
        let new = || Queue { turns: Arc::new(Semaphore::new(AT_ONCE)), requests: 0 };
        let queue = queues.entry(actor.clone()).or_insert_with(new);
        if queue.requests == MAX_REQUESTS {
            return Err(Refusal::TooManyWrites);
        }
        queue.requests += 1;
        Ok((Place { turns: self.clone(), actor }, Arc::clone(&queue.turns)))
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<String, Queue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut queues = self.turns.queues();
        let Some(queue) = queues.get_mut(&self.actor) else { return };
        queue.requests -= 1;
        if queue.requests == 0 {
            queues.remove(&self.actor);
        }
    }
}

#[cfg(test)]
mod tests {
    use anteroom_domain::ApiKeyId;
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn an_actor_has_a_few_turns_and_a_bounded_queue() {
        let turns = WriteTurns::default();
        let [one, other] = ["key_one", "key_other"].map(|id| Author::Key(ApiKeyId::from_text(id)));
        let mut taken = Vec::new();
        for _ in 0..AT_ONCE {
            taken.push(turns.take(&one).await.unwrap());
        }
        let mut waiting: Vec<_> = (AT_ONCE..MAX_REQUESTS).map(|_| Box::pin(turns.take(&one))).collect();
        assert!(waiting.iter_mut().all(|turn| turn.now_or_never().is_none()));
        assert_eq!(turns.take(&one).await.err(), Some(Refusal::TooManyWrites));
        assert!(turns.take(&other).await.is_ok(), "another actor does not wait");

        taken.pop();
        assert!(waiting[0].as_mut().now_or_never().is_some_and(|turn| turn.is_ok()), "the first one goes on");
        drop((taken, waiting));
        assert!(turns.queues().is_empty(), "nothing is remembered of those who are gone");
    }
}
