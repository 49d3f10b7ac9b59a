//! Jobs: notices posted in the transaction of the change, leased by a worker, deleted when done.

use anteroom_domain::Notice;
use jiff::Timestamp;

use crate::columns::{instant, instant_of, millis, millis_of};
use crate::engine::{self, execute, fetch_all, fetch_optional};
use crate::wake::Wake;
use crate::{Error, Snapshot, Tx};

/// Which workers do a job. Those of one lane never wait for those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// For the media server: a declined guest must be out at once.
    Rooms,
    /// Timed checks, which nobody waits for.
    Checks,
    /// Messages to people. A mail server may be slow.
    Messages,
}

impl Lane {
    /// All lanes.
    pub const ALL: [Self; 3] = [Self::Rooms, Self::Checks, Self::Messages];

    const fn of(notice: &Notice) -> Self {
        match notice {
            Notice::RoomClosed { .. } | Notice::Removed { .. } => Self::Rooms,
            Notice::Deserted { .. } => Self::Checks,
            Notice::Confirmed { .. } | Notice::Cancelled { .. } | Notice::HostChanged { .. } => Self::Messages,
        }
    }

    /// The name in the store and in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rooms => "rooms",
            Self::Checks => "checks",
            Self::Messages => "messages",
        }
    }
}

/// When a job is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    at: Timestamp,
    /// Whatever the clock says afterwards: it may be set back.
    at_once: bool,
    expires_at: Option<Timestamp>,
}

impl Due {
    /// At once.
    pub const fn now(now: Timestamp) -> Self {
        Self { at: now, at_once: true, expires_at: None }
    }

    /// At an instant.
    pub const fn at(at: Timestamp) -> Self {
        Self { at, at_once: false, expires_at: None }
    }

    /// No longer worth doing from this instant on.
    pub const fn until(self, expires_at: Timestamp) -> Self {
        Self { expires_at: Some(expires_at), ..self }
    }
}

/// A job leased by a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedJob {
    /// What to do. `None` if this program cannot read it: a newer one may have posted it.
    pub notice: Option<Notice>,
    /// Kind, for logs.
    pub kind: String,
    /// Row, for logs.
    pub id: i64,
    /// Due time.
    pub due_at: Timestamp,
    /// From then on it is no longer worth doing.
    pub expires_at: Option<Timestamp>,
    /// Number of attempts, including this one.
    pub attempts: i64,
    /// Only the latest lease of a row may finish it.
    version: i64,
}

#[derive(sqlx::FromRow)]
struct LeasedRow {
    id: i64,
    kind: String,
    payload: String,
    due_at: i64,
    expires_at: Option<i64>,
    attempts: i64,
    version: i64,
}

impl TryFrom<LeasedRow> for LeasedJob {
    type Error = Error;

    fn try_from(row: LeasedRow) -> Result<Self, Error> {
        Ok(Self {
            notice: serde_json::from_str(&row.payload).ok(),
            kind: row.kind,
            id: row.id,
            due_at: instant("jobs.due_at", row.due_at)?,
            expires_at: instant_of("jobs.expires_at", row.expires_at)?,
            attempts: row.attempts,
            version: row.version,
        })
    }
}

#[derive(sqlx::FromRow)]
struct OutboxRow {
    id: i64,
    kind: String,
    payload: String,
    subject: String,
    dedup_key: Option<String>,
    due_at: i64,
    next_at: i64,
    attempts: i64,
}

/// Numbers of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts {
    /// Due, and not done yet.
    pub due: i64,
    /// Given up.
    pub given_up: i64,
}

fn payload(notice: &Notice) -> String {
    serde_json::to_string(notice).expect("ids and variant names always serialize")
}

/// The id a notice is about.
fn subject(notice: &Notice) -> String {
    match notice {
        Notice::Confirmed { appointment, .. }
        | Notice::Cancelled { appointment, .. }
        | Notice::HostChanged { appointment, .. } => appointment.to_string(),
        Notice::RoomClosed { consultation }
        | Notice::Removed { consultation, .. }
        | Notice::Deserted { consultation } => consultation.to_string(),
    }
}

