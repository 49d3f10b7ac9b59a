//! One program with the embedded media server for each database: rooms, tickets and attendance of a second one would be
//! unknown to the first, which would close rooms that are open there.

use sqlx::PgConnection;

use crate::Error;
use crate::store::{Db, Store};

/// Number of the advisory lock of PostgreSQL. Any number that nothing else on the database uses.
const LOCK: i64 = 0x616e_7465_726f_6f6d;

/// Held as long as the program runs. Dropping it, or the end of the program, lets another one start.
pub struct MediaServerLock {
    _connection: Option<PgConnection>,
}

impl Store {
    /// Reserves the database for this program's media server. [`Error::InUse`] if another program has it. A SQLite
    /// database is a file in the data folder, which has a lock of its own.
    pub async fn lock_media_server(&self) -> Result<MediaServerLock, Error> {
        let Db::Postgres(pool) = self.database() else { return Ok(MediaServerLock { _connection: None }) };
        let mut connection = pool.acquire().await?.detach();
        let (is_free,): (bool,) =
            sqlx::query_as("SELECT pg_try_advisory_lock($1)").bind(LOCK).fetch_one(&mut connection).await?;
        if is_free { Ok(MediaServerLock { _connection: Some(connection) }) } else { Err(Error::InUse) }
    }
}
