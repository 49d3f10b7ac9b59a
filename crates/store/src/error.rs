//! What can go wrong between a use case and the database.

use std::fmt;
use std::sync::Arc;

use sqlx::error::ErrorKind;

/// Why the store did not do it. After any of these a [`Tx`](crate::Tx) is good for nothing but being dropped.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Somebody else changed it meanwhile: load it again and decide again.
    #[error("changed by somebody else meanwhile")]
    Busy,
    /// Something that must be there once is there already, such as a second user with one address.
    #[error("is there already")]
    Taken,
    /// The database cannot be reached, has no room left, or let us wait too long. Later it may work.
    #[error("the database is unavailable")]
    Unavailable(#[source] Arc<sqlx::Error>),
    /// A row holds what no rule would have written. Names the column, never the value.
    #[error("column {column} holds something we would not have written")]
    Corrupt {
        /// Table and column.
        column: &'static str,
    },
    /// The transaction had failed before, or a statement of it was given up half-way.
    #[error("the transaction had already failed")]
    Poisoned,
    /// The address of the database is not one of ours, or its folder cannot be used.
    #[error("{0}")]
    Address(String),
    /// A migration failed, or one that was applied reads differently now.
    #[error("the schema could not be brought up to date")]
    Migration(#[source] Arc<sqlx::migrate::MigrateError>),
    /// The database refused a statement of ours: a mistake in this crate.
    #[error("the database refused a statement")]
    Statement(#[source] Arc<sqlx::Error>),
}

/// By hand, because PostgreSQL's own error prints the values of the row it refused: names and addresses.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(source) | Self::Statement(source) => write!(f, "{self}: {source}"),
            Self::Migration(source) => write!(f, "{self}: {source}"),
            other => fmt::Display::fmt(other, f),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Database(refusal) => match (refusal.kind(), refusal.code().as_deref()) {
                (ErrorKind::UniqueViolation, _) => Self::Taken,
                (_, Some(code)) if is_serialization_failure(code) => Self::Busy,
                (_, Some(code)) if is_transient(code) => Self::Unavailable(error.into()),
                _ => Self::Statement(error.into()),
            },
            E::Io(_) | E::Tls(_) | E::Protocol(_) | E::WorkerCrashed | E::BeginFailed => {
                Self::Unavailable(error.into())
            }
            E::PoolTimedOut | E::PoolClosed => Self::Unavailable(error.into()),
            _ => Self::Statement(error.into()),
        }
    }
}

/// PostgreSQL: serialization failure, deadlock.
fn is_serialization_failure(code: &str) -> bool {
    matches!(code, "40001" | "40P01")
}

/// Codes that speak of the machine, not of the statement.
fn is_transient(code: &str) -> bool {
    match code.parse::<i32>() {
        // PostgreSQL's codes have five characters; those of SQLite are numbers, the kind in the low byte.
        Ok(number) if code.len() < 5 => {
            const LATER: [i32; 8] = [5, 6, 7, 10, 11, 13, 14, 26]; // busy, locked, nomem, ioerr, corrupt, full, cantopen, notadb
            LATER.contains(&(number & 0xff))
        }
        // Connection, resources, operator, system.
        _ => ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)),
    }
}

/// The writer's turn did not come in time, or the store is closed.
pub(crate) fn unavailable(why: sqlx::Error) -> Error {
    Error::Unavailable(why.into())
}
