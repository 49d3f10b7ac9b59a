//! What one receiver's network can take, and what is sent of the pictures in consequence.
//!
//! str0m estimates from the feedback on every packet (TWCC); here the estimate becomes layers. Sound is
//! counted and never touched.

use std::time::{Duration, Instant};

use crate::config::INITIAL_ESTIMATE;
use crate::rtp::bitrate::Bitrate;

/// str0m's estimate does not count the headers of packets: pictures get this share, in percent.
const PAYLOAD_PERCENT: u64 = 92;
/// How often the layers are thought about anew.
pub(crate) const ALLOCATION_INTERVAL: Duration = Duration::from_millis(250);
/// Where nobody sends pictures there is nothing to think about until somebody does.
pub(crate) const IDLE_INTERVAL: Duration = Duration::from_secs(60);
/// Who has just gone down stays there for so long: the network is still emptying its queues.
pub(crate) const HOLD_AFTER_LOWERING: Duration = Duration::from_secs(2);
/// So long must even the lowest layer not fit before it is held back.
pub(crate) const PAUSE_AFTER: Duration = Duration::from_millis(1_500);
/// While less is sent than is wanted, the estimate is made to look for more this often.
const PROBE_INTERVAL: Duration = Duration::from_millis(1_500);

#[derive(Debug)]
pub(crate) struct BandwidthBudget {
    estimate: u64,
    /// The network has answered at least once; before that nothing is held back.
    has_estimate: bool,
    pub(crate) audio: Bitrate,
    pub(crate) next_allocation: Option<Instant>,
    pub(crate) lowered_at: Option<Instant>,
    probed_at: Option<Instant>,
    desired: u64,
    probed_high: bool,
    /// Less is sent than is wanted.
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

    /// Pictures are sent: from now on they are thought about.
    pub(crate) fn video_sent(&mut self, now: Instant) {
        if self.next_allocation.is_some_and(|next_allocation| next_allocation > now + ALLOCATION_INTERVAL) {
            self.next_allocation = None;
        }
    }

    /// Somebody's wishes have changed.
    pub(crate) fn reallocate_soon(&mut self) {
        self.next_allocation = None;
    }

    /// What is left for pictures, and what the lowest layers may cost before they are held back.
    ///
    /// A moment's congestion sets the estimate to less than what is just being sent, however little that is:
    /// only when half of it would not fit has the network really broken down.
    pub(crate) fn for_video(&self) -> (u64, u64) {
        if !self.has_estimate {
            return (u64::MAX >> 8, u64::MAX >> 8);
        }
        let payload = self.estimate * PAYLOAD_PERCENT / 100;
        let audio = self.audio.bits_per_second().unwrap_or(0);
        (payload.saturating_sub(audio), (2 * payload).saturating_sub(audio))
    }

    /// The estimator looks only as far as it is told is useful, and only when that has risen since it was last
    /// woken. So while there is more to send it is told a little more and a little less in turn. Whoever is
    /// sent no pictures at all is sent padding up to their estimate: sound alone would never let it grow.
    ///
    /// What str0m is to be told anew, if anything: the least and the most that is wanted, in bits per second.
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
}
