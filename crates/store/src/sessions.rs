//! Login sessions, looked up by the hash of their secret.

use anteroom_domain::{LoginSession, SecretHash, UserId};
use jiff::Timestamp;

use crate::columns::{hash, instant, millis, parse};
use crate::engine::{execute, fetch_optional};
use crate::{Error, Snapshot, Tx};

#[derive(sqlx::FromRow)]
struct SessionRow {
    hash: Vec<u8>,
    user_id: String,
    created_at: i64,
    expires_at: i64,
}

impl TryFrom<SessionRow> for LoginSession {
    type Error = Error;

    fn try_from(row: SessionRow) -> Result<Self, Error> {
        Ok(Self {
            hash: hash("sessions.hash", &row.hash)?,
            user: parse("sessions.user_id", &row.user_id)?,
            created_at: instant("sessions.created_at", row.created_at)?,
            expires_at: instant("sessions.expires_at", row.expires_at)?,
        })
    }
}

impl Snapshot {
    /// The session with this secret, including expired ones: the caller checks the expiry.
    pub async fn find_session(&mut self, secret: &SecretHash) -> Result<Option<LoginSession>, Error> {
        let row = fetch_optional!(self, SessionRow; "
            SELECT hash, user_id, created_at, expires_at
              FROM sessions
             WHERE hash = $1"; secret.as_bytes().as_slice())?;
        row.map(TryInto::try_into).transpose()
    }
}

impl Tx {
    /// Inserts a session.
    pub async fn insert_session(&mut self, session: &LoginSession) -> Result<(), Error> {
        execute!(self; "
            INSERT INTO sessions (hash, user_id, created_at, expires_at)
            VALUES ($1, $2, $3, $4)";
            session.hash.as_bytes().as_slice(), session.user.to_string(), millis(session.created_at),
            millis(session.expires_at))?;
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

    /// Deletes expired sessions; returns their number.
    pub async fn delete_expired_sessions(&mut self, now: Timestamp) -> Result<u64, Error> {
        execute!(self; "
            DELETE FROM sessions
             WHERE expires_at <= $1"; millis(now))
    }
}
