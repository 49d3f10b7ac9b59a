//! When what a device publishes was seen and heard: its clock, brought to ours.
//!
//! Sound and pictures take different times to be encoded. Whoever receives both puts them in step again by the sender
//! reports (RFC 3550 section 6.4.1), and those are ours to write: with the time of arrival in them, lips would move
//! after the words by as much as a phone needs for a picture.

use std::time::{Duration, Instant, SystemTime};

use str0m::rtp::RtpPacket;

/// A delay measured so long ago says nothing about a clock that may drift.
const FORGOTTEN: Duration = Duration::from_secs(60);
/// Nothing is on the way for longer; a sender who claims so is not believed.
const LONGEST: Duration = Duration::from_secs(10);

/// One device's clock as we know it: what it showed at an instant of ours, with the least delay in between.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    known: Option<Known>,
    last: Option<SystemTime>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    shown: SystemTime,
    at: Instant,
}

impl Clock {
    /// When the packet's content was captured; `None` before the device has told its time, or if it tells nonsense.
    pub(crate) fn captured(&mut self, packet: &RtpPacket) -> Option<Instant> {
        let report = packet.last_sender_info?;
        if self.last.replace(report.ntp_time) != Some(report.ntp_time) {
            self.showed(report.ntp_time, packet.timestamp);
        }
        let clock = packet.time.frequency().get();
        // Both count on from the same number; the difference is small and may be negative.
        let ticks = (packet.time.numer() as u32).wrapping_sub(report.rtp_time.numer() as u32).cast_signed();
        let since = Duration::from_secs_f64(f64::from(ticks.unsigned_abs()) / f64::from(clock));
        let reported = self.instant_of(report.ntp_time)?;
        let captured = if ticks < 0 { reported.checked_sub(since) } else { reported.checked_add(since) };
        // What is not in the past yet is a clock that has drifted by the whole delay.
        let captured = captured.map(|at| at.min(packet.timestamp))?;
        (packet.timestamp.duration_since(captured) < LONGEST).then_some(captured)
    }

    /// The device's clock showed this when its report came.
    fn showed(&mut self, shown: SystemTime, at: Instant) {
        let delayed = |known: &Known| match shown.duration_since(known.shown) {
            Ok(passed) => at.saturating_duration_since(known.at) > passed,
            Err(_) => false,
        };
        let keep = self.known.is_some_and(|known| {
            let fresh = at.saturating_duration_since(known.at) < FORGOTTEN;
            fresh && delayed(&known)
        });
        if !keep {
            self.known = Some(Known { shown, at });
        }
    }

    fn instant_of(&self, shown: SystemTime) -> Option<Instant> {
        let known = self.known?;
        match shown.duration_since(known.shown) {
            Ok(later) => known.at.checked_add(later),
            Err(earlier) => known.at.checked_sub(earlier.duration()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_delayed_report_sets_the_clock_and_is_forgotten_after_a_minute() {
        let start = crate::tests::origin();
        let shown = |ms: u64| SystemTime::UNIX_EPOCH + Duration::from_millis(1_000_000 + ms);
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut clock = Clock::default();
        clock.showed(shown(0), at(50));
        clock.showed(shown(1_000), at(1_020));
        assert_eq!(clock.instant_of(shown(1_000)), Some(at(1_020)), "20 ms are less than 50");
        clock.showed(shown(2_000), at(2_300));
        assert_eq!(clock.instant_of(shown(2_000)), Some(at(2_020)), "the delay of one moment moves nothing");
        assert_eq!(clock.instant_of(shown(500)), Some(at(520)));
        clock.showed(shown(62_000), at(62_040));
        assert_eq!(clock.instant_of(shown(62_000)), Some(at(62_040)));
    }
}
