//! Due work: a worker for each lane of the outbox, telling things as they become due.
//!
//! Decides nothing: what is due, how it is told and when it is tried again is `app`'s. Owns the only timer.

use std::time::Duration;

use anteroom_app::App;
use anteroom_app::outbox::{self, Lane};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

#[cfg(test)]
mod tests;

/// How many notices one batch holds.
const BATCH_SIZE: i64 = 20;
/// How long a worker rests after the store failed, and at most when nothing is due. Another node may have posted
/// something meanwhile, and nobody rings for that.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// Works until it is cancelled; finishes the notices in hand before it goes.
pub async fn run(app: App, shutdown: CancellationToken) {
    let (rooms_ready, mail_ready) = (Notify::new(), Notify::new());
    tokio::join!(
        forward_wakeups(&app.outbox_ready, [&rooms_ready, &mail_ready], &shutdown),
        run_lane(&app, Lane::Rooms, &rooms_ready, &shutdown),
        run_lane(&app, Lane::Messages, &mail_ready, &shutdown),
    );
}

/// The house has one bell; whoever rings it does not know for whom.
async fn forward_wakeups(outbox_ready: &Notify, workers: [&Notify; 2], shutdown: &CancellationToken) {
    while shutdown.run_until_cancelled(outbox_ready.notified()).await.is_some() {
        workers.iter().for_each(|worker| worker.notify_one());
    }
}

/// Empties one lane. A mail server that takes its time keeps letters waiting and nothing else: without lanes, a
/// consultation that was ended would go on until some letter had been refused.
async fn run_lane(app: &App, lane: Lane, outbox_ready: &Notify, shutdown: &CancellationToken) {
    while !shutdown.is_cancelled() {
        let wait = match outbox::deliver_due_in(app, lane, BATCH_SIZE).await {
            Ok(0) => until_next(app, lane).await,
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(%error, ?lane, "the outbox could not be worked on");
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
            tracing::error!(%error, ?lane, "the outbox could not be read");
            MAX_WAIT
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one timer of due work")]
async fn sleep(wait: Duration) {
    tokio::time::sleep(wait).await;
}
