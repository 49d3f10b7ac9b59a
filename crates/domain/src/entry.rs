//! Where a guest stands between opening their link and being in the room.

use jiff::Timestamp;

use crate::{Host, ParticipantId, Refusal};

/// Where a guest stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// Has not knocked.
    Outside,
    /// Sits in the waiting room.
    Waiting {
        /// Since when; a reload does not lose the place.
        since: Timestamp,
    },
    /// May be in the room.
    Admitted {
        /// Who let them in.
        by: ParticipantId,
        /// When.
        at: Timestamp,
    },
    /// Was asked not to come in.
    Declined {
        /// Who said so.
        by: ParticipantId,
        /// When.
        at: Timestamp,
    },
    /// Went by themselves.
    Left {
        /// When.
        at: Timestamp,
    },
}

impl Entry {
    /// The name in the API and the store.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::Waiting { .. } => "waiting",
            Self::Admitted { .. } => "admitted",
            Self::Declined { .. } => "declined",
            Self::Left { .. } => "left",
        }
    }

    /// A guest sits down in the waiting room. Whoever waits keeps their place, whoever is admitted stays so;
    /// whoever left may come back, and waits again. Whoever was declined was declined.
    pub const fn enter_waiting_room(self, at: Timestamp) -> Result<Self, Refusal> {
        match self {
            Self::Outside | Self::Left { .. } => Ok(Self::Waiting { since: at }),
            Self::Waiting { .. } | Self::Admitted { .. } => Ok(self),
            Self::Declined { .. } => Err(Refusal::Declined),
        }
    }

    /// A host lets a waiting guest in. Admitting a guest twice changes nothing; a declined guest can
    /// still be let in, because hosts press the wrong button.
    pub const fn admit(self, host: &Host, at: Timestamp) -> Result<Self, Refusal> {
        match self {
            Self::Waiting { .. } | Self::Declined { .. } => Ok(Self::Admitted { by: host.id(), at }),
            Self::Admitted { .. } => Ok(self),
            Self::Outside | Self::Left { .. } => Err(Refusal::NoLongerWaiting),
        }
    }

    /// A host asks a waiting or admitted guest not to be here.
    pub const fn decline(self, host: &Host, at: Timestamp) -> Result<Self, Refusal> {
        match self {
            Self::Waiting { .. } | Self::Admitted { .. } => Ok(Self::Declined { by: host.id(), at }),
            Self::Declined { .. } => Ok(self),
            Self::Outside | Self::Left { .. } => Err(Refusal::NoLongerWaiting),
        }
    }

    /// A guest goes. Going twice changes nothing.
    pub const fn leave(self, at: Timestamp) -> Self {
        match self {
            Self::Waiting { .. } | Self::Admitted { .. } => Self::Left { at },
            Self::Outside | Self::Declined { .. } | Self::Left { .. } => self,
        }
    }

    /// Whether the media server may let them in.
    pub const fn is_admitted(&self) -> bool {
        matches!(self, Self::Admitted { .. })
    }
}
