//! Capture time: the publisher's clock (RTCP sender reports), mapped to ours.
//!
//! Audio and video take different times to encode. A receiver synchronises them by the sender reports (RFC 3550
//! section 6.4.1), and those are written by us: with the time of arrival in them, lips would move after the words by
//! the encoding delay of video.

use std::time::{Duration, Instant, SystemTime};

use str0m::rtp::RtpPacket;

/// An older reference is not used: the clock may have drifted.
const REFERENCE_EXPIRES: Duration = Duration::from_secs(60);
/// No packet is on the way for longer; a larger claimed delay is ignored.
const MAX_DELAY: Duration = Duration::from_secs(10);

/// The sender's NTP clock: the reference with the least network delay.
#[derive(Debug, Default)]
pub(crate) struct CaptureClock {
    reference: Option<Reference>,
    last_ntp: Option<SystemTime>,
}

#[derive(Debug, Clone, Copy)]
struct Reference {
    ntp: SystemTime,
    received_at: Instant,
}

impl CaptureClock {
    /// When the packet's content was captured; `None` before the first sender report, or if its times are not
    /// plausible.
    pub(crate) fn capture_time(&mut self, packet: &RtpPacket) -> Option<Instant> {
        let report = packet.last_sender_info?;
        if self.last_ntp.replace(report.ntp_time) != Some(report.ntp_time) {
            self.sender_report(report.ntp_time, packet.timestamp);
        }
        let clock = packet.time.frequency().get();
        // Both counters start at the same value; the difference is small and may be negative.
        let ticks = (packet.time.numer() as u32).wrapping_sub(report.rtp_time.numer() as u32).cast_signed();
        let since = Duration::from_secs_f64(f64::from(ticks.unsigned_abs()) / f64::from(clock));
        let reported = self.instant_of(report.ntp_time)?;
        let capture_time = if ticks < 0 { reported.checked_sub(since) } else { reported.checked_add(since) };
        // A capture time in the future means that the clock drifted by more than the delay.
        let capture_time = capture_time.map(|at| at.min(packet.timestamp))?;
        (packet.timestamp.duration_since(capture_time) < MAX_DELAY).then_some(capture_time)
    }

    /// A sender report with this NTP time arrived.
    fn sender_report(&mut self, ntp: SystemTime, at: Instant) {
        let delayed = |reference: &Reference| match ntp.duration_since(reference.ntp) {
            Ok(passed) => at.saturating_duration_since(reference.received_at) > passed,
            Err(_) => false,
        };
        let keep = self.reference.is_some_and(|reference| {
            let fresh = at.saturating_duration_since(reference.received_at) < REFERENCE_EXPIRES;
            fresh && delayed(&reference)
        });
        if !keep {
            self.reference = Some(Reference { ntp, received_at: at });
        }
    }

    fn instant_of(&self, ntp: SystemTime) -> Option<Instant> {
        let reference = self.reference?;
        match ntp.duration_since(reference.ntp) {
            Ok(later) => reference.received_at.checked_add(later),
            Err(earlier) => reference.received_at.checked_sub(earlier.duration()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn least_delayed_sender_report_is_the_reference_for_a_minute() {
        let start = crate::tests::origin();
        let ntp = |ms: u64| SystemTime::UNIX_EPOCH + Duration::from_millis(1_000_000 + ms);
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut clock = CaptureClock::default();
        clock.sender_report(ntp(0), at(50));
        clock.sender_report(ntp(1_000), at(1_020));
        assert_eq!(clock.instant_of(ntp(1_000)), Some(at(1_020)), "20 ms is the lower delay");
        clock.sender_report(ntp(2_000), at(2_300));
        assert_eq!(clock.instant_of(ntp(2_000)), Some(at(2_020)), "a delayed report does not move the reference");
        assert_eq!(clock.instant_of(ntp(500)), Some(at(520)));
        clock.sender_report(ntp(62_000), at(62_040));
        assert_eq!(clock.instant_of(ntp(62_000)), Some(at(62_040)));
    }
}
