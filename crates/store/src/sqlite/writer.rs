//! The only writer of a SQLite file, with group commit: concurrent use cases share one commit.
//!
//! A commit waits some milliseconds for the disk, and appointments start on the hour, all at once. So every use case
//! runs in a savepoint of a shared transaction: the writer passes the connection from one to the next, and commits when
//! no one waits or the batch is full. Only then do their commits return.
//!
//! A use case that fails, panics or is cancelled drops its [`WriterTurn`], which rolls back its savepoint and nothing
//! else. If the shared commit fails, every use case in it gets the error, and so does one that changed nothing because
//! of what it read in the same batch.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use crate::Error;
use crate::background::Background;
use crate::error::unavailable;
use crate::wake::{Wake, Wakes};

/// How long a use case waits for its turn before it fails as unavailable. Also ends the deadlock of a use case that
/// begins a second transaction while holding the first.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);

/// Limits of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batch {
    /// Maximum number of use cases in one commit.
    pub(crate) max_transactions: usize,
    /// How long the batch accepts new use cases. The first waits at most this long, plus the work of the last.
    pub(crate) max_duration: Duration,
}

impl Default for Batch {
    fn default() -> Self {
        Self { max_transactions: 128, max_duration: Duration::from_millis(5) }
    }
}

/// What the writer has done since the store was opened.
#[derive(Debug, Default)]
pub(crate) struct WriterCounts {
    /// Savepoints begun.
    pub(crate) turns: AtomicU64,
    /// Commits written to disk.
    pub(crate) commits: AtomicU64,
}

/// Length of the queue for turns; further use cases wait to enter it.
pub(crate) const QUEUE_LENGTH: usize = 512;

/// Handle to request a turn.
pub(super) struct Writer {
    requests: mpsc::Sender<WriterRequest>,
}

enum WriterRequest {
    Turn(oneshot::Sender<Result<WriterTurn, Error>>),
    Close(oneshot::Sender<()>),
}

