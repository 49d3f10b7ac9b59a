//! What the house owes the world after a change: written in the same transaction, told later.

use serde::{Deserialize, Serialize};

use crate::{AppointmentId, ConsultationId, ParticipantId};

/// One thing to tell. Holds ids only: whoever tells it loads what is true by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// Mail a person their personal link and the facts.
    Confirmed {
        /// Which appointment.
        appointment: AppointmentId,
        /// To whom.
        participant: ParticipantId,
    },
    /// Mail a person that it will not take place.
    Cancelled {
        /// Which appointment.
        appointment: AppointmentId,
        /// To whom.
        participant: ParticipantId,
    },
    /// Close the media room: everybody out, for good.
    RoomClosed {
        /// Whose room.
        consultation: ConsultationId,
    },
    /// Take one person out of the media room.
    Removed {
        /// From whose room.
        consultation: ConsultationId,
        /// Whom.
        participant: ParticipantId,
    },
    /// End a consultation everybody has left without ending it.
    Deserted {
        /// Which one.
        consultation: ConsultationId,
    },
}

impl Notice {
    /// The kind, for the outbox row and for metrics.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Confirmed { .. } => "confirmed",
            Self::Cancelled { .. } => "cancelled",
            Self::RoomClosed { .. } => "room_closed",
            Self::Removed { .. } => "removed",
            Self::Deserted { .. } => "deserted",
        }
    }
}
