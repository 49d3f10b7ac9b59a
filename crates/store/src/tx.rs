//! Transactions: [`Snapshot`] reads one moment and cannot write, [`Tx`] also writes.
//!
//! A page that only looks asks for a snapshot, and so cannot change anything, not even by mistake: its type has no
//! verb for it, and the engine behind it refuses.

use std::ops::{Deref, DerefMut};

use crate::Error;
use crate::engine::{Connection, EngineKind};
use crate::sqlite::WriterTurn;

/// Reads one moment. Dropping it ends it.
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

    /// The connection, for one statement. Until [`Snapshot::check`] hears the answer the transaction counts as
    /// spoiled: a statement given up half-way may or may not have happened, and nobody may build on that.
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

    /// Hears the answer to a statement. After a refusal the transaction stays spoiled: PostgreSQL would undo it
    /// silently at commit, SQLite would keep the half that worked.
    pub(crate) fn check<T>(&mut self, answer: Result<T, sqlx::Error>) -> Result<T, Error> {
        self.poisoned = answer.is_err();
        answer.map_err(Error::from)
    }

    /// Hears how many rows a save changed. None of the expected version: it lost a race, and so did the transaction.
    pub(crate) fn saved(&mut self, rows: u64) -> Result<(), Error> {
        if rows == 0 {
            self.poisoned = true;
            return Err(Error::Busy);
        }
        Ok(())
    }

    /// Which engine is behind it.
    pub(crate) const fn kind(&self) -> EngineKind {
        match self.engine {
            Engine::Reader(_) | Engine::Writer(_) => EngineKind::Sqlite,
            Engine::Postgres(_) => EngineKind::Postgres,
        }
    }
}

/// Reads and writes. Nothing of it happened unless [`Tx::commit`] said so; dropping it undoes it.
///
/// On SQLite it holds the one writer: decide quickly, wait for nothing but the store, and never begin a second one
/// while holding the first.
pub struct Tx(Snapshot);

impl Tx {
    pub(crate) const fn new(engine: Engine) -> Self {
        Self(Snapshot::new(engine))
    }

    /// Keeps everything. Answers once it cannot be lost any more.
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
