//! Devices in which accounts were logged in, looked up by the hash of the secret in their cookie.

use anteroom_domain::{SecretHash, UserId};
use jiff::Timestamp;

use crate::columns::{millis, parse};
use crate::engine::{execute, fetch_all};
use crate::{Error, Snapshot, Tx};

impl Snapshot {
    /// The users who have logged in with this device.
    pub async fn users_of_device(&mut self, device: &SecretHash) -> Result<Vec<UserId>, Error> {
        let rows = fetch_all!(self, (String,); "
            SELECT user_id
              FROM devices
             WHERE hash = $1
             ORDER BY user_id"; device.as_bytes().as_slice())?;
        rows.iter().map(|(user,)| parse("devices.user_id", user)).collect()
    }
}

impl Tx {
    /// Inserts a device of a user, or updates the time of its last login.
    pub async fn save_device(&mut self, device: &SecretHash, user: UserId, at: Timestamp) -> Result<(), Error> {
        execute!(self; "
            INSERT INTO devices (hash, user_id, logged_in_at)
            VALUES ($1, $2, $3)
                ON CONFLICT (hash, user_id)
                DO UPDATE SET logged_in_at = excluded.logged_in_at";
            device.as_bytes().as_slice(), user.to_string(), millis(at))?;
        Ok(())
    }

    /// Deletes all devices of a user but the `count` that logged in last.
    pub async fn keep_latest_devices(&mut self, user: UserId, count: i64) -> Result<u64, Error> {
        execute!(self; "
            DELETE FROM devices
             WHERE user_id = $1
               AND hash NOT IN (SELECT hash
                                  FROM devices
                                 WHERE user_id = $1
                                 ORDER BY logged_in_at DESC, hash DESC
                                 LIMIT $2)"; user.to_string(), count)
    }

    /// Deletes all devices of a user; returns their number.
    pub async fn delete_devices_of(&mut self, user: UserId) -> Result<u64, Error> {
        execute!(self; "
            DELETE FROM devices
             WHERE user_id = $1"; user.to_string())
    }
}
