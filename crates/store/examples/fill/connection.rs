//! One connection of either engine, set up to write millions of rows, and the expressions in which the engines differ.

use data_encoding::HEXLOWER;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection, raw_sql};

use super::Result;

pub(super) enum SqlConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl SqlConnection {
    /// Connects. Nothing is durable before [`SqlConnection::finish`], and foreign keys are not checked: a fill that fails
    /// is done again on another database.
    pub(super) async fn open(url: &str) -> Result<Self> {
        let (mut connection, settings) = if url.starts_with("sqlite:") {
            let settings = "PRAGMA journal_mode = MEMORY;
                            PRAGMA synchronous = OFF;
                            PRAGMA foreign_keys = OFF;
                            PRAGMA cache_size = -500000;";
            (Self::Sqlite(SqliteConnection::connect(url).await?), settings)
        } else {
            let settings = "SET session_replication_role = replica;
                            SET maintenance_work_mem = '256MB';";
            (Self::Postgres(PgConnection::connect(url).await?), settings)
        };
        connection.run(settings).await?;
        Ok(connection)
    }

    pub(super) async fn run(&mut self, sql: &str) -> Result<()> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(connection) => raw_sql(sql).execute(connection).await.map(drop)?,
            Self::Postgres(connection) => raw_sql(sql).execute(connection).await.map(drop)?,
        }
        Ok(())
    }

    /// Leaves the database as it is after some time in use: in the journal mode of the store, or vacuumed and written to
    /// the disk, so that the server's first requests do not wait for that.
    pub(super) async fn finish(mut self) -> Result<()> {
        let last: &[&str] = match &self {
            Self::Sqlite(_) => &["PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL;"],
            Self::Postgres(_) => &["VACUUM ANALYZE", "CHECKPOINT"],
        };
        for sql in last {
            self.run(sql).await?;
        }
        match self {
            Self::Sqlite(connection) => connection.close().await?,
            Self::Postgres(connection) => connection.close().await?,
        }
        Ok(())
    }

    /// The literal of some bytes.
    pub(super) fn bytes(&self, bytes: &[u8]) -> String {
        let hex = HEXLOWER.encode(bytes);
        match self {
            Self::Sqlite(_) => format!("x'{hex}'"),
            Self::Postgres(_) => format!("'\\x{hex}'::bytea"),
        }
    }

    /// The local time in UTC of an instant in milliseconds, as the store writes it.
    pub(super) fn local_time(&self, milliseconds: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("strftime('%Y-%m-%dT%H:%M:%S', ({milliseconds}) / 1000, 'unixepoch')"),
            Self::Postgres(_) => format!(
                "to_char(to_timestamp(({milliseconds}) / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')"
            ),
        }
    }
}
