//! One program with the embedded media server for each database: rooms, tickets and attendance of a second one would be
//! unknown to the first, which would close rooms that are open there.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use sqlx::PgConnection;

use crate::Error;
use crate::store::{Db, Store};

/// Number of the advisory lock of PostgreSQL. Any number that nothing else on the database uses.
const LOCK: i64 = 0x616e_7465_726f_6f6d;

/// Held as long as the program runs. Dropping it, or the end of the program, lets another one start.
#[expect(dead_code, reason = "held, never read")]
pub struct MediaServerLock(Held);

#[expect(dead_code, reason = "held, never read")]
enum Held {
    Connection(PgConnection),
    File(File),
    /// A temporary database, which nothing else can open.
    Nothing,
}

impl Store {
    /// Reserves the database for this program's media server. [`Error::InUse`] if another program has it.
    pub async fn lock_media_server(&self) -> Result<MediaServerLock, Error> {
        let held = match self.database() {
            Db::Postgres(pool) => Held::Connection(lock_database(pool).await?),
            Db::Sqlite(sqlite) => sqlite.file().map_or(Ok(Held::Nothing), |file| lock_file(&file).map(Held::File))?,
        };
        Ok(MediaServerLock(held))
    }
}

async fn lock_database(pool: &sqlx::PgPool) -> Result<PgConnection, Error> {
    let mut connection = pool.acquire().await?.detach();
    let (is_free,): (bool,) =
        sqlx::query_as("SELECT pg_try_advisory_lock($1)").bind(LOCK).fetch_one(&mut connection).await?;
    if is_free { Ok(connection) } else { Err(Error::InUse) }
}

/// A file beside the database, because SQLite locks the database itself.
fn lock_file(database: &Path) -> Result<File, Error> {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(sqlx::Error::Io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse),
        Err(TryLockError::Error(error)) => Err(sqlx::Error::Io(error).into()),
    }
}
