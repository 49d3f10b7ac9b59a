//! The two engines: macros that run a statement on the engine of a [`Snapshot`], and the few statements that must
//! differ. Everything else is one SQL text.
//!
//! Common to both: `$1`, `RETURNING`, `ON CONFLICT … DO UPDATE SET x = excluded.x`, partial indexes, CTEs, window
//! functions. Not common: `now()`, `ILIKE`, arrays, date functions. Integers are `BIGINT` (PostgreSQL returns no
//! smaller type as `i64`), `SUM` of them is cast back to it, flags are queried as `NOT x`, and every list has a
//! complete ordering, because the engines break ties differently.

use crate::Snapshot;
use crate::consultations::participants;
use crate::people::people;
use crate::users::users;

/// The connection behind a transaction.
pub(crate) enum Connection<'c> {
    Sqlite(&'c mut sqlx::SqliteConnection),
    Postgres(&'c mut sqlx::PgConnection),
}

/// The database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EngineKind {
    Sqlite,
    Postgres,
}

/// Runs a query on the engine of `$snapshot`; the expression is type-checked once per engine.
macro_rules! on_engine {
    ($snapshot:expr, |$connection:ident| $query:expr) => {{
        let snapshot: &mut $crate::Snapshot = $snapshot;
        match snapshot.connection() {
            Err(error) => Err(error),
            Ok(connection) => {
                let answer = match connection {
                    $crate::engine::Connection::Sqlite($connection) => $query,
                    $crate::engine::Connection::Postgres($connection) => $query,
                };
                snapshot.check(answer)
            }
        }
    }};
}

/// Runs a statement; returns the number of changed rows. `execute!(self; SQL; $1, $2, …)`: the semicolons keep rustfmt
/// from reformatting the SQL.
macro_rules! execute {
    ($snapshot:expr; $sql:expr $(; $($bind:expr),*)?) => {
        $crate::engine::on_engine!($snapshot, |connection| {
            sqlx::query($crate::engine::text(&connection, $sql))$($(.bind($crate::bound::Bound($bind)))*)?
                .execute(connection).await.map(|done| done.rows_affected())
        })
    };
}

/// Runs a query for at most one row.
macro_rules! fetch_optional {
    ($snapshot:expr, $row:ty; $sql:expr $(; $($bind:expr),*)?) => {
        $crate::engine::on_engine!($snapshot, |connection| {
            $crate::bound::found(
                sqlx::query_as::<_, $row>($crate::engine::text(&connection, $sql))$($(.bind($crate::bound::Bound($bind)))*)?
                    .fetch_optional(connection).await
            )
        })
    };
}

/// Runs a query for any number of rows.
macro_rules! fetch_all {
    ($snapshot:expr, $row:ty; $sql:expr $(; $($bind:expr),*)?) => {
        $crate::engine::on_engine!($snapshot, |connection| {
            $crate::bound::found(
                sqlx::query_as::<_, $row>($crate::engine::text(&connection, $sql))$($(.bind($crate::bound::Bound($bind)))*)?
                    .fetch_all(connection).await
            )
        })
    };
}

/// Runs a query for any number of rows, each of which is decoded by itself; see [`crate::rows`]. `by` is the column of
/// the id that a row is logged with.
macro_rules! fetch_list {
    ($snapshot:expr, $row:ty; $sql:expr $(; $($bind:expr),*)?) => {
        $crate::engine::fetch_list!($snapshot, $row, by "id"; $sql $(; $($bind),*)?)
    };
    ($snapshot:expr, $row:ty, by $id:literal; $sql:expr $(; $($bind:expr),*)?) => {
        $crate::engine::on_engine!($snapshot, |connection| {
            $crate::bound::found(
                sqlx::query($crate::engine::text(&connection, $sql))$($(.bind($crate::bound::Bound($bind)))*)?
                    .fetch_all(connection).await.map(|rows| $crate::rows::decode::<_, $row>(rows, $id))
            )
        })
    };
}

/// The text of a query that locks the rows it finds until the end of the transaction. SQLite has one writer and needs
/// no lock. On PostgreSQL the lock is that of an UPDATE which changes no key: rows may be inserted that refer to these.
macro_rules! locking {
    ($snapshot:expr, $sql:literal) => {
        match $snapshot.kind() {
            $crate::engine::EngineKind::Sqlite => $sql,
            $crate::engine::EngineKind::Postgres => concat!(
                $sql,
                "
               FOR NO KEY UPDATE"
            ),
        }
    };
}

