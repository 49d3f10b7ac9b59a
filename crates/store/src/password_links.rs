//! Links to set a password, looked up by the hash of their secret.

use anteroom_domain::{PasswordLink, SecretHash, UserId};
use jiff::Timestamp;

use crate::columns::{hash, instant, millis, parse};
use crate::engine::{execute, fetch_optional};
use crate::{Error, Snapshot, Tx};

#[derive(sqlx::FromRow)]
struct PasswordLinkRow {
    hash: Vec<u8>,
    user_id: String,
    created_at: i64,
    created_by: String,
    expires_at: i64,
}

impl TryFrom<PasswordLinkRow> for PasswordLink {
    type Error = Error;

    fn try_from(row: PasswordLinkRow) -> Result<Self, Error> {
        Ok(Self {
            hash: hash("password_links.hash", &row.hash)?,
            user: parse("password_links.user_id", &row.user_id)?,
            created_at: instant("password_links.created_at", row.created_at)?,
            created_by: parse("password_links.created_by", &row.created_by)?,
            expires_at: instant("password_links.expires_at", row.expires_at)?,
        })
    }
}

impl Snapshot {
    /// The link with this secret, also if it has expired: the caller checks the expiry.
    pub async fn find_password_link(&mut self, secret: &SecretHash) -> Result<Option<PasswordLink>, Error> {
        let row = fetch_optional!(self, PasswordLinkRow; "
            SELECT hash, user_id, created_at, created_by, expires_at
              FROM password_links
             WHERE hash = $1"; secret.as_bytes().as_slice())?;
        row.map(TryInto::try_into).transpose()
    }

    /// When the first link expires.
    pub async fn first_password_link_expiry(&mut self) -> Result<Option<Timestamp>, Error> {
        let row = fetch_optional!(self, (i64,); "
            SELECT expires_at
              FROM password_links
             ORDER BY expires_at
             LIMIT 1")?;
        row.map(|(at,)| instant("password_links.expires_at", at)).transpose()
    }
}

impl Tx {
    /// Saves a link, in place of earlier ones of the user.
    pub async fn save_password_link(&mut self, link: &PasswordLink) -> Result<(), Error> {
        self.delete_password_links_of(link.user).await?;
        execute!(self; "
            INSERT INTO password_links (hash, user_id, created_at, created_by, expires_at)
            VALUES ($1, $2, $3, $4, $5)";
            link.hash.as_bytes().as_slice(), link.user.to_string(), millis(link.created_at),
            link.created_by.to_string(), millis(link.expires_at))?;
        Ok(())
    }

    /// Deletes the links of a user; returns their number.
    pub async fn delete_password_links_of(&mut self, user: UserId) -> Result<u64, Error> {
        execute!(self; "
            DELETE FROM password_links
             WHERE user_id = $1"; user.to_string())
    }

    /// Deletes all expired links; returns their number. There are few: one of each user.
    pub async fn delete_expired_password_links(&mut self, now: Timestamp) -> Result<u64, Error> {
        execute!(self; "
            DELETE FROM password_links
             WHERE expires_at <= $1"; millis(now))
    }
}
