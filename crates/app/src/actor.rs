//! Who asks, and the evidence of what they may do.

use anteroom_domain::{ApiKeyId, Author, ConsultationId, ParticipantId, Role, StaffRole, User};

use crate::{Error, Result};

/// Who asks.
#[derive(Debug, Clone)]
pub enum Actor {
    /// Someone of the practice, logged in.
    Staff(User),
    /// A program with an API key: acts for the practice.
    Key(ApiKeyId),
    /// Someone who holds a personal link: one seat in one consultation.
    Participant {
        /// Whose consultation.
        consultation: ConsultationId,
        /// Which seat.
        participant: ParticipantId,
        /// In which role.
        role: Role,
    },
}

/// Evidence that the actor is an admin, or a program acting for the practice.
#[derive(Debug)]
pub struct Admin<'a>(&'a Actor);

/// Evidence that the actor belongs to the practice.
#[derive(Debug)]
pub struct Staff<'a>(&'a Actor);

impl Actor {
    /// As kept beside facts.
    pub fn author(&self) -> Author {
        match self {
            Self::Staff(user) => Author::User(user.id),
            Self::Key(id) => Author::Key(id.clone()),
            Self::Participant { participant, .. } => Author::Participant(*participant),
        }
    }

    /// Evidence of an admin.
    pub fn admin(&self) -> Result<Admin<'_>> {
        match self {
            Self::Staff(user) if user.role == StaffRole::Admin => Ok(Admin(self)),
            Self::Key(_) => Ok(Admin(self)),
            Self::Staff(_) | Self::Participant { .. } => Err(Error::Forbidden),
        }
    }

    /// Evidence of belonging to the practice.
    pub fn staff(&self) -> Result<Staff<'_>> {
        match self {
            Self::Staff(_) | Self::Key(_) => Ok(Staff(self)),
            Self::Participant { .. } => Err(Error::Forbidden),
        }
    }
}

impl Admin<'_> {
    /// As kept beside facts.
    pub fn author(&self) -> Author {
        self.0.author()
    }
}

impl Staff<'_> {
    /// As kept beside facts.
    pub fn author(&self) -> Author {
        self.0.author()
    }

    /// Whether this person sees an appointment of that host: their own, or everybody's for an admin.
    pub fn sees(&self, host: anteroom_domain::UserId) -> bool {
        match self.0 {
            Actor::Staff(user) if user.id == host => true,
            _ => self.sees_all(),
        }
    }

    /// Whether this person sees everybody's appointments.
    pub const fn sees_all(&self) -> bool {
        match self.0 {
            Actor::Staff(user) => matches!(user.role, StaffRole::Admin),
            Actor::Key(_) => true,
            Actor::Participant { .. } => false,
        }
    }

    /// Their own user, if a person asks.
    pub fn user(&self) -> Option<&User> {
        match self.0 {
            Actor::Staff(user) => Some(user),
            Actor::Key(_) | Actor::Participant { .. } => None,
        }
    }
}
