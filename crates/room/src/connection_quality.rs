//! How good everybody's line is, in the words people are told it in.

use std::collections::BTreeMap;

use crate::ids::ParticipantSid;
use crate::output::ConnectionQuality;

/// How good a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum QualityLevel {
    /// Nothing comes through.
    Lost,
    /// Voices break, pictures stand.
    Poor,
    /// Not everything arrives as it should.
    Good,
    /// Without a fault.
    Excellent,
}

impl QualityLevel {
    /// Of a score from 0 to 100.
    fn of(score: u8) -> Self {
        match score {
            81.. => Self::Excellent,
            41..=80 => Self::Good,
            _ => Self::Poor,
        }
    }
}

/// What was last told of each.
#[derive(Default)]
pub(crate) struct ConnectionQualities(BTreeMap<ParticipantSid, ConnectionQuality>);

impl ConnectionQualities {
    /// What there is to tell now that somebody's line has this score; the same words are not told twice.
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
