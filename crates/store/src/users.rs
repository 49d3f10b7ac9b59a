//! People of the practice.

use anteroom_domain::{EmailAddress, PersonName, Private, User, UserId, Zone};

use crate::columns::{instant, millis, parse};
use crate::engine::{execute, fetch_all, fetch_list, fetch_optional, locking};
use crate::rows::readable;
use crate::{Error, Snapshot, Tx};

#[derive(sqlx::FromRow)]
struct UserRow {
    id: String,
    name: String,
    email: String,
    role: String,
    zone: String,
    created_at: i64,
    version: i64,
}

impl TryFrom<UserRow> for User {
    type Error = Error;

    fn try_from(row: UserRow) -> Result<Self, Error> {
        Ok(Self {
            id: parse("users.id", &row.id)?,
            name: Private::new(PersonName::from_store(&row.name)),
            email: Private::new(EmailAddress::from_store(&row.email)),
            role: parse("users.role", &row.role)?,
            zone: Zone::from_store(&row.zone),
            created_at: instant("users.created_at", row.created_at)?,
            version: row.version,
        })
    }
}

impl Snapshot {
    /// One user.
    pub async fn find_user(&mut self, id: UserId) -> Result<Option<User>, Error> {
        let row = fetch_optional!(self, UserRow; "
            SELECT id, name, email, role, zone, created_at, version
              FROM users
             WHERE id = $1"; id.to_string())?;
        row.map(TryInto::try_into).transpose()
    }

    /// The user with this address, in any spelling that reaches the same mailbox.
    ///
    /// Earlier versions stored another folded form for addresses that are not ASCII; such a row is found too.
    pub async fn find_user_by_email(&mut self, email: &EmailAddress) -> Result<Option<User>, Error> {
        let (folded, earlier) = (email.folded(), email.as_str().to_lowercase());
        let rows = fetch_all!(self, UserRow; "
            SELECT id, name, email, role, zone, created_at, version
              FROM users
             WHERE email_folded IN ($1, $2)
             ORDER BY id"; folded.as_str(), earlier)?;
        let mut users = rows.into_iter().map(User::try_from);
        users.find(|user| user.as_ref().map_or(true, |user| user.email.reveal().folded() == folded)).transpose()
    }

    /// All users, in the order they were added. Unreadable ones are skipped and logged.
    pub async fn users(&mut self) -> Result<Vec<User>, Error> {
        let rows = fetch_list!(self, UserRow; "
            SELECT id, name, email, role, zone, created_at, version
              FROM users
             ORDER BY id")?;
        Ok(readable(rows))
    }
}

impl Tx {
    /// Inserts a user, without a password. [`Error::Taken`] if the address is in use.
    pub async fn insert_user(&mut self, user: &User) -> Result<(), Error> {
        execute!(self; "
            INSERT INTO users (id, name, email, email_folded, role, zone, password_hash, created_at, version)
            VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8)";
            user.id.to_string(), user.name.reveal().as_str(), user.email.reveal().as_str(),
            user.email.reveal().folded(), user.role.as_str(), user.zone.name(), millis(user.created_at),
            user.version)?;
        Ok(())
    }

    /// Saves a user. [`Error::Busy`] if it was changed since it was loaded.
    pub async fn save_user(&mut self, user: &User) -> Result<(), Error> {
        let rows = execute!(self; "
            UPDATE users
               SET name = $2, email = $3, email_folded = $4, role = $5, zone = $6, version = version + 1
             WHERE id = $1 AND version = $7";
            user.id.to_string(), user.name.reveal().as_str(), user.email.reveal().as_str(),
            user.email.reveal().folded(), user.role.as_str(), user.zone.name(), user.version)?;
        self.saved(rows)
    }

    /// Locks this host's bookings until the end of the transaction. Search for overlaps after it: two bookings that
    /// both searched first would both find the slot free. Returns whether the user exists.
    pub async fn lock_host(&mut self, host: UserId) -> Result<bool, Error> {
        self.lock_user(host).await
    }

    /// Locks a user until the end of the transaction, before a change of their sessions or devices. Returns whether
    /// the user exists.
    pub async fn lock_user(&mut self, user: UserId) -> Result<bool, Error> {
        let sql = locking!(
            self,
            "
            SELECT id
              FROM users
             WHERE id = $1"
        );
        Ok(fetch_optional!(self, (String,); sql; user.to_string())?.is_some())
    }
}
