//! What operators watch: whether the server works, and its counters.

use anteroom_domain::{KeyScope, Refusal};

use crate::{Actor, App, Result, practices};

/// Fails if the database cannot be read or the media server does not work.
pub async fn check(app: &App) -> Result<()> {
    practices::find(app).await?;
    Ok(app.video.check()?)
}

/// The counters of the media server, in the text format of Prometheus. For admins, and API clients with the scope for it.
pub fn metrics(app: &App, actor: &Actor) -> Result<String> {
    match actor {
        Actor::Key { scopes, .. } if scopes.has(KeyScope::Metrics) => {}
        Actor::Key { .. } => return Err(Refusal::ScopeMissing.into()),
        Actor::Staff(_) | Actor::Console | Actor::Participant { .. } => {
            actor.admin()?;
        }
    }
    Ok(app.video.metrics())
}
