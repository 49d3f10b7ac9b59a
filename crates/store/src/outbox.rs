//! The outbox: notices posted in the transaction of the change, leased by a worker, deleted after delivery.

use anteroom_domain::Notice;
use jiff::Timestamp;

use crate::columns::{instant, millis};
use crate::engine::{self, execute, fetch_all, fetch_optional};
use crate::wake::Wake;
use crate::{Error, Snapshot, Tx};

/// Which worker delivers a notice. A slow mail server must not delay the closing of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// For the media server, which responds at once.
    Rooms,
    /// For messages to people. Stored as `letters`.
    Messages,
}

impl Lane {
    /// All lanes.
    pub const ALL: [Self; 2] = [Self::Rooms, Self::Messages];

    const fn of(notice: &Notice) -> Self {
        match notice {
            Notice::RoomClosed { .. } | Notice::Removed { .. } | Notice::Deserted { .. } => Self::Rooms,
            Notice::Confirmed { .. } | Notice::Cancelled { .. } => Self::Messages,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Rooms => "rooms",
            Self::Messages => "letters",
        }
    }
}

/// A notice leased by a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedNotice {
    /// The notice.
    pub notice: Notice,
    /// Due time.
    pub due_at: Timestamp,
    /// Number of attempts, including this one.
    pub attempts: i64,
    key: LeaseKey,
}

/// Row and version: only the latest lease of a row may finish it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LeaseKey {
    id: i64,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct LeasedRow {
    id: i64,
    payload: String,
    due_at: i64,
    attempts: i64,
    version: i64,
}

impl TryFrom<LeasedRow> for LeasedNotice {
    type Error = Error;

    fn try_from(row: LeasedRow) -> Result<Self, Error> {
        Ok(Self {
            notice: serde_json::from_str(&row.payload).map_err(|_| Error::Corrupt { column: "outbox.payload" })?,
            due_at: instant("outbox.due_at", row.due_at)?,
            attempts: row.attempts,
            key: LeaseKey { id: row.id, version: row.version },
        })
    }
}

/// The id a notice is about; [`Tx::cancel_outbox`] deletes by it.
fn subject(notice: &Notice) -> String {
    match notice {
        Notice::Confirmed { appointment, .. } | Notice::Cancelled { appointment, .. } => appointment.to_string(),
        Notice::RoomClosed { consultation }
        | Notice::Removed { consultation, .. }
        | Notice::Deserted { consultation } => consultation.to_string(),
    }
}

/// Key of notices that may be pending at most once: a later one replaces an earlier one.
fn dedup_key(notice: &Notice) -> Option<String> {
    match notice {
        Notice::Deserted { .. } => Some(format!("{}:{}", notice.kind(), subject(notice))),
        _ => None,
    }
}

impl Tx {
    /// Posts a notice, due at an instant.
    pub async fn post(&mut self, notice: &Notice, due_at: Timestamp) -> Result<(), Error> {
        let payload = serde_json::to_string(notice).expect("ids and variant names always serialize");
        execute!(self; "
            INSERT INTO outbox (kind, lane, payload, subject, dedup_key, due_at, next_at, attempts, version)
            VALUES ($1, $2, $3, $4, $5, $6, $6, 0, 0)
            ON CONFLICT (dedup_key) DO UPDATE
               SET payload = excluded.payload, due_at = excluded.due_at, next_at = excluded.next_at, attempts = 0,
                   last_error = NULL, given_up_at = NULL, version = outbox.version + 1";
            notice.kind(), Lane::of(notice).as_str(), payload, subject(notice), dedup_key(notice), millis(due_at))?;
        self.wake([Wake::Outbox]);
        Ok(())
    }

    /// Leases due notices of a lane, oldest first, until an instant. A notice that is not finished by then may be
    /// leased by another worker.
    pub async fn lease_due(
        &mut self,
        lane: Lane,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<LeasedNotice>, Error> {
        let sql = engine::lease(self);
        let rows = fetch_all!(self, LeasedRow; sql; millis(now), millis(until), limit, lane.as_str())?;
        let mut leased = rows.into_iter().map(LeasedNotice::try_from).collect::<Result<Vec<_>, _>>()?;
        leased.sort_by_key(|leased| (leased.due_at, leased.key.id));
        Ok(leased)
    }

    /// Deletes a delivered notice. Returns whether the lease was still valid: if not, it was posted again or leased by
    /// another worker, and stays.
    pub async fn outbox_done(&mut self, leased: &LeasedNotice) -> Result<bool, Error> {
        let rows = execute!(self; "
            DELETE FROM outbox
             WHERE id = $1 AND version = $2"; leased.key.id, leased.key.version)?;
        Ok(rows == 1)
    }

    /// Schedules a retry after a failed attempt.
    pub async fn outbox_failed(
        &mut self,
        leased: &LeasedNotice,
        error: &str,
        next_due: Timestamp,
    ) -> Result<bool, Error> {
        let rows = execute!(self; "
            UPDATE outbox
               SET next_at = $3, last_error = $4
             WHERE id = $1 AND version = $2";
            leased.key.id, leased.key.version, millis(next_due), error)?;
        Ok(rows == 1)
    }

    /// Gives up after a permanent failure. The row stays, for operators to see.
    pub async fn outbox_given_up(&mut self, leased: &LeasedNotice, error: &str, at: Timestamp) -> Result<bool, Error> {
        let rows = execute!(self; "
            UPDATE outbox
               SET given_up_at = $3, last_error = $4
             WHERE id = $1 AND version = $2";
            leased.key.id, leased.key.version, millis(at), error)?;
        Ok(rows == 1)
    }

    /// Deletes pending notices about a subject; returns their number. A leased notice may still be delivered: delivery
    /// checks first whether it is still true.
    pub async fn cancel_outbox(&mut self, subject: &str) -> Result<u64, Error> {
        execute!(self; "
            DELETE FROM outbox
             WHERE subject = $1 AND given_up_at IS NULL"; subject)
    }
}

impl Snapshot {
    /// When the next notice of a lane can be leased: its due time, its retry time, or the end of its lease.
    pub async fn next_due(&mut self, lane: Lane) -> Result<Option<Timestamp>, Error> {
        let next = fetch_optional!(self, (i64,); "
            SELECT next_at
              FROM outbox
             WHERE given_up_at IS NULL AND lane = $1
             ORDER BY next_at, id
             LIMIT 1"; lane.as_str())?;
        next.map(|(next,)| instant("outbox.next_at", next)).transpose()
    }

    /// Number of due notices, and number of notices given up.
    pub async fn outbox_counts(&mut self, now: Timestamp) -> Result<(i64, i64), Error> {
        let counts = fetch_optional!(self, (i64, i64); "
            SELECT COUNT(CASE WHEN given_up_at IS NULL AND due_at <= $1 THEN 1 END), COUNT(given_up_at)
              FROM outbox"; millis(now))?;
        Ok(counts.unwrap_or_default())
    }
}
