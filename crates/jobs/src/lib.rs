//! Due work: a worker that empties the outbox as things become due.
//!
//! Decides nothing: what is due, how it is told and when it is tried again is `app`'s. Owns the only timer.

use std::time::Duration;

use anteroom_app::{App, outbox};
use tokio_util::sync::CancellationToken;

/// How many notices one batch holds.
const BATCH: i64 = 20;
/// How long a worker rests after the store failed, and at most when nothing is due. Another node may have posted
/// something meanwhile, and nobody rings for that.
const REST: Duration = Duration::from_secs(10);

/// Works until it is cancelled; finishes the batch in hand before it goes.
pub async fn run(app: App, end: CancellationToken) {
    while !end.is_cancelled() {
        let rest = match outbox::work(&app, BATCH).await {
            Ok(0) => until_next(&app).await,
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(%error, "the outbox could not be worked on");
                REST
            }
        };
        tokio::select! {
            () = end.cancelled() => {}
            () = app.bell.notified() => {}
            () = sleep(rest) => {}
        }
    }
}

async fn until_next(app: &App) -> Duration {
    match outbox::next_due(app).await {
        Ok(Some(due)) => {
            let wait = due.duration_since(app.clock.now());
            Duration::try_from(wait).unwrap_or(Duration::ZERO).clamp(Duration::from_millis(20), REST)
        }
        Ok(None) => REST,
        Err(error) => {
            tracing::error!(%error, "the outbox could not be read");
            REST
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one timer of due work")]
async fn sleep(rest: Duration) {
    tokio::time::sleep(rest).await;
}
