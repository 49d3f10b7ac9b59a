//! Failed logins by account and client, as the instant from which none of them counts any more (a leaky bucket).

use std::time::Duration;

use jiff::Timestamp;

use crate::columns::{instant, millis};
use crate::engine::{execute, fetch_optional};
use crate::{Error, Snapshot, Tx};

/// How long failures count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureWeight {
    /// One failure.
    pub each: Duration,
    /// All of one account and client together, before the next.
    pub at_most: Duration,
}

impl Snapshot {
    /// Until when the failures of this account and client count.
    pub async fn login_failures(&mut self, hash: &[u8; 32]) -> Result<Option<Timestamp>, Error> {
        let row = fetch_optional!(self, (i64,); "
            SELECT forgotten_at
              FROM login_failures
             WHERE hash = $1"; hash.as_slice())?;
        row.map(|(at,)| instant("login_failures.forgotten_at", at)).transpose()
    }

    /// When the first row can be deleted.
    pub async fn first_forgotten_login_failure(&mut self) -> Result<Option<Timestamp>, Error> {
        let row = fetch_optional!(self, (i64,); "
            SELECT forgotten_at
              FROM login_failures
             ORDER BY forgotten_at, hash
             LIMIT 1")?;
        row.map(|(at,)| instant("login_failures.forgotten_at", at)).transpose()
    }
}

impl Tx {
    /// Counts one more failure.
    pub async fn add_login_failure(
        &mut self,
        hash: &[u8; 32],
        weight: FailureWeight,
        now: Timestamp,
    ) -> Result<(), Error> {
        let milliseconds = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4);
        let (each, at_most) = (milliseconds(weight.each), milliseconds(weight.at_most));
        let now = millis(now);
        // Nobody is further ahead than the maximum: the clock may have been set back.
        execute!(self; "
            INSERT INTO login_failures (hash, forgotten_at)
            VALUES ($1, $2)
                ON CONFLICT (hash)
                DO UPDATE SET forgotten_at = $3 + CASE
                       WHEN login_failures.forgotten_at < $4 THEN $4
                       WHEN login_failures.forgotten_at > $5 THEN $5
                       ELSE login_failures.forgotten_at
                   END";
            hash.as_slice(), now + each, each, now, now + at_most)?;
        Ok(())
    }

    /// Deletes the failures that do not count any more; returns the number of rows.
    pub async fn delete_forgotten_login_failures(&mut self, now: Timestamp) -> Result<u64, Error> {
        execute!(self; "
            DELETE FROM login_failures
             WHERE forgotten_at <= $1"; millis(now))
    }
}
