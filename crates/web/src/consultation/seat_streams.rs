//! How many streams one seat has open: a person with two tabs and a reload has three, a script would have hundreds.
//!
//! The oldest one ends, not the newest: after a reload or a change of networks the server learns only later that a
//! connection is dead, and a person looks at the page that they opened last.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anteroom_app::Actor;
use anteroom_domain::ConsultationId;
use tokio_util::sync::CancellationToken;

/// Who holds a stream: a participant, the host by login, or an API client, of one consultation. API clients do not end
/// the streams of people.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct StreamHolder {
    consultation: ConsultationId,
    author: String,
}

impl StreamHolder {
    pub(crate) fn new(consultation: ConsultationId, actor: &Actor) -> Self {
        Self { consultation, author: actor.author().to_string() }
    }
}

/// The open streams of all seats.
#[derive(Clone, Default)]
pub(crate) struct SeatStreams(Arc<Mutex<Records>>);

#[derive(Default)]
struct Records {
    opened: u64,
    streams: HashMap<StreamHolder, VecDeque<(u64, CancellationToken)>>,
}

/// One open stream of a seat, until it is dropped.
pub(crate) struct SeatStream {
    seats: SeatStreams,
    holder: StreamHolder,
    number: u64,
    /// Cancelled when it is one too many.
    superseded: CancellationToken,
}

impl SeatStreams {
    /// Opens a stream. If there are more than `limit` the oldest one is superseded.
    pub(crate) fn open(&self, holder: StreamHolder, limit: usize) -> SeatStream {
        let mut records = self.records();
        records.opened += 1;
        let (number, superseded) = (records.opened, CancellationToken::new());
        let streams = records.streams.entry(holder.clone()).or_default();
        streams.push_back((number, superseded.clone()));
        while streams.len() > limit.max(1) {
            streams.pop_front().into_iter().for_each(|(_, oldest)| oldest.cancel());
        }
        SeatStream { seats: self.clone(), holder, number, superseded }
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SeatStream {
    /// Waits until newer streams of the seat take its place.
    pub(crate) async fn superseded(&self) {
        self.superseded.cancelled().await;
    }
}

impl Drop for SeatStream {
    fn drop(&mut self) {
        let mut records = self.seats.records();
        if let Some(streams) = records.streams.get_mut(&self.holder) {
            streams.retain(|(number, _)| *number != self.number);
            if streams.is_empty() {
                records.streams.remove(&self.holder);
            }
        }
    }
}
