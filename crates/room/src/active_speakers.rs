//! Active speakers, from the audio levels in the packets (RFC 6464).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::ids::{ParticipantSid, TrackSid};
use crate::output::Speaker;

/// Quietest level that counts as speech, in decibels below full scale. Quieter is background noise.
const MAX_SPEECH_LEVEL: u8 = 40;
/// Percent of packets that must carry audio. Less is a short noise, not speech.
const MIN_ACTIVE_PERCENT: u8 = 20;
/// How long a level counts. Without it a lost connection would stay an active speaker for ever.
const LEVEL_LIFETIME: Duration = Duration::from_secs(2);

#[derive(Default)]
pub(crate) struct ActiveSpeakers {
    levels_by_track: BTreeMap<(ParticipantSid, TrackSid), SpeakerLevel>,
    /// The levels reported last; absent is silent.
    reported: BTreeMap<ParticipantSid, f32>,
}

struct SpeakerLevel {
    level: f32,
    until: Instant,
}

impl ActiveSpeakers {
    pub(crate) fn update_level(
        &mut self,
        now: Instant,
        who: &ParticipantSid,
        track: &TrackSid,
        audio_level: u8,
        active: u8,
    ) {
        let key = (who.clone(), track.clone());
        if audio_level <= MAX_SPEECH_LEVEL && active >= MIN_ACTIVE_PERCENT {
            let level = SpeakerLevel { level: level(audio_level), until: now + LEVEL_LIFETIME };
            self.levels_by_track.insert(key, level);
        } else {
            self.levels_by_track.remove(&key);
        }
    }

    /// Reports the participant as speaking until `until`, whatever their tracks carry.
    pub(crate) fn simulate_speaker(&mut self, until: Instant, who: &ParticipantSid) {
        self.levels_by_track.insert((who.clone(), TrackSid::from("")), SpeakerLevel { level: 1.0, until });
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.levels_by_track.values().map(|level| level.until).min()
    }

    pub(crate) fn clear_track(&mut self, who: &ParticipantSid, track: &TrackSid) {
        self.levels_by_track.remove(&(who.clone(), track.clone()));
    }

    pub(crate) fn remove(&mut self, who: &ParticipantSid) {
        self.levels_by_track.retain(|(sid, _), _| sid != who);
        self.reported.remove(who);
    }

    /// Speakers whose level has changed since the last call.
    pub(crate) fn changes(&mut self, now: Instant) -> Vec<Speaker> {
        self.levels_by_track.retain(|_, level| now < level.until);
        let mut levels: BTreeMap<ParticipantSid, f32> = BTreeMap::new();
        for ((sid, _), level) in &self.levels_by_track {
            let loudest = levels.entry(sid.clone()).or_default();
            *loudest = loudest.max(level.level);
        }
        let stopped = self.reported.keys().filter(|sid| !levels.contains_key(*sid));
        let stopped = stopped.map(|sid| Speaker { sid: sid.clone(), level: 0.0 });
        let changed = levels.iter().filter(|(sid, level)| self.reported.get(*sid) != Some(*level));
        let changed = changed.map(|(sid, level)| Speaker { sid: sid.clone(), level: *level });
        let changes = stopped.chain(changed).collect();
        self.reported = levels;
        changes
    }
}

/// 0 to 1 in eighths, louder is more. Never 0, which means silent.
fn level(audio_level: u8) -> f32 {
    let share = 1.0 - f32::from(audio_level) / f32::from(MAX_SPEECH_LEVEL + 1);
    (share * 8.0).ceil() / 8.0
}
