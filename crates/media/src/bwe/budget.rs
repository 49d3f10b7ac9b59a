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
/// How long the lowest layer must exceed what is tolerable before video is paused.
const PAUSE_AFTER: Duration = Duration::from_millis(1_500);
/// The same, if the publisher was asked to send less and does: a round trip, its encoder, and our measurement of it.
pub(crate) const PAUSE_AFTER_REQUEST: Duration = Duration::from_secs(3);
/// A publisher that sends less than this percentage of what did not fit does what it was asked.
pub(crate) const OBEYED_PERCENT: u64 = 90;
/// The lowest layers are kept up to this percentage of the budget while packets wait in the network: the estimator backs
/// off to 85 % of what arrived, so after a moment of congestion even a stream that just fits exceeds it.
const TOLERABLE_PERCENT: u64 = 125;
/// The same while none wait: packets are lost for another reason, and are sent again.
const TOLERABLE_PERCENT_WITHOUT_QUEUE: u64 = 200;
/// A round-trip time that exceeds the shortest one by this much means that packets wait.
const QUEUE_DELAY: Duration = Duration::from_millis(100);
/// An estimate that does not change for this long while video is paused is not an estimate any more.
const STALLED_AFTER: Duration = Duration::from_secs(4);
/// How long a video is paused before it is tried whatever the estimate is: on a machine without spare processor time
/// packets arrive late on any line, and an estimator that sees only audio then never rises. Twice as long each time the
/// trial fails, so that a line which is too slow indeed is hardly disturbed.
const FIRST_TRIAL_AFTER: Duration = Duration::from_secs(6);
const LAST_TRIAL_AFTER: Duration = Duration::from_secs(48);
/// Bits per second of a video that is tried: one that fills a line for a second delays audio for longer than that.
pub(crate) const MOST_TRIED: u64 = 200_000;
/// How long a video that is being tried must exceed what is tolerable before it is paused again: a line that is too slow
/// indeed delays audio for the whole trial.
const TRIAL_PAUSE_AFTER: Duration = Duration::from_millis(500);
/// Video that is not paused for this long has passed its trial.
const TRIAL_PASSED_AFTER: Duration = Duration::from_secs(15);
/// An estimate of this percentage of what is wanted suffices.
const ENOUGH_PERCENT: u64 = 200;
/// A lower estimate is probed as if it were this, in bits per second.
const MIN_PROBED: u64 = 50_000;
/// Interval between probes while less is sent than is wanted.
const PROBE_INTERVAL: Duration = Duration::from_millis(1_500);

#[derive(Debug)]
pub(crate) struct BandwidthBudget {
    estimate: u64,
    /// Where it started.
    initial: u64,
    /// There was feedback at least once; before that nothing is paused.
    pub(crate) has_estimate: bool,
    pub(crate) audio: Bitrate,
    pub(crate) next_allocation: Option<Instant>,
    pub(crate) lowered_at: Option<Instant>,
    probed_at: Option<Instant>,
    desired: u64,
    probed_high: bool,
    /// When the estimate last changed.
    estimated_at: Option<Instant>,
    trial: Option<Trial>,
    shortest_rtt: Option<Duration>,
    rtt: Option<Duration>,
    /// Less video is sent than is wanted.
    pub(crate) limited: bool,
}

/// Paused video that is tried again.
#[derive(Debug, Clone, Copy)]
struct Trial {
    /// When video was paused, or last tried.
    since: Instant,
    after: Duration,
    is_running: bool,
}

impl Default for BandwidthBudget {
    fn default() -> Self {
        Self {
            estimate: INITIAL_ESTIMATE,
            initial: INITIAL_ESTIMATE,
            has_estimate: false,
            audio: Bitrate::default(),
            next_allocation: None,
            lowered_at: None,
            probed_at: None,
            desired: 0,
            probed_high: false,
            estimated_at: None,
            trial: None,
            shortest_rtt: None,
            rtt: None,
            limited: false,
        }
    }
}

impl BandwidthBudget {
    /// Starts at this estimate, which no feedback has confirmed.
    pub(crate) fn start_at(&mut self, bits_per_second: u64) {
        (self.estimate, self.initial) = (bits_per_second, bits_per_second);
        self.next_allocation = None;
    }

