//! API keys: credentials of programs, and what each of them may do.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::person::single_line;
use crate::{ApiKeyId, Author, FieldError, SecretHash};

/// Lets an API client act for the practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Public part.
    pub id: ApiKeyId,
    /// Hash of the secret part.
    pub hash: SecretHash,
    /// Purpose, as entered by an admin.
    pub name: String,
    /// What its holder may do.
    pub scopes: KeyScopes,
    /// Creation time.
    pub created_at: Timestamp,
    /// Who created it. None if an earlier version did.
    pub created_by: Option<Author>,
    /// The last use that was written down.
    pub used_at: Option<Timestamp>,
    /// When it was revoked: from then on it opens nothing.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKey {
    /// Validates a name: one line, at most 100 characters.
    pub fn parse_name(text: &str) -> Result<String, FieldError> {
        single_line(text, 100)
    }
}

/// A right of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyScope {
    /// Manages appointments: lists, books, confirms and cancels them, makes links for guests, adds hosts.
    Booking,
    /// Reads appointments and consultations.
    Record,
    /// Acts as the host in consultations: starts and ends them, admits guests, joins the call.
    Media,
    /// Reads the metrics of the server.
    Metrics,
}

/// Text that is not the name of a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no scope: the scopes are booking, record, media and metrics")]
pub struct UnknownScope(pub String);

impl KeyScope {
    /// All scopes, in the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::Booking, Self::Record, Self::Media, Self::Metrics];

    /// The name in forms, the API and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Booking => "booking",
            Self::Record => "record",
            Self::Media => "media",
            Self::Metrics => "metrics",
        }
    }
}

impl FromStr for KeyScope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        let named = Self::ALL.into_iter().find(|scope| scope.as_str() == text);
        named.ok_or_else(|| UnknownScope(text.to_owned()))
    }
}

/// The rights of an API key. The text form is their names, separated by spaces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyScopes(BTreeSet<KeyScope>);

impl KeyScopes {
    /// Every right.
    pub fn all() -> Self {
        Self::from_iter(KeyScope::ALL)
    }

    /// Scopes from the store. Names that only a newer version knows give no right here.
    pub fn from_store(text: &str) -> Self {
        text.split_whitespace().filter_map(|name| name.parse().ok()).collect()
    }

    /// Whether this right is one of them.
    pub fn has(&self, scope: KeyScope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each right, in the order of [`KeyScope::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = KeyScope> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<KeyScope> for KeyScopes {
    fn from_iter<I: IntoIterator<Item = KeyScope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for KeyScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(KeyScope::as_str).collect();
        f.write_str(&names.join(" "))
    }
}
