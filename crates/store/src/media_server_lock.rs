//! One program with the embedded media server for each database: rooms, tickets and attendance of a second one would be
//! unknown to the first, which would close rooms that are open there.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use crate::Error;
use crate::advisory_lock::AdvisoryLock;
use crate::store::{Db, Store};

/// How often the lock of PostgreSQL is looked at.
const INTERVAL: Duration = Duration::from_secs(2);

/// Held as long as the program runs. Dropping it, or the end of the program, lets another one start.
pub struct MediaServerLock(Held);

enum Held {
    Advisory(Box<AdvisoryLock>),
    File {
        #[expect(dead_code, reason = "held, never read")]
        file: File,
    },
    /// A temporary database, which nothing else can open.
    Nothing,
}

impl Store {
    /// Reserves the database for this program's media server. [`Error::InUse`] if another program has it.
    pub async fn lock_media_server(&self) -> Result<MediaServerLock, Error> {
        let held = match self.database() {
            Db::Postgres(pool) => {
                let lock = AdvisoryLock::take(pool.connect_options().as_ref().clone()).await?;
                Held::Advisory(Box::new(lock))
            }
            Db::Sqlite(sqlite) => match sqlite.file() {
                Some(file) => Held::File { file: lock_file(&file)? },
                None => Held::Nothing,
            },
        };
        Ok(MediaServerLock(held))
    }
}

impl MediaServerLock {
    /// Waits until another program has reserved the database, and returns [`Error::InUse`]: the program must end. A lock
    /// of PostgreSQL is lost with its connection, and is taken again on a new one if no other program was faster.
    pub async fn lost(&mut self) -> Error {
        match &mut self.0 {
            Held::Advisory(lock) => lock.lost(INTERVAL).await,
            Held::File { .. } | Held::Nothing => std::future::pending().await,
        }
    }
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
