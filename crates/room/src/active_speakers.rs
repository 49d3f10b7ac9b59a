//! Who is speaking, judged from how loud their packets say they are.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::ids::{ParticipantSid, TrackSid};
use crate::output::Speaker;

/// Louder than this many decibels below full scale is a voice; quieter is a room.
const VOICE: u8 = 40;
/// So much of the time must carry sound (percent): less is a knock on the table.
const SPEECH: u8 = 20;
/// Word of a speaker is good for so long. Without it a lost connection would speak for ever.
const STALE: Duration = Duration::from_secs(2);

#[derive(Default)]
pub(crate) struct Speakers {
    voices: BTreeMap<(ParticipantSid, TrackSid), Voice>,
    /// What was told last; absent is silent.
    told: BTreeMap<ParticipantSid, f32>,
}

struct Voice {
    level: f32,
    until: Instant,
}

impl Speakers {
    pub(crate) fn heard(&mut self, now: Instant, who: &ParticipantSid, track: &TrackSid, loudness: u8, active: u8) {
        let key = (who.clone(), track.clone());
        if loudness <= VOICE && active >= SPEECH {
            let voice = Voice { level: level(loudness), until: now + STALE };
            self.voices.insert(key, voice);
        } else {
            self.voices.remove(&key);
        }
    }

    /// As if they spoke until then, whatever their tracks carry.
    pub(crate) fn pretend(&mut self, until: Instant, who: &ParticipantSid) {
        self.voices.insert((who.clone(), TrackSid::from("")), Voice { level: 1.0, until });
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.voices.values().map(|voice| voice.until).min()
    }

    pub(crate) fn hush(&mut self, who: &ParticipantSid, track: &TrackSid) {
        self.voices.remove(&(who.clone(), track.clone()));
    }

    pub(crate) fn forget(&mut self, who: &ParticipantSid) {
        self.voices.retain(|(sid, _), _| sid != who);
        self.told.remove(who);
    }

    /// Those whose level has changed since this was last asked.
    pub(crate) fn changes(&mut self, now: Instant) -> Vec<Speaker> {
        self.voices.retain(|_, voice| now < voice.until);
        let mut levels: BTreeMap<ParticipantSid, f32> = BTreeMap::new();
        for ((sid, _), voice) in &self.voices {
            let level = levels.entry(sid.clone()).or_default();
            *level = level.max(voice.level);
        }
        let stopped = self.told.keys().filter(|sid| !levels.contains_key(*sid));
        let stopped = stopped.map(|sid| Speaker { sid: sid.clone(), level: 0.0 });
        let changed = levels.iter().filter(|(sid, level)| self.told.get(*sid) != Some(*level));
        let changed = changed.map(|(sid, level)| Speaker { sid: sid.clone(), level: *level });
        let changes = stopped.chain(changed).collect();
        self.told = levels;
        changes
    }
}

/// 0 to 1 in eighths, louder is more. Never 0: whoever speaks is heard.
fn level(loudness: u8) -> f32 {
    let share = 1.0 - f32::from(loudness) / f32::from(VOICE + 1);
    (share * 8.0).ceil() / 8.0
}
