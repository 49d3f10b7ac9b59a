//! What operators watch: whether the server works, and its counters.

use crate::{Actor, App, Result, practices};

/// Fails if the database cannot be read or the media server does not work.
pub async fn check(app: &App) -> Result<()> {
    practices::find(app).await?;
    Ok(app.video.check()?)
}

/// The counters of the media server, in the text format of Prometheus. For admins and API clients.
pub fn metrics(app: &App, actor: &Actor) -> Result<String> {
    actor.admin()?;
    Ok(app.video.metrics())
}
