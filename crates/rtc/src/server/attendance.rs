//! Reports attendance to `app`: with the instant at which it happened, in order for each room, until it is stored.
//!
//! A consultation whose participants are recorded as connected never ends by itself, so no report may be lost because
//! the database was away for a moment.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use std::time::Duration;

use anteroom_app::{Admission, AttendanceRecord, Clock};
use tokio::sync::mpsc::Receiver;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::event_queue::{Dropped, event_queue};
use crate::rooms::Attendance;

/// Reports that are stored at the same time. At the full hour everybody connects; the database commits them together.
const WORKERS: usize = 8;
/// Reports that wait: between the rooms and this task, and for each worker while the database is away. What is dropped
/// beyond that is recorded by the comparison with who is connected (`app`'s `reconcile`), only with a later instant.
pub(super) const MAX_WAITING: usize = 8_192;

/// Pause before the first retry, doubled each time.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// Maximum pause.
const MAX_PAUSE: Duration = Duration::from_secs(60);

/// How long the end of the program waits until everything is stored.
const END_LIMIT: Duration = Duration::from_secs(5);

/// The task that reports.
pub(super) struct AttendanceReporter {
    end: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl AttendanceReporter {
    #[expect(clippy::disallowed_methods, reason = "joined when the server ends")]
    pub(super) fn start(
        (events, dropped): (Receiver<Attendance>, Dropped),
        admission: Arc<dyn Admission>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (end, ended) = oneshot::channel();
        Self { end, task: tokio::spawn(report((events, dropped), ended, admission, clock, RETRY_AFTER)) }
    }

    /// Waits until all events so far are stored, within a limit: the next start records the others as departed when this one was last alive.
    pub(super) async fn finish(self) {
        let _ = self.end.send(());
        if tokio::time::timeout(END_LIMIT, self.task).await.is_err() {
            tracing::warn!("not all attendance could be recorded before the end");
        }
    }
}

/// Reports until `end` is sent and everything before it is stored.
pub(super) async fn report(
    (mut events, dropped): (Receiver<Attendance>, Dropped),
    mut end: oneshot::Receiver<()>,
    admission: Arc<dyn Admission>,
    clock: Arc<dyn Clock>,
    retry_after: Duration,
) {
    let (queues, records): (Vec<_>, Vec<_>) = (0..WORKERS).map(|_| event_queue(MAX_WAITING, dropped.clone())).unzip();
    let work = records.into_iter().map(|records| store(records, &*admission, retry_after));
    let distribute = async move {
        let mut ending = false;
        loop {
            let event = tokio::select! {
                biased;
                event = events.recv() => event,
                _ = &mut end, if !ending => {
                    ending = true;
                    events.close(); // What was sent before is still received.
                    continue;
                }
            };
            let Some(event) = event else { break };
            let (bearer, is_connected) = match event {
                Attendance::Arrived(bearer) => (bearer, true),
                Attendance::Departed(bearer) => (bearer, false),
            };
            let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(&bearer.room);
            let queue = usize::try_from(hash % WORKERS as u64).unwrap_or(0);
            // Never waits, so the instant is that of the event. A worker ends only when this sender is dropped.
            queues[queue].send(AttendanceRecord { bearer, is_connected, at: clock.now() });
        }
    };
    tokio::join!(distribute, futures_util::future::join_all(work));
}

async fn store(mut records: Receiver<AttendanceRecord>, admission: &dyn Admission, retry_after: Duration) {
    while let Some(record) = records.recv().await {
        let mut pause = retry_after;
        while let Err(error) = admission.attend(&record).await {
            let (identity, is_temporary) = (&record.bearer.identity, error.is_temporary());
            tracing::warn!(%error, identity, is_temporary, "could not record attendance");
            if !is_temporary {
                break;
            }
            wait(pause).await;
            pause = (pause * 2).min(MAX_PAUSE);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the pause before a retry")]
async fn wait(pause: Duration) {
    tokio::time::sleep(pause).await;
}
