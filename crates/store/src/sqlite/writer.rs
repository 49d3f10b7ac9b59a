//! The one writer of a SQLite file, and group commit: use cases of one moment share one commit.
//!
//! A commit waits for the disk, some milliseconds; appointments start on the hour, all at once. So every use case
//! runs in a savepoint of a transaction it shares with those around it: the writer hands the connection from one to
//! the next and commits once nobody waits, or the batch is long enough. Only then do they hear that it is kept.
//!
//! A use case that fails, panics or is given up drops its [`WriterTurn`]; that undoes its savepoint and nothing else.
//! If the shared commit fails, everybody in it hears so.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use crate::Error;
use crate::error::unavailable;

/// How long a use case waits for its turn before it hears that the database is unavailable. Also ends the deadlock
/// of a use case that begins a second transaction while holding the first.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);

/// When a batch is long enough.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batch {
    /// How many use cases share one commit at most.
    pub(crate) max_transactions: usize,
    /// How long it takes new use cases in. The first in it waits this long at most, and for the last one's work.
    pub(crate) max_duration: Duration,
}

impl Default for Batch {
    fn default() -> Self {
        Self { max_transactions: 128, max_duration: Duration::from_millis(5) }
    }
}

/// Use cases that may queue for their turn; more wait for a place in the queue.
const QUEUE_LENGTH: usize = 512;

/// Where use cases ask for their turn.
pub(super) struct Writer {
    requests: mpsc::Sender<WriterRequest>,
}

enum WriterRequest {
    Turn(oneshot::Sender<Result<WriterTurn, Error>>),
    Close(oneshot::Sender<()>),
}

impl Writer {
    /// Starts the task that owns the connection. It ends when the store is closed or dropped.
    #[expect(
        clippy::disallowed_methods,
        reason = "the writer is part of the open store, which ends it; nobody else could own the connection"
    )]
    pub(super) fn start(options: SqliteConnectOptions, batch: Batch, commits: Arc<AtomicU64>) -> Self {
        let (requests, inbox) = mpsc::channel(QUEUE_LENGTH);
        tokio::spawn(WriterTask { options, batch, inbox, commits, connection: None, closing: None }.run());
        Self { requests }
    }

    /// Waits for the connection.
    pub(super) async fn turn(&self) -> Result<WriterTurn, Error> {
        let (turn, granted) = oneshot::channel();
        let closed = || unavailable(sqlx::Error::PoolClosed);
        let wait = async {
            self.requests.send(WriterRequest::Turn(turn)).await.map_err(|_| closed())?;
            granted.await.map_err(|_| closed())?
        };
        timeout(TURN_TIMEOUT, wait).await.unwrap_or_else(|_| Err(unavailable(sqlx::Error::PoolTimedOut)))
    }

    /// Ends the writer after what it is at. Whoever asks later hears that the database is unavailable.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.requests.send(WriterRequest::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

/// The connection, in one use case's hands, inside its savepoint.
pub(crate) struct WriterTurn {
    held: Option<(SqliteConnection, oneshot::Sender<Returned>)>,
}

/// The connection on its way back. Without somebody who waits to hear of the commit, the savepoint is undone.
struct Returned {
    connection: SqliteConnection,
    commit: Option<CommitWaiter>,
}

/// Somebody who waits to hear of the commit.
type CommitWaiter = oneshot::Sender<Result<(), Error>>;

impl WriterTurn {
    fn new(connection: SqliteConnection) -> (Self, oneshot::Receiver<Returned>) {
        let (back, returned) = oneshot::channel();
        (Self { held: Some((connection, back)) }, returned)
    }

    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.held.as_mut().expect("only `commit` and `drop` take it, and both consume the turn").0
    }

    /// Hands the connection back with the wish to keep what was written, and waits for the shared commit.
    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        let (commit, committed) = oneshot::channel();
        self.give_back(Some(commit));
        committed.await.unwrap_or_else(|_| Err(unavailable(sqlx::Error::WorkerCrashed)))
    }

    fn give_back(&mut self, commit: Option<CommitWaiter>) {
        if let Some((connection, back)) = self.held.take() {
            // Nobody takes it back only when the runtime itself is going down.
            let _ = back.send(Returned { connection, commit });
        }
    }
}

impl Drop for WriterTurn {
    fn drop(&mut self) {
        self.give_back(None);
    }
}

