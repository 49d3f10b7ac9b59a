//! Bitrate measurement over windows of half a second.

use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_millis(500);

/// Bits per second of one stream. The last measurement is kept when the stream stops.
#[derive(Debug, Default)]
pub(crate) struct Bitrate {
    window_start: Option<Instant>,
    bytes: u64,
    measured: Option<u64>,
}

impl Bitrate {
    pub(crate) fn add(&mut self, now: Instant, bytes: usize) {
        let window_start = *self.window_start.get_or_insert(now);
        let elapsed = now.saturating_duration_since(window_start);
        if elapsed >= WINDOW {
            // After a gap a new window starts: a gap is not a low bitrate.
            if elapsed < WINDOW * 3 {
                self.measured = Some(self.smoothed(self.bytes * 8_000 / elapsed.as_millis().max(1) as u64));
            }
            self.window_start = Some(now);
            self.bytes = 0;
        }
        self.bytes += bytes as u64;
    }

    /// Rises at once, so that no subscriber is sent more than fits; falls by half of the difference.
    fn smoothed(&self, latest: u64) -> u64 {
        self.measured.map_or(latest, |before| latest.max(u64::midpoint(before, latest)))
    }

    pub(crate) fn bits_per_second(&self) -> Option<u64> {
        self.measured
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steady_stream_is_measured_gap_is_not() {
        let start = crate::tests::origin();
        let mut bitrate = Bitrate::default();
        for packet in 0..100 {
            bitrate.add(start + Duration::from_millis(10 * packet), 1_250);
        }
        let measured = bitrate.bits_per_second().unwrap();
        assert!((950_000..1_050_000).contains(&measured), "{measured}");
        bitrate.add(start + Duration::from_secs(60), 100);
        assert!(bitrate.bits_per_second().unwrap() > 900_000);
    }
}
