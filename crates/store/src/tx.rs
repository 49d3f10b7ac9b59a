//! Transactions: [`Snapshot`] is a read-only view, [`Tx`] also writes.
//!
//! A page that only reads uses a snapshot and cannot change anything by mistake: the type has no write methods, and
//! the engine refuses writes.

use std::ops::{Deref, DerefMut};

use crate::Error;
use crate::engine::{Connection, EngineKind};
use crate::sqlite::WriterTurn;

/// A consistent read-only view. Dropping it ends it.
pub struct Snapshot {
    engine: Engine,
    poisoned: bool,
}

pub(crate) enum Engine {
    Reader(sqlx::Transaction<'static, sqlx::Sqlite>),
    Writer(WriterTurn),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

impl Snapshot {
    pub(crate) const fn new(engine: Engine) -> Self {
        Self { engine, poisoned: false }
    }

    /// The connection, for one statement. The transaction counts as poisoned until [`Snapshot::check`] gets the result:
    /// a statement cancelled before it finished may or may not have run.
    pub(crate) fn connection(&mut self) -> Result<Connection<'_>, Error> {
        if std::mem::replace(&mut self.poisoned, true) {
            return Err(Error::Poisoned);
        }
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
pub struct Tx(Snapshot);

impl Tx {
    pub(crate) const fn new(engine: Engine) -> Self {
        Self(Snapshot::new(engine))
    }

    /// Commits. Returns once the changes are durable.
    pub async fn commit(self) -> Result<(), Error> {
        if self.0.poisoned {
            return Err(Error::Poisoned);
        }
        match self.0.engine {
            Engine::Writer(turn) => turn.commit().await,
            Engine::Postgres(transaction) => Ok(transaction.commit().await?),
            Engine::Reader(transaction) => Ok(transaction.commit().await?),
        }
    }
}

impl Deref for Tx {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Snapshot {
        &mut self.0
    }
}
