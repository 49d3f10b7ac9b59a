//! Transactions: [`Snapshot`] is a read-only view, [`Tx`] also writes.
//!
//! A page that only reads uses a snapshot and cannot change anything by mistake: the type has no write methods, and
//! the engine refuses writes.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use crate::engine::{Connection, EngineKind};
use crate::sqlite::WriterTurn;
use crate::wake::{Wake, Wakes};
use crate::{Error, postgres};

/// A consistent read-only view. Dropping it ends it.
pub struct Snapshot {
    engine: Engine,
    poisoned: bool,
    /// Counts the statements of the store.
    statements: Arc<AtomicU64>,
}

pub(crate) enum Engine {
    Reader(sqlx::Transaction<'static, sqlx::Sqlite>),
    Writer(WriterTurn),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

impl Snapshot {
    pub(crate) const fn new(engine: Engine, statements: Arc<AtomicU64>) -> Self {
        Self { engine, poisoned: false, statements }
    }

    /// The connection, for one statement. The transaction counts as poisoned until [`Snapshot::check`] gets the result:
    /// a statement cancelled before it finished may or may not have run.
    pub(crate) fn connection(&mut self) -> Result<Connection<'_>, Error> {
        if std::mem::replace(&mut self.poisoned, true) {
            return Err(Error::Poisoned);
        }
        self.statements.fetch_add(1, Relaxed);
        Ok(match &mut self.engine {
            Engine::Reader(transaction) => Connection::Sqlite(transaction),
            Engine::Writer(turn) => Connection::Sqlite(turn.connection()),
            Engine::Postgres(transaction) => Connection::Postgres(transaction),
        })
    }

    /// Takes the result of a statement. After an error the transaction stays poisoned: PostgreSQL would silently roll
    /// back at commit, SQLite would commit the statements that succeeded.
    pub(crate) fn check<T>(&mut self, answer: Result<T, sqlx::Error>) -> Result<T, Error> {
        self.poisoned = answer.is_err();
        answer.map_err(Error::from)
    }

    /// Takes the row count of a save. Zero rows of the expected version means a concurrent change.
    pub(crate) fn saved(&mut self, rows: u64) -> Result<(), Error> {
        if rows == 0 {
            self.poisoned = true;
            return Err(Error::Busy);
        }
        Ok(())
    }

    /// The engine of this transaction.
    pub(crate) const fn kind(&self) -> EngineKind {
        match self.engine {
            Engine::Reader(_) | Engine::Writer(_) => EngineKind::Sqlite,
            Engine::Postgres(_) => EngineKind::Postgres,
        }
    }
}

/// A write transaction. Takes effect only if [`Tx::commit`] returns `Ok`; dropping it rolls back.
///
/// On SQLite it holds the only writer: await nothing but the store, and never begin a second one while holding the
/// first.
pub struct Tx {
    snapshot: Snapshot,
    wakes: Vec<Wake>,
    listener: Wakes,
    kept: Vec<Box<dyn Send + Sync>>,
}

impl Tx {
    pub(crate) const fn new(engine: Engine, statements: Arc<AtomicU64>, listener: Wakes) -> Self {
        Self { snapshot: Snapshot::new(engine, statements), wakes: Vec::new(), listener, kept: Vec::new() }
    }

    /// Wakes these after the commit.
    pub fn wake(&mut self, wakes: impl IntoIterator<Item = Wake>) {
        self.wakes.extend(wakes);
    }

    /// Keeps a value until the end of the transaction, such as the permission to have one.
    pub fn keep(&mut self, value: impl Send + Sync + 'static) {
        self.kept.push(Box::new(value));
    }

    /// Commits. Returns once the changes are durable and the wakes are reported. Once it has been polled it goes on
    /// although the caller is cancelled.
    pub async fn commit(mut self) -> Result<(), Error> {
        if self.snapshot.poisoned {
            return Err(Error::Poisoned);
        }
        self.wakes.sort_unstable();
        self.wakes.dedup();
        match self.snapshot.engine {
            Engine::Writer(turn) => turn.commit(self.wakes).await,
            Engine::Postgres(transaction) => postgres::commit(transaction, self.wakes, self.listener).await,
            Engine::Reader(_) => unreachable!("a reader's connection begins only snapshots"),
        }
    }

    /// Ends a transaction that found nothing to change, and returns once what it has read is durable: on SQLite it may
    /// have read the changes of others that are committed together with it.
    pub async fn unchanged(self) -> Result<(), Error> {
        match self.snapshot.engine {
            Engine::Writer(turn) => turn.unchanged().await,
            Engine::Postgres(_) | Engine::Reader(_) => Ok(()),
        }
    }
}

impl Deref for Tx {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Snapshot {
        &mut self.snapshot
    }
}
