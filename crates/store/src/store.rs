//! The open database.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use crate::background::Background;
use crate::sqlite::{Batch, DatabaseFile, Sqlite, WriterCounts};
use crate::tx::Engine;
use crate::wake::{CommitListener, Wakes};
use crate::{Error, Snapshot, Tx, notify, postgres};

/// The open database. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    db: Db,
    transactions: AtomicU64,
    writer: Arc<WriterCounts>,
    statements: Arc<AtomicU64>,
    wakes: Wakes,
    background: Background,
}

pub(crate) enum Db {
    Sqlite(Box<Sqlite>),
    Postgres(sqlx::PgPool),
}

/// Counters since the store was opened, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Write transactions begun.
    pub transactions: u64,
    /// Commits written to SQLite's disk; group commit keeps them far below `transactions`. Always 0 on PostgreSQL,
    /// which has its own counters.
    pub commits: u64,
}

impl Store {
    /// Opens `sqlite:PATH`, `postgres://…`, or `sqlite::memory:`, a temporary database deleted with the store.
    /// Does not migrate the schema; see [`Store::migrate`].
    pub async fn open(url: &str) -> Result<Self, Error> {
        match url.split_once(':') {
            Some(("sqlite", tail)) => Self::open_sqlite(DatabaseFile::parse(tail)?, Batch::default()).await,
            Some(("postgres" | "postgresql", _)) => {
                let database = Db::Postgres(postgres::open(url)?);
                Ok(Self::with_database(database, Arc::default(), Wakes::default(), Background::default()))
            }
            _ => Err(Error::Address("neither sqlite:PATH nor postgres://…".into())),
        }
    }

    pub(crate) async fn open_sqlite(file: DatabaseFile, batch: Batch) -> Result<Self, Error> {
        let (writer, wakes, background) = (Arc::<WriterCounts>::default(), Wakes::default(), Background::default());
        let sqlite = Sqlite::open(file, batch, Arc::clone(&writer), wakes.clone(), &background).await?;
        Ok(Self::with_database(Db::Sqlite(Box::new(sqlite)), writer, wakes, background))
    }

    fn with_database(db: Db, writer: Arc<WriterCounts>, wakes: Wakes, background: Background) -> Self {
        let (transactions, statements) = (AtomicU64::new(0), Arc::default());
        Self(Arc::new(Inner { db, transactions, writer, statements, wakes, background }))
    }

    /// Calls `listener` after every commit that wakes pages or workers: of this store, and on PostgreSQL of every program on the
    /// same database. Only the first listener counts.
    pub fn on_commit(&self, listener: CommitListener) {
        let is_first = self.0.wakes.set_listener(listener);
        if let Db::Postgres(pool) = &self.0.db
            && is_first
        {
            self.0.background.run("the listener for commits", notify::listen(pool.clone(), self.0.wakes.clone()));
        }
    }

    /// Migrates the schema. Safe to call from several processes at once.
    pub async fn migrate(&self) -> Result<(), Error> {
        match &self.0.db {
            Db::Sqlite(sqlite) => sqlite.migrate().await,
            Db::Postgres(pool) => postgres::migrate(pool).await,
        }
    }

    /// Begins a write transaction.
    pub async fn begin(&self) -> Result<Tx, Error> {
        let engine = match &self.0.db {
            Db::Sqlite(sqlite) => Engine::Writer(sqlite.begin().await?),
            Db::Postgres(pool) => Engine::Postgres(postgres::begin(pool).await?),
        };
        self.0.transactions.fetch_add(1, Relaxed);
        Ok(Tx::new(engine, self.0.statements.clone(), self.0.wakes.clone()))
    }

    /// Begins a read-only snapshot.
    pub async fn read(&self) -> Result<Snapshot, Error> {
        let engine = match &self.0.db {
            Db::Sqlite(sqlite) => Engine::Reader(sqlite.read().await?),
            Db::Postgres(pool) => Engine::Postgres(postgres::read(pool).await?),
        };
        Ok(Snapshot::new(engine, self.0.statements.clone()))
    }

    pub(crate) fn wakes(&self) -> &Wakes {
        &self.0.wakes
    }

    pub(crate) fn database(&self) -> &Db {
        &self.0.db
    }

    /// The counters so far.
    pub fn counts(&self) -> Counts {
        Counts { transactions: self.0.transactions.load(Relaxed), commits: self.0.writer.commits.load(Relaxed) }
    }

    /// Savepoints begun by the writer of SQLite.
    #[cfg(test)]
    pub(crate) fn turns(&self) -> u64 {
        self.0.writer.turns.load(Relaxed)
    }

    /// Statements run so far, of reads and writes.
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Relaxed)
    }

    /// Waits until a task of the store has ended, and returns which: without it the store is of no use. They all end
    /// with [`Store::close`].
    pub async fn failure(&self) -> &'static str {
        self.0.background.first_ended().await
    }

    /// Finishes running transactions and closes every connection. Later calls return [`Error::Unavailable`].
    pub async fn close(&self) {
        match &self.0.db {
            Db::Sqlite(sqlite) => sqlite.close().await,
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

/// Accepts migrations applied by a newer version, so that a rollback to the previous version runs. Every migration is
/// written for that: add first, remove in a later version.
pub(crate) fn ignoring_newer_migrations(mut migrator: sqlx::migrate::Migrator) -> sqlx::migrate::Migrator {
    migrator.set_ignore_missing(true);
    migrator
}
