//! State of a guest between opening their link and being in the room.

use jiff::Timestamp;

use crate::{Author, Host, Refusal};

/// State of a guest. A host stays `Outside`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Has not entered the waiting room.
    Outside,
    /// In the waiting room.
    Waiting {
        /// Entry time. A reload keeps it.
        since: Timestamp,
    },
    /// May connect to the room.
    Admitted {
        /// Who admitted them as host.
        by: Author,
        /// When.
        at: Timestamp,
    },
    /// Declined by the host.
    Declined {
        /// Who declined them as host.
        by: Author,
        /// When.
        at: Timestamp,
    },
    /// Left on their own.
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

    /// A guest enters the waiting room. A waiting guest keeps their entry time, an admitted guest stays admitted, a
    /// guest who left waits again, a declined guest is refused.
    pub fn enter_waiting_room(self, at: Timestamp) -> Result<Self, Refusal> {
        match self {
            Self::Outside | Self::Left { .. } => Ok(Self::Waiting { since: at }),
            Self::Waiting { .. } | Self::Admitted { .. } => Ok(self),
            Self::Declined { .. } => Err(Refusal::Declined),
        }
    }

    /// A host admits a waiting guest. Admitting twice changes nothing. A declined guest can still be admitted, because
    /// hosts press the wrong button.
    pub fn admit(self, host: &Host, at: Timestamp) -> Result<Self, Refusal> {
        match self {
            Self::Waiting { .. } | Self::Declined { .. } => Ok(Self::Admitted { by: host.author().clone(), at }),
            Self::Admitted { .. } => Ok(self),
            Self::Outside | Self::Left { .. } => Err(Refusal::NoLongerWaiting),
        }
    }

    /// A host declines a waiting or admitted guest. Declining twice changes nothing.
    pub fn decline(self, host: &Host, at: Timestamp) -> Result<Self, Refusal> {
        match self {
            Self::Waiting { .. } | Self::Admitted { .. } => Ok(Self::Declined { by: host.author().clone(), at }),
            Self::Declined { .. } => Ok(self),
            Self::Outside | Self::Left { .. } => Err(Refusal::NoLongerWaiting),
        }
    }

    /// A guest leaves. Leaving twice changes nothing.
    pub fn leave(self, at: Timestamp) -> Self {
        match self {
            Self::Waiting { .. } | Self::Admitted { .. } => Self::Left { at },
            Self::Outside | Self::Declined { .. } | Self::Left { .. } => self,
        }
    }

    /// Whether the guest may connect to the room.
    pub const fn is_admitted(&self) -> bool {
        matches!(self, Self::Admitted { .. })
    }
}