pub(crate) use execute;
pub(crate) use fetch_all;
pub(crate) use fetch_list;
pub(crate) use fetch_optional;
pub(crate) use locking;
pub(crate) use on_engine;

/// The text of a statement.
#[cfg(not(test))]
pub(crate) const fn text<C>(_connection: &C, sql: &'static str) -> &'static str {
    sql
}

/// The text of a statement. Recorded with its engine, so that a test can check the query plan.
#[cfg(test)]
#[track_caller]
pub(crate) fn text<C: crate::tests::query_plans::HasEngine>(_connection: &C, sql: &'static str) -> &'static str {
    crate::tests::query_plans::remember(C::KIND, sql);
    sql
}

/// Leases the first due job. Two workers never get the same row: SQLite has one writer, PostgreSQL skips rows locked by
/// another worker. The limit is part of the text: as a parameter it would hide from the planner that one row is wanted.
pub(crate) fn lease(snapshot: &Snapshot) -> &'static str {
    match snapshot.kind() {
        EngineKind::Sqlite => {
            "UPDATE jobs
                SET next_at = $2, attempts = attempts + 1, last_error = NULL, version = version + 1
              WHERE id = (SELECT id
                            FROM jobs
                           WHERE given_up_at IS NULL AND lane = $3 AND next_at <= $1
                           ORDER BY next_at, id
                           LIMIT 1)
             RETURNING id, kind, payload, due_at, expires_at, attempts, version"
        }
        EngineKind::Postgres => {
            "UPDATE jobs
                SET next_at = $2, attempts = attempts + 1, last_error = NULL, version = version + 1
              WHERE id = (SELECT id
                            FROM jobs
                           WHERE given_up_at IS NULL AND lane = $3 AND next_at <= $1
                           ORDER BY next_at, id
                           LIMIT 1
                             FOR UPDATE SKIP LOCKED)
             RETURNING id, kind, payload, due_at, expires_at, attempts, version"
        }
    }
}

/// Deletes expired sessions, a limited number: after a long pause there may be many.
pub(crate) fn delete_expired_sessions(snapshot: &Snapshot) -> &'static str {
    match snapshot.kind() {
        EngineKind::Sqlite => {
            "DELETE FROM sessions
              WHERE hash IN (SELECT hash
                               FROM sessions
                              WHERE expires_at <= $1
                              ORDER BY expires_at
                              LIMIT 500)"
        }
        EngineKind::Postgres => {
            "DELETE FROM sessions
              WHERE hash = ANY (ARRAY(SELECT hash
                                        FROM sessions
                                       WHERE expires_at <= $1
                                       ORDER BY expires_at
                                       LIMIT 500
                                         FOR UPDATE SKIP LOCKED))"
        }
    }
}

/// Consultations of a list of appointments, given as a JSON array of ids: the engines have no other list parameter in
/// common.
pub(crate) fn consultations_of(snapshot: &Snapshot) -> &'static str {
    match snapshot.kind() {
        EngineKind::Sqlite => participants!("c.appointment_id IN (SELECT value FROM json_each($1))"),
        // As an array, because the planner takes a subquery for a hundred rows and then reads the whole table.
        EngineKind::Postgres => {
            participants!("c.appointment_id = ANY (ARRAY(SELECT json_array_elements_text($1::json)))")
        }
    }
}

/// Some users, given as a JSON array of ids.
pub(crate) fn users_of(snapshot: &Snapshot) -> &'static str {
    match snapshot.kind() {
        EngineKind::Sqlite => users!("id IN (SELECT value FROM json_each($1))"),
        EngineKind::Postgres => users!("id = ANY (ARRAY(SELECT json_array_elements_text($1::json)))"),
    }
}

/// The people of a list of appointments, given as a JSON array of ids.
pub(crate) fn people_of(snapshot: &Snapshot) -> &'static str {
    match snapshot.kind() {
        EngineKind::Sqlite => people!("l.appointment_id IN (SELECT value FROM json_each($1))"),
        EngineKind::Postgres => {
            people!("l.appointment_id = ANY (ARRAY(SELECT json_array_elements_text($1::json)))")
        }
    }
}