impl Writer {
    /// Starts the task that owns the connection. It ends when the store is closed or dropped.
    pub(super) fn start(
        options: SqliteConnectOptions,
        batch: Batch,
        counts: Arc<WriterCounts>,
        wakes: Wakes,
        background: &Background,
    ) -> Self {
        let (requests, inbox) = mpsc::channel(QUEUE_LENGTH);
        let task = WriterTask { options, batch, inbox, counts, wakes, connection: None, closing: None };
        background.run("the writer of the database", task.run());
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

    /// Stops the writer after the running batch. Later requests fail as unavailable.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.requests.send(WriterRequest::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

/// The connection, held by one use case inside its savepoint.
pub(crate) struct WriterTurn {
    held: Option<(SqliteConnection, oneshot::Sender<Returned>)>,
}

/// The connection on its way back.
struct Returned {
    connection: SqliteConnection,
    ending: Ending,
}

/// How a turn ends.
enum Ending {
    /// Keeps the writes.
    Commit(CommitWaiter),
    /// Rolls back, and waits for the commit of what it may have read.
    Unchanged(CommitWaiter),
    /// Rolls back.
    RollBack,
}

/// A use case that waits for the shared commit.
struct CommitWaiter {
    result: oneshot::Sender<Result<(), Error>>,
    /// Reported once the commit is durable.
    wakes: Vec<Wake>,
}

impl WriterTurn {
    fn new(connection: SqliteConnection) -> (Self, oneshot::Receiver<Returned>) {
        let (back, returned) = oneshot::channel();
        (Self { held: Some((connection, back)) }, returned)
    }

    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.held.as_mut().expect("only `commit` and `drop` take it, and both consume the turn").0
    }

    /// Returns the connection, asks to keep the writes, and waits for the shared commit.
    pub(crate) async fn commit(self, wakes: Vec<Wake>) -> Result<(), Error> {
        self.end(Ending::Commit, wakes).await
    }

    /// Returns the connection without a change, and waits for the shared commit if others have written in it.
    pub(crate) async fn unchanged(self) -> Result<(), Error> {
        self.end(Ending::Unchanged, Vec::new()).await
    }

    async fn end(mut self, ending: fn(CommitWaiter) -> Ending, wakes: Vec<Wake>) -> Result<(), Error> {
        let (result, ended) = oneshot::channel();
        self.give_back(ending(CommitWaiter { result, wakes }));
        ended.await.unwrap_or_else(|_| Err(unavailable(sqlx::Error::WorkerCrashed)))
    }

    fn give_back(&mut self, ending: Ending) {
        if let Some((connection, back)) = self.held.take() {
            // Fails only when the runtime is shutting down.
            let _ = back.send(Returned { connection, ending });
        }
    }
}

impl Drop for WriterTurn {
    fn drop(&mut self) {
        self.give_back(Ending::RollBack);
    }
}

/// State of the writer task.
struct WriterTask {
    options: SqliteConnectOptions,
    batch: Batch,
    inbox: mpsc::Receiver<WriterRequest>,
    counts: Arc<WriterCounts>,
    wakes: Wakes,
    /// `None` before the first turn and after a failure: a connection that failed to commit is not reused.
    connection: Option<SqliteConnection>,
    closing: Option<oneshot::Sender<()>>,
}

impl WriterTask {
    async fn run(mut self) {
        while self.closing.is_none() {
            match self.inbox.recv().await {
                Some(WriterRequest::Turn(turn)) if turn.is_closed() => {} // Cancelled while it waited.
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

    /// Runs one shared transaction, from the first request to the commit.
    async fn share(&mut self, first: oneshot::Sender<Result<WriterTurn, Error>>) {
        let mut connection = match self.open().await {
            Ok(connection) => connection,
            Err(error) => {
                let _ = first.send(Err(error));
                return;
            }
        };
        let mut waiters = Waiters::default();
        let mut turn = Some(first);
        let began = Instant::now();
        while let Some(request) = turn.take() {
            self.counts.turns.fetch_add(1, Relaxed);
            match run_turn(connection, request).await {
                Ok((back, ending)) => {
                    connection = back;
                    waiters.add(ending);
                }
                Err(error) => return waiters.report(&Err(error), &self.wakes),
            }
            if waiters.writers.len() < self.batch.max_transactions && began.elapsed() < self.batch.max_duration {
                turn = self.next();
            }
        }
        let outcome = self.end(connection, !waiters.writers.is_empty()).await;
        waiters.report(&outcome, &self.wakes);
    }

    /// A connection with the shared transaction begun.
    async fn open(&mut self) -> Result<SqliteConnection, Error> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        // IMMEDIATE, because a later lock upgrade fails at once instead of waiting for other processes.
        run("BEGIN IMMEDIATE", &mut connection).await?;
        Ok(connection)
    }

    /// The next queued request, without waiting.
    fn next(&mut self) -> Option<oneshot::Sender<Result<WriterTurn, Error>>> {
        loop {
            match self.inbox.try_recv() {
                Ok(WriterRequest::Turn(turn)) if turn.is_closed() => {}
                Ok(WriterRequest::Turn(turn)) => return Some(turn),
                Ok(WriterRequest::Close(done)) => {
                    self.closing = Some(done);
                    return None;
                }
                Err(_) => return None,
            }
        }
    }

    /// Commits, if there are writes. Keeps the connection only on success.
    async fn end(&mut self, mut connection: SqliteConnection, wrote: bool) -> Result<(), Error> {
        run(if wrote { "COMMIT" } else { "ROLLBACK" }, &mut connection).await?;
        if wrote {
            self.counts.commits.fetch_add(1, Relaxed);
        }
        self.connection = Some(connection);
        Ok(())
    }
}

/// The use cases that wait for the result of a shared commit.
#[derive(Default)]
struct Waiters {
    writers: Vec<CommitWaiter>,
    /// Changed nothing, but may have read what the writers wrote.
    readers: Vec<CommitWaiter>,
}

impl Waiters {
    fn add(&mut self, ending: Ending) {
        match ending {
            Ending::Commit(waiter) => self.writers.push(waiter),
            Ending::Unchanged(waiter) if self.writers.is_empty() => waiter.report(&Ok(())),
            Ending::Unchanged(waiter) => self.readers.push(waiter),
            Ending::RollBack => {}
        }
    }

    /// Wakes first: a caller that gets the result finds the others woken.
    fn report(self, outcome: &Result<(), Error>, wakes: &Wakes) {
        if outcome.is_ok() {
            self.writers.iter().for_each(|writer| wakes.fire(&writer.wakes));
        }
        self.writers.into_iter().chain(self.readers).for_each(|waiter| waiter.report(outcome));
    }
}

impl CommitWaiter {
    fn report(self, outcome: &Result<(), Error>) {
        // Fails if the use case was cancelled.
        let _ = self.result.send(outcome.clone());
    }
}

impl Ending {
    /// Reports an error to a use case whose turn could not be ended.
    fn fail(self, error: &Error) {
        match self {
            Self::Commit(waiter) | Self::Unchanged(waiter) => waiter.report(&Err(error.clone())),
            Self::RollBack => {}
        }
    }
}

/// Runs one turn: savepoint, the use case's work, release or rollback. After an error the whole batch is lost: SQLite
/// rolls back the whole transaction when the disk is full or fails, with all its savepoints.
async fn run_turn(
    mut connection: SqliteConnection,
    request: oneshot::Sender<Result<WriterTurn, Error>>,
) -> Result<(SqliteConnection, Ending), Error> {
    if let Err(error) = run("SAVEPOINT turn", &mut connection).await {
        let _ = request.send(Err(error.clone()));
        return Err(error);
    }
    let (turn, returned) = WriterTurn::new(connection);
    // If the use case was cancelled meanwhile, the dropped turn returns the connection.
    drop(request.send(Ok(turn)));
    let Returned { mut connection, ending } = returned.await.map_err(|_| unavailable(sqlx::Error::WorkerCrashed))?;
    let ended = match ending {
        Ending::Commit(_) => run("RELEASE turn", &mut connection).await,
        Ending::Unchanged(_) | Ending::RollBack => run("ROLLBACK TO turn; RELEASE turn", &mut connection).await,
    };
    match ended {
        Ok(()) => Ok((connection, ending)),
        Err(error) => {
            ending.fail(&error);
            Err(error)
        }
    }
}

async fn run(sql: &'static str, connection: &mut SqliteConnection) -> Result<(), Error> {
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}
