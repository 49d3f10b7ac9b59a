//! Appointment times: the instant, the zone, and the local time that was agreed.
//!
//! Zone arithmetic is jiff's. If the zone's rules change before the day, the local time is what was agreed.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::FieldError;

/// A time zone of the IANA database.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The IANA name, such as `Europe/Berlin`.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Local time in this zone.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.0.to_datetime(at)
    }

    /// The jiff time zone.
    pub const fn as_jiff(&self) -> &TimeZone {
        &self.0
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
        let zone = TimeZone::get(name).map_err(|_| FieldError::UnknownZone)?;
        match zone.iana_name() {
            // Settings of one machine, not places: on another machine they mean another time.
            None | Some("localtime" | "posixrules" | "Factory") => Err(FieldError::UnknownZone),
            Some(_) => Ok(Self(zone)),
        }
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The agreed start of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledTime {
    /// The instant under the zone rules at booking time.
    pub at: Timestamp,
    /// The zone it was agreed in.
    pub zone: Zone,
    /// The local time that was agreed.
    pub local: DateTime,
}

impl ScheduledTime {
    /// From a local time in a zone. A time skipped or repeated by a clock change is refused: a guess would be wrong by
    /// an hour.
    pub fn new(local: DateTime, zone: Zone) -> Result<Self, FieldError> {
        use jiff::tz::AmbiguousOffset::{Fold, Gap, Unambiguous};
        let ambiguous = zone.0.to_ambiguous_timestamp(local);
        match ambiguous.offset() {
            Unambiguous { .. } => {}
            Gap { .. } => return Err(FieldError::TimeSkipped),
            Fold { .. } => return Err(FieldError::TimeTwice),
        }
        let at = ambiguous.unambiguous().map_err(|_| FieldError::OutOfRange)?;
        Ok(Self { at, zone, local })
    }

    /// From a form value, `2026-11-20T11:00`. An offset or a bare date is refused: the offset would be ignored, the
    /// date would mean midnight.
    pub fn parse_local(text: &str, zone: Zone) -> Result<Self, FieldError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldError::Empty);
        }
        let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        if !matches!(shape.as_str(), "0000-00-00T00:00" | "0000-00-00T00:00:00") {
            return Err(FieldError::Malformed);
        }
        Self::new(text.parse().map_err(|_| FieldError::Malformed)?, zone)
    }

    /// From an exact instant (API), shown in `zone`.
    pub fn from_instant(at: Timestamp, zone: Zone) -> Self {
        let local = zone.local(at);
        Self { at, zone, local }
    }
}