/// What the writer's task holds.
struct WriterTask {
    options: SqliteConnectOptions,
    batch: Batch,
    inbox: mpsc::Receiver<WriterRequest>,
    commits: Arc<AtomicU64>,
    /// Absent before the first turn and after a failure: a connection that failed to commit is not trusted again.
    connection: Option<SqliteConnection>,
    closing: Option<oneshot::Sender<()>>,
}

impl WriterTask {
    async fn run(mut self) {
        while self.closing.is_none() {
            match self.inbox.recv().await {
                Some(WriterRequest::Turn(turn)) => self.share(turn).await,
                Some(WriterRequest::Close(done)) => self.closing = Some(done),
                None => break,
            }
        }
        if let Some(connection) = self.connection.take() {
            let _ = connection.close().await;
        }
        if let Some(done) = self.closing.take() {
            let _ = done.send(());
        }
    }

    /// One shared transaction, from the first use case that asked to the commit.
    async fn share(&mut self, first: oneshot::Sender<Result<WriterTurn, Error>>) {
        let mut connection = match self.open().await {
            Ok(connection) => connection,
            Err(error) => {
                let _ = first.send(Err(error));
                return;
            }
        };
        let mut kept = Vec::new();
        let mut turn = Some(first);
        let began = Instant::now();
        while let Some(asked) = turn.take() {
            match run_turn(connection, asked).await {
                Ok((back, commit)) => {
                    connection = back;
                    kept.extend(commit);
                }
                Err(error) => return report_commit(kept, &Err(error)),
            }
            if kept.len() < self.batch.max_transactions && began.elapsed() < self.batch.max_duration {
                turn = self.next();
            }
        }
        let outcome = self.end(connection, !kept.is_empty()).await;
        report_commit(kept, &outcome);
    }

    /// A connection with the shared transaction begun.
    async fn open(&mut self) -> Result<SqliteConnection, Error> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        // IMMEDIATE, because a lock upgraded later fails at once instead of waiting for other programs.
        run("BEGIN IMMEDIATE", &mut connection).await?;
        Ok(connection)
    }

    /// Whoever waits already, without waiting for more.
    fn next(&mut self) -> Option<oneshot::Sender<Result<WriterTurn, Error>>> {
        match self.inbox.try_recv() {
            Ok(WriterRequest::Turn(turn)) => Some(turn),
            Ok(WriterRequest::Close(done)) => {
                self.closing = Some(done);
                None
            }
            Err(_) => None,
        }
    }

    /// Commits, if anybody wrote. The connection stays only if that went well.
    async fn end(&mut self, mut connection: SqliteConnection, wrote: bool) -> Result<(), Error> {
        run(if wrote { "COMMIT" } else { "ROLLBACK" }, &mut connection).await?;
        if wrote {
            self.commits.fetch_add(1, Relaxed);
        }
        self.connection = Some(connection);
        Ok(())
    }
}

/// One use case's turn: its savepoint, its work, and what became of it. After an error the whole batch is lost:
/// SQLite itself undoes everything when the disk is full or fails, and a neighbour's savepoint is gone with it.
async fn run_turn(
    mut connection: SqliteConnection,
    asked: oneshot::Sender<Result<WriterTurn, Error>>,
) -> Result<(SqliteConnection, Option<CommitWaiter>), Error> {
    if let Err(error) = run("SAVEPOINT turn", &mut connection).await {
        let _ = asked.send(Err(error.clone()));
        return Err(error);
    }
    let (turn, returned) = WriterTurn::new(connection);
    // If nobody waits for it any more the lease comes straight back, undone.
    drop(asked.send(Ok(turn)));
    let Returned { mut connection, commit } = returned.await.map_err(|_| unavailable(sqlx::Error::WorkerCrashed))?;
    let ended = match commit {
        Some(_) => run("RELEASE turn", &mut connection).await,
        None => run("ROLLBACK TO turn; RELEASE turn", &mut connection).await,
    };
    match (ended, commit) {
        (Ok(()), commit) => Ok((connection, commit)),
        (Err(error), commit) => {
            report_commit(commit, &Err(error.clone()));
            Err(error)
        }
    }
}

fn report_commit(waiting: impl IntoIterator<Item = CommitWaiter>, outcome: &Result<(), Error>) {
    for someone in waiting {
        let _ = someone.send(outcome.clone());
    }
}

async fn run(sql: &'static str, connection: &mut SqliteConnection) -> Result<(), Error> {
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}
