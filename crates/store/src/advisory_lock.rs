//! PostgreSQL's advisory lock of the media server. It is as old as its connection, so that is looked at all the time:
//! after a failover, or `pg_terminate_backend`, another program could take the lock.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::time::timeout;

use crate::Error;
use crate::error::unavailable;

/// Number of the lock. Any number that nothing else on the database uses.
pub(crate) const LOCK: i64 = 0x616e_7465_726f_6f6d;

/// How long the database may take to answer. A connection to a host that is gone reports no error for minutes.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Pause before a database that does not answer is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The lock, held by a session. All sessions of this program that have wanted it have a name of their own: of one whose
/// connection was lost before the answer, nobody here knows whether it has the lock.
pub(crate) struct AdvisoryLock {
    /// With that name.
    options: PgConnectOptions,
    session: Session,
}

struct Session {
    connection: PgConnection,
}

impl AdvisoryLock {
    /// Takes the lock on a connection of its own. [`Error::InUse`] if another program has it.
    pub(crate) async fn take(options: PgConnectOptions) -> Result<Self, Error> {
        in_time(async {
            let mut session = Session::begin(&options).await?;
            let options = options.application_name(&session.choose_name().await?);
            session.take().await?;
            Ok(Self { options, session })
        })
        .await
    }

    /// Waits until another program has the lock, and returns [`Error::InUse`]. Looks at the connection at this interval;
    /// if it is lost, takes the lock again on a new one.
    pub(crate) async fn lost(&mut self, interval: Duration) -> Error {
        loop {
            pause(interval).await;
            if in_time(async { Ok(self.session.connection.ping().await?) }).await.is_ok() {
                continue;
            }
            tracing::warn!("the connection that reserves the database was lost");
            while let Err(error) = in_time(self.take_again()).await {
                if matches!(error, Error::InUse) {
                    return error;
                }
                tracing::warn!(?error, "the database could not be reserved again yet");
                pause(RETRY_AFTER).await;
            }
            tracing::info!("the database is reserved again");
        }
    }

    /// Takes the lock on a new connection. The server may not have noticed yet that earlier ones are gone.
    pub(crate) async fn take_again(&mut self) -> Result<(), Error> {
        let mut session = Session::begin(&self.options).await?;
        if session.end_others().await? {
            session.wait_for_lock().await?;
        } else {
            session.take().await?;
        }
        self.session = session;
        Ok(())
    }
}

impl Session {
    async fn begin(options: &PgConnectOptions) -> Result<Self, Error> {
        Ok(Self { connection: options.connect().await? })
    }

    /// Gives this session a name that no other program has, and returns it.
    async fn choose_name(&mut self) -> Result<String, Error> {
        let name = "SELECT set_config('application_name', 'anteroom lock ' || gen_random_uuid(), false)";
        Ok(sqlx::query_scalar(name).fetch_one(&mut self.connection).await?)
    }

    async fn take(&mut self) -> Result<(), Error> {
        let (is_free,): (bool,) =
            sqlx::query_as("SELECT pg_try_advisory_lock($1)").bind(LOCK).fetch_one(&mut self.connection).await?;
        if is_free { Ok(()) } else { Err(Error::InUse) }
    }

    /// At most as long as `lock_timeout`: another program may get it first.
    async fn wait_for_lock(&mut self) -> Result<(), Error> {
        sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut self.connection).await?;
        Ok(())
    }

    /// Asks the server to end all other sessions of this name. Returns whether it had any; their locks are released soon
    /// after, before they disappear from its list.
    async fn end_others(&mut self) -> Result<bool, Error> {
        let ended = sqlx::query(
            "SELECT pg_terminate_backend(pid)
               FROM pg_stat_activity
              WHERE application_name = current_setting('application_name') AND pid <> pg_backend_pid()",
        );
        Ok(!ended.fetch_all(&mut self.connection).await?.is_empty())
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(ANSWER_TIMEOUT, work).await.unwrap_or_else(|_| Err(unavailable(sqlx::Error::PoolTimedOut)))
}

#[expect(clippy::disallowed_methods, reason = "the interval of the look at the connection")]
async fn pause(interval: Duration) {
    tokio::time::sleep(interval).await;
}
