//! Time zones of the IANA database.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::person::readable_line;
use crate::{FieldError, ZoneData};

/// A time zone of the IANA database.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(Rules);

#[derive(Clone, PartialEq, Eq)]
enum Rules {
    Known(TimeZone),
    /// Stored under a name that the zone data of this program does not have. Calculated as UTC.
    Unknown(Box<str>),
}

/// The rules of an unknown zone.
static UTC: TimeZone = TimeZone::UTC;

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self(Rules::Known(TimeZone::UTC));

    /// From the store. Never refused: a name that another program knew is kept, and calculated as UTC.
    pub fn from_store(name: &str) -> Self {
        name.parse().unwrap_or_else(|_| Self(Rules::Unknown(readable_line(name).into())))
    }

    /// Whether the zone data of this program has it.
    pub const fn is_known(&self) -> bool {
        matches!(self.0, Rules::Known(_))
    }

    /// The IANA name, such as `Europe/Berlin`; of an unknown zone the stored name.
    pub fn name(&self) -> &str {
        match &self.0 {
            Rules::Known(zone) => zone.iana_name().unwrap_or("UTC"),
            Rules::Unknown(name) => name,
        }
    }

    /// The IANA name of the rules that local times are calculated by: [`Zone::name`], or `UTC` for an unknown zone.
    pub fn rules_name(&self) -> &str {
        if self.is_known() { self.name() } else { "UTC" }
    }

    /// Local time in this zone.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.as_jiff().to_datetime(at)
    }

    /// The jiff time zone.
    pub const fn as_jiff(&self) -> &TimeZone {
        match &self.0 {
            Rules::Known(zone) => zone,
            Rules::Unknown(_) => &UTC,
        }
    }
}

impl FromStr for Zone {
    type Err = FieldError;

    fn from_str(name: &str) -> Result<Self, FieldError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(FieldError::Empty);
        }
        let shaped = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
        if !shaped {
            return Err(FieldError::UnknownZone);
        }
        let zone = ZoneData::in_use().database().get(name).map_err(|_| FieldError::UnknownZone)?;
        match zone.iana_name() {
            // Settings of one machine, not places: on another machine they mean another time.
            None | Some("localtime" | "posixrules" | "Factory") => Err(FieldError::UnknownZone),
            Some(_) => Ok(Self(Rules::Known(zone))),
        }
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
