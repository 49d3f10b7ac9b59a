//! What is wrong with what somebody typed: a code for programs, a sentence for people, the field it belongs to.

/// Why one field was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldError {
    /// Nothing was entered.
    Empty,
    /// More than the field can hold.
    TooLong,
    /// Less than the field needs.
    TooShort,
    /// Control characters, such as a line break in a name.
    ControlCharacters,
    /// Invisible marks that turn the direction of text, a way to disguise a name.
    DirectionMarks,
    /// Not of the shape this field needs.
    Malformed,
    /// Not a time zone of the IANA database.
    UnknownZone,
    /// A local time that the clocks skip (they go forward).
    TimeSkipped,
    /// A local time that comes twice (the clocks go back).
    TimeTwice,
    /// An instant that has passed.
    InThePast,
    /// Too far in the future to promise.
    TooFarAhead,
    /// Outside the numbers allowed.
    OutOfRange,
    /// A choice that is not offered.
    UnknownChoice,
    /// Somebody else has it already.
    Taken,
    /// Too easy to guess.
    TooWeak,
}

impl FieldError {
    /// The stable code, for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::TooShort => "too_short",
            Self::ControlCharacters => "control_characters",
            Self::DirectionMarks => "direction_marks",
            Self::Malformed => "malformed",
            Self::UnknownZone => "unknown_zone",
            Self::TimeSkipped => "time_skipped",
            Self::TimeTwice => "time_twice",
            Self::InThePast => "in_the_past",
            Self::TooFarAhead => "too_far_ahead",
            Self::OutOfRange => "out_of_range",
            Self::UnknownChoice => "unknown_choice",
            Self::Taken => "taken",
            Self::TooWeak => "too_weak",
        }
    }

    /// One sentence, for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Empty => "Please fill this in.",
            Self::TooLong => "This is too long.",
            Self::TooShort => "This is too short.",
            Self::ControlCharacters => "This contains characters that cannot be used here, such as a line break.",
            Self::DirectionMarks => "This contains invisible direction marks. Please type it again instead of pasting.",
            Self::Malformed => "This does not look right. Please check it.",
            Self::UnknownZone => "We do not know this time zone. Please choose one from the list.",
            Self::TimeSkipped => {
                "The clocks go forward that night, so this time does not exist. Please choose another."
            }
            Self::TimeTwice => "The clocks go back that night, so this time comes twice. Please choose another.",
            Self::InThePast => "This time has already passed.",
            Self::TooFarAhead => "This is too far in the future.",
            Self::OutOfRange => "This number is outside what is possible here.",
            Self::UnknownChoice => "Please choose one of the options.",
            Self::Taken => "This is already in use.",
            Self::TooWeak => "This is too easy to guess. A few unrelated words work well.",
        }
    }
}

/// Everything wrong with one form, by field name, collected before anything is refused:
/// people should see all mistakes at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(&'static str, FieldError)>);

impl FieldErrors {
    /// Keeps the value if it parsed; otherwise remembers what is wrong with `field`.
    pub fn take<T>(&mut self, field: &'static str, parsed: Result<T, FieldError>) -> Option<T> {
        parsed.map_err(|error| self.add(field, error)).ok()
    }

    /// Keeps the value if all of its fields parsed; otherwise remembers what is wrong with each.
    pub fn take_all<T>(&mut self, parsed: Result<T, Self>) -> Option<T> {
        parsed.map_err(|errors| self.0.extend(errors.0)).ok()
    }

    /// Remembers what is wrong with `field`.
    pub fn add(&mut self, field: &'static str, error: FieldError) {
        self.0.push((field, error));
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong, in the order it was found.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, FieldError)> + '_ {
        self.0.iter().copied()
    }

    /// What is wrong with this field, if anything.
    pub fn of(&self, field: &str) -> Option<FieldError> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, error)| *error)
    }
}

impl From<(&'static str, FieldError)> for FieldErrors {
    fn from(one: (&'static str, FieldError)) -> Self {
        Self(vec![one])
    }
}
