//! How good everybody's line is, in the words people are told it in.

use std::collections::BTreeMap;

use crate::ids::ParticipantSid;
use crate::output::Line;

/// How good a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    /// Nothing comes through.
    Lost,
    /// Voices break, pictures stand.
    Poor,
    /// Not everything arrives as it should.
    Good,
    /// Without a fault.
    Excellent,
}

impl Quality {
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
pub(crate) struct Lines(BTreeMap<ParticipantSid, Line>);

impl Lines {
    /// What there is to tell now that somebody's line has this score; the same words are not told twice.
    pub(crate) fn scored(&mut self, who: &ParticipantSid, score: u8) -> Option<Line> {
        self.told(Line { sid: who.clone(), quality: Quality::of(score), score })
    }

    pub(crate) fn lost(&mut self, who: &ParticipantSid) -> Option<Line> {
        self.told(Line { sid: who.clone(), quality: Quality::Lost, score: 0 })
    }

    fn told(&mut self, line: Line) -> Option<Line> {
        let before = self.0.insert(line.sid.clone(), line.clone());
        before.is_none_or(|before| before.quality != line.quality).then_some(line)
    }

    pub(crate) fn of(&self, who: &ParticipantSid) -> Option<&Line> {
        self.0.get(who)
    }

    pub(crate) fn forget(&mut self, who: &ParticipantSid) {
        self.0.remove(who);
    }
}
