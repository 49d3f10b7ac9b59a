//! Connection quality per participant, in the levels that are reported.

use std::collections::BTreeMap;

use crate::ids::ParticipantSid;
use crate::output::ConnectionQuality;

/// Level of connection quality (LiveKit's `ConnectionQuality`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum QualityLevel {
    /// No media arrives.
    Lost,
    /// Audio breaks up, video freezes. Score up to 40.
    Poor,
    /// Some loss or delay. Score 41 to 80.
    Good,
    /// No loss or delay that matters. Score from 81.
    Excellent,
}

impl QualityLevel {
    /// The level of a score from 0 to 100.
    fn of(score: u8) -> Self {
        match score {
            81.. => Self::Excellent,
            41..=80 => Self::Good,
            _ => Self::Poor,
        }
    }
}

/// The quality reported last for each participant.
#[derive(Default)]
pub(crate) struct ConnectionQualities(BTreeMap<ParticipantSid, ConnectionQuality>);

impl ConnectionQualities {
    /// The quality to report for this score; `None` while the level stays the same.
    pub(crate) fn connection_score(&mut self, who: &ParticipantSid, score: u8) -> Option<ConnectionQuality> {
        self.reported(ConnectionQuality { sid: who.clone(), quality: QualityLevel::of(score), score })
    }

    pub(crate) fn lost(&mut self, who: &ParticipantSid) -> Option<ConnectionQuality> {
        self.reported(ConnectionQuality { sid: who.clone(), quality: QualityLevel::Lost, score: 0 })
    }

    fn reported(&mut self, quality: ConnectionQuality) -> Option<ConnectionQuality> {
        let before = self.0.insert(quality.sid.clone(), quality.clone());
        before.is_none_or(|before| before.quality != quality.quality).then_some(quality)
    }

    pub(crate) fn of(&self, who: &ParticipantSid) -> Option<&ConnectionQuality> {
        self.0.get(who)
    }

    pub(crate) fn remove(&mut self, who: &ParticipantSid) {
        self.0.remove(who);
    }
}
