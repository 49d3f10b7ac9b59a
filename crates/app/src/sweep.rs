//! The sweep: takes over jobs of an older version, writes down what was only noted, and deletes what has expired. Runs once a minute.

use crate::{App, Result, jobs};

/// Sweeps once. Returns whether there may be more to delete.
pub async fn run(app: &App) -> Result<bool> {
    jobs::take_over_outbox(app).await?;
    for (session, at) in app.last_used.take() {
        // One transaction each: more than one lock at a time could deadlock with a change of all sessions of a user.
        let mut tx = app.store.begin().await?;
        tx.save_session_use(&session, at).await?;
        tx.commit().await?;
    }
    let now = app.clock.now();
    let first = app.store.read().await?.first_session_expiry().await?;
    if first.is_none_or(|first| first > now) {
        return Ok(false);
    }
    let mut tx = app.store.begin().await?;
    let deleted = tx.delete_expired_sessions(now).await?;
    tx.commit().await?;
    Ok(deleted > 0)
}
