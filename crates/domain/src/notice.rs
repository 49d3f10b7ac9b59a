//! Notices: work to do after a change, posted as jobs in the same transaction and done later.

use serde::{Deserialize, Serialize};

use crate::{AppointmentId, Consultation, ConsultationId, ParticipantId};

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
    /// Send a participant who has a confirmation that the appointment is with another host.
    HostChanged {
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
        /// Only connections made with a ticket of a lower number: the participant may have returned rightly since.
        /// `None` in a job of an older version.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        older_than: Option<i64>,
    },
    /// Check a consultation in progress: all participants may have left it without ending it, or it may run so late that
    /// they are asked if they are still there.
    Deserted {
        /// The consultation.
        consultation: ConsultationId,
    },
}

impl Notice {
    /// Disconnect a participant who is connected with any of the tickets issued so far.
    pub fn removed(consultation: &Consultation, participant: ParticipantId) -> Self {
        let older_than = consultation.participant(participant).map(|participant| participant.ticket_number + 1);
        Self::Removed { consultation: consultation.id, participant, older_than }
    }

    /// Disconnect a participant who is connected with this ticket or an earlier one.
    pub const fn removed_up_to(ticket: i64, consultation: ConsultationId, participant: ParticipantId) -> Self {
        Self::Removed { consultation, participant, older_than: Some(ticket + 1) }
    }

    /// Name of the variant, for the row of its job and for metrics.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Confirmed { .. } => "confirmed",
            Self::Cancelled { .. } => "cancelled",
            Self::HostChanged { .. } => "host_changed",
            Self::RoomClosed { .. } => "room_closed",
            Self::Removed { .. } => "removed",
            Self::Deserted { .. } => "deserted",
        }
    }
}
