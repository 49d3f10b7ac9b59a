//! Due work: one worker per lane of the outbox, which delivers notices when they become due.
//!
//! Contains no rules: `app` decides what is due, how it is delivered and when it is retried. Owns the only timer.

use std::time::Duration;

use anteroom_app::App;
use anteroom_app::outbox::{self, Lane};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

#[cfg(test)]
mod tests;

/// Notices per batch.
const BATCH_SIZE: i64 = 20;
/// Pause after a store error, and maximum wait when nothing is due: notices posted by another process do not wake this
/// one.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// Runs until cancelled; finishes the current batch first.
pub async fn run(app: App, shutdown: CancellationToken) {
    let (rooms_ready, mail_ready) = (Notify::new(), Notify::new());
    tokio::join!(
        forward_wakeups(&app.outbox_ready, [&rooms_ready, &mail_ready], &shutdown),
        run_lane(&app, Lane::Rooms, &rooms_ready, &shutdown),
        run_lane(&app, Lane::Messages, &mail_ready, &shutdown),
    );
}

/// Forwards wake-ups to every lane: the notifier does not know which lane a notice went to.
async fn forward_wakeups(outbox_ready: &Notify, workers: [&Notify; 2], shutdown: &CancellationToken) {
    while shutdown.run_until_cancelled(outbox_ready.notified()).await.is_some() {
        workers.iter().for_each(|worker| worker.notify_one());
    }
}

/// Delivers the notices of one lane. A slow mail server delays messages only: without lanes the room of an ended
/// consultation would stay open until a message had been sent.
async fn run_lane(app: &App, lane: Lane, outbox_ready: &Notify, shutdown: &CancellationToken) {
    while !shutdown.is_cancelled() {
        let wait = match outbox::deliver_due_in(app, lane, BATCH_SIZE).await {
            Ok(0) => until_next(app, lane).await,
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(%error, ?lane, "could not process the outbox");
                MAX_WAIT
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = outbox_ready.notified() => {}
            () = sleep(wait) => {}
        }
    }
}

async fn until_next(app: &App, lane: Lane) -> Duration {
    match outbox::next_due(app, lane).await {
        Ok(Some(due)) => {
            let wait = due.duration_since(app.clock.now());
            Duration::try_from(wait).unwrap_or(Duration::ZERO).clamp(Duration::from_millis(20), MAX_WAIT)
        }
        Ok(None) => MAX_WAIT,
        Err(error) => {
            tracing::error!(%error, ?lane, "could not read the outbox");
            MAX_WAIT
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one timer of due work")]
async fn sleep(wait: Duration) {
    tokio::time::sleep(wait).await;
}
