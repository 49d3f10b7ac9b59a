//! Rate limits for requests, setup attempts, wrong secrets and open SSE streams, per client address; for reads and writes
//! of one participant, per seat.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::DefaultKeyedRateLimiter;
use governor::clock::Clock;

use crate::config::{Quota, Quotas};
use crate::consultation::seat_streams::StreamHolder;
use crate::problem::Problem;
use crate::request::client_address::ClientAddress;

/// Above this many keys, those with a full quota are dropped: a flood from many addresses must not fill the memory.
const MAX_KEYS: usize = 10_000;

/// All rate limits of the HTTP server. They are kept in memory and start full, and do not depend on any other service.
pub(crate) struct RateLimits {
    requests: Bucket<ClientAddress>,
    assets: Bucket<ClientAddress>,
    presence: Bucket<ClientAddress>,
    setups: Bucket<ClientAddress>,
    wrong_secrets: Bucket<ClientAddress>,
    seat_reads: Bucket<StreamHolder>,
    seat_writes: Bucket<StreamHolder>,
    streams: Arc<Mutex<HashMap<ClientAddress, usize>>>,
    streams_at_once: usize,
}

impl RateLimits {
    pub(crate) fn new(quotas: &Quotas) -> Self {
        Self {
            requests: Bucket::new(quotas.requests),
            assets: Bucket::new(quotas.assets),
            presence: Bucket::new(quotas.presence),
            setups: Bucket::new(quotas.setups),
            wrong_secrets: Bucket::new(quotas.wrong_secrets),
            seat_reads: Bucket::new(quotas.seat_reads),
            seat_writes: Bucket::new(quotas.seat_writes),
            streams: Arc::default(),
            streams_at_once: quotas.streams,
        }
    }

    /// Any request.
    pub(crate) fn request(&self, from: ClientAddress) -> Result<(), Problem> {
        self.requests.take(&from)
    }

    /// A request of a script or style sheet.
    pub(crate) fn asset(&self, from: ClientAddress) -> Result<(), Problem> {
        self.assets.take(&from)
    }

    /// An answer to a beat of a stream.
    pub(crate) fn presence(&self, from: ClientAddress) -> Result<(), Problem> {
        self.presence.take(&from)
    }

    /// One attempt to set the practice up.
    pub(crate) fn setup(&self, from: ClientAddress) -> Result<(), Problem> {
        self.setups.take(&from)
    }

    /// An invalid link or token. Valid ones are not counted: a whole clinic may share an address.
    pub(crate) fn wrong_secret(&self, from: ClientAddress) -> Result<(), Problem> {
        self.wrong_secrets.take(&from)
    }

    /// A participant reads their standing, as a page without a stream does every few seconds.
    pub(crate) fn seat_read(&self, seat: &StreamHolder) -> Result<(), Problem> {
        self.seat_reads.take(seat)
    }

    /// A guest enters or leaves the waiting room, which every page of the host shows and announces.
    pub(crate) fn seat_write(&self, seat: &StreamHolder) -> Result<(), Problem> {
        self.seat_writes.take(seat)
    }

    /// One open SSE stream; the slot is released when the returned value is dropped.
    pub(crate) fn stream(&self, from: ClientAddress) -> Result<StreamSlot, Problem> {
        let mut open = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(from).or_insert(0);
        if *count >= self.streams_at_once {
            return Err(Problem::too_many(Duration::from_secs(30)));
        }
        *count += 1;
        Ok(StreamSlot { streams: Arc::clone(&self.streams), from })
    }
}

/// The slot of one open SSE stream of an address.
pub(crate) struct StreamSlot {
    streams: Arc<Mutex<HashMap<ClientAddress, usize>>>,
    from: ClientAddress,
}

impl Drop for StreamSlot {
    fn drop(&mut self) {
        let mut open = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.from);
            }
        }
    }
}

struct Bucket<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    /// Number of keys at which to sweep next: twice what the last sweep left, or a flood would cause a sweep at each
    /// request.
    sweep_at: AtomicUsize,
}

impl<K: Hash + Eq + Clone> Bucket<K> {
    fn new(quota: Quota) -> Self {
        let period = Duration::from_secs(60) / NonZeroU32::get(quota.per_minute);
        let quota =
            governor::Quota::with_period(period).expect("a minute over a count is not zero").allow_burst(quota.burst);
        Self { limiter: DefaultKeyedRateLimiter::keyed(quota), sweep_at: AtomicUsize::new(MAX_KEYS) }
    }

    fn take(&self, key: &K) -> Result<(), Problem> {
        if self.limiter.len() > self.sweep_at.load(Relaxed) {
            self.limiter.retain_recent();
            self.sweep_at.store((2 * self.limiter.len()).max(MAX_KEYS), Relaxed);
        }
        let taken = self.limiter.check_key(key);
        taken.map_err(|empty| Problem::too_many(empty.wait_time_from(self.limiter.clock().now())))
    }
}
