//! One connection of either engine, for statements whose text is made at run time.

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection, raw_sql};

/// A connection without the store.
pub(super) enum AnyEngine {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl AnyEngine {
    /// Connects to `sqlite:…` or `postgres://…`. Foreign keys are enforced.
    pub(super) async fn connect(url: &str) -> Self {
        if url.starts_with("sqlite:") {
            Self::Sqlite(SqliteConnection::connect(url).await.unwrap())
        } else {
            Self::Postgres(PgConnection::connect(url).await.unwrap())
        }
    }

    pub(super) async fn try_run(&mut self, sql: String) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(connection) => raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop),
            Self::Postgres(connection) => raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop),
        }
    }

    /// The first column of each row, which is text.
    pub(super) async fn texts(&mut self, sql: String) -> Vec<String> {
        let sql = AssertSqlSafe(sql);
        match self {
            Self::Sqlite(connection) => {
                raw_sql(sql).fetch_all(connection).await.unwrap().iter().map(|row| row.get(0)).collect()
            }
            Self::Postgres(connection) => {
                raw_sql(sql).fetch_all(connection).await.unwrap().iter().map(|row| row.get(0)).collect()
            }
        }
    }

    /// The literal of some bytes, given as hexadecimal digits.
    pub(super) fn bytes(&self, hex: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("x'{hex}'"),
            Self::Postgres(_) => format!("'\\x{hex}'::bytea"),
        }
    }

    /// An expression for a column as text, also if it is NULL or holds bytes.
    pub(super) fn as_text(&self, column: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("quote(\"{column}\")"),
            Self::Postgres(_) => format!("coalesce(\"{column}\"::text, 'NULL')"),
        }
    }

    pub(super) async fn close(self) {
        match self {
            Self::Sqlite(connection) => connection.close().await.unwrap(),
            Self::Postgres(connection) => connection.close().await.unwrap(),
        }
    }
}
