//! Jobs: lease one, do it, then delete it or put it back (exponential backoff). Doing a job twice does no harm.

use anteroom_domain::{ConsultationId, Notice, ParticipantId};
pub use anteroom_store::Lane;
use anteroom_store::LeasedJob;
use jiff::{SignedDuration, Timestamp};

use crate::{App, Error, Result, consultations, messages};

/// Lease of one job: longer than its longest attempt. If the worker dies, another one does the job after this.
const fn lease_of(lane: Lane) -> SignedDuration {
    match lane {
        // A declined guest must be out soon, also if the database was away when that was recorded.
        Lane::Rooms | Lane::Checks => SignedDuration::from_secs(30),
        // A mail server that connects late and answers late.
        Lane::Messages => SignedDuration::from_mins(5),
    }
}
/// How long a message waits for an earlier one to the same person that is being sent.
const AFTER_EARLIER: SignedDuration = SignedDuration::from_secs(5);
/// Attempts before giving up: with the backoff below, about two days.
const MAX_ATTEMPTS: i64 = 24;
/// How long a job that this program cannot read is put back: a newer program on the same database may do it.
const UNREADABLE_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Result of one attempt.
#[derive(Debug)]
pub(crate) enum AttemptResult {
    /// Done, or no longer needed.
    Done,
    /// Failed for now. The text is logged and holds no personal data.
    RetryLater(String),
    /// Failed permanently.
    GiveUp(String),
}

impl From<Result<()>> for AttemptResult {
    fn from(result: Result<()>) -> Self {
        match result {
            Ok(()) | Err(Error::Refused(_) | Error::NotFound) => Self::Done,
            Err(error @ (Error::Store(_) | Error::Unavailable(_) | Error::Busy | Error::Video(_))) => {
                Self::RetryLater(error.to_string())
            }
            Err(error) => Self::GiveUp(error.to_string()),
        }
    }
}

/// Does all due jobs of all lanes. Returns their number.
pub async fn run_due(app: &App) -> Result<usize> {
    let mut done = 0;
    for lane in Lane::ALL {
        while let Some(job) = lease(app, lane).await? {
            run(app, &job).await?;
            done += 1;
        }
    }
    Ok(done)
}

/// Leases the next due job of a lane, if there is one.
pub async fn lease(app: &App, lane: Lane) -> Result<Option<LeasedJob>> {
    let now = app.clock.now();
    if next_at(app, lane).await?.is_none_or(|next| next > now) {
        return Ok(None);
    }
    let mut tx = app.store.begin().await?;
    let job = tx.lease_job(lane, now, later(now, lease_of(lane))?).await?;
    if job.is_some() {
        tx.commit().await?;
    }
    Ok(job)
}

/// When the next job of a lane is due. Messages are not due while nothing can send them.
pub async fn next_at(app: &App, lane: Lane) -> Result<Option<Timestamp>> {
    if lane == Lane::Messages && !app.messenger.is_configured() {
        return Ok(None);
    }
    Ok(app.store.read().await?.next_job_at(lane).await?)
}

/// Does a leased job and records the outcome.
pub async fn run(app: &App, job: &LeasedJob) -> Result<()> {
    let Some(notice) = job.notice else {
        tracing::warn!(kind = job.kind, job = job.id, "a job of a newer version was put back");
        let next_at = later(app.clock.now(), UNREADABLE_FOR)?;
        let mut tx = app.store.begin().await?;
        tx.put_untried_job_back(job, next_at).await?;
        return Ok(tx.commit().await?);
    };
    let outcome = match notice {
        Notice::Confirmed { .. } | Notice::Cancelled { .. } | Notice::HostChanged { .. } => {
            return messages::deliver(app, job, &notice).await;
        }
        Notice::RoomClosed { consultation } => close_room(app, consultation).await,
        Notice::Removed { consultation, participant, older_than } => {
            remove(app, consultation, participant, older_than).await
        }
        Notice::Deserted { consultation } => consultations::check(app, consultation).await,
    };
    let mut tx = app.store.begin().await?;
    record(app, &mut tx, job, outcome.into()).await?;
    Ok(tx.commit().await?)
}

