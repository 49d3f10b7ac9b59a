//! Migrations of a SQLite file: all of them in one transaction, so that a killed one leaves nothing half done.

use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::Error;

/// Applies what is missing. A second process waits.
///
/// Foreign keys are not enforced meanwhile: SQLite changes a table by making a new one, and with foreign keys
/// `DROP TABLE` deletes every row that refers to the old one. They cannot be switched off inside a transaction. They
/// are checked before the commit.
pub(crate) async fn migrate(options: &SqliteConnectOptions, migrator: Migrator) -> Result<(), Error> {
    let mut connection = options.clone().foreign_keys(false).connect().await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let before = changed_rows(&mut transaction).await?;
    crate::store::ignoring_newer_migrations(migrator)
        .run_direct(None, &mut *transaction, false)
        .await
        .map_err(|error| Error::Migration(error.into()))?;
    // Each migration adds a row to the list of migrations. The check reads every table, so not at every start.
    if changed_rows(&mut transaction).await? != before {
        check_foreign_keys(&mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(connection.close().await?)
}

async fn changed_rows(connection: &mut SqliteConnection) -> Result<i64, Error> {
    Ok(sqlx::query_scalar("SELECT total_changes()").fetch_one(connection).await?)
}

/// Every row that refers to another one refers to one that exists.
async fn check_foreign_keys(connection: &mut SqliteConnection) -> Result<(), Error> {
    let broken = sqlx::query_as::<_, (String,)>("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1");
    match broken.fetch_optional(connection).await? {
        Some((table,)) => Err(Error::ForeignKey { table }),
        None => Ok(()),
    }
}
