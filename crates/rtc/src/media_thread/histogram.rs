//! A histogram of durations that one thread fills and others read.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// The upper bound of the first bucket in microseconds; each next one is twice as much.
const FIRST: u64 = 64;
/// Buckets with an upper bound: that of the last one is 1.05 s. Everything longer is in one more.
const BOUNDED: usize = 15;

#[derive(Default)]
pub(crate) struct Histogram {
    buckets: [AtomicU64; BOUNDED + 1],
    sum_us: AtomicU64,
    max_us: AtomicU64,
}

impl Histogram {
    pub(crate) fn record(&self, duration: Duration) {
        let us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let doublings = us.div_ceil(FIRST).next_power_of_two().trailing_zeros() as usize;
        if let Some(bucket) = self.buckets.get(doublings.min(BOUNDED)) {
            bucket.fetch_add(1, Relaxed);
        }
        self.sum_us.fetch_add(us, Relaxed);
        self.max_us.fetch_max(us, Relaxed);
    }

    /// The upper bound of each bucket, and how many durations were not longer; without a bound: all of them.
    pub(crate) fn cumulative(&self) -> Vec<(Option<Duration>, u64)> {
        let mut count = 0;
        let bounds = (0..BOUNDED).map(|doublings| Some(Duration::from_micros(FIRST << doublings)));
        let buckets = bounds.chain(std::iter::once(None)).zip(&self.buckets);
        let counted = buckets.map(|(bound, bucket)| {
            count += bucket.load(Relaxed);
            (bound, count)
        });
        counted.collect()
    }

    pub(crate) fn sum(&self) -> Duration {
        Duration::from_micros(self.sum_us.load(Relaxed))
    }

    /// The longest since the start.
    pub(crate) fn max(&self) -> Duration {
        Duration::from_micros(self.max_us.load(Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_counted_up_to_their_bound() {
        let histogram = Histogram::default();
        let longest = 3_600_000_000;
        for us in [0, 64, 65, 128, 1_048_576, 1_048_577, longest] {
            histogram.record(Duration::from_micros(us));
        }
        let counts = histogram.cumulative();
        let at_most = |us| counts.iter().find(|(bound, _)| *bound == us).map(|(_, count)| *count);
        for (us, expected) in [(64, 2), (128, 4), (524_288, 4), (1_048_576, 5)] {
            assert_eq!(at_most(Some(Duration::from_micros(us))), Some(expected), "{us}");
        }
        assert_eq!(at_most(None), Some(7));
        assert_eq!(histogram.max(), Duration::from_micros(longest));
    }
}
