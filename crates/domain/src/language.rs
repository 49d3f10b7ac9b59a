//! Languages of pages and messages. Their sentences are in the crate `l10n`.

use std::fmt;
use std::str::FromStr;

use crate::FieldError;

/// A language in which every sentence exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// All languages, in the order of the form.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// From the store. A language that this version does not have becomes English.
    pub fn from_store(tag: &str) -> Self {
        tag.parse().unwrap_or_default()
    }

    /// The tag in forms, the API, the store and HTML (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// The name in the language itself, for people who look for it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
        }
    }

    /// Whether it is written from right to left.
    pub const fn is_right_to_left(self) -> bool {
        match self {
            Self::En | Self::De => false,
        }
    }
}

impl FromStr for Language {
    type Err = FieldError;

    fn from_str(tag: &str) -> Result<Self, FieldError> {
        Self::ALL.into_iter().find(|language| language.tag() == tag).ok_or(FieldError::UnknownChoice)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}
