//! Login sessions, looked up by the hash of their secret.

use anteroom_domain::{LoginSession, SecretHash, UserId};
use jiff::Timestamp;

use crate::columns::{hash, instant, instant_of, millis, millis_of, parse};
use crate::engine::{execute, fetch_list, fetch_optional};
use crate::rows::readable;
use crate::{Error, Snapshot, Tx};

#[derive(sqlx::FromRow)]
struct SessionRow {
    hash: Vec<u8>,
    user_id: String,
    created_at: i64,
    expires_at: i64,
    browser: Option<String>,
    used_at: Option<i64>,
}

impl TryFrom<SessionRow> for LoginSession {
    type Error = Error;

    fn try_from(row: SessionRow) -> Result<Self, Error> {
        Ok(Self {
            hash: hash("sessions.hash", &row.hash)?,
            user: parse("sessions.user_id", &row.user_id)?,
            created_at: instant("sessions.created_at", row.created_at)?,
            expires_at: instant("sessions.expires_at", row.expires_at)?,
            browser: row.browser,
            used_at: instant_of("sessions.used_at", row.used_at)?,
        })
    }
}

impl Snapshot {
    /// The session with this secret, including expired ones: the caller checks the expiry.
    pub async fn find_session(&mut self, secret: &SecretHash) -> Result<Option<LoginSession>, Error> {
        let row = fetch_optional!(self, SessionRow; "
            SELECT hash, user_id, created_at, expires_at, browser, used_at
              FROM sessions
             WHERE hash = $1"; secret.as_bytes().as_slice())?;
        row.map(TryInto::try_into).transpose()
    }
}

impl Snapshot {
    /// All sessions of a user, the latest first, including expired ones. Unreadable ones are skipped and logged.
    pub async fn sessions_of(&mut self, user: UserId) -> Result<Vec<LoginSession>, Error> {
        let rows = fetch_list!(self, SessionRow, by "user_id"; "
            SELECT hash, user_id, created_at, expires_at, browser, used_at
              FROM sessions
             WHERE user_id = $1
             ORDER BY created_at DESC, hash"; user.to_string())?;
        Ok(readable(rows))
    }

    /// When the first session expires.
    pub async fn first_session_expiry(&mut self) -> Result<Option<Timestamp>, Error> {
        let row = fetch_optional!(self, (i64,); "
            SELECT expires_at
              FROM sessions
             ORDER BY expires_at
             LIMIT 1")?;
        row.map(|(at,)| instant("sessions.expires_at", at)).transpose()
    }
}

impl Tx {
    /// Inserts a session.
    pub async fn insert_session(&mut self, session: &LoginSession) -> Result<(), Error> {
        execute!(self; "
            INSERT INTO sessions (hash, user_id, created_at, expires_at, browser, used_at)
            VALUES ($1, $2, $3, $4, $5, $6)";
            session.hash.as_bytes().as_slice(), session.user.to_string(), millis(session.created_at),
            millis(session.expires_at), session.browser.as_deref(), millis_of(session.used_at))?;
        Ok(())
    }

    /// Deletes one session. Deleting it twice changes nothing.
    pub async fn delete_session(&mut self, secret: &SecretHash) -> Result<(), Error> {
        execute!(self; "
            DELETE FROM sessions
             WHERE hash = $1"; secret.as_bytes().as_slice())?;
        Ok(())
    }

    /// Deletes all sessions of a user; returns their number.
    pub async fn delete_sessions_of(&mut self, user: UserId) -> Result<u64, Error> {
        execute!(self; "
            DELETE FROM sessions
             WHERE user_id = $1"; user.to_string())
    }

    /// Deletes all sessions of a user but this one; returns their number.
    pub async fn delete_other_sessions(&mut self, user: UserId, kept: &SecretHash) -> Result<u64, Error> {
        execute!(self; "
            DELETE FROM sessions
             WHERE user_id = $1 AND hash <> $2"; user.to_string(), kept.as_bytes().as_slice())
    }

    /// Writes down when a session was used last.
    pub async fn save_session_use(&mut self, session: &SecretHash, at: Timestamp) -> Result<(), Error> {
        execute!(self; "
            UPDATE sessions
               SET used_at = $2
             WHERE hash = $1"; session.as_bytes().as_slice(), millis(at))?;
        Ok(())
    }

    /// Deletes at most 500 expired sessions; returns their number. Leaves out sessions that are being deleted by
    /// another transaction: waiting for them could deadlock.
    pub async fn delete_expired_sessions(&mut self, now: Timestamp) -> Result<u64, Error> {
        let sql = crate::engine::delete_expired_sessions(self);
        execute!(self; sql; millis(now))
    }
}
