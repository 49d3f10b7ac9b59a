//! What others are woken for after a commit.
//!
//! A use case names it in the transaction ([`Tx::wake`](crate::Tx::wake)), and the store reports it when the commit is
//! durable, from a task of its own: the caller may have been cancelled by then, because its client has gone.

use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};

use anteroom_domain::{ConsultationId, UserId};
use serde::{Deserialize, Serialize};

use crate::OpenSeat;

/// Who may have to look again after a commit. Holds ids only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wake {
    /// Pages of one consultation.
    Consultation(ConsultationId),
    /// Pages with the appointments of one host.
    Day(UserId),
    /// Pages of one member of staff, whose login or rights may have ended.
    Account(UserId),
    /// Pages with the names and settings of the practice: all of them.
    Practice,
    /// Streams of API clients, whose key may have been revoked.
    Keys,
    /// Workers: a job was posted.
    Jobs,
    /// Everybody: commits of other programs may have been missed.
    All,
}

/// Called once for each commit, with what it wakes. Must not block.
pub type CommitListener = Arc<dyn Fn(&[Wake]) + Send + Sync>;

/// Called with the number of another program, and the seats that it announces. Must not block.
pub type SeatListener = Arc<dyn Fn(i64, &[OpenSeat]) + Send + Sync>;

/// Passes wakes to the listener, once there is one.
#[derive(Clone, Default)]
pub(crate) struct Wakes(Arc<Inner>);

#[derive(Default)]
struct Inner {
    listener: OnceLock<CommitListener>,
    seat_listener: OnceLock<SeatListener>,
    /// Number of this program among those on the same PostgreSQL database; 0 until it is known.
    node: AtomicI64,
}

impl Wakes {
    /// Sets the listener. Returns whether it is the first.
    pub(crate) fn set_listener(&self, listener: CommitListener) -> bool {
        self.0.listener.set(listener).is_ok()
    }

    pub(crate) fn fire(&self, wakes: &[Wake]) {
        if let Some(listener) = self.0.listener.get().filter(|_| !wakes.is_empty()) {
            listener(wakes);
        }
    }

    /// Sets the listener of announcements. Only the first counts.
    pub(crate) fn set_seat_listener(&self, listener: SeatListener) {
        let _ = self.0.seat_listener.set(listener);
    }

    pub(crate) fn announced(&self, node: i64, seats: &[OpenSeat]) {
        if let Some(listener) = self.0.seat_listener.get() {
            listener(node, seats);
        }
    }

    pub(crate) fn set_node(&self, node: i64) {
        self.0.node.store(node, Relaxed);
    }

    pub(crate) fn node(&self) -> i64 {
        self.0.node.load(Relaxed)
    }
}
