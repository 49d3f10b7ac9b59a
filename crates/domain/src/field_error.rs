//! Form validation errors: a code, and the field. Their sentences are in the crate `l10n`.

/// Why one field was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldError {
    /// Nothing was entered.
    Empty,
    /// Longer than the field allows.
    TooLong,
    /// Control characters, such as a line break in a name.
    ControlCharacters,
    /// Invisible bidirectional marks (UAX #9), a way to disguise a name.
    DirectionMarks,
    /// Not in the format of this field.
    Malformed,
    /// Not a time zone of the IANA database.
    UnknownZone,
    /// A local time skipped by a change to summer time.
    TimeSkipped,
    /// A local time that occurs twice at the change back from summer time.
    TimeTwice,
    /// An instant that has passed.
    InThePast,
    /// Further ahead than the booking horizon.
    TooFarAhead,
    /// Outside the allowed range.
    OutOfRange,
    /// More entries than the list may have.
    TooMany,
    /// Not one of the offered choices.
    UnknownChoice,
    /// Already in use by another user.
    Taken,
    /// A phone number without a country code, where no country is known.
    NoCountryCode,
    /// A country code that no country has.
    UnknownCountryCode,
    /// A phone number that its country does not have.
    NoSuchNumber,
    /// A password that is too easy to guess.
    TooWeak,
    /// A password that many people use.
    WidelyUsed,
    /// A password made of names or addresses of the person or the practice.
    TooPersonal,
}

impl FieldError {
    /// Stable code for API clients.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::ControlCharacters => "control_characters",
            Self::DirectionMarks => "direction_marks",
            Self::Malformed => "malformed",
            Self::UnknownZone => "unknown_zone",
            Self::TimeSkipped => "time_skipped",
            Self::TimeTwice => "time_twice",
            Self::InThePast => "in_the_past",
            Self::TooFarAhead => "too_far_ahead",
            Self::OutOfRange => "out_of_range",
            Self::TooMany => "too_many",
            Self::UnknownChoice => "unknown_choice",
            Self::Taken => "taken",
            Self::NoCountryCode => "no_country_code",
            Self::UnknownCountryCode => "unknown_country_code",
            Self::NoSuchNumber => "no_such_number",
            Self::TooWeak => "too_weak",
            Self::WidelyUsed => "widely_used",
            Self::TooPersonal => "too_personal",
        }
    }
}

/// All errors of one form, by field name. Collected before refusing, so that all mistakes are shown at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(&'static str, FieldError)>);

impl FieldErrors {
    /// Returns the value if it parsed; otherwise records the error for `field`.
    pub fn take<T>(&mut self, field: &'static str, parsed: Result<T, FieldError>) -> Option<T> {
        parsed.map_err(|error| self.add(field, error)).ok()
    }

    /// Returns the value if all of its fields parsed; otherwise records every error.
    pub fn take_all<T>(&mut self, parsed: Result<T, Self>) -> Option<T> {
        parsed.map_err(|errors| self.0.extend(errors.0)).ok()
    }

    /// Records an error for `field`.
    pub fn add(&mut self, field: &'static str, error: FieldError) {
        self.0.push((field, error));
    }

    /// Whether there are no errors.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All errors, in the order they were recorded.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, FieldError)> + '_ {
        self.0.iter().copied()
    }

    /// The first error of this field, if any.
    pub fn of(&self, field: &str) -> Option<FieldError> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, error)| *error)
    }
}

impl From<(&'static str, FieldError)> for FieldErrors {
    fn from(one: (&'static str, FieldError)) -> Self {
        Self(vec![one])
    }
}
