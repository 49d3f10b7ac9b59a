//! People of the practice.

use anteroom_domain::{EmailAddress, PersonName, Private, User, UserId, Zone};
use jiff::Timestamp;

use crate::appointment_pages::order_of;
use crate::columns::{instant, instant_of, millis, millis_of, parse};
use crate::engine::{self, execute, fetch_all, fetch_list, fetch_optional, locking};
use crate::rows::readable;
use crate::{Error, ListPosition, Snapshot, Tx};

#[derive(sqlx::FromRow)]
struct UserRow {
    id: String,
    name: String,
    email: String,
    role: String,
    zone: String,
    language: Option<String>,
    created_at: i64,
    deactivated_at: Option<i64>,
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
            language: row.language.as_deref().and_then(|tag| tag.parse().ok()),
            created_at: instant("users.created_at", row.created_at)?,
            deactivated_at: instant_of("users.deactivated_at", row.deactivated_at)?,
            version: row.version,
        })
    }
}

/// The columns of a [`UserRow`], named once; the condition follows.
macro_rules! users {
    ($condition:literal) => {
        concat!(
            "
            SELECT id, name, email, role, zone, language, created_at, deactivated_at, version
              FROM users
             WHERE ",
            $condition,
            "
             ORDER BY id"
        )
    };
}
pub(crate) use users;

impl Snapshot {
    /// One user.
    pub async fn find_user(&mut self, id: UserId) -> Result<Option<User>, Error> {
        let row = fetch_optional!(self, UserRow; users!("id = $1"); id.to_string())?;
        row.map(TryInto::try_into).transpose()
    }

    /// Some users. Unreadable ones are skipped and logged.
    pub async fn users_of(&mut self, ids: impl IntoIterator<Item = UserId>) -> Result<Vec<User>, Error> {
        let ids = serde_json::Value::from_iter(ids.into_iter().map(|id| id.to_string())).to_string();
        let sql = engine::users_of(self);
        Ok(readable(fetch_list!(self, UserRow; sql; ids)?))
    }

    /// The user with this address, in any spelling that reaches the same mailbox.
    ///
    /// Earlier versions stored another folded form for addresses that are not ASCII; such a row is found too.
    pub async fn find_user_by_email(&mut self, email: &EmailAddress) -> Result<Option<User>, Error> {
        let (folded, earlier) = (email.folded(), email.as_str().to_lowercase());
        let rows = fetch_all!(self, UserRow; users!("email_folded IN ($1, $2)"); folded.as_str(), earlier)?;
        let mut users = rows.into_iter().map(User::try_from);
        users.find(|user| user.as_ref().map_or(true, |user| user.email.reveal().folded() == folded)).transpose()
    }

