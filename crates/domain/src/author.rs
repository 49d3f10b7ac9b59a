//! Who made a change. Stored with every change, for later questions.

use std::fmt;
use std::str::FromStr;

use crate::{ApiKeyId, ParseIdError, ParticipantId, UserId};

/// Who made a change. The text form is the id itself, or `system`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// A logged-in member of staff.
    User(UserId),
    /// A participant, through their personal link.
    Participant(ParticipantId),
    /// An API client.
    Key(ApiKeyId),
    /// The server itself, by a timed rule.
    System,
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Participant(id) => id.fmt(f),
            Self::Key(id) => id.fmt(f),
            Self::System => f.write_str("system"),
        }
    }
}

impl FromStr for Author {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        match text.split_once('_') {
            Some(("usr", _)) => text.parse().map(Self::User),
            Some(("par", _)) => text.parse().map(Self::Participant),
            Some(("key", _)) => Ok(Self::Key(ApiKeyId::from_text(text))),
            _ if text == "system" => Ok(Self::System),
            _ => Err(ParseIdError),
        }
    }
}