    /// The estimate, once there was feedback.
    pub(crate) fn estimate(&self) -> Option<u64> {
        self.has_estimate.then_some(self.estimate)
    }

    pub(crate) fn set_estimate(&mut self, now: Instant, bits_per_second: u64) {
        if bits_per_second != self.estimate {
            self.estimated_at = Some(now);
        }
        self.has_estimate |= bits_per_second != self.initial;
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
    pub(crate) fn for_video(&self) -> (u64, u64) {
        let payload = self.estimate * PAYLOAD_PERCENT / 100;
        let audio = self.audio.bits_per_second().unwrap_or(0);
        let available = payload.saturating_sub(audio);
        let tolerable = match (self.has_estimate, self.has_queue()) {
            (false, _) => u64::MAX >> 8,
            (true, true) => available * TOLERABLE_PERCENT / 100,
            (true, false) => available * TOLERABLE_PERCENT_WITHOUT_QUEUE / 100,
        };
        (available, tolerable)
    }

    /// The round-trip time was measured.
    pub(crate) fn set_rtt(&mut self, rtt: Option<Duration>) {
        self.shortest_rtt = self.shortest_rtt.into_iter().chain(rtt).min();
        self.rtt = rtt;
    }

    fn has_queue(&self) -> bool {
        self.shortest_rtt.zip(self.rtt).is_some_and(|(shortest, rtt)| rtt >= shortest + QUEUE_DELAY)
    }

    /// With nothing to gain nothing is probed: everything wanted is sent, with room for the next layer change.
    ///
    /// The estimator probes only up to the desired bitrate, and only when that has risen since the last probe. So
    /// while the subscriber is limited, the desired bitrate alternates between two values. Both stay near the estimate:
    /// str0m probes at twice the desired bitrate, and a probe far above what the line carries lowers the estimate. A
    /// subscriber without any video is sent padding up to the estimate: with audio alone it would never grow.
    ///
    /// Returns the minimum and desired bitrate in bits per second if str0m needs new values.
    pub(crate) fn probe(&mut self, now: Instant, wanted: u64, limited: bool, lowest: u64) -> Option<(u64, u64)> {
        let audio = self.audio.bits_per_second().unwrap_or(0);
        let probe_due = limited && self.probed_at.is_none_or(|at| now >= at + PROBE_INTERVAL);
        let probed_high = limited && (self.probed_high != probe_due);
        let enough = self.has_estimate && self.estimate * 100 >= (wanted + audio) * ENOUGH_PERCENT;
        let near = (wanted + audio).min(self.estimate.max(MIN_PROBED));
        let desired = if enough && !limited { 0 } else { near * if probed_high { 16 } else { 13 } / 10 };
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

    /// The estimator stands still while video waits for bandwidth: str0m neither pads nor probes a line that was
    /// congested at the last feedback, and without audio there is no further feedback. Returns the bitrate to restart it
    /// with.
    pub(crate) fn stalled(&mut self, now: Instant) -> Option<u64> {
        let since = *self.estimated_at.get_or_insert(now);
        (now >= since + STALLED_AFTER).then(|| {
            self.estimated_at = Some(now);
            self.estimate.max(MIN_PROBED)
        })
    }

    /// Video is paused now or not. Returns the bitrate to restart the estimator with when a trial is due: what one paused
    /// video needs besides what is sent, `needed` in bits per second.
    pub(crate) fn try_paused(&mut self, now: Instant, is_paused: bool, needed: u64) -> Option<u64> {
        if !is_paused {
            self.trial = self.trial.filter(|trial| now < trial.since + TRIAL_PASSED_AFTER);
            return None;
        }
        let trial = self.trial.get_or_insert(Trial { since: now, after: FIRST_TRIAL_AFTER, is_running: false });
        let holding = self.lowered_at.is_some_and(|at| now < at + HOLD_AFTER_LOWERING);
        if now < trial.since + trial.after || holding {
            return None;
        }
        *trial = Trial { since: now, after: (trial.after * 2).min(LAST_TRIAL_AFTER), is_running: true };
        let audio = self.audio.bits_per_second().unwrap_or(0);
        self.estimate = self.estimate.max((needed + audio) * 100 / PAYLOAD_PERCENT + 1);
        self.estimated_at = Some(now);
        self.next_allocation = None;
        Some(self.estimate)
    }

    /// How long the lowest layer must exceed what is tolerable before video is paused.
    pub(crate) fn pause_after(&self, now: Instant) -> Duration {
        let is_tried = |trial: Trial| trial.is_running && now < trial.since + TRIAL_PASSED_AFTER;
        if self.trial.is_some_and(is_tried) { TRIAL_PAUSE_AFTER } else { PAUSE_AFTER }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_the_first_estimate_layers_are_limited_and_nothing_is_paused() {
        let now = crate::tests::origin();
        let mut budget = BandwidthBudget::default();
        let (available, tolerable) = budget.for_video();
        assert_eq!(available, INITIAL_ESTIMATE * PAYLOAD_PERCENT / 100);
        assert!(tolerable > 1_000_000_000);
        budget.set_estimate(now, 1_000_000);
        assert_eq!(budget.for_video(), (920_000, 1_840_000));
        for (rtt, tolerable) in [(50, 1_840_000), (140, 1_840_000), (160, 1_150_000), (60, 1_840_000)] {
            budget.set_rtt(Some(Duration::from_millis(rtt)));
            assert_eq!(budget.for_video(), (920_000, tolerable), "{rtt} ms");
        }
    }

    #[test]
    fn probes_stay_near_the_estimate() {
        let now = crate::tests::origin();
        let mut budget = BandwidthBudget::default();
        budget.set_estimate(now, 100_000);
        assert_eq!(budget.probe(now, 1_700_000, true, 0), Some((0, 160_000)));
        assert_eq!(budget.probe(now, 1_700_000, true, 0), None, "not due");
        assert_eq!(budget.probe(now + PROBE_INTERVAL, 1_700_000, true, 0), Some((0, 130_000)));
    }

    #[test]
    fn nothing_is_probed_with_nothing_to_gain() {
        let now = crate::tests::origin();
        let mut budget = BandwidthBudget::default();
        assert_eq!(budget.probe(now, 1_000_000, false, 0), Some((0, 1_300_000)));
        budget.set_estimate(now, 2_000_000);
        assert_eq!(budget.probe(now, 1_000_000, false, 0), Some((0, 0)));
        assert_eq!(budget.probe(now, 1_000_000, false, 0), None);
        budget.set_estimate(now, 1_900_000);
        assert_eq!(budget.probe(now, 1_000_000, false, 0), Some((0, 1_300_000)));
    }

    #[test]
    fn paused_video_is_tried_more_and_more_seldom() {
        let start = crate::tests::origin();
        let mut budget = BandwidthBudget::default();
        let mut tried = Vec::new();
        for second in 0..200 {
            let now = start + Duration::from_secs(second);
            budget.set_estimate(now, 60_000);
            if let Some(bitrate) = budget.try_paused(now, true, 165_000) {
                assert!(budget.for_video().0 >= 165_000 && bitrate < 200_000, "{bitrate}");
                tried.push(second);
            }
        }
        assert_eq!(tried, [6, 18, 42, 90, 138, 186]);
    }

    #[test]
    fn video_that_goes_on_after_its_trial_is_tried_as_soon_as_at_first() {
        let start = crate::tests::origin();
        let mut budget = BandwidthBudget::default();
        let mut tried =
            |second, is_paused| budget.try_paused(start + Duration::from_secs(second), is_paused, 1).is_some();
        assert!(!tried(0, true) && tried(6, true));
        assert!(!tried(8, false) && !tried(10, true) && !tried(17, true) && tried(18, true), "paused again: it failed");
        assert!(!tried(33, false) && !tried(40, true) && tried(46, true), "passed");
    }

    #[test]
    fn estimate_that_stands_still_is_restarted() {
        let now = crate::tests::origin();
        let mut budget = BandwidthBudget::default();
        budget.set_estimate(now, 100_000);
        assert_eq!(budget.stalled(now + STALLED_AFTER / 2), None);
        assert_eq!(budget.stalled(now + STALLED_AFTER), Some(100_000));
        assert_eq!(budget.stalled(now + STALLED_AFTER), None, "it was restarted a moment ago");
    }
}
