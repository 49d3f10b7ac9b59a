//! Empties the outbox: takes up what is due, tells it, and keeps what could not be told for later.

pub use anteroom_store::Lane;
use anteroom_store::LeasedNotice;
use jiff::{SignedDuration, Timestamp};

use crate::notices::Delivery;
use crate::{App, Error, Result, notices};

/// How long one worker may be at one batch. If it dies, somebody else tries after this.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// After this many tries nobody tries any more: with the pauses below, about two days.
const MAX_ATTEMPTS: i64 = 24;

/// Empties every lane once, one after the other. Answers how many notices there were.
pub async fn deliver_due(app: &App, limit: i64) -> Result<usize> {
    let mut outcome = 0;
    for lane in Lane::ALL {
        outcome += deliver_due_in(app, lane, limit).await?;
    }
    Ok(outcome)
}

/// Takes up at most `limit` due notices of a lane and tells them, one after the other. Answers how many there were.
pub async fn deliver_due_in(app: &App, lane: Lane, limit: i64) -> Result<usize> {
    let now = app.clock.now();
    let mut tx = app.store.begin().await?;
    let batch = tx.lease_due(lane, now, later(now, LEASE)?, limit).await?;
    if batch.is_empty() {
        return Ok(0);
    }
    tx.commit().await?;
    for leased in &batch {
        let outcome = notices::deliver(app, &leased.notice).await;
        record(app, leased, outcome).await?;
    }
    Ok(batch.len())
}

/// When the next notice of a lane is due, if any is owed.
pub async fn next_due(app: &App, lane: Lane) -> Result<Option<Timestamp>> {
    Ok(app.store.read().await?.next_due(lane).await?)
}

async fn record(app: &App, leased: &LeasedNotice, outcome: Delivery) -> Result<()> {
    let (now, kind) = (app.clock.now(), leased.notice.kind());
    let mut tx = app.store.begin().await?;
    match outcome {
        Delivery::Done => tx.outbox_done(leased).await?,
        Delivery::RetryLater(error) if leased.attempts < MAX_ATTEMPTS => {
            tracing::warn!(
                kind,
                attempts = leased.attempts,
                error = public_text(&*error),
                "a notice will be tried again"
            );
            tx.outbox_failed(leased, &public_text(&*error), later(now, backoff(leased.attempts))?).await?
        }
        Delivery::RetryLater(error) | Delivery::GiveUp(error) => {
            tracing::error!(kind, attempts = leased.attempts, error = public_text(&*error), "a notice was given up");
            tx.outbox_given_up(leased, &public_text(&*error), now).await?
        }
    };
    Ok(tx.commit().await?)
}

/// 5 s, 10 s, 20 s … at most three hours between two tries.
fn backoff(attempts: i64) -> SignedDuration {
    let doublings = u32::try_from(attempts.clamp(1, 12) - 1).unwrap_or(0);
    SignedDuration::from_secs((5 * 2_i64.pow(doublings)).min(3 * 3600))
}

fn later(now: Timestamp, by: SignedDuration) -> Result<Timestamp> {
    now.saturating_add(by).map_err(|_| Error::Internal("the clock is at its end"))
}

/// What went wrong, without the details that may name somebody.
fn public_text(error: &(dyn std::error::Error + 'static)) -> String {
    error.to_string()
}
