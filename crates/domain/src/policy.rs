//! Settings of a practice that apply to all its consultations.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::{FieldError, FieldErrors, WordingPack};

/// Who may end a consultation for everyone. Leaving is always allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhoMayEnd {
    /// Only the host.
    Host,
    /// Host or guest.
    Either,
}

impl WhoMayEnd {
    /// The name in forms, the API and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Either => "either",
        }
    }
}

impl FromStr for WhoMayEnd {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        match text {
            "host" => Ok(Self::Host),
            "either" => Ok(Self::Either),
            _ => Err(FieldError::UnknownChoice),
        }
    }
}

/// Earliest opening of the room before the planned start. Minutes.
const MAX_OPENS_BEFORE: u16 = 120;

/// Latest closing of the room after the planned end. Minutes.
const MAX_CLOSES_AFTER: u16 = 240;

/// Limits of the join window, and who may end a consultation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Minutes before the planned start at which the room opens.
    opens_before: u16,
    /// Minutes after the planned end at which the room closes to guests who have not been in.
    closes_after: u16,
    /// Who may end for everyone.
    pub who_may_end: WhoMayEnd,
}

impl Policy {
    /// Defaults for a new practice.
    pub const fn default_for(pack: WordingPack) -> Self {
        Self { opens_before: pack.opens_before(), closes_after: 30, who_may_end: WhoMayEnd::Host }
    }

    /// A custom window. Both numbers are minutes: 0 to 120 before, 0 to 240 after.
    pub fn new(opens_before: i64, closes_after: i64, who_may_end: WhoMayEnd) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let within =
            |value: i64, max: u16| u16::try_from(value).ok().filter(|v| *v <= max).ok_or(FieldError::OutOfRange);
        let opens_before = errors.take("opens_before", within(opens_before, MAX_OPENS_BEFORE));
        let closes_after = errors.take("closes_after", within(closes_after, MAX_CLOSES_AFTER));
        match (opens_before, closes_after) {
            (Some(opens_before), Some(closes_after)) => Ok(Self { opens_before, closes_after, who_may_end }),
            _ => Err(errors),
        }
    }

    /// From the store: the nearest window that a practice may choose. An unknown choice of who may end, which a newer
    /// version wrote, becomes the strictest.
    pub fn from_store(opens_before: i64, closes_after: i64, who_may_end: &str) -> Self {
        let within = |value: i64, max: u16| u16::try_from(value.max(0)).map_or(max, |value| value.min(max));
        Self {
            opens_before: within(opens_before, MAX_OPENS_BEFORE),
            closes_after: within(closes_after, MAX_CLOSES_AFTER),
            who_may_end: who_may_end.parse().unwrap_or(WhoMayEnd::Host),
        }
    }

    /// Minutes before the planned start.
    pub const fn opens_before(&self) -> u16 {
        self.opens_before
    }

    /// Minutes after the planned end.
    pub const fn closes_after(&self) -> u16 {
        self.closes_after
    }

    /// When the room of an appointment opens.
    pub fn opens_at(&self, starts_at: Timestamp) -> Timestamp {
        starts_at.saturating_sub(SignedDuration::from_mins(self.opens_before.into())).unwrap_or(Timestamp::MIN)
    }

    /// When the room closes to participants who were not in before.
    pub fn closes_at(&self, ends_at: Timestamp) -> Timestamp {
        ends_at.saturating_add(SignedDuration::from_mins(self.closes_after.into())).unwrap_or(Timestamp::MAX)
    }
}
