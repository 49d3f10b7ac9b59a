//! Wording packs: the vocabulary of a trade for pages and messages. Its nouns are in the crate `l10n`.

use std::fmt;
use std::str::FromStr;

use crate::FieldError;

/// The vocabulary of a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordingPack {
    /// Any trade.
    General,
    /// Make-up artists and stylists.
    Beauty,
    /// Psychologists and therapists.
    Therapy,
    /// Doctors.
    Clinic,
}

impl WordingPack {
    /// All packs, in the order of the form.
    pub const ALL: [Self; 4] = [Self::General, Self::Beauty, Self::Therapy, Self::Clinic];

    /// From the store. A pack that this version does not have becomes the general one.
    pub fn from_store(name: &str) -> Self {
        name.parse().unwrap_or(Self::General)
    }

    /// The name in forms, the API and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Beauty => "beauty",
            Self::Therapy => "therapy",
            Self::Clinic => "clinic",
        }
    }

    /// Default opening time of the room before the start. Minutes.
    pub const fn opens_before(self) -> u16 {
        match self {
            Self::Beauty => 10,
            Self::General | Self::Therapy | Self::Clinic => 15,
        }
    }
}

impl FromStr for WordingPack {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        Self::ALL.into_iter().find(|pack| pack.as_str() == text).ok_or(FieldError::UnknownChoice)
    }
}

impl fmt::Display for WordingPack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
