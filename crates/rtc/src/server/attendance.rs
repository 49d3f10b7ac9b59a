//! Reports attendance to `app`: with the instant at which it happened, in order for each room, until it is stored.
//!
//! A consultation whose participants are recorded as connected never ends by itself, so no report may be lost because
//! the database was away for a moment.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use std::time::Duration;

use anteroom_app::{Admission, AttendanceRecord, Clock};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::rooms::Attendance;

/// Reports that are stored at the same time. At the full hour everybody connects; the database commits them together.
const WORKERS: usize = 8;

/// Pause before the first retry, doubled each time.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(1);
/// Maximum pause.
const MAX_PAUSE: Duration = Duration::from_secs(60);

/// Reports until the media threads have ended and everything is stored.
pub(super) async fn report(
    mut events: UnboundedReceiver<Attendance>,
    admission: Arc<dyn Admission>,
    clock: Arc<dyn Clock>,
    retry_after: Duration,
) {
    let (queues, records): (Vec<_>, Vec<_>) = (0..WORKERS).map(|_| mpsc::unbounded_channel()).unzip();
    let work = records.into_iter().map(|records| store(records, &*admission, retry_after));
    let distribute = async move {
        while let Some(event) = events.recv().await {
            let (bearer, is_connected) = match event {
                Attendance::Arrived(bearer) => (bearer, true),
                Attendance::Departed(bearer) => (bearer, false),
            };
            let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(&bearer.room);
            let queue = usize::try_from(hash % WORKERS as u64).unwrap_or(0);
            // Never waits, so the instant is that of the event. A worker ends only when this sender is dropped.
            let _ = queues[queue].send(AttendanceRecord { bearer, is_connected, at: clock.now() });
        }
    };
    tokio::join!(distribute, futures_util::future::join_all(work));
}

async fn store(mut records: UnboundedReceiver<AttendanceRecord>, admission: &dyn Admission, retry_after: Duration) {
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
