//! The caller of a use case, and evidence of their permissions.

use anteroom_domain::{
    ApiKeyId, Author, ConsultationId, KeyScope, KeyScopes, ParticipantId, Refusal, Role, SecretHash, StaffRole, User,
    UserId,
};
use anteroom_store::{Snapshot, Tx};

use crate::{Error, Result};

/// The caller of a use case.
#[derive(Debug, Clone)]
pub enum Actor {
    /// A logged-in member of staff.
    Staff(User),
    /// An API client: acts for the practice, within the scopes of its key.
    Key {
        /// The key.
        id: ApiKeyId,
        /// What it may do.
        scopes: KeyScopes,
    },
    /// A command on the server's machine, with the rights of an admin.
    Console,
    /// The holder of a personal link: one participant of one consultation.
    Participant {
        /// The consultation.
        consultation: ConsultationId,
        /// The participant.
        participant: ParticipantId,
        /// Their role.
        role: Role,
        /// The account behind a host's link, which ends with it.
        account: Option<UserId>,
        /// The link; `None` if the server acts by itself.
        link: Option<SecretHash>,
    },
}

/// Evidence that the actor is an admin: a person who is one, or a command.
#[derive(Debug)]
pub struct Admin<'a>(&'a Actor);

/// Evidence that the actor is staff, or an API client with the scope that is needed.
#[derive(Debug)]
pub struct Staff<'a>(&'a Actor);

impl Actor {
    /// The author to store with changes.
    pub fn author(&self) -> Author {
        match self {
            Self::Staff(user) => Author::User(user.id),
            Self::Key { id, .. } => Author::Key(id.clone()),
            Self::Console => Author::Key(ApiKeyId::from_text("key_console")),
            Self::Participant { participant, .. } => Author::Participant(*participant),
        }
    }

    /// The logged-in person, or a refusal.
    pub fn person(&self) -> Result<&User> {
        match self {
            Self::Staff(user) => Ok(user),
            Self::Key { .. } => Err(Refusal::PersonOnly.into()),
            Self::Console | Self::Participant { .. } => Err(Error::Forbidden),
        }
    }

    /// Evidence of being an admin, or a refusal. No API key is one, whatever its scopes.
    pub fn admin(&self) -> Result<Admin<'_>> {
        match self {
            Self::Staff(user) if user.role == StaffRole::Admin => Ok(Admin(self)),
            Self::Console => Ok(Admin(self)),
            Self::Key { .. } => Err(Refusal::PersonOnly.into()),
            Self::Staff(_) | Self::Participant { .. } => Err(Error::Forbidden),
        }
    }

    /// Reads the account of a member of staff again, in the transaction of a change that only some of them may make.
    /// Refuses if it has been deactivated, or its role changed, since the request began.
    pub(crate) async fn check_account(&self, tx: &mut Snapshot) -> Result<()> {
        let Self::Staff(user) = self else { return Ok(()) };
        let current = tx.find_user(user.id).await?.filter(User::is_active);
        if current.is_some_and(|current| current.role == user.role) { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// Locks a consultation for a change by this actor. Reads their login, key or link again: it may have been ended since
    /// the request began, and what a ticket of afterwards opens would not end with it.
    pub(crate) async fn lock_consultation(&self, tx: &mut Tx, id: ConsultationId) -> Result<()> {
        match self {
            Self::Staff(user) => {
                tx.lock_user(user.id).await?;
                let current = tx.find_user(user.id).await?.filter(User::is_active).ok_or(Error::Forbidden)?;
                if current.version != user.version {
                    return Err(Error::Busy); // Logins were ended: a client that still has one repeats the request.
                }
            }
            Self::Key { id, .. } => {
                tx.lock_api_key(id).await?;
                let key = tx.find_api_key(id).await?;
                key.filter(|key| key.revoked_at.is_none()).ok_or(Error::Forbidden)?;
            }
            Self::Participant { account: Some(account), .. } => {
                tx.lock_user(*account).await?;
                tx.find_user(*account).await?.filter(User::is_active).ok_or(Error::NotFound)?;
            }
            Self::Console | Self::Participant { account: None, .. } => {}
        }
        tx.lock_consultation(id).await?;
        if let Self::Participant { link: Some(link), .. } = self {
            let link = tx.find_invitation(link).await?;
            link.filter(|link| link.revoked_at.is_none()).ok_or(Error::NotFound)?;
        }
        Ok(())
    }

    /// Evidence of being staff, or an API client that manages appointments.
    pub fn staff(&self) -> Result<Staff<'_>> {
        self.staff_or_key(&[KeyScope::Booking])
    }

    /// Evidence of being staff, or an API client that reads appointments.
    pub fn reader(&self) -> Result<Staff<'_>> {
        self.staff_or_key(&[KeyScope::Booking, KeyScope::Record])
    }

    fn staff_or_key(&self, any_of: &[KeyScope]) -> Result<Staff<'_>> {
        match self {
            Self::Staff(_) | Self::Console => Ok(Staff(self)),
            Self::Key { scopes, .. } if any_of.iter().any(|scope| scopes.has(*scope)) => Ok(Staff(self)),
            Self::Key { .. } => Err(Refusal::ScopeMissing.into()),
            Self::Participant { .. } => Err(Error::Forbidden),
        }
    }

    /// Whether the actor can act as a participant of a consultation. An API client needs the scope for it.
    pub fn takes_part(&self) -> bool {
        match self {
            Self::Staff(_) | Self::Participant { .. } => true,
            Self::Key { scopes, .. } => scopes.has(KeyScope::Media),
            Self::Console => false,
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
            Actor::Key { .. } | Actor::Console => true,
            Actor::Participant { .. } => false,
        }
    }

    /// The user, if the actor is a person.
    pub fn user(&self) -> Option<&User> {
        match self.0 {
            Actor::Staff(user) => Some(user),
            Actor::Key { .. } | Actor::Console | Actor::Participant { .. } => None,
        }
    }
}
