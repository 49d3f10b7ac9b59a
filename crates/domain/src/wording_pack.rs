//! Wording packs: one code base, the vocabulary of four trades.

use std::fmt;
use std::str::FromStr;

use crate::FieldError;

/// Which vocabulary a practice speaks.
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

/// The nouns a pack puts on screen and into messages, lower case, singular.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// Who holds the consultation.
    pub host: &'static str,
    /// Who comes to it.
    pub guest: &'static str,
    /// What takes place.
    pub consultation: &'static str,
}

impl WordingPack {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::General, Self::Beauty, Self::Therapy, Self::Clinic];

    /// The name in forms, the API and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Beauty => "beauty",
            Self::Therapy => "therapy",
            Self::Clinic => "clinic",
        }
    }

    /// Its nouns.
    pub const fn words(self) -> Words {
        let (host, guest, consultation) = match self {
            Self::General => ("host", "guest", "consultation"),
            Self::Beauty => ("artist", "client", "consultation"),
            Self::Therapy => ("therapist", "client", "session"),
            Self::Clinic => ("doctor", "patient", "consultation"),
        };
        Words { host, guest, consultation }
    }

    /// How long before the start the room opens, unless the practice says otherwise. Minutes.
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
