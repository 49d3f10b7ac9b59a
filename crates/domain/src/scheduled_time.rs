//! Appointment times: the instant, the zone, and the local time that was agreed.
//!
//! Zone arithmetic is jiff's. If the zone's rules change before the day, the local time is what was agreed.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use crate::{FieldError, Zone};

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
    /// an hour. So is an unknown zone, whose rules would be guessed.
    pub fn new(local: DateTime, zone: Zone) -> Result<Self, FieldError> {
        use jiff::tz::AmbiguousOffset::{Fold, Gap, Unambiguous};
        if !zone.is_known() {
            return Err(FieldError::UnknownZone);
        }
        let ambiguous = zone.as_jiff().to_ambiguous_timestamp(local);
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
    /// From the store. A local time that cannot be read is calculated from the instant.
    pub fn from_store(at: Timestamp, zone: &str, local: &str) -> Self {
        let zone = Zone::from_store(zone);
        let local = local.parse().unwrap_or_else(|_| zone.local(at));
        Self { at, zone, local }
    }

    /// Whether the instant still is the agreed local time. Not after a change of the zone's rules, or if the zone is
    /// unknown. Less than a minute is a matter of rounding.
    pub fn agrees(&self) -> bool {
        let difference = self.local.duration_until(self.zone.local(self.at)).abs();
        self.zone.is_known() && difference < SignedDuration::from_mins(1)
    }
}
