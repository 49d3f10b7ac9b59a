//! The practice this server belongs to. One practice per server.

use crate::person::{readable_line, single_line};
use crate::{FieldError, Language, Policy, WordingPack, Zone};

/// Name, vocabulary, zone and policy of the practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practice {
    /// Display name, such as `Praxis am Park`.
    pub name: String,
    /// Vocabulary of pages and messages.
    pub pack: WordingPack,
    /// Language of pages and messages for people whose language is not known.
    pub language: Language,
    /// Default zone of its hosts.
    pub zone: Zone,
    /// Join window and permissions.
    pub policy: Policy,
    /// Optimistic lock: a save with an outdated version is refused as busy.
    pub version: i64,
}

impl Practice {
    /// Validates a name: one line, at most 120 characters.
    pub fn parse_name(text: &str) -> Result<String, FieldError> {
        single_line(text, 120)
    }

    /// A name from the store. Never refused, like [`PersonName::from_store`](crate::PersonName::from_store).
    pub fn name_from_store(text: &str) -> String {
        readable_line(text)
    }
}
