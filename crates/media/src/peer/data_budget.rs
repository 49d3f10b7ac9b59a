//! The budget of a peer's data messages. Beyond it, its datagrams of data channels are dropped before they are
//! decrypted: to SCTP that is congestion, and a reliable sender slows down without losing a message.

use std::time::{Duration, Instant};

use crate::ids::{ChannelId, PeerId};

/// Units a second and at once, of some 20 µs of one core. Chunks of 15 kB to one receiver, as LiveKit's clients send
/// files: 10 Mbit/s, after 9 MB at any rate. Small messages to one receiver: 660 a second; to 49: 40.
const PER_SECOND: f64 = 1_000.0;
pub(crate) const BURST: f64 = 8_000.0;
/// Bytes that cost one unit: to decode a message, and to encrypt it for each receiver.
const BYTES_RECEIVED: f64 = 2_048.0;
const BYTES_SENT: f64 = 4_096.0;
/// How long a sender waits for a receiver that does not read. Beyond it, the receiver's buffer overflows.
const MAX_WAIT: Duration = Duration::from_secs(15);

#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct DataBudget {
    /// Units not yet earned back, and when they were counted.
    spent: f64,
    at: Option<Instant>,
    /// The receiver that the sender waits for, and until when.
    waits_for: Option<(PeerId, ChannelId, Instant)>,
}

impl DataBudget {
    pub(crate) fn message_received(&mut self, now: Instant, bytes: usize) {
        self.spend(now, 1.0 + bytes as f64 / BYTES_RECEIVED);
    }

    /// A message of this peer was sent to one receiver.
    pub(crate) fn message_forwarded(&mut self, now: Instant, bytes: usize) {
        self.spend(now, 0.5 + bytes as f64 / BYTES_SENT);
    }

    pub(crate) fn is_spent(&self, now: Instant) -> bool {
        self.owed(now) > BURST
    }

    /// The send buffer of a receiver is filling up. One receiver is waited for at a time, and not again before
    /// [`DataBudget::receiver_reads`]: one that never reads holds a sender up only once.
    pub(crate) fn wait_for(&mut self, now: Instant, receiver: (PeerId, ChannelId)) {
        if self.waits_for.is_none() {
            self.waits_for = Some((receiver.0, receiver.1, now + MAX_WAIT));
        }
    }

    /// The receiver that it waits for, or has waited for in vain.
    pub(crate) fn receiver(&self) -> Option<(PeerId, ChannelId)> {
        self.waits_for.map(|(peer, channel, _)| (peer, channel))
    }

    pub(crate) fn is_waiting(&self, now: Instant) -> bool {
        self.waits_for.is_some_and(|(.., until)| now < until)
    }

    pub(crate) fn receiver_reads(&mut self) {
        self.waits_for = None;
    }

    fn owed(&self, now: Instant) -> f64 {
        let elapsed = self.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        (self.spent - elapsed.as_secs_f64() * PER_SECOND).max(0.0)
    }

    pub(crate) fn spend(&mut self, now: Instant, units: f64) {
        (self.spent, self.at) = (self.owed(now) + units, Some(now));
    }
}
