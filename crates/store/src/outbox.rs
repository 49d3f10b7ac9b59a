//! What is still to be told to the world: posted with the change itself, leased by a worker, gone once it was told.

use anteroom_domain::Notice;
use jiff::Timestamp;

use crate::columns::{instant, millis};
use crate::engine::{self, execute, fetch_all, fetch_optional};
use crate::{Error, Snapshot, Tx};

/// Which worker tells a notice. A mail server that is slow to answer must not keep a room open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// For the media server: it answers at once, and people wait for it.
    Rooms,
    /// For mail servers.
    Messages,
}

impl Lane {
    /// All of them.
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

/// A notice in a worker's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedNotice {
    /// What to tell.
    pub notice: Notice,
    /// Since when it is owed.
    pub due_at: Timestamp,
    /// How often a worker took it up, this time included.
    pub attempts: i64,
    key: LeaseKey,
}

/// Which row, and as which of its versions: only who took it up last may finish it.
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

/// The id a notice is about: when that is cancelled, so is the notice.
fn subject(notice: &Notice) -> String {
    match notice {
        Notice::Confirmed { appointment, .. } | Notice::Cancelled { appointment, .. } => appointment.to_string(),
        Notice::RoomClosed { consultation }
        | Notice::Removed { consultation, .. }
        | Notice::Deserted { consultation } => consultation.to_string(),
    }
}

/// What must wait at most once at a time: a later one takes the place of an earlier one.
fn dedup_key(notice: &Notice) -> Option<String> {
    match notice {
        Notice::Deserted { .. } => Some(format!("{}:{}", notice.kind(), subject(notice))),
        _ => None,
    }
}

impl Tx {
    /// Owes the world a notice, from an instant on.
    pub async fn post(&mut self, notice: &Notice, due_at: Timestamp) -> Result<(), Error> {
        let payload = serde_json::to_string(notice).expect("ids and names of variants are always JSON");
        execute!(self; "
            INSERT INTO outbox (kind, lane, payload, subject, dedup_key, due_at, next_at, attempts, version)
            VALUES ($1, $2, $3, $4, $5, $6, $6, 0, 0)
            ON CONFLICT (dedup_key) DO UPDATE
               SET payload = excluded.payload, due_at = excluded.due_at, next_at = excluded.next_at, attempts = 0,
                   last_error = NULL, given_up_at = NULL, version = outbox.version + 1";
            notice.kind(), Lane::of(notice).as_str(), payload, subject(notice), dedup_key(notice), millis(due_at))?;
        Ok(())
    }

    /// Takes up what is due in a lane and in nobody's hands, oldest first, until an instant: if the worker has not come
    /// back by then, it died, and somebody else may try.
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

    /// It was told. Answers whether this worker still had it: if not, it was posted anew or taken over meanwhile, and
    /// stays for whoever has it now.
    pub async fn outbox_done(&mut self, leased: &LeasedNotice) -> Result<bool, Error> {
        let rows = execute!(self; "
            DELETE FROM outbox
             WHERE id = $1 AND version = $2"; leased.key.id, leased.key.version)?;
        Ok(rows == 1)
    }

    /// It could not be told and will be tried again.
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

    /// It cannot be told. The row stays, for people to see.
    pub async fn outbox_given_up(&mut self, leased: &LeasedNotice, error: &str, at: Timestamp) -> Result<bool, Error> {
        let rows = execute!(self; "
            UPDATE outbox
               SET given_up_at = $3, last_error = $4
             WHERE id = $1 AND version = $2";
            leased.key.id, leased.key.version, millis(at), error)?;
        Ok(rows == 1)
    }

    /// Takes back whatever is still owed about something; answers how much. What a worker has in hand is told all
    /// the same: whoever tells it looks first whether it is still true.
    pub async fn cancel_outbox(&mut self, subject: &str) -> Result<u64, Error> {
        execute!(self; "
            DELETE FROM outbox
             WHERE subject = $1 AND given_up_at IS NULL"; subject)
    }
}

impl Snapshot {
    /// When a worker may take up the next notice of a lane: when it is due, to be tried again, or its worker counts as dead.
    pub async fn next_due(&mut self, lane: Lane) -> Result<Option<Timestamp>, Error> {
        let next = fetch_optional!(self, (i64,); "
            SELECT next_at
              FROM outbox
             WHERE given_up_at IS NULL AND lane = $1
             ORDER BY next_at, id
             LIMIT 1"; lane.as_str())?;
        next.map(|(next,)| instant("outbox.next_at", next)).transpose()
    }

    /// How many notices are owed and due, and how many were given up.
    pub async fn outbox_counts(&mut self, now: Timestamp) -> Result<(i64, i64), Error> {
        let counts = fetch_optional!(self, (i64, i64); "
            SELECT COUNT(CASE WHEN given_up_at IS NULL AND due_at <= $1 THEN 1 END), COUNT(given_up_at)
              FROM outbox"; millis(now))?;
        Ok(counts.unwrap_or_default())
    }
}
