//! Audio level of a publication, aggregated over a window (RFC 6464).
//!
//! Active speakers are reported a few times a second; one report per packet would be fifty.

use std::time::{Duration, Instant};

/// The length of a window.
const WINDOW: Duration = Duration::from_millis(400);
/// Levels in -dBov. Microphones in quiet rooms are at about -60 dBov, below the audible level.
const SILENCE: u8 = 127;
const AUDIBLE: u8 = 50;

/// The level of one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AudioLevel {
    pub(crate) loudest: u8,
    pub(crate) active: u8,
}

#[derive(Debug, Default)]
pub(crate) struct AudioLevelMeter {
    ends: Option<Instant>,
    packets: u32,
    audible: u32,
    loudest: Option<u8>,
    reported_silence: bool,
    /// The client sets the voice activity flag at least sometimes. If it never does, a packet without the flag
    /// may still be speech.
    marks_voice: bool,
}

impl AudioLevelMeter {
    /// Adds the level of one packet in dBov: 0 is loudest, -127 silence.
    pub(crate) fn add(&mut self, now: Instant, level: i8, voice: Option<bool>) {
        let level = level.unsigned_abs().min(SILENCE);
        self.ends.get_or_insert(now + WINDOW);
        self.packets += 1;
        self.loudest = Some(self.loudest.map_or(level, |loudest| loudest.min(level)));
        self.marks_voice |= voice == Some(true);
        let unvoiced = self.marks_voice && voice == Some(false);
        if level < AUDIBLE && !unvoiced {
            self.audible += 1;
        }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.ends
    }

    /// The level of a finished window: every window with audio, and the first one of a silence.
    pub(crate) fn report(&mut self, now: Instant) -> Option<AudioLevel> {
        self.ends.filter(|ends| *ends <= now)?;
        let active = self.audible * 100 / self.packets.max(1);
        let level =
            AudioLevel { loudest: self.loudest.unwrap_or(SILENCE), active: u8::try_from(active).unwrap_or(100) };
        let reported_silence = self.reported_silence;
        *self = Self { reported_silence: level.active == 0, marks_voice: self.marks_voice, ..Self::default() };
        // A window with only one packet, the first, is the end of a mute.
        (level.active > 0 || !reported_silence).then_some(level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audio_is_reported_every_window_silence_once() {
        let start = crate::tests::origin();
        let mut meter = AudioLevelMeter::default();
        let mut reports = vec![];
        for packet in 0..200u64 {
            let now = start + Duration::from_millis(20 * packet);
            let level = if packet < 100 { -20 } else { -127 };
            meter.add(now, level, None);
            reports.extend(meter.report(now));
        }
        assert!(reports.iter().filter(|level| level.active > 0).count() >= 4);
        assert_eq!(reports.iter().filter(|level| level.active == 0).count(), 1);
        assert!(reports.len() <= 7, "{reports:?}");
        assert_eq!(reports.first().map(|level| level.loudest), Some(20));
    }

    #[test]
    fn voice_flag_counts_only_if_the_client_sets_it() {
        let start = crate::tests::origin();
        let active = |marks: &[bool]| {
            let mut meter = AudioLevelMeter::default();
            marks.iter().for_each(|voice| meter.add(start, -10, Some(*voice)));
            meter.report(start + WINDOW).unwrap().active
        };
        assert_eq!(active(&[false; 20]), 100);
        let mut a_word_and_then_noise = [false; 20];
        a_word_and_then_noise[0] = true;
        assert_eq!(active(&a_word_and_then_noise), 5);
    }
}
