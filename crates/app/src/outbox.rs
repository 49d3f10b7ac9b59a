//! Delivers due notices of the outbox: lease, deliver, then delete or schedule a retry (exponential backoff).

pub use anteroom_store::Lane;
use anteroom_store::LeasedNotice;
use jiff::{SignedDuration, Timestamp};

use crate::notices::Delivery;
use crate::{App, Error, Result, notices};

/// Lease of one batch. If the worker dies, another one retries after this.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// Attempts before giving up: with the backoff below, about two days.
const MAX_ATTEMPTS: i64 = 24;

/// Delivers due notices of every lane once. Returns their number.
pub async fn deliver_due(app: &App, limit: i64) -> Result<usize> {
    let mut outcome = 0;
    for lane in Lane::ALL {
        outcome += deliver_due_in(app, lane, limit).await?;
    }
    Ok(outcome)
}

/// Leases at most `limit` due notices of a lane and delivers them one by one. Returns their number.
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

/// When the next notice of a lane is due, if there is one.
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
                "notice delivery failed; will be retried"
            );
            tx.outbox_failed(leased, &public_text(&*error), later(now, backoff(leased.attempts))?).await?
        }
        Delivery::RetryLater(error) | Delivery::GiveUp(error) => {
            tracing::error!(
                kind,
                attempts = leased.attempts,
                error = public_text(&*error),
                "notice delivery failed permanently"
            );
            tx.outbox_given_up(leased, &public_text(&*error), now).await?
        }
    };
    Ok(tx.commit().await?)
}

/// Exponential backoff: 5 s, 10 s, 20 s, up to three hours between attempts.
fn backoff(attempts: i64) -> SignedDuration {
    let doublings = u32::try_from(attempts.clamp(1, 12) - 1).unwrap_or(0);
    SignedDuration::from_secs((5 * 2_i64.pow(doublings)).min(3 * 3600))
}

fn later(now: Timestamp, by: SignedDuration) -> Result<Timestamp> {
    now.saturating_add(by).map_err(|_| Error::Internal("the clock is at its end"))
}

/// Text of the outermost error only: its sources may contain names and addresses.
fn public_text(error: &(dyn std::error::Error + 'static)) -> String {
    error.to_string()
}
