//! What operators watch: whether the server works, its counters, and webhooks that were given up.

use anteroom_domain::{KeyScope, Refusal};
use anteroom_store::{JobCounts, Lane};
use jiff::SignedDuration;

use crate::{Actor, App, Result, WebhookLoss, practices};

/// How long admins read of webhooks that were given up, after the last one.
const LOSSES_SHOWN_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Fails if the database cannot be read or the media server does not work.
pub async fn check(app: &App) -> Result<()> {
    practices::find(app).await?;
    Ok(app.video.check()?)
}

/// The counters of the media server and the numbers of jobs, in the text format of Prometheus. For admins, and API
/// clients with the scope for it.
pub async fn metrics(app: &App, actor: &Actor) -> Result<String> {
    match actor {
        Actor::Key { scopes, .. } if scopes.has(KeyScope::Metrics) => {}
        Actor::Key { .. } => return Err(Refusal::ScopeMissing.into()),
        Actor::Staff(_) | Actor::Console | Actor::Participant { .. } => {
            actor.admin()?;
        }
    }
    let counts = app.store.read().await?.lane_counts(app.clock.now()).await?;
    Ok(app.video.metrics() + &jobs_text(&counts))
}

/// Receivers that have missed webhooks within the last day, for admins: what the receiver does with them did not happen.
pub fn webhook_losses(app: &App, actor: &Actor) -> Result<Vec<WebhookLoss>> {
    actor.admin()?;
    let now = app.clock.now();
    let mut losses = app.video.webhook_losses();
    losses.retain(|loss| now.duration_since(loss.last_at) < LOSSES_SHOWN_FOR);
    Ok(losses)
}

fn jobs_text(counts: &[(Lane, JobCounts)]) -> String {
    let gauge = |name: &str, help: &str, value: fn(&JobCounts) -> i64| {
        let line =
            |(lane, counts): &(Lane, JobCounts)| format!("{name}{{lane=\"{}\"}} {}\n", lane.as_str(), value(counts));
        format!("# HELP {name} {help}\n# TYPE {name} gauge\n") + &counts.iter().map(line).collect::<String>()
    };
    gauge("anteroom_jobs_due", "Jobs that are due and not done yet, by lane.", |counts| counts.due)
        + &gauge("anteroom_jobs_given_up", "Jobs that have failed for good, by lane.", |counts| counts.given_up)
}