/// Key of notices of which one at most is pending: a later one replaces an earlier one.
fn dedup_key(notice: &Notice) -> Option<String> {
    match notice {
        Notice::Deserted { .. } => Some(format!("{}:{}", notice.kind(), subject(notice))),
        _ => None,
    }
}

impl Tx {
    /// Posts a job.
    pub async fn post(&mut self, notice: &Notice, due: Due) -> Result<(), Error> {
        let next_at = if due.at_once { 0 } else { millis(due.at) };
        execute!(self; "
            INSERT INTO jobs (kind, lane, payload, subject, dedup_key, due_at, expires_at, next_at, attempts, version)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)
            ON CONFLICT (dedup_key) DO UPDATE
               SET payload = excluded.payload, due_at = excluded.due_at, expires_at = excluded.expires_at,
                   next_at = excluded.next_at, attempts = 0, last_error = NULL, given_up_at = NULL,
                   version = jobs.version + 1";
            notice.kind(), Lane::of(notice).as_str(), payload(notice), subject(notice), dedup_key(notice), millis(due.at),
            millis_of(due.expires_at), next_at)?;
        self.wake([Wake::Jobs]);
        Ok(())
    }

    /// Withdraws a job that is no longer needed. A worker that has leased it already may still do it.
    pub async fn withdraw(&mut self, notice: &Notice) -> Result<(), Error> {
        execute!(self; "
            DELETE FROM jobs
             WHERE subject = $1 AND payload = $2"; subject(notice), payload(notice))?;
        Ok(())
    }

    /// Withdraws a job that no worker has leased yet. Returns whether there was one: then it was not tried.
    pub async fn withdraw_untried(&mut self, notice: &Notice) -> Result<bool, Error> {
        let rows = execute!(self; "
            DELETE FROM jobs
             WHERE subject = $1 AND payload = $2 AND attempts = 0"; subject(notice), payload(notice))?;
        Ok(rows > 0)
    }

    /// Leases the job of a lane that has been due for the longest time, until an instant. If it is not finished by then,
    /// another worker may lease it.
    pub async fn lease_job(
        &mut self,
        lane: Lane,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<LeasedJob>, Error> {
        let sql = engine::lease(self);
        let row = fetch_optional!(self, LeasedRow; sql; millis(now), millis(until), lane.as_str())?;
        row.map(TryInto::try_into).transpose()
    }

    /// Renews a lease. `false`: another worker has the job now, or it was withdrawn or replaced.
    pub async fn renew_lease(&mut self, job: &LeasedJob, until: Timestamp) -> Result<bool, Error> {
        let rows = execute!(self; "
            UPDATE jobs
               SET next_at = $3
             WHERE id = $1 AND version = $2"; job.id, job.version, millis(until))?;
        Ok(rows == 1)
    }

    /// Deletes a job that is done. `false` as for [`Tx::renew_lease`].
    pub async fn finish_job(&mut self, job: &LeasedJob) -> Result<bool, Error> {
        let rows = execute!(self; "
            DELETE FROM jobs
             WHERE id = $1 AND version = $2"; job.id, job.version)?;
        Ok(rows == 1)
    }

    /// Puts a job back until an instant, after an attempt that failed.
    pub async fn put_job_back(&mut self, job: &LeasedJob, error: &str, next_at: Timestamp) -> Result<bool, Error> {
        let rows = execute!(self; "
            UPDATE jobs
               SET next_at = $3, last_error = $4
             WHERE id = $1 AND version = $2"; job.id, job.version, millis(next_at), error)?;
        Ok(rows == 1)
    }

    /// Puts a job back that was not tried: the attempt does not count.
    pub async fn put_untried_job_back(&mut self, job: &LeasedJob, next_at: Timestamp) -> Result<bool, Error> {
        let rows = execute!(self; "
            UPDATE jobs
               SET next_at = $3, attempts = attempts - 1
             WHERE id = $1 AND version = $2"; job.id, job.version, millis(next_at))?;
        Ok(rows == 1)
    }

    /// Takes over what an older version has posted to the table `outbox`: it may run beside this one during an update,
    /// or have run after a rollback. Returns the number of jobs.
    pub async fn take_over_outbox(&mut self) -> Result<usize, Error> {
        let rows = fetch_all!(self, OutboxRow; "
            SELECT id, kind, payload, subject, dedup_key, due_at, next_at, attempts
              FROM outbox
             WHERE id > 0 AND given_up_at IS NULL
             ORDER BY id
             LIMIT 1000")?;
        let count = rows.len();
        for row in rows {
            let lane = serde_json::from_str(&row.payload).map_or(Lane::Messages, |notice| Lane::of(&notice));
            execute!(self; "
                INSERT INTO jobs (kind, lane, payload, subject, dedup_key, due_at, next_at, attempts, version)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)
                ON CONFLICT (dedup_key) DO NOTHING";
                row.kind, lane.as_str(), row.payload, row.subject, row.dedup_key, row.due_at, row.next_at,
                row.attempts)?;
            execute!(self; "
                DELETE FROM outbox
                 WHERE id = $1"; row.id)?;
        }
        if count > 0 {
            self.wake([Wake::Jobs]);
        }
        Ok(count)
    }

    /// Gives a job up. The row stays, for operators.
    pub async fn give_job_up(&mut self, job: &LeasedJob, error: &str, at: Timestamp) -> Result<bool, Error> {
        let rows = execute!(self; "
            UPDATE jobs
               SET given_up_at = $3, last_error = $4
             WHERE id = $1 AND version = $2"; job.id, job.version, millis(at), error)?;
        Ok(rows == 1)
    }
}

impl Snapshot {
    /// When the next job of a lane can be leased: its due time, its retry time, or the end of its lease.
    pub async fn next_job_at(&mut self, lane: Lane) -> Result<Option<Timestamp>, Error> {
        let next = fetch_optional!(self, (i64,); "
            SELECT next_at
              FROM jobs
             WHERE given_up_at IS NULL AND lane = $1
             ORDER BY next_at, id
             LIMIT 1"; lane.as_str())?;
        next.map(|(next,)| instant("jobs.next_at", next)).transpose()
    }

    /// Whether an older version has posted to the table `outbox`.
    pub async fn has_outbox(&mut self) -> Result<bool, Error> {
        let row = fetch_optional!(self, (i64,); "
            SELECT id
              FROM outbox
             WHERE id > 0 AND given_up_at IS NULL
             ORDER BY id
             LIMIT 1")?;
        Ok(row.is_some())
    }

    /// Whether a worker has this job in hand now.
    pub async fn is_in_hand(&mut self, notice: &Notice, now: Timestamp) -> Result<bool, Error> {
        let row = fetch_optional!(self, (i64,); "
            SELECT id
              FROM jobs
             WHERE subject = $1 AND payload = $2 AND attempts > 0 AND last_error IS NULL AND given_up_at IS NULL
               AND next_at > $3"; subject(notice), payload(notice), millis(now))?;
        Ok(row.is_some())
    }

    /// How many jobs of each lane are due or given up.
    pub async fn lane_counts(&mut self, now: Timestamp) -> Result<Vec<(Lane, JobCounts)>, Error> {
        let rows = fetch_all!(self, (String, i64, i64); "
            SELECT lane, COUNT(CASE WHEN given_up_at IS NULL AND due_at <= $1 THEN 1 END), COUNT(given_up_at)
              FROM jobs
             GROUP BY lane"; millis(now))?;
        let of_lane = |lane: Lane| {
            let row = rows.iter().find(|(name, ..)| name == lane.as_str());
            row.map(|(_, due, given_up)| JobCounts { due: *due, given_up: *given_up }).unwrap_or_default()
        };
        Ok(Lane::ALL.map(|lane| (lane, of_lane(lane))).into())
    }
}
