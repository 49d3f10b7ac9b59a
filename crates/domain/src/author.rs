//! Who did something: kept beside every fact, so that a year later one can ask.

use std::fmt;
use std::str::FromStr;

use crate::{ApiKeyId, ParseIdError, ParticipantId, UserId};

/// Who did it. Written as the id itself, or `system`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// Someone of the practice, logged in.
    User(UserId),
    /// Someone through their personal link.
    Participant(ParticipantId),
    /// A program with an API key.
    Key(ApiKeyId),
    /// Nobody: a rule whose time had come.
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
