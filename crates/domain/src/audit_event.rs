//! Changes as the audit log records them: what happened to what. Who and when are stored beside it.

use crate::{ApiKeyId, AppointmentId, ConsultationId, ParticipantId, UserId};

/// One change. Holds ids only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditEvent {
    /// The server was set up.
    PracticeSetUp,
    /// A setting of the practice was changed.
    PracticeChanged,
    /// Something happened to the account of a member of staff.
    User {
        /// The member of staff.
        id: UserId,
        /// What happened.
        change: UserChange,
    },
    /// An API key was created.
    KeyCreated(ApiKeyId),
    /// An API key was revoked.
    KeyRevoked(ApiKeyId),
    /// Something happened to an appointment.
    Appointment {
        /// The appointment.
        id: AppointmentId,
        /// Its host.
        host: UserId,
        /// What happened.
        change: AppointmentChange,
    },
    /// Something happened to a consultation.
    Consultation {
        /// The consultation.
        id: ConsultationId,
        /// Its appointment.
        appointment: AppointmentId,
        /// Its host.
        host: UserId,
        /// What happened.
        change: ConsultationChange,
    },
}

/// What happened to the account of a member of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserChange {
    /// It was added.
    Added,
    /// Its password was changed.
    PasswordChanged,
    /// A link to set its password was created.
    PasswordLinkIssued,
    /// Its login sessions were ended.
    SessionsEnded,
    /// Its language was changed.
    LanguageChanged,
    /// Its role was changed.
    RoleChanged,
    /// It was deactivated.
    Deactivated,
    /// It was reactivated.
    Reactivated,
}

/// What happened to an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppointmentChange {
    /// It was booked.
    Booked,
    /// It was confirmed.
    Confirmed,
    /// It was cancelled.
    Cancelled,
    /// It was given to another host.
    HandedOver,
}

/// What happened to a consultation, and to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsultationChange {
    /// A personal link was created.
    LinkIssued(ParticipantId),
    /// A personal link was created, and all earlier ones of the participant were ended.
    LinksReplaced(ParticipantId),
    /// All personal links of a guest were ended, who was put out.
    LinksEnded(ParticipantId),
    /// A guest entered the waiting room.
    EnteredWaitingRoom(ParticipantId),
    /// A guest went on in another tab.
    Moved(ParticipantId),
    /// A guest was admitted.
    Admitted(ParticipantId),
    /// A guest was declined.
    Declined(ParticipantId),
    /// A guest left.
    Left(ParticipantId),
    /// A device took the seat.
    TicketIssued(ParticipantId),
    /// All tickets of a participant became old, because a login or an API key has ended.
    TicketsEnded(ParticipantId),
    /// A media connection came up.
    Arrived(ParticipantId),
    /// A media connection was closed.
    Departed(ParticipantId),
    /// It was started.
    Started,
    /// Its participants were asked whether they are still there.
    Asked,
    /// A participant answered that they are.
    Answered(ParticipantId),
    /// It was ended.
    Ended,
    /// Staff recorded what became of it.
    OutcomeRecorded,
}

impl AuditEvent {
    /// The name in the audit log.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::PracticeSetUp => "practice.set_up",
            Self::PracticeChanged => "practice.changed",
            Self::User { change, .. } => match change {
                UserChange::Added => "user.added",
                UserChange::PasswordChanged => "user.password_changed",
                UserChange::PasswordLinkIssued => "user.password_link_issued",
                UserChange::SessionsEnded => "user.sessions_ended",
                UserChange::LanguageChanged => "user.language_changed",
                UserChange::RoleChanged => "user.role_changed",
                UserChange::Deactivated => "user.deactivated",
                UserChange::Reactivated => "user.reactivated",
            },
            Self::KeyCreated(_) => "key.created",
            Self::KeyRevoked(_) => "key.revoked",
            Self::Appointment { change, .. } => match change {
                AppointmentChange::Booked => "appointment.booked",
                AppointmentChange::Confirmed => "appointment.confirmed",
                AppointmentChange::Cancelled => "appointment.cancelled",
                AppointmentChange::HandedOver => "appointment.handed_over",
            },
            Self::Consultation { change, .. } => change.kind(),
        }
    }

    /// The id under which the audit log lists it: consultations under their appointment.
    pub fn subject(&self) -> String {
        match self {
            Self::PracticeSetUp | Self::PracticeChanged => "practice".into(),
            Self::User { id, .. } => id.to_string(),
            Self::KeyCreated(id) | Self::KeyRevoked(id) => id.to_string(),
            Self::Appointment { id, .. } | Self::Consultation { appointment: id, .. } => id.to_string(),
        }
    }

    /// The participant it happened to.
    pub const fn participant(&self) -> Option<ParticipantId> {
        match self {
            Self::Consultation { change, .. } => change.participant(),
            _ => None,
        }
    }
}

impl ConsultationChange {
    const fn kind(self) -> &'static str {
        match self {
            Self::LinkIssued(_) => "link.issued",
            Self::LinksReplaced(_) => "link.replaced",
            Self::LinksEnded(_) => "link.ended",
            Self::EnteredWaitingRoom(_) => "guest.entered",
            Self::Moved(_) => "guest.moved",
            Self::Admitted(_) => "guest.admitted",
            Self::Declined(_) => "guest.declined",
            Self::Left(_) => "guest.left",
            Self::TicketIssued(_) => "ticket.issued",
            Self::TicketsEnded(_) => "ticket.ended",
            Self::Arrived(_) => "participant.arrived",
            Self::Departed(_) => "participant.departed",
            Self::Started => "consultation.started",
            Self::Asked => "consultation.asked",
            Self::Answered(_) => "participant.answered",
            Self::Ended => "consultation.ended",
            Self::OutcomeRecorded => "consultation.outcome_recorded",
        }
    }

    const fn participant(self) -> Option<ParticipantId> {
        match self {
            Self::LinkIssued(id)
            | Self::LinksReplaced(id)
            | Self::LinksEnded(id)
            | Self::EnteredWaitingRoom(id)
            | Self::Moved(id)
            | Self::Admitted(id)
            | Self::Declined(id)
            | Self::Left(id)
            | Self::TicketIssued(id)
            | Self::TicketsEnded(id)
            | Self::Arrived(id)
            | Self::Departed(id)
            | Self::Answered(id) => Some(id),
            Self::Started | Self::Asked | Self::Ended | Self::OutcomeRecorded => None,
        }
    }
}
