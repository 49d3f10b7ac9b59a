//! The tasks of the program: joined at the end, and watched until then.

use std::collections::HashMap;

use tokio::task::{Id, JoinError, JoinSet};

/// Running tasks.
#[derive(Default)]
pub(crate) struct Tasks {
    running: JoinSet<()>,
    /// Names of those that must run until the shutdown.
    essential: HashMap<Id, &'static str>,
}

impl Tasks {
    /// Starts a task without which the program is of no use, and which ends only at the shutdown.
    pub(crate) fn run(&mut self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let task = self.running.spawn(work);
        self.essential.insert(task.id(), name);
    }

    /// Starts a task that may end earlier.
    pub(crate) fn run_once(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.running.spawn(work);
    }

    /// Starts work that keeps a thread busy for a while.
    pub(crate) fn run_blocking(&mut self, work: impl FnOnce() + Send + 'static) {
        self.running.spawn_blocking(work);
    }

    /// Waits until a task has ended that must run until the shutdown, and returns which.
    pub(crate) async fn failure(&mut self) -> String {
        while let Some(ended) = self.running.join_next_with_id().await {
            let id = ended.as_ref().map_or_else(JoinError::id, |(id, ())| *id);
            let end = if ended.is_ok() { "has ended" } else { "panicked" };
            match self.essential.remove(&id) {
                Some(name) => return format!("{name} {end}"),
                None => log_panic(ended.map(drop)),
            }
        }
        std::future::pending().await
    }

    /// Waits until all have ended. Fails if one has panicked.
    pub(crate) async fn finish(&mut self) -> anyhow::Result<()> {
        let mut panicked = false;
        while let Some(ended) = self.running.join_next().await {
            panicked |= ended.is_err();
            log_panic(ended);
        }
        anyhow::ensure!(!panicked, "a task of the program panicked");
        Ok(())
    }
}

fn log_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a task of the program panicked");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_ends_or_panics_is_named() {
        let mut tasks = Tasks::default();
        tasks.run_once(async {});
        tasks.run_once(async { std::panic::resume_unwind(Box::new("intended panic, without a message")) });
        tasks.run("the listener", std::future::pending());
        tasks.run("the workers", async { std::panic::resume_unwind(Box::new("intended panic, without a message")) });
        assert_eq!(tasks.failure().await, "the workers panicked");
        tasks.run("the sweep", async {});
        assert_eq!(tasks.failure().await, "the sweep has ended");
    }

    #[tokio::test]
    async fn the_end_waits_for_every_task() {
        let (first, second) = (tokio::sync::oneshot::channel::<()>(), tokio::sync::oneshot::channel::<()>());
        let mut tasks = Tasks::default();
        tasks.run("the listener", async { drop(first.1.await) });
        tasks.run_once(async { drop(second.1.await) });
        let end = async {
            drop(first.0);
            tokio::task::yield_now().await;
            drop(second.0);
        };
        let (finished, ()) = tokio::join!(tasks.finish(), end);
        assert!(finished.is_ok() && tasks.running.is_empty());
    }
}
