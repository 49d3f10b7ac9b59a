//! The tasks of the open store, and how others notice that one has ended.

use std::sync::Arc;

use tokio::sync::watch;

/// Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Background(Arc<watch::Sender<Option<&'static str>>>);

impl Background {
    /// Starts a task that runs as long as the store is open. Nobody joins it: it ends with the store.
    #[expect(clippy::disallowed_methods, reason = "a part of the open store, which ends it")]
    pub(crate) fn run(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let end = End { name, ended: Arc::clone(&self.0) };
        tokio::spawn(async move {
            let _end = end;
            work.await;
        });
    }

    /// Waits until a task has ended, in any way, and returns which.
    pub(crate) async fn first_ended(&self) -> &'static str {
        let mut ended = self.0.subscribe();
        let name = ended.wait_for(Option::is_some).await.ok().and_then(|name| *name);
        match name {
            Some(name) => name,
            None => std::future::pending().await,
        }
    }
}

/// Dropped when the task returns, panics or is dropped itself.
struct End {
    name: &'static str,
    ended: Arc<watch::Sender<Option<&'static str>>>,
}

impl Drop for End {
    fn drop(&mut self) {
        self.ended.send_if_modified(|ended| ended.replace(self.name).is_none());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_panics_has_ended() {
        let background = Background::default();
        background.run("the one that goes on", std::future::pending());
        background.run("the one that panics", async {
            std::panic::resume_unwind(Box::new("intended panic, without a message"));
        });
        assert_eq!(background.first_ended().await, "the one that panics");
    }
}
