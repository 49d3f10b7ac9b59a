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
const BATCH: i64 = 20;
/// How long a worker rests after the store failed, and at most when nothing is due. Another node may have posted
/// something meanwhile, and nobody rings for that.
const REST: Duration = Duration::from_secs(10);

/// Works until it is cancelled; finishes the notices in hand before it goes.
pub async fn run(app: App, end: CancellationToken) {
    let (rooms, letters) = (Notify::new(), Notify::new());
    tokio::join!(
        pass_on(&app.bell, [&rooms, &letters], &end),
        empty(&app, Lane::Rooms, &rooms, &end),
        empty(&app, Lane::Letters, &letters, &end),
    );
}

/// The house has one bell; whoever rings it does not know for whom.
async fn pass_on(bell: &Notify, workers: [&Notify; 2], end: &CancellationToken) {
    while end.run_until_cancelled(bell.notified()).await.is_some() {
        workers.iter().for_each(|worker| worker.notify_one());
    }
}

/// Empties one lane. A mail server that takes its time keeps letters waiting and nothing else: without lanes, a
/// consultation that was ended would go on until some letter had been refused.
async fn empty(app: &App, lane: Lane, bell: &Notify, end: &CancellationToken) {
    while !end.is_cancelled() {
        let rest = match outbox::work_on(app, lane, BATCH).await {
            Ok(0) => until_next(app, lane).await,
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(%error, ?lane, "the outbox could not be worked on");
                REST
            }
        };
        tokio::select! {
            () = end.cancelled() => {}
            () = bell.notified() => {}
            () = sleep(rest) => {}
        }
    }
}

async fn until_next(app: &App, lane: Lane) -> Duration {
    match outbox::next_due(app, lane).await {
        Ok(Some(due)) => {
            let wait = due.duration_since(app.clock.now());
            Duration::try_from(wait).unwrap_or(Duration::ZERO).clamp(Duration::from_millis(20), REST)
        }
        Ok(None) => REST,
        Err(error) => {
            tracing::error!(%error, ?lane, "the outbox could not be read");
            REST
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one timer of due work")]
async fn sleep(rest: Duration) {
    tokio::time::sleep(rest).await;
}
