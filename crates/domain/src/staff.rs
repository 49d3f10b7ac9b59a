//! Staff accounts and login sessions.

use std::str::FromStr;

use data_encoding::HEXLOWER;
use jiff::Timestamp;

use crate::{
    Author, CredentialId, EmailAddress, FieldError, LanguageTag, PersonName, Private, SecretHash, UserId, Zone,
};

/// Role of a member of staff. Both hold consultations; an admin also manages the practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffRole {
    /// Adds users, changes settings, sees all appointments.
    Admin,
    /// Holds consultations, sees their own appointments.
    Host,
}

impl StaffRole {
    /// The name in forms, the API and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Host => "host",
        }
    }
}

impl FromStr for StaffRole {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        match text {
            "admin" => Ok(Self::Admin),
            "host" => Ok(Self::Host),
            _ => Err(FieldError::UnknownChoice),
        }
    }
}

/// A member of staff with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Name shown to guests.
    pub name: Private<PersonName>,
    /// Login name, and address for messages.
    pub email: Private<EmailAddress>,
    /// Role.
    pub role: StaffRole,
    /// Zone of their pages and messages.
    pub zone: Zone,
    /// Language of their pages and messages. `None`: that of the browser, and for messages that of the practice.
    pub language: Option<LanguageTag>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Since when they cannot log in. Their appointments stay.
    pub deactivated_at: Option<Timestamp>,
    /// Optimistic lock.
    pub version: i64,
}

impl User {
    /// Whether they may log in and hold consultations.
    pub const fn is_active(&self) -> bool {
        self.deactivated_at.is_none()
    }
}

/// The password of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordCredential {
    /// Id. Each password has its own.
    pub id: CredentialId,
    /// The user.
    pub user: UserId,
    /// Argon2id in PHC string form.
    pub hash: Private<String>,
    /// When it was set.
    pub set_at: Timestamp,
}

/// A link with which a user sets their password, once. The secret is in the link; only its hash is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordLink {
    /// Hash of the secret.
    pub hash: SecretHash,
    /// The user.
    pub user: UserId,
    /// Creation time.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: Author,
    /// Expiry time.
    pub expires_at: Timestamp,
}

/// A login session. The secret is in the cookie or with the API client; only its hash is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginSession {
    /// Hash of the secret.
    pub hash: SecretHash,
    /// The user logged in.
    pub user: UserId,
    /// Creation time.
    pub created_at: Timestamp,
    /// Expiry time.
    pub expires_at: Timestamp,
    /// The browser, such as `Firefox on Windows`. None for an API client.
    pub browser: Option<String>,
    /// The last use that was written down.
    pub used_at: Option<Timestamp>,
}

impl LoginSession {
    /// Its public id: the first half of the hash. Reveals nothing about the secret and opens nothing.
    pub fn id(&self) -> String {
        format!("ses_{}", HEXLOWER.encode(&self.hash.as_bytes()[..16]))
    }
}
