//! How loud a microphone is, summed up over a moment (RFC 6464).
//!
//! Speakers are told a few times a second; a report per packet would be fifty.

use std::time::{Duration, Instant};

/// How long a moment is.
const WINDOW: Duration = Duration::from_millis(400);
/// Below this there is nobody to hear; microphones in quiet rooms hum at about -60 dBov.
const SILENCE: u8 = 127;
const AUDIBLE: u8 = 50;

/// One moment, summed up.
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
    /// Its program marks packets with a voice in them. Of one that never does, an unmarked packet says nothing.
    marks_voice: bool,
}

impl AudioLevelMeter {
    /// A packet said how loud it is, in dBov: 0 is loudest, -127 silence.
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

    /// What to tell at the end of a moment: sound always, silence once.
    pub(crate) fn report(&mut self, now: Instant) -> Option<AudioLevel> {
        self.ends.filter(|ends| *ends <= now)?;
        let active = self.audible * 100 / self.packets.max(1);
        let level =
            AudioLevel { loudest: self.loudest.unwrap_or(SILENCE), active: u8::try_from(active).unwrap_or(100) };
        let reported_silence = self.reported_silence;
        *self = Self { reported_silence: level.active == 0, marks_voice: self.marks_voice, ..Self::default() };
        // A window that began with a packet and saw no more is the end of somebody's muting.
        (level.active > 0 || !reported_silence).then_some(level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_is_told_every_moment_and_silence_once() {
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
    fn a_program_that_marks_no_voices_is_heard_all_the_same_and_noise_of_one_that_does_is_not() {
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
