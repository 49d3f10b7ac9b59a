//! Runs the sweep once a minute: expired sessions, and what was noted in memory.

use std::time::Duration;

use anteroom_app::{App, sweep};
use tokio_util::sync::CancellationToken;

use crate::sleep;

/// Interval of the sweep.
const INTERVAL: Duration = Duration::from_secs(60);

/// Runs until cancelled, and once more at the end, so that what was noted is not lost.
pub(crate) async fn run(app: &App, shutdown: &CancellationToken) {
    while !shutdown.is_cancelled() {
        if !is_unfinished(app).await {
            shutdown.run_until_cancelled(sleep(INTERVAL)).await;
        }
    }
    is_unfinished(app).await;
}

async fn is_unfinished(app: &App) -> bool {
    sweep::run(app).await.unwrap_or_else(|error| {
        tracing::error!(%error, "could not sweep");
        false
    })
}
