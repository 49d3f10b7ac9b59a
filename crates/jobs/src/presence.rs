//! Announces open pages to other programs on the database.

use std::time::Duration;

use anteroom_app::{App, presence};
use tokio_util::sync::CancellationToken;

use crate::sleep;

/// Pages that open and close within this time are announced together.
const TOGETHER: Duration = Duration::from_millis(50);

/// Runs until cancelled. Does nothing on a database that only this program uses.
pub(crate) async fn run(app: &App, shutdown: &CancellationToken) {
    while presence::is_shared(app) && !shutdown.is_cancelled() {
        let Some(wait) = shutdown.run_until_cancelled(presence::announce(app)).await else { return };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = presence::changed(app) => {}
            () = sleep(wait) => {}
        }
        shutdown.run_until_cancelled(sleep(TOGETHER)).await;
    }
}
