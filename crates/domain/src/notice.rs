//! Notices: work to do after a change, posted as jobs in the same transaction and done later.

use serde::{Deserialize, Serialize};

use crate::{AppointmentId, ConsultationId, ParticipantId};

/// One notice. Holds ids only: delivery loads the state of that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// Send a participant their confirmation with the personal link.
    Confirmed {
        /// The appointment.
        appointment: AppointmentId,
        /// The recipient.
        participant: ParticipantId,
    },
    /// Send a participant the cancellation.
    Cancelled {
        /// The appointment.
        appointment: AppointmentId,
        /// The recipient.
        participant: ParticipantId,
    },
    /// Close the media room and disconnect everyone.
    RoomClosed {
        /// The consultation of the room.
        consultation: ConsultationId,
    },
    /// Disconnect one participant from the media room.
    Removed {
        /// The consultation of the room.
        consultation: ConsultationId,
        /// The participant.
        participant: ParticipantId,
    },
    /// End a consultation that all participants have left without ending it.
    Deserted {
        /// The consultation.
        consultation: ConsultationId,
    },
}

impl Notice {
    /// Name of the variant, for the row of its job and for metrics.
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
