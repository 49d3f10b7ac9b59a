//! The running server: until a signal comes, or a part of it ends by itself.

use std::sync::Arc;
use std::time::Duration;

use anteroom_app::App;
use anteroom_rtc as rtc;
use anteroom_store::MediaServerLock;
use anyhow::{Context, Result};
use jiff::Timestamp;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::data_dir;
use crate::secrets::LiveKitKey;
use crate::shutdown_signals::ShutdownSignals;
use crate::tasks::Tasks;

/// Time for an orderly shutdown after a part of the program has ended.
const FAILURE_GRACE: Duration = Duration::from_secs(15);

/// Time to record the end of the media server.
const RECORD_LIMIT: Duration = Duration::from_secs(2);

/// A running server.
pub(crate) struct Site {
    pub(crate) app: App,
    pub(crate) public_url: String,
    /// If there is no practice yet.
    pub(crate) setup_link: Option<String>,
    pub(crate) media_url: String,
    pub(crate) livekit: LiveKitKey,
    pub(crate) embedded: Arc<rtc::Embedded>,
    pub(crate) signals: ShutdownSignals,
    pub(crate) shutdown: CancellationToken,
    pub(crate) tasks: Tasks,
    pub(crate) media_lock: MediaServerLock,
    pub(crate) _data_lock: data_dir::Lock,
}

impl Site {
    /// Runs until SIGTERM or Ctrl-C, then shuts down in order: HTTP, streams, rooms, webhooks, database. If a part of the
    /// program ends by itself, does the same and fails, so that the supervisor starts the program again: half of a
    /// server looks alive to it.
    pub(crate) async fn run_until_shutdown(mut self) -> Result<()> {
        let failure = tokio::select! {
            () = self.signals.received() => None,
            reason = failure(&self.app, &self.embedded, &mut self.tasks, &mut self.media_lock) => Some(reason),
        };
        match failure {
            None => self.shut_down().await,
            Some(reason) => {
                tracing::error!(reason, "the program ends, because a part of it has ended");
                let _ = timeout(FAILURE_GRACE, self.shut_down()).await;
                // Returning would wait for the other media threads, one of which may be stuck.
                std::process::exit(1)
            }
        }
    }

    /// Fails if a task has panicked on the way, so that the supervisor learns of it.
    async fn shut_down(&mut self) -> Result<()> {
        tracing::info!("shutting down");
        let alive_at = self.app.clock.now();
        self.shutdown.cancel();
        self.embedded.shutdown();
        self.embedded.flush_webhooks().await;
        self.embedded.flush_attendance().await;
        self.record_last_alive(alive_at).await;
        let finished = self.tasks.finish().await;
        self.app.store.close().await;
        finished.context("the shutdown was not in order")
    }

    /// Attendance that could not be recorded until now ended then. A database that does not answer must not delay the end.
    async fn record_last_alive(&self, at: Timestamp) {
        match timeout(RECORD_LIMIT, anteroom_app::media_alive(&self.app, at)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the end of the media server could not be recorded"),
            Err(_) => tracing::warn!("the end of the media server could not be recorded in time"),
        }
    }
}

/// Waits until a part of the program has ended, and returns which. The server would go on without it, and nobody would
/// notice for a while.
async fn failure(app: &App, rooms: &rtc::Embedded, tasks: &mut Tasks, media_lock: &mut MediaServerLock) -> String {
    tokio::select! {
        reason = rooms.failure() => reason,
        reason = tasks.failure() => reason,
        name = app.store.failure() => format!("{name} has ended"),
        error = media_lock.lost() => format!("the database is no longer reserved for this program: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;

    use super::*;
    use crate::boot::{self, Environment};
    use crate::config::Config;
    use crate::first_setup::FirstSetup;
    use crate::http;
    use crate::system::SystemClock;

    /// A server, and its folder.
    async fn site() -> (Site, tempfile::TempDir) {
        let data = tempfile::tempdir().unwrap();
        let listener = http::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let config = Config {
            data: data.path().to_owned(),
            listen: listener.local_addr().unwrap(),
            media_port: Some(0),
            media_threads: std::num::NonZeroU16::MIN,
            advertise: Vec::new(),
            public_url: None,
            database: "sqlite::memory:".to_owned(),
            smtp_url: None,
            mail_from: "test@anteroom.example".to_owned(),
            mail_reply_to: None,
            webhook_urls: Vec::new(),
            auto_create_rooms: false,
            trusted_proxies: Vec::new(),
        };
        let clock = Arc::new(SystemClock::default());
        let environment = Environment { clock, listener, first_setup: FirstSetup::Command };
        (boot::start(&config, environment, |_| Router::new()).await.unwrap(), data)
    }

    #[tokio::test]
    async fn a_panic_during_the_shutdown_is_an_error() {
        let (mut site, _data) = site().await;
        let shutdown = site.shutdown.clone();
        site.tasks.run("the backup", async move {
            shutdown.cancelled().await;
            std::panic::resume_unwind(Box::new("intended panic, without a message"));
        });
        let error = site.shut_down().await.unwrap_err();
        assert_eq!(format!("{error:#}"), "the shutdown was not in order: a task of the program panicked");
    }

    #[tokio::test]
    async fn a_shutdown_without_a_panic_is_in_order() {
        let (mut site, _data) = site().await;
        site.shut_down().await.unwrap();
    }

    #[tokio::test]
    async fn listener_and_workers_are_watched() {
        let (mut site, _data) = site().await;
        let failure =
            async |site: &mut Site| failure(&site.app, &site.embedded, &mut site.tasks, &mut site.media_lock).await;
        site.shutdown.cancel();
        let mut ended = [failure(&mut site).await, failure(&mut site).await];
        ended.sort();
        assert_eq!(ended, ["the HTTP listener has ended", "the job worker has ended"]);
        site.app.store.close().await;
        assert_eq!(failure(&mut site).await, "the writer of the database has ended");
    }
}
