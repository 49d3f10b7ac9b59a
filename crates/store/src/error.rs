//! Errors of the store.

use std::fmt;
use std::sync::Arc;

use sqlx::error::ErrorKind;

/// Error of the store. After any of these a [`Tx`](crate::Tx) can only be dropped.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Changed concurrently: load again and decide again.
    #[error("changed concurrently")]
    Busy,
    /// A unique constraint failed, such as a second user with the same address.
    #[error("already exists")]
    Taken,
    /// The database is unreachable, full, or timed out. A retry may succeed.
    #[error("the database is unavailable")]
    Unavailable(#[source] Arc<sqlx::Error>),
    /// A column holds a value that this version does not know, such as a status of a newer version. Names the column,
    /// never the value.
    #[error("column {column} holds a value that this version cannot read")]
    Corrupt {
        /// Table and column.
        column: &'static str,
    },
    /// A text to store contains a NUL, which PostgreSQL cannot store.
    #[error("a text contains a NUL")]
    Nul,
    /// Another program with the embedded media server uses this database.
    #[error(
        "another Anteroom with the embedded media server uses this database; one database serves one of them: stop the \
         other one, or give this one a database of its own"
    )]
    InUse,
    /// The transaction failed before, or a statement of it was cancelled before it finished.
    #[error("the transaction had already failed")]
    Poisoned,
    /// The database URL is invalid, or its file cannot be used. Names the file, and what an operator can do.
    #[error("{0}")]
    Address(String),
    /// A migration failed, or the text of an applied migration has changed.
    #[error("the schema could not be migrated")]
    Migration(#[source] Arc<sqlx::migrate::MigrateError>),
    /// A migration would leave rows that refer to missing ones: a defect of the migration. Nothing was changed.
    #[error("after the migration, rows of table {table} would refer to rows that do not exist; nothing was changed")]
    ForeignKey {
        /// The table.
        table: String,
    },
    /// The database refused a statement: a defect in this crate.
    #[error("the database refused a statement")]
    Statement(#[source] Arc<sqlx::Error>),
}

/// Not derived: PostgreSQL's error prints the values of the refused row, with names and addresses.
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
            E::Encode(_) => Self::Nul, // No other value can fail, see `crate::bound`.
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

/// Codes of the machine or the connection, not of the statement.
fn is_transient(code: &str) -> bool {
    match code.parse::<i32>() {
        // PostgreSQL codes have five characters; SQLite codes are numbers with the primary code in the low byte.
        Ok(number) if code.len() < 5 => {
            // busy, locked, nomem, ioerr, full, cantopen, protocol (a race for the log)
            const LATER: [i32; 7] = [5, 6, 7, 10, 13, 14, 15];
            LATER.contains(&(number & 0xff))
        }
        // Connection, resources, operator (who cancels, by a timeout too), system; timeouts of locks and of transactions.
        _ => ["08", "53", "57", "58", "55P03", "25P03", "25P04"].iter().any(|class| code.starts_with(class)),
    }
}

/// The writer timed out, or the store is closed.
pub(crate) fn unavailable(why: sqlx::Error) -> Error {
    Error::Unavailable(why.into())
}

#[cfg(test)]
mod tests {
    use super::is_transient;

    #[test]
    fn what_may_succeed_later_is_not_a_defect() {
        // SQLite: busy (also of a snapshot), locked, out of memory, disk error, full, cannot open, race for the log.
        for code in ["5", "517", "6", "262", "7", "10", "778", "13", "14", "15"] {
            assert!(is_transient(code), "{code}");
        }
        // PostgreSQL: connection lost, disk full, too many connections, statement and lock timeouts, shutdown, idle or
        // long transaction, disk error.
        for code in ["08006", "53100", "53300", "57014", "55P03", "57P01", "57P03", "25P03", "25P04", "58030"] {
            assert!(is_transient(code), "{code}");
        }
        // A damaged file (also of an index), no database, constraints, a write by a reader, syntax, a statement after a
        // failed one, a missing table.
        for code in ["11", "779", "26", "787", "1299", "8", "1", "23503", "23502", "25006", "42601", "25P02", "42P01"] {
            assert!(!is_transient(code), "{code}");
        }
    }
}
