//! Connection quality of a peer as a score from 0 to 100.
//!
//! Computed from packet loss and round-trip time with a simplified E-model (ITU-T G.107), and limited while video is
//! lowered or paused for lack of bandwidth.

use std::time::{Duration, Instant};

use str0m::stats::PeerStats;

/// Interval between reports. With a shorter one, a moment of bad reception would be shown to every participant.
const INTERVAL: Duration = Duration::from_secs(5);
/// Points per percent of packet loss. At 5 % speech begins to break up, at 15 % it is unintelligible.
const COST_PER_PERCENT: f32 = 4.0;
/// Upper limit while video is sent in lower layers than wanted.
pub(crate) const MAX_WITH_LIMITED_VIDEO: f32 = 75.0;
/// Upper limit while video is paused for lack of bandwidth.
pub(crate) const MAX_WITHOUT_VIDEO: f32 = 30.0;
/// Weight of the latest measurement. The score falls faster than it rises.
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

/// Mean of packet loss fractions, each from 0 to 1.
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

    /// The score, if a report is due. `maximum` is the upper limit that video sets.
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

/// Points for delay: few as long as conversation works, many once people interrupt each other.
fn delay_cost(rtt: Duration) -> f32 {
    let one_way = rtt.as_secs_f32() * 500.0;
    if one_way > 160.0 { (one_way - 120.0) / 10.0 } else { one_way / 40.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The score after five samples with this loss and round-trip time.
    fn after(score: &mut ConnectionScore, now: &mut Instant, lost: f32, rtt: Duration) -> u8 {
        for _ in 0..5 {
            score.ingress_loss.add(Some(lost));
            score.max_rtt = score.max_rtt.max(rtt);
        }
        *now += INTERVAL;
        score.report(*now, 100.0).unwrap()
    }

    #[test]
    fn score_falls_at_once_and_rises_slowly() {
        let mut now = crate::tests::origin();
        let mut score = ConnectionScore::new(now);
        let soon = Duration::from_millis(40);
        assert_eq!(score.report(now, 100.0), None, "report not due");
        assert!(after(&mut score, &mut now, 0.0, soon) >= 99);
        assert!((30..60).contains(&after(&mut score, &mut now, 0.15, soon)), "15 % loss");
        assert!(after(&mut score, &mut now, 0.4, soon) < 20);
        let better: Vec<u8> = (0..8).map(|_| after(&mut score, &mut now, 0.0, soon)).collect();
        assert!(better.first() < Some(&60) && better.last() > Some(&95) && better.is_sorted(), "{better:?}");
    }

    #[test]
    fn high_delay_lowers_the_score() {
        let mut now = crate::tests::origin();
        let mut score = ConnectionScore::new(now);
        assert!(after(&mut score, &mut now, 0.0, Duration::from_millis(200)) > 95);
        assert!(after(&mut score, &mut now, 0.0, Duration::from_millis(1_500)) < 60);
    }

    #[test]
    fn invalid_loss_fractions_are_ignored() {
        let mut fraction = MeanLoss::default();
        for strange in [Some(f32::NAN), Some(-3.0), Some(7.0), None] {
            fraction.add(strange);
        }
        assert!((0.0..=1.0).contains(&fraction.mean()));
    }
}
