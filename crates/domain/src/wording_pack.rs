//! Wording packs: the vocabulary of a trade for pages and messages.

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

/// The nouns of a pack on pages and in messages, lower case, singular.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// The host.
    pub host: &'static str,
    /// The guest.
    pub guest: &'static str,
    /// The consultation.
    pub consultation: &'static str,
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

    /// The nouns of this pack.
    pub const fn words(self) -> Words {
        let (host, guest, consultation) = match self {
            Self::General => ("host", "guest", "consultation"),
            Self::Beauty => ("artist", "client", "consultation"),
            Self::Therapy => ("therapist", "client", "session"),
            Self::Clinic => ("doctor", "patient", "consultation"),
        };
        Words { host, guest, consultation }
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
