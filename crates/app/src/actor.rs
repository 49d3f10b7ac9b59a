//! The caller of a use case, and evidence of their permissions.

use anteroom_domain::{
    ApiKeyId, Author, ConsultationId, KeyScope, KeyScopes, ParticipantId, Refusal, Role, SecretHash, StaffRole, User,
    UserId,
};
use anteroom_store::{Snapshot, Tx};

use crate::{App, Error, Result};

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

    /// Begins a transaction for a change by this actor. Locks their account or API key until its end, and reads it again:
    /// it may have been ended since the request began, and what is changed afterwards would not end with it.
    ///
    /// Accounts are locked before keys, and keys before appointments with their consultations; several accounts in the
    /// order of their ids, several appointments in that of their start and id. Two transactions that lock in another
    /// order could wait for each other.
    pub(crate) async fn begin(&self, app: &App) -> Result<Tx> {
        self.begin_locking(app, self.account().into_iter().collect()).await
    }

    /// The same. Locks the accounts of users too, whom the change concerns.
    pub(crate) async fn begin_with_users(&self, app: &App, users: &[UserId]) -> Result<Tx> {
        self.begin_locking(app, self.account().into_iter().chain(users.iter().copied()).collect()).await
    }

    /// The same. Locks a consultation too, and reads a personal link again.
    pub(crate) async fn begin_with_consultation(&self, app: &App, id: ConsultationId) -> Result<Tx> {
        let mut tx = self.begin(app).await?;
        tx.lock_consultation(id).await?;
        if let Self::Participant { link: Some(link), .. } = self {
            let link = tx.find_invitation(link).await?;
            link.filter(|link| link.revoked_at.is_none()).ok_or(Error::NotFound)?;
        }
        Ok(tx)
    }

    async fn begin_locking(&self, app: &App, users: Vec<UserId>) -> Result<Tx> {
        let mut tx = self.begin_unlocked(app).await?;
        tx.lock_users(users).await?;
        self.check(&mut tx).await?;
        Ok(tx)
    }

    /// The same without locks: the caller has an order of its own, and calls [`Actor::check`] after it.
    pub(crate) async fn begin_unlocked(&self, app: &App) -> Result<Tx> {
        let turn = match self {
            Self::Console | Self::Participant { link: None, .. } => None,
            Self::Staff(_) | Self::Key { .. } | Self::Participant { .. } => {
                Some(app.write_turns.take(&self.author()).await?)
            }
        };
        let mut tx = app.store.begin().await?;
        tx.keep(turn);
        Ok(tx)
    }

    /// The account that the actor's rights come from.
    const fn account(&self) -> Option<UserId> {
        match self {
            Self::Staff(user) => Some(user.id),
            Self::Participant { account, .. } => *account,
            Self::Key { .. } | Self::Console => None,
        }
    }

    /// Refuses if the account, its logins or the key have been ended since the request began. The account is locked.
    pub(crate) async fn check(&self, tx: &mut Tx) -> Result<()> {
        match self {
            Self::Staff(user) => {
                let current = tx.find_user(user.id).await?.filter(User::is_active).ok_or(Error::Forbidden)?;
                if current.role != user.role {
                    return Err(Error::Forbidden);
                }
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
                tx.find_user(*account).await?.filter(User::is_active).ok_or(Error::NotFound)?;
            }
            Self::Console | Self::Participant { account: None, .. } => {}
        }
        Ok(())
    }

    /// Whether the account is as it was when the request began. If not, what was refused as busy would be so again.
    pub(crate) async fn is_current(&self, tx: &mut Snapshot) -> Result<bool> {
        let Self::Staff(user) = self else { return Ok(true) };
        Ok(tx.find_user(user.id).await?.is_some_and(|current| current.version == user.version))
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
