//! How well a device's line carries media, as one number from 0 to 100 that people can be warned by.
//!
//! Judged by what is lost and how late the rest is, after the E-model (ITU-T G.107) in its simplest form, and by whether
//! pictures have to be held back.

use std::time::{Duration, Instant};

use str0m::stats::PeerStats;

/// How often a line is judged. Shorter, and a door that falls shut in the microwave's shadow would be told to everybody.
const INTERVAL: Duration = Duration::from_secs(5);
/// What one lost packet in a hundred costs. At five voices begin to break, at fifteen nobody follows them.
const COST_PER_PERCENT: f32 = 4.0;
/// With pictures below what is wanted, a line is no better than this;
pub(crate) const MAX_WITH_LIMITED_VIDEO: f32 = 75.0;
/// with pictures held back, no better than this.
pub(crate) const MAX_WITHOUT_VIDEO: f32 = 30.0;
/// The share of a change that is believed at once. A line gets worse in people's ears sooner than it gets better.
const WEIGHT_OF_WORSE: f32 = 0.8;
const WEIGHT_OF_BETTER: f32 = 0.4;

#[derive(Debug)]
pub(crate) struct ConnectionScore {
    next: Instant,
    ingress_loss: MeanLoss,
    egress_loss: MeanLoss,
    max_rtt: Duration,
    score: f32,
}

/// A mean of shares, each between 0 and 1.
#[derive(Debug, Default)]
struct MeanLoss {
    sum: f32,
    count: u16,
}

impl MeanLoss {
    fn add(&mut self, fraction: Option<f32>) {
        let fraction = fraction.filter(|fraction| fraction.is_finite());
        self.sum += fraction.unwrap_or(0.0).clamp(0.0, 1.0);
        self.count += u16::from(fraction.is_some());
    }

    fn mean(&self) -> f32 {
        self.sum / f32::from(self.count.max(1))
    }
}

impl ConnectionScore {
    pub(crate) fn new(now: Instant) -> Self {
        let (ingress_loss, egress_loss) = (MeanLoss::default(), MeanLoss::default());
        Self { next: now + INTERVAL, ingress_loss, egress_loss, max_rtt: Duration::ZERO, score: 100.0 }
    }

    pub(crate) fn sample(&mut self, stats: &PeerStats) {
        self.ingress_loss.add(stats.ingress_loss_fraction);
        self.egress_loss.add(stats.egress_loss_fraction);
        self.max_rtt = self.max_rtt.max(stats.rtt.unwrap_or_default());
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.next
    }

    /// The verdict on the last moments, if it is time for one. `at_best` is what pictures allow.
    pub(crate) fn report(&mut self, now: Instant, maximum: f32) -> Option<u8> {
        if now < self.next {
            return None;
        }
        let lost = self.ingress_loss.mean().max(self.egress_loss.mean()) * 100.0;
        let latest = (100.0 - lost * COST_PER_PERCENT - delay_cost(self.max_rtt)).clamp(0.0, maximum);
        let fraction = if latest < self.score { WEIGHT_OF_WORSE } else { WEIGHT_OF_BETTER };
        let score = self.score + (latest - self.score) * fraction;
        *self = Self { score, ..Self::new(now) };
        Some(score.round() as u8)
    }
}

/// What being late costs: little as long as people still take turns, much once they talk into each other.
fn delay_cost(rtt: Duration) -> f32 {
    let one_way = rtt.as_secs_f32() * 500.0;
    if one_way > 160.0 { (one_way - 120.0) / 10.0 } else { one_way / 40.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Judged once a second for five seconds with so much lost, then told.
    fn after(score: &mut ConnectionScore, now: &mut Instant, lost: f32, rtt: Duration) -> u8 {
        for _ in 0..5 {
            score.ingress_loss.add(Some(lost));
            score.max_rtt = score.max_rtt.max(rtt);
        }
        *now += INTERVAL;
        score.report(*now, 100.0).unwrap()
    }

    #[test]
    fn a_line_gets_worse_at_once_and_better_bit_by_bit() {
        let mut now = crate::tests::origin();
        let mut score = ConnectionScore::new(now);
        let soon = Duration::from_millis(40);
        assert_eq!(score.report(now, 100.0), None, "not before its time");
        assert!(after(&mut score, &mut now, 0.0, soon) >= 99);
        assert!((30..60).contains(&after(&mut score, &mut now, 0.15, soon)), "voices break");
        assert!(after(&mut score, &mut now, 0.4, soon) < 20);
        let better: Vec<u8> = (0..8).map(|_| after(&mut score, &mut now, 0.0, soon)).collect();
        assert!(better.first() < Some(&60) && better.last() > Some(&95) && better.is_sorted(), "{better:?}");
    }

    #[test]
    fn what_comes_late_is_nearly_as_bad_as_what_is_lost() {
        let mut now = crate::tests::origin();
        let mut score = ConnectionScore::new(now);
        assert!(after(&mut score, &mut now, 0.0, Duration::from_millis(200)) > 95);
        assert!(after(&mut score, &mut now, 0.0, Duration::from_millis(1_500)) < 60);
    }

    #[test]
    fn no_count_is_too_strange() {
        let mut fraction = MeanLoss::default();
        for strange in [Some(f32::NAN), Some(-3.0), Some(7.0), None] {
            fraction.add(strange);
        }
        assert!((0.0..=1.0).contains(&fraction.mean()));
    }
}
