//! People and programs of the practice: who logs in, with what right.

use std::str::FromStr;

use jiff::Timestamp;

use crate::{ApiKeyId, EmailAddress, FieldError, PersonName, Private, SecretHash, UserId, Zone};

/// What someone of the practice may do. Both hold consultations; an admin also runs the practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffRole {
    /// Adds people, changes the practice, sees everybody's day.
    Admin,
    /// Holds consultations, sees their own day.
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

/// Someone of the practice who logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// As guests read it.
    pub name: Private<PersonName>,
    /// Their login, and where their mail goes.
    pub email: Private<EmailAddress>,
    /// Their right.
    pub role: StaffRole,
    /// Where they work: their days and mails are in this zone.
    pub zone: Zone,
    /// Argon2id in PHC string form.
    pub password_hash: Private<String>,
    /// When they were added.
    pub created_at: Timestamp,
    /// Rises with each change.
    pub version: i64,
}

/// A login that lasts. The secret lives in the cookie or the bearer's hands; here is its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Hash of the secret.
    pub hash: SecretHash,
    /// Whose login.
    pub user: UserId,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A program's right to use the API in the practice's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its public half.
    pub id: ApiKeyId,
    /// Hash of its secret half.
    pub hash: SecretHash,
    /// What it is for.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
}