    /// All users, in the order they were added. Unreadable ones are skipped and logged.
    pub async fn users(&mut self) -> Result<Vec<User>, Error> {
        let rows = fetch_list!(self, UserRow; "
            SELECT id, name, email, role, zone, language, created_at, deactivated_at, version
              FROM users
             ORDER BY id")?;
        Ok(readable(rows))
    }

    /// Number of a host's appointments that begin after `now` and are not cancelled.
    pub async fn upcoming_of(&mut self, host: UserId, now: Timestamp) -> Result<i64, Error> {
        let row = fetch_optional!(self, (i64,); "
            SELECT COUNT(*)
              FROM appointments
             WHERE host_id = $1 AND starts_at > $2 AND status IN ('booked', 'confirmed')";
            host.to_string(), millis(now))?;
        Ok(row.map_or(0, |(count,)| count))
    }

    /// The appointments that [`Self::upcoming_of`] counts, earliest first, at most `limit`: the first, or those after a
    /// position.
    pub async fn upcoming_ids_of(
        &mut self,
        host: UserId,
        now: Timestamp,
        after: Option<ListPosition>,
        limit: i64,
    ) -> Result<Vec<ListPosition>, Error> {
        let (starts_at, id) = after.map_or_else(|| (millis(now) + 1, String::new()), order_of);
        let rows = fetch_all!(self, (i64, String); "
            SELECT starts_at, id
              FROM appointments
             WHERE host_id = $1 AND (starts_at, id) > ($2, $3) AND status IN ('booked', 'confirmed')
             ORDER BY starts_at, id
             LIMIT $4";
            host.to_string(), starts_at, id, limit)?;
        let position = |(starts_at, id): (i64, String)| {
            let starts_at = instant("appointments.starts_at", starts_at)?;
            Ok(ListPosition { starts_at, id: parse("appointments.id", &id)? })
        };
        rows.into_iter().map(position).collect()
    }
}

impl Tx {
    /// Inserts a user, without a password. [`Error::Taken`] if the address is in use.
    pub async fn insert_user(&mut self, user: &User) -> Result<(), Error> {
        execute!(self; "
            INSERT INTO users (id, name, email, email_folded, role, zone, language, password_hash, created_at,
                               deactivated_at, version)
            VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, $9, $10)";
            user.id.to_string(), user.name.reveal().as_str(), user.email.reveal().as_str(),
            user.email.reveal().folded(), user.role.as_str(), user.zone.name(),
            user.language.as_ref().map(|language| language.as_str()), millis(user.created_at),
            millis_of(user.deactivated_at), user.version)?;
        Ok(())
    }

    /// Saves a user. [`Error::Busy`] if it was changed since it was loaded.
    pub async fn save_user(&mut self, user: &User) -> Result<(), Error> {
        let rows = execute!(self; "
            UPDATE users
               SET name = $2, email = $3, email_folded = $4, role = $5, zone = $6, language = $7, deactivated_at = $8,
                   version = version + 1
             WHERE id = $1 AND version = $9";
            user.id.to_string(), user.name.reveal().as_str(), user.email.reveal().as_str(),
            user.email.reveal().folded(), user.role.as_str(), user.zone.name(),
            user.language.as_ref().map(|language| language.as_str()), millis_of(user.deactivated_at), user.version)?;
        self.saved(rows)
    }

    /// The logins of a user have ended: requests that began before are no longer theirs.
    pub async fn raise_user_version(&mut self, user: UserId) -> Result<(), Error> {
        execute!(self; "
            UPDATE users
               SET version = version + 1
             WHERE id = $1"; user.to_string())?;
        Ok(())
    }

    /// Locks users until the end of the transaction, in the order of their ids, so that two transactions do not wait for
    /// each other.
    pub async fn lock_users(&mut self, mut users: Vec<UserId>) -> Result<(), Error> {
        users.sort_unstable();
        users.dedup();
        for user in users {
            self.lock_user(user).await?;
        }
        Ok(())
    }

    /// Locks a user until the end of the transaction: before a change of their sessions or devices, or by them, and
    /// before the search for overlaps of a booking with them, because two that both searched first would both find the
    /// slot free. It is not shared: requests that overlap without a gap would keep the end of their sessions waiting.
    /// Returns whether the user exists.
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

    /// Locks all administrators and these users until the end of the transaction, in the order of their ids, and returns
    /// the administrators who are active. Call it before a change that may leave none: of two changes at once, the later
    /// one sees what the earlier one has left.
    pub async fn lock_admins_and(&mut self, users: [UserId; 2]) -> Result<Vec<UserId>, Error> {
        let sql = locking!(
            self,
            "
            SELECT id, role, deactivated_at
              FROM users
             WHERE role = 'admin' OR id IN ($1, $2)
             ORDER BY id"
        );
        let rows = fetch_all!(self, (String, String, Option<i64>); sql; users[0].to_string(), users[1].to_string())?;
        let is_active_admin =
            |(_, role, deactivated_at): &(String, String, Option<i64>)| role == "admin" && deactivated_at.is_none();
        rows.iter().filter(|row| is_active_admin(row)).map(|(id, ..)| parse("users.id", id)).collect()
    }
}
