//! Which browser tab has the seat of a participant: the last one in which they tapped, in the waiting room too.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use jiff::Timestamp;

use crate::{Consultation, JoinWindow, Participant, ParticipantId, Refusal, Role};

/// Names one tab of a browser: random, chosen by its page. It opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TabId(u128);

impl FromStr for TabId {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u128::from_str_radix(text, 16).map(Self)
    }
}

impl fmt::Display for TabId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Consultation {
    /// A participant goes on in this tab. An API client has none, and changes nothing.
    pub fn take_seat(mut self, id: ParticipantId, tab: Option<TabId>, at: Timestamp) -> Result<Self, Refusal> {
        let participant = self.participant_mut(id)?;
        if let Some(tab) = tab {
            participant.take_seat(tab, at);
        }
        Ok(self)
    }

    /// A ticket for this tab, see [`Consultation::issue_ticket_number`].
    ///
    /// A guest moves to another tab by entering, which takes a tap. A ticket alone does not move them: the page that they
    /// have left may request one before it has noticed. A host does not enter, and moves with a ticket that a tap requests
    /// (`takes_seat`): a laptop that wakes up must not take the seat back from their phone.
    pub fn issue_ticket_for(
        self,
        id: ParticipantId,
        tab: Option<TabId>,
        takes_seat: bool,
        window: JoinWindow,
        at: Timestamp,
    ) -> Result<(Self, i64), Refusal> {
        let participant = self.participant(id).ok_or(Refusal::NotAdmitted)?;
        let moves = takes_seat && participant.role == Role::Host;
        if participant.is_elsewhere(tab) && !moves {
            return Err(Refusal::Superseded);
        }
        self.take_seat(id, tab, at)?.issue_ticket_number(id, window)
    }
}

impl Participant {
    /// Whether another tab than this one has the seat. Unknown without a tab.
    pub fn is_elsewhere(&self, tab: Option<TabId>) -> bool {
        tab.is_some() && self.tab.is_some() && self.tab != tab
    }

    fn take_seat(&mut self, tab: TabId, at: Timestamp) {
        if self.is_elsewhere(Some(tab)) {
            self.moved_at = Some(at);
        }
        self.tab = Some(tab);
    }

    /// They left or were sent away: the tab in which they come back has moved from nowhere.
    pub(crate) const fn give_up_seat(&mut self) {
        self.tab = None;
        self.moved_at = None;
    }
}
