//! Empties the outbox: takes up what is due, tells it, and keeps what could not be told for later.

pub use anteroom_store::Lane;
use anteroom_store::Leased;
use jiff::{SignedDuration, Timestamp};

use crate::notices::Told;
use crate::{App, Error, Result, notices};

/// How long one worker may be at one batch. If it dies, somebody else tries after this.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// After this many tries nobody tries any more: with the pauses below, about two days.
const TRIES: i64 = 24;

/// Empties every lane once, one after the other. Answers how many notices there were.
pub async fn work(app: &App, limit: i64) -> Result<usize> {
    let mut told = 0;
    for lane in Lane::ALL {
        told += work_on(app, lane, limit).await?;
    }
    Ok(told)
}

/// Takes up at most `limit` due notices of a lane and tells them, one after the other. Answers how many there were.
pub async fn work_on(app: &App, lane: Lane, limit: i64) -> Result<usize> {
    let now = app.clock.now();
    let mut tx = app.store.begin().await?;
    let batch = tx.lease_due(lane, now, later(now, LEASE)?, limit).await?;
    if batch.is_empty() {
        return Ok(0);
    }
    tx.commit().await?;
    for leased in &batch {
        let told = notices::tell(app, &leased.notice).await;
        settle(app, leased, told).await?;
    }
    Ok(batch.len())
}

/// When the next notice of a lane is due, if any is owed.
pub async fn next_due(app: &App, lane: Lane) -> Result<Option<Timestamp>> {
    Ok(app.store.read().await?.next_due(lane).await?)
}

async fn settle(app: &App, leased: &Leased, told: Told) -> Result<()> {
    let (now, kind) = (app.clock.now(), leased.notice.kind());
    let mut tx = app.store.begin().await?;
    match told {
        Told::Done => tx.outbox_done(leased).await?,
        Told::RetryLater(error) if leased.attempts < TRIES => {
            tracing::warn!(kind, attempts = leased.attempts, error = chain(&*error), "a notice will be tried again");
            tx.outbox_failed(leased, &chain(&*error), later(now, pause(leased.attempts))?).await?
        }
        Told::RetryLater(error) | Told::GiveUp(error) => {
            tracing::error!(kind, attempts = leased.attempts, error = chain(&*error), "a notice was given up");
            tx.outbox_given_up(leased, &chain(&*error), now).await?
        }
    };
    Ok(tx.commit().await?)
}

/// 5 s, 10 s, 20 s … at most three hours between two tries.
fn pause(attempts: i64) -> SignedDuration {
    let doublings = u32::try_from(attempts.clamp(1, 12) - 1).unwrap_or(0);
    SignedDuration::from_secs((5 * 2_i64.pow(doublings)).min(3 * 3600))
}

fn later(now: Timestamp, by: SignedDuration) -> Result<Timestamp> {
    now.saturating_add(by).map_err(|_| Error::Internal("the clock is at its end"))
}

/// What went wrong, without the details that may name somebody.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    error.to_string()
}
