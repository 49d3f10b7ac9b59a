//! Due work: several workers for each lane, which do jobs when they become due, the sweep, and announcements of open
//! pages.
//!
//! Contains no rules: `app` decides what is due, how it is done and when it is tried again. Owns the only timer.

mod presence;
mod sweep;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use anteroom_app::App;
use anteroom_app::jobs::{self, Lane};
use futures_util::FutureExt;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

#[cfg(test)]
mod tests;

/// Pause after a store error, and maximum wait when nothing is due: the clock may be set forward.
const MAX_WAIT: Duration = Duration::from_secs(10);
/// How long a job in hand may go on after the shutdown. Whatever it was is done again after the next start.
const GRACE: Duration = Duration::from_secs(5);

/// Jobs of a lane that are done at the same time. A mail server that is slow for one recipient delays no other.
const fn workers(lane: Lane) -> usize {
    match lane {
        Lane::Rooms | Lane::Messages => 4,
        Lane::Checks => 1,
    }
}

/// Runs until cancelled; then finishes the jobs in hand, or leaves them after a grace period.
pub async fn run(app: App, shutdown: CancellationToken) {
    let lanes = Lane::ALL.map(|lane| (lane, Notify::new()));
    let all = lanes.iter().flat_map(|(lane, ready)| (0..workers(*lane)).map(move |_| (*lane, ready)));
    let work = futures_util::future::join_all(all.map(|(lane, ready)| work(&app, lane, ready, &shutdown)));
    tokio::join!(
        forward_wakeups(&app.jobs_ready, lanes.each_ref().map(|(_, ready)| ready), &shutdown),
        work,
        sweep::run(&app, &shutdown),
        presence::run(&app, &shutdown),
    );
}

/// Forwards wake-ups to one worker of every lane: the notifier does not know which lane a job went to.
async fn forward_wakeups(jobs_ready: &Notify, lanes: [&Notify; 3], shutdown: &CancellationToken) {
    while shutdown.run_until_cancelled(jobs_ready.notified()).await.is_some() {
        lanes.iter().for_each(|ready| ready.notify_one());
    }
}

/// One worker of a lane.
async fn work(app: &App, lane: Lane, ready: &Notify, shutdown: &CancellationToken) {
    while !shutdown.is_cancelled() {
        let wait = match next(app, lane, ready, shutdown).await {
            Ok(Next::Done) => continue,
            Ok(Next::Wait(wait)) => wait,
            Err(error) => {
                tracing::error!(error = with_causes(&error), ?lane, "could not do a job");
                MAX_WAIT
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = ready.notified() => {}
            () = sleep(wait) => {}
        }
    }
}

enum Next {
    /// A job was done; there may be more.
    Done,
    /// Nothing is due for so long.
    Wait(Duration),
}

async fn next(app: &App, lane: Lane, ready: &Notify, shutdown: &CancellationToken) -> anteroom_app::Result<Next> {
    let Some(job) = jobs::lease(app, lane).await? else { return until_next(app, lane).await.map(Next::Wait) };
    ready.notify_one(); // There may be more, for the worker beside.
    let late = async {
        shutdown.cancelled().await;
        sleep(GRACE).await;
    };
    tokio::select! {
        done = AssertUnwindSafe(jobs::run(app, &job)).catch_unwind() => match done {
            Ok(done) => done.map(|()| Next::Done),
            Err(_) => jobs::record_panic(app, &job).await.map(|()| Next::Done),
        },
        () = late => {
            tracing::warn!(kind = job.kind, job = job.id, "a job was left at the shutdown; it is done after the next start");
            Ok(Next::Done)
        }
    }
}

async fn until_next(app: &App, lane: Lane) -> anteroom_app::Result<Duration> {
    let Some(due) = jobs::next_at(app, lane).await? else { return Ok(MAX_WAIT) };
    let wait = due.duration_since(app.clock.now());
    Ok(Duration::try_from(wait).unwrap_or(Duration::ZERO).clamp(Duration::from_millis(20), MAX_WAIT))
}

/// The error with its causes: that of the store names the statement or the file. They hold no row values.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[expect(clippy::disallowed_methods, reason = "the one timer of due work")]
async fn sleep(wait: Duration) {
    tokio::time::sleep(wait).await;
}
