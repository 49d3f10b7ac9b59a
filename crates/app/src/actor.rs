//! The caller of a use case, and evidence of their permissions.

use anteroom_domain::{ApiKeyId, Author, ConsultationId, ParticipantId, Role, StaffRole, User};

use crate::{Error, Result};

/// The caller of a use case.
#[derive(Debug, Clone)]
pub enum Actor {
    /// A logged-in member of staff.
    Staff(User),
    /// An API client: acts for the practice.
    Key(ApiKeyId),
    /// The holder of a personal link: one participant of one consultation.
    Participant {
        /// The consultation.
        consultation: ConsultationId,
        /// The participant.
        participant: ParticipantId,
        /// Their role.
        role: Role,
    },
}

/// Evidence that the actor is an admin or an API client.
#[derive(Debug)]
pub struct Admin<'a>(&'a Actor);

/// Evidence that the actor is staff or an API client.
#[derive(Debug)]
pub struct Staff<'a>(&'a Actor);

impl Actor {
    /// The author to store with changes.
    pub fn author(&self) -> Author {
        match self {
            Self::Staff(user) => Author::User(user.id),
            Self::Key(id) => Author::Key(id.clone()),
            Self::Participant { participant, .. } => Author::Participant(*participant),
        }
    }

    /// The logged-in person, or forbidden.
    pub fn person(&self) -> Result<&User> {
        match self {
            Self::Staff(user) => Ok(user),
            Self::Key(_) | Self::Participant { .. } => Err(Error::Forbidden),
        }
    }

    /// Evidence of being an admin, or forbidden.
    pub fn admin(&self) -> Result<Admin<'_>> {
        match self {
            Self::Staff(user) if user.role == StaffRole::Admin => Ok(Admin(self)),
            Self::Key(_) => Ok(Admin(self)),
            Self::Staff(_) | Self::Participant { .. } => Err(Error::Forbidden),
        }
    }

    /// Evidence of being staff, or forbidden.
    pub fn staff(&self) -> Result<Staff<'_>> {
        match self {
            Self::Staff(_) | Self::Key(_) => Ok(Staff(self)),
            Self::Participant { .. } => Err(Error::Forbidden),
        }
    }
}

impl Admin<'_> {
    /// The author to store with changes.
    pub fn author(&self) -> Author {
        self.0.author()
    }
}

impl Staff<'_> {
    /// The author to store with changes.
    pub fn author(&self) -> Author {
        self.0.author()
    }

    /// Whether the actor sees appointments of that host: their own, or all for an admin.
    pub fn sees(&self, host: anteroom_domain::UserId) -> bool {
        match self.0 {
            Actor::Staff(user) if user.id == host => true,
            _ => self.sees_all(),
        }
    }

    /// Whether the actor sees the appointments of all hosts.
    pub const fn sees_all(&self) -> bool {
        match self.0 {
            Actor::Staff(user) => matches!(user.role, StaffRole::Admin),
            Actor::Key(_) => true,
            Actor::Participant { .. } => false,
        }
    }

    /// The user, if the actor is a person.
    pub fn user(&self) -> Option<&User> {
        match self.0 {
            Actor::Staff(user) => Some(user),
            Actor::Key(_) | Actor::Participant { .. } => None,
        }
    }
}
