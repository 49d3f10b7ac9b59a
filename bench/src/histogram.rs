//! Durations in logarithmic buckets: a percentile is exact to 2 %.

/// Buckets per doubling.
const STEPS: u64 = 64;

/// Counts of durations in nanoseconds.
#[derive(Clone, Default)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    longest: u64,
}

impl Histogram {
    pub(crate) fn record(&mut self, nanoseconds: u64) {
        let bucket = bucket(nanoseconds);
        if self.counts.len() <= bucket {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] += 1;
        self.total += 1;
        self.longest = self.longest.max(nanoseconds);
    }

    /// The smallest duration that at least this share of all does not exceed; 0 without any.
    pub(crate) fn percentile(&self, share: f64) -> u64 {
        let wanted = (self.total as f64 * share).ceil() as u64;
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted.max(1) {
                return upper_end(bucket).min(self.longest);
            }
        }
        0
    }

    pub(crate) fn longest(&self) -> u64 {
        self.longest
    }
}

/// Below [`STEPS`] a bucket a nanosecond; above, the top bits of the number.
fn bucket(nanoseconds: u64) -> usize {
    let doublings = u64::from((nanoseconds / STEPS + 1).ilog2());
    let within = (nanoseconds + STEPS) >> doublings;
    (doublings * STEPS + within - STEPS) as usize
}

fn upper_end(bucket: usize) -> u64 {
    let (doublings, within) = (bucket as u64 / STEPS, bucket as u64 % STEPS);
    ((within + STEPS + 1) << doublings) - STEPS - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_exact_to_two_percent() {
        let mut histogram = Histogram::default();
        (1..=100_000).for_each(|microseconds| histogram.record(microseconds * 1_000));
        for share in [0.01, 0.5, 0.99, 0.999] {
            let (exact, found) = (share * 1e8, histogram.percentile(share) as f64);
            assert!((0.999..1.02).contains(&(found / exact)), "{share}: {found} instead of {exact}");
        }
        assert_eq!(histogram.percentile(1.0), 100_000_000);
    }

    #[test]
    fn every_duration_is_in_its_bucket() {
        for nanoseconds in (0..5_000).chain([1 << 20, (1 << 40) + 12_345]) {
            let bucket = bucket(nanoseconds);
            assert!(upper_end(bucket) >= nanoseconds, "{nanoseconds}");
            assert!(bucket == 0 || upper_end(bucket - 1) < nanoseconds, "{nanoseconds}");
        }
    }

    #[test]
    fn nothing_recorded_is_zero() {
        assert_eq!(Histogram::default().percentile(0.5), 0);
    }
}
