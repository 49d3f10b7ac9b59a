//! Bandwidth budget of one subscriber: the congestion control estimate, what is left of it for video, and probing.
//!
//! str0m estimates from transport-wide feedback (TWCC). Audio is measured and never limited.

use std::time::{Duration, Instant};

use crate::config::INITIAL_ESTIMATE;
use crate::rtp::bitrate::Bitrate;

/// str0m's estimate does not count packet headers: video gets this percentage.
const PAYLOAD_PERCENT: u64 = 92;
/// Interval between allocations.
pub(crate) const ALLOCATION_INTERVAL: Duration = Duration::from_millis(250);
/// Interval while no video is sent.
pub(crate) const IDLE_INTERVAL: Duration = Duration::from_secs(60);
/// No layer is raised this long after one was lowered: the network is still emptying its queues.
pub(crate) const HOLD_AFTER_LOWERING: Duration = Duration::from_secs(2);
/// How long the lowest layer must exceed the budget before video is paused.
pub(crate) const PAUSE_AFTER: Duration = Duration::from_millis(1_500);
/// Interval between probes while less is sent than is wanted.
const PROBE_INTERVAL: Duration = Duration::from_millis(1_500);

#[derive(Debug)]
pub(crate) struct BandwidthBudget {
    estimate: u64,
    /// There was feedback at least once; before that nothing is limited.
    has_estimate: bool,
    pub(crate) audio: Bitrate,
    pub(crate) next_allocation: Option<Instant>,
    pub(crate) lowered_at: Option<Instant>,
    probed_at: Option<Instant>,
    desired: u64,
    probed_high: bool,
    /// Less video is sent than is wanted.
    pub(crate) limited: bool,
}

impl Default for BandwidthBudget {
    fn default() -> Self {
        Self {
            estimate: INITIAL_ESTIMATE,
            has_estimate: false,
            audio: Bitrate::default(),
            next_allocation: None,
            lowered_at: None,
            probed_at: None,
            desired: 0,
            probed_high: false,
            limited: false,
        }
    }
}

impl BandwidthBudget {
    pub(crate) fn set_estimate(&mut self, bits_per_second: u64) {
        self.has_estimate |= bits_per_second != INITIAL_ESTIMATE;
        if bits_per_second < self.estimate {
            self.next_allocation = None;
        }
        self.estimate = bits_per_second;
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.next_allocation
    }

    /// Video is sent: ends the idle interval.
    pub(crate) fn video_sent(&mut self, now: Instant) {
        if self.next_allocation.is_some_and(|next_allocation| next_allocation > now + ALLOCATION_INTERVAL) {
            self.next_allocation = None;
        }
    }

    /// The subscriptions have changed.
    pub(crate) fn reallocate_soon(&mut self) {
        self.next_allocation = None;
    }

    /// Bits per second for video, and the limit up to which the lowest layers are kept.
    ///
    /// During short congestion the estimate falls below what is being sent, however little that is: video is
    /// paused only when half of the lowest layers would not fit.
    pub(crate) fn for_video(&self) -> (u64, u64) {
        if !self.has_estimate {
            return (u64::MAX >> 8, u64::MAX >> 8);
        }
        let payload = self.estimate * PAYLOAD_PERCENT / 100;
        let audio = self.audio.bits_per_second().unwrap_or(0);
        (payload.saturating_sub(audio), (2 * payload).saturating_sub(audio))
    }

    /// The estimator probes only up to the desired bitrate, and only when that has risen since the last probe. So
    /// while the subscriber is limited, the desired bitrate alternates between two values. A subscriber without
    /// any video is sent padding up to the estimate: with audio alone it would never grow.
    ///
    /// Returns the minimum and desired bitrate in bits per second if str0m needs new values.
    pub(crate) fn probe(&mut self, now: Instant, wanted: u64, limited: bool, lowest: u64) -> Option<(u64, u64)> {
        let audio = self.audio.bits_per_second().unwrap_or(0);
        let probe_due = limited && self.probed_at.is_none_or(|at| now >= at + PROBE_INTERVAL);
        let probed_high = limited && (self.probed_high != probe_due);
        let desired = (wanted + audio) * if probed_high { 16 } else { 13 } / 10;
        let changed = desired.abs_diff(self.desired) > self.desired / 5;
        if !changed && !probe_due {
            return None;
        }
        self.probed_at = Some(now);
        self.probed_high = probed_high;
        self.desired = desired;
        let minimum = if lowest > 0 { (lowest + audio) * 13 / 10 } else { 0 };
        Some((minimum, desired))
    }

    /// Asks str0m for no more probes until [`BandwidthBudget::probe`] is called again; what it has queued already, and
    /// padding of up to 50 kbit/s, still goes out. str0m probes with copies of sent packets on the RTX SSRC, and
    /// a client that has not set up a new stream yet may read such a copy before the original and take the wrong codec
    /// (pion does). So nothing is probed until a receiver report confirms each stream, as in livekit-server.
    ///
    /// Returns the minimum and desired bitrate in bits per second if str0m needs new values.
    pub(crate) fn suspend_probing(&mut self) -> Option<(u64, u64)> {
        (std::mem::take(&mut self.desired) > 0).then_some((0, 0))
    }
}
