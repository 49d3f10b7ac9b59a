//! The key that signs tokens of rooms, for several servers on one database: whichever server is first makes it.

use jiff::Timestamp;

use crate::columns::millis;
use crate::engine::{execute, fetch_optional};
use crate::{Error, Tx};

/// A key and its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerKey {
    /// Names the key in tokens.
    pub key: String,
    /// Signs them.
    pub secret: String,
}

impl Tx {
    /// Stores this key if there is none, and returns the one that is stored. A server that does the same at this moment
    /// waits for this transaction.
    pub async fn server_key_or(&mut self, candidate: &ServerKey, now: Timestamp) -> Result<ServerKey, Error> {
        execute!(self; "
            INSERT INTO server_keys (id, key, secret, created_at)
            VALUES (1, $1, $2, $3)
                ON CONFLICT (id) DO NOTHING";
            candidate.key.as_str(), candidate.secret.as_str(), millis(now))?;
        let stored = fetch_optional!(self, (String, String); "
            SELECT key, secret
              FROM server_keys
             WHERE id = 1")?;
        Ok(stored.map_or_else(|| candidate.clone(), |(key, secret)| ServerKey { key, secret }))
    }
}
