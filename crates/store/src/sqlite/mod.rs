//! SQLite: one file, one writer with group commit, a few readers that see the last commit.

mod check;
mod database_file;
mod migration;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

pub(crate) use self::database_file::DatabaseFile;
use self::database_file::Identity;
#[cfg(test)]
pub(crate) use self::migration::migrate;
#[cfg(test)]
pub(crate) use self::writer::QUEUE_LENGTH;
use self::writer::Writer;
pub(crate) use self::writer::{Batch, WriterCounts, WriterTurn};
use crate::Error;
use crate::background::Background;
use crate::error::unavailable;
use crate::wake::Wakes;

/// How long to wait for another process that writes to the same file, such as a console command.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait for a reader connection.
const READER_TIMEOUT: Duration = Duration::from_secs(10);

/// Reader connections. Each costs a thread and its page cache.
const READER_COUNT: u32 = 4;

/// An open SQLite database.
pub(crate) struct Sqlite {
    options: SqliteConnectOptions,
    readers: SqlitePool,
    writer: Writer,
    /// Deletes a temporary database when the store is dropped.
    file: DatabaseFile,
    opened: Identity,
}

impl Sqlite {
    pub(crate) async fn open(
        file: DatabaseFile,
        batch: Batch,
        counts: Arc<WriterCounts>,
        wakes: Wakes,
        background: &Background,
    ) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(file.path())
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // NORMAL would be faster but loses acknowledged commits in a power cut.
            .synchronous(if file.is_persistent() { SqliteSynchronous::Full } else { SqliteSynchronous::Off })
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        check::check(&options, &file.path()).await?;
        let opened = file.identity().map_err(|error| check::explained_by_kind(&file.path(), &error))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READER_COUNT)
            .acquire_timeout(READER_TIMEOUT)
            .test_before_acquire(false)
            .connect_lazy_with(options.clone().read_only(true).create_if_missing(false));
        let writer = Writer::start(options.clone(), batch, counts, wakes, background);
        Ok(Self { options, readers, writer, file, opened })
    }

    /// Path of the file, unless it is temporary.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        self.file.is_persistent().then(|| self.file.path())
    }

    pub(crate) async fn migrate(&self) -> Result<(), Error> {
        migration::migrate(&self.options, sqlx::migrate!("migrations/sqlite")).await
    }

    pub(crate) async fn read(&self) -> Result<sqlx::Transaction<'static, sqlx::Sqlite>, Error> {
        self.check_in_place()?;
        Ok(self.readers.begin().await?)
    }

    pub(crate) async fn begin(&self) -> Result<WriterTurn, Error> {
        self.check_in_place()?;
        self.writer.turn().await
    }

    /// After a rename, a removal or a restored backup SQLite would go on with the old file, and acknowledged writes
    /// would be found nowhere.
    fn check_in_place(&self) -> Result<(), Error> {
        if self.file.identity().is_ok_and(|found| found == self.opened) {
            return Ok(());
        }
        let path = self.file.path();
        let moved = format!("{} was moved, removed or replaced: put it back or start again", path.display());
        Err(unavailable(sqlx::Error::Io(std::io::Error::other(moved))))
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
