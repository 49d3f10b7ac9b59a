//! PostgreSQL: a pool and plain transactions.

use std::pin::Pin;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnectionMetadata;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, Postgres, Transaction};

use crate::error::unavailable;
use crate::wake::{Wake, Wakes};
use crate::{Error, notify};

/// How long to wait for a connection from the pool.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection that was idle for less is taken for granted.
const TESTED_AFTER: Duration = Duration::from_secs(1);

/// Maximum connections. PostgreSQL allows a hundred by default, for all clients together.
const CONNECTIONS: u32 = 20;

/// Settings of each connection. The URL may set other limits (`?options[statement_timeout]=2min`).
const LIMITS: [(&str, &str); 3] = [
    // Nothing a page asks for takes this long.
    ("statement_timeout", "30s"),
    // As long as SQLite waits for another process.
    ("lock_timeout", "5s"),
    // A transaction awaits nothing but the database. If it does, it must not keep its locks.
    ("idle_in_transaction_session_timeout", "30s"),
];

/// An acknowledged write is on disk, whatever the server's default is. The URL cannot change it.
const DURABILITY: [(&str, &str); 1] = [("synchronous_commit", "on")];

/// The lock of the media server and the listener are connections that are idle for long: the server must notice soon
/// that their program has gone, and networks must not forget them.
const KEEPALIVE: [(&str, &str); 3] =
    [("tcp_keepalives_idle", "30"), ("tcp_keepalives_interval", "10"), ("tcp_keepalives_count", "3")];

pub(crate) fn open(url: &str) -> Result<PgPool, Error> {
    // The parser's error repeats the URL with its password.
    let options = url
        .parse::<PgConnectOptions>()
        .map_err(|_| Error::Address("not a PostgreSQL URL: postgres://user@host/database".into()))?;
    let chosen = options.get_options().unwrap_or_default().to_owned();
    let limits = LIMITS.into_iter().filter(|(name, _)| !chosen.contains(name));
    let options = options.application_name("anteroom").options(limits).options(KEEPALIVE).options(DURABILITY);
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(TURN_TIMEOUT);
    Ok(pool.test_before_acquire(false).before_acquire(ping_if_idle).connect_lazy_with(options))
}

/// Asks the server whether a connection still works, before a transaction, only if it was not used for a while: at every
/// transaction this would be one more round trip.
fn ping_if_idle(
    connection: &mut PgConnection,
    metadata: PoolConnectionMetadata,
) -> Pin<Box<dyn Future<Output = Result<bool, sqlx::Error>> + Send + '_>> {
    Box::pin(async move { Ok(metadata.idle_for < TESTED_AFTER || connection.ping().await.is_ok()) })
}

pub(crate) async fn migrate(pool: &PgPool) -> Result<(), Error> {
    migrate_with(pool, sqlx::migrate!("migrations/postgres")).await
}

/// Each migration is a transaction, under a lock that other processes wait for; both may take long. The connection is
/// closed afterwards, because after a failure it still has the lock.
pub(crate) async fn migrate_with(pool: &PgPool, migrator: Migrator) -> Result<(), Error> {
    let unlimited = LIMITS.map(|(name, _)| (name, "0"));
    let options = pool.connect_options().as_ref().clone().options(unlimited);
    let mut connection = options.connect().await?;
    let migrator = crate::store::ignoring_newer_migrations(migrator);
    let migrated = migrator.run_direct(None, &mut connection, false).await;
    let closed = connection.close().await;
    migrated.map_err(|error| Error::Migration(error.into()))?;
    Ok(closed?)
}

pub(crate) async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, Error> {
    Ok(pool.begin().await?)
}

/// A read-only snapshot, as SQLite's readers have it.
pub(crate) async fn read(pool: &PgPool) -> Result<Transaction<'static, Postgres>, Error> {
    Ok(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
}

/// Commits in a task of its own, which cannot be cancelled: a change whose wakes are lost would not be seen.
#[expect(clippy::disallowed_methods, reason = "the task is joined here, unless the caller is cancelled")]
pub(crate) async fn commit(
    mut transaction: Transaction<'static, Postgres>,
    wakes: Vec<Wake>,
    listener: Wakes,
) -> Result<(), Error> {
    let commit = tokio::spawn(async move {
        notify::send(&mut transaction, &wakes, &listener).await?;
        let committed = transaction.commit().await;
        // Also after an error: the answer may have been lost after the commit, and a wake too many does no harm.
        listener.fire(&wakes);
        Ok(committed?)
    });
    commit.await.unwrap_or_else(|_| Err(unavailable(sqlx::Error::WorkerCrashed)))
}
