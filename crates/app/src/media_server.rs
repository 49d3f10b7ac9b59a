//! Runs of the media server: who was connected when one ended, perhaps in a crash, has departed.

use anteroom_store::MediaServerRun;
use jiff::Timestamp;

use crate::{App, Result};

/// Call once when the media server starts. Participants still recorded as connected lost their connection with the previous
/// run: they departed when that was last alive, and count as departed until they reconnect.
pub async fn media_restarted(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.begin().await?;
    // Before the first run that is recorded, an older version may have run until now.
    let alive_at = tx.media_server_run().await?.map_or(now, |run| run.alive_at);
    let cut_off = tx.forget_connections(alive_at.min(now)).await?; // The clock may have been set back.
    tx.begin_media_server_run(now).await?;
    tx.commit().await?;
    if cut_off > 0 {
        tracing::info!(cut_off, %alive_at, "participants were connected when the previous media server stopped");
    }
    Ok(())
}

/// Records that the media server was alive at an instant, for the case that it crashes later. Call it once more at its
/// end: what could not be recorded until then departed at that time.
pub async fn media_alive(app: &App, at: Timestamp) -> Result<()> {
    let mut tx = app.store.begin().await?;
    tx.save_media_server_alive(at).await?;
    Ok(tx.commit().await?)
}

/// Since when participants can connect. Before, they were not away by choice.
pub(crate) async fn reachable_since(app: &App) -> Result<Option<Timestamp>> {
    let run: Option<MediaServerRun> = app.store.read().await?.media_server_run().await?;
    Ok(run.map(|run| run.started_at))
}