async fn close_room(app: &App, id: ConsultationId) -> Result<()> {
    let Some(consultation) = app.store.read().await?.find_consultation(id).await? else {
        return Ok(());
    };
    Ok(app.video.close(&consultation.room).await?)
}

/// Disconnects a participant, unless they may be in the room now: admitted again, or with a newer ticket.
async fn remove(app: &App, id: ConsultationId, who: ParticipantId, older_than: Option<i64>) -> Result<()> {
    let Some(consultation) = app.store.read().await?.find_consultation(id).await? else {
        return Ok(());
    };
    let Some(participant) = consultation.participant(who) else { return Ok(()) };
    let latest = participant.ticket_number;
    // A job of an older version means all tickets.
    let older_than = older_than.unwrap_or(latest + 1);
    let older_than = if participant.entry.is_admitted() { older_than.min(latest) } else { older_than };
    Ok(app.video.remove(&consultation.room, who, older_than).await?)
}

/// What recording the outcome of an attempt did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recorded {
    /// It was the last attempt.
    Last,
    /// There will be another one.
    PutBack,
    /// Nothing: another worker has the job, or it was withdrawn.
    LeaseLost,
}

/// Records the outcome of an attempt.
pub(crate) async fn record(
    app: &App,
    tx: &mut anteroom_store::Tx,
    job: &LeasedJob,
    outcome: AttemptResult,
) -> Result<Recorded> {
    let (now, kind, attempts) = (app.clock.now(), job.kind.as_str(), job.attempts);
    let (is_ours, recorded) = match outcome {
        AttemptResult::Done => (tx.finish_job(job).await?, Recorded::Last),
        AttemptResult::RetryLater(error) if attempts < MAX_ATTEMPTS => {
            tracing::warn!(kind, job = job.id, attempts, error, "a job failed and will be retried");
            (tx.put_job_back(job, &error, later(now, backoff(attempts))?).await?, Recorded::PutBack)
        }
        AttemptResult::RetryLater(error) | AttemptResult::GiveUp(error) => {
            tracing::error!(kind, job = job.id, attempts, error, "a job failed permanently");
            (tx.give_job_up(job, &error, now).await?, Recorded::Last)
        }
    };
    Ok(if is_ours { recorded } else { Recorded::LeaseLost })
}

/// Renews the lease of a message before it is sent, which cannot be undone. `false`: the job is another worker's now.
pub(crate) async fn renew(app: &App, tx: &mut anteroom_store::Tx, job: &LeasedJob) -> Result<bool> {
    Ok(tx.renew_lease(job, later(app.clock.now(), lease_of(Lane::Messages))?).await?)
}

/// Puts a message back until an earlier one to the same person is sent or has failed.
pub(crate) async fn wait_for_earlier(app: &App, mut tx: anteroom_store::Tx, job: &LeasedJob) -> Result<()> {
    tx.put_untried_job_back(job, later(app.clock.now(), AFTER_EARLIER)?).await?;
    Ok(tx.commit().await?)
}

/// Records that an attempt has panicked: a defect, which must not end the worker.
pub async fn record_panic(app: &App, job: &LeasedJob) -> Result<()> {
    let mut tx = app.store.begin().await?;
    record(app, &mut tx, job, AttemptResult::RetryLater("it panicked".to_owned())).await?;
    Ok(tx.commit().await?)
}

/// Takes over jobs of an older version that runs beside this one or did so before.
pub async fn take_over_outbox(app: &App) -> Result<()> {
    if !app.store.read().await?.has_outbox().await? {
        return Ok(());
    }
    let mut tx = app.store.begin().await?;
    match tx.take_over_outbox().await? {
        0 => Ok(tx.unchanged().await?),
        count => {
            tracing::info!(count, "jobs of an older version were taken over");
            Ok(tx.commit().await?)
        }
    }
}

/// Exponential backoff: 5 s, 10 s, 20 s, up to three hours between attempts.
fn backoff(attempts: i64) -> SignedDuration {
    let doublings = u32::try_from(attempts.clamp(1, 12) - 1).unwrap_or(0);
    SignedDuration::from_secs((5 * 2_i64.pow(doublings)).min(3 * 3600))
}

fn later(now: Timestamp, by: SignedDuration) -> Result<Timestamp> {
    now.saturating_add(by).map_err(|_| Error::Internal("the clock is at its end"))
}
