//! Credentials of users. Loaded only where one is checked.

use anteroom_domain::{PasswordCredential, Private, UserId};

use crate::columns::{instant, millis, parse};
use crate::engine::{execute, fetch_optional};
use crate::{Error, Snapshot, Tx};

#[derive(sqlx::FromRow)]
struct PasswordRow {
    id: String,
    hash: String,
    created_at: i64,
}

impl Snapshot {
    /// The password of a user, if they have one. For users whom the previous version has added, the hash is still in
    /// their own row.
    pub async fn password_of(&mut self, user: UserId) -> Result<Option<PasswordCredential>, Error> {
        let row = fetch_optional!(self, PasswordRow; "
            SELECT COALESCE(c.id, REPLACE(u.id, 'usr_', 'crd_')) AS id, COALESCE(c.data, u.password_hash) AS hash,
                   COALESCE(c.created_at, u.created_at) AS created_at
              FROM users u
              LEFT JOIN credentials c ON c.user_id = u.id AND c.kind = 'password'
             WHERE u.id = $1"; user.to_string())?;
        let password = |row: PasswordRow| {
            let set_at = instant("credentials.created_at", row.created_at)?;
            Ok(PasswordCredential { id: parse("credentials.id", &row.id)?, user, hash: Private::new(row.hash), set_at })
        };
        row.filter(|row| !row.hash.is_empty()).map(password).transpose()
    }
}

impl Tx {
    /// Sets the password of a user, in place of an earlier one.
    pub async fn save_password(&mut self, password: &PasswordCredential) -> Result<(), Error> {
        self.delete_password(password.user).await?;
        execute!(self; "
            INSERT INTO credentials (id, user_id, kind, data, created_at)
            VALUES ($1, $2, 'password', $3, $4)";
            password.id.to_string(), password.user.to_string(), password.hash.reveal().as_str(),
            millis(password.set_at))?;
        self.save_password_for_previous_version(password.user, password.hash.reveal()).await
    }

    /// Deletes the password of a user. Deleting it twice changes nothing.
    pub async fn delete_password(&mut self, user: UserId) -> Result<(), Error> {
        execute!(self; "
            DELETE FROM credentials
             WHERE user_id = $1 AND kind = 'password'"; user.to_string())?;
        self.save_password_for_previous_version(user, "").await
    }

    async fn save_password_for_previous_version(&mut self, user: UserId, hash: &str) -> Result<(), Error> {
        execute!(self; "
            UPDATE users
               SET password_hash = $2
             WHERE id = $1"; user.to_string(), hash)?;
        Ok(())
    }
}
