//! What operators watch: whether the server works, and its counters.

use anteroom_domain::{KeyScope, Refusal};
use anteroom_store::{JobCounts, Lane};

use crate::{Actor, App, Result, practices};

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

fn jobs_text(counts: &[(Lane, JobCounts)]) -> String {
    let gauge = |name: &str, help: &str, value: fn(&JobCounts) -> i64| {
        let line =
            |(lane, counts): &(Lane, JobCounts)| format!("{name}{{lane=\"{}\"}} {}\n", lane.as_str(), value(counts));
        format!("# HELP {name} {help}\n# TYPE {name} gauge\n") + &counts.iter().map(line).collect::<String>()
    };
    gauge("anteroom_jobs_due", "Jobs that are due and not done yet, by lane.", |counts| counts.due)
        + &gauge("anteroom_jobs_given_up", "Jobs that have failed for good, by lane.", |counts| counts.given_up)
}
