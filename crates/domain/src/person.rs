//! Names, e-mail addresses and phone numbers, validated on input and never refused when read from the store.

use std::fmt;
use std::str::FromStr;

use phonenumber::{Mode, ParseError, country};

use crate::FieldError;

/// One line of input: trimmed, no control characters, no direction marks, at most `max` characters, and at least one
/// visible character.
pub(crate) fn single_line(text: &str, max: usize) -> Result<String, FieldError> {
    let text = text.trim_matches(|c: char| matches!(c, ' ' | '\u{a0}' | '\u{200b}' | '\u{2060}' | '\u{feff}'));
    if text.chars().any(breaks_line) {
        return Err(FieldError::ControlCharacters);
    }
    if text.chars().any(turns_direction) {
        return Err(FieldError::DirectionMarks);
    }
    if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Err(FieldError::Empty);
    }
    if text.chars().count() > max {
        return Err(FieldError::TooLong);
    }
    Ok(text.to_owned())
}

/// A text from the store as one line. Rules for input may have become stricter since it was written, or another program
/// wrote it: what would break a page or a mail header is replaced, and nothing is refused.
pub(crate) fn readable_line(text: &str) -> String {
    let readable = |c: char| if breaks_line(c) || turns_direction(c) { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().map(readable).collect()
}

/// Control characters and Unicode's line separators.
fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Invisible marks of UAX #9. Names in Arabic or Hebrew do not need them; disguised names do.
const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters of zero width (Default_Ignorable_Code_Point) or blank glyphs. Between letters some are part of the
/// spelling, in Persian or Hindi; a name must not consist of them alone.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

macro_rules! text {
    ($name:ident) => {
        impl $name {
            /// From the store. Never refused: control characters and direction marks are replaced by `\u{fffd}`.
            pub fn from_store(text: &str) -> Self {
                Self(readable_line(text))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("‹private›")
            }
        }
    };
}

/// A person's name, 1 to 100 characters of any script.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);
text!(PersonName);

impl FromStr for PersonName {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        single_line(text, 100).map(Self)
    }
}

/// An e-mail address: `local@domain`, at most 254 bytes (RFC 5321, section 4.5.3.1).
/// Refuses only what can never be an address; the mail server decides the rest.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(String);
text!(EmailAddress);

impl EmailAddress {
    /// The form for look-ups: equal for spellings that reach the same mailbox, and for no others. The domain is in its
    /// ASCII form (UTS #46). Of the local part only ASCII letters are folded: the Kelvin sign in lower case is a `k`, so
    /// Unicode folding would give one person's account to another.
    pub fn folded(&self) -> String {
        let Some((local, domain)) = self.0.rsplit_once('@') else { return self.0.clone() };
        let ascii = idna::domain_to_ascii(domain);
        let domain = ascii.unwrap_or_else(|_| domain.to_ascii_lowercase()); // no such domain: equal to itself only
        format!("{}@{domain}", local.to_ascii_lowercase())
    }
}

impl FromStr for EmailAddress {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let text = single_line(text, 254)?;
        if text.len() > 254 {
            return Err(FieldError::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(FieldError::Malformed)?;
        let forbidden = |c: char| c.is_whitespace() || is_invisible(c) || "()<>[]:;,\\\"@".contains(c);
        let label = |l: &str| {
            (1..=63).contains(&l.len())
                && l.chars().all(|c| c.is_alphanumeric() || c == '-')
                && !l.starts_with('-')
                && !l.ends_with('-')
        };
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && !local.chars().any(forbidden)
            && local.split('.').all(|part| !part.is_empty());
        if local_ok && domain.split('.').all(label) { Ok(Self(text)) } else { Err(FieldError::Malformed) }
    }
}

/// A phone number in international form: `+`, country code and number (ITU-T E.164).
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);
text!(Phone);

impl Phone {
    /// Loads the numbering plans, which takes about a second. Otherwise the first number that is read waits for it.
    pub fn prepare() {
        drop(Self::parse("+49 30 1234567", None));
    }

    /// Reads a number as people write it. Without `+` or `00` it is a number of `country` (ISO 3166-1, two letters).
    /// Refused is what the numbering plan of its country does not have: an unreachable number is noticed too late.
    pub fn parse(text: &str, country: Option<&str>) -> Result<Self, FieldError> {
        let text = single_line(text, 40)?;
        if text.chars().any(char::is_alphabetic) {
            return Err(FieldError::Malformed); // Extensions, and words instead of digits.
        }
        let text = text.strip_prefix("00").map_or(text.clone(), |rest| format!("+{rest}"));
        let country = country.and_then(|code| code.parse::<country::Id>().ok());
        if country.is_none() && !text.trim_start_matches('(').starts_with('+') {
            return Err(FieldError::NoCountryCode);
        }
        let number = phonenumber::parse(country, &text).map_err(|error| match error {
            ParseError::InvalidCountryCode => FieldError::UnknownCountryCode,
            ParseError::NoNumber | ParseError::MalformedInteger(_) => FieldError::Malformed,
            ParseError::TooShortAfterIdd | ParseError::TooShortNsn | ParseError::TooLong => FieldError::NoSuchNumber,
        })?;
        match (number.extension(), number.is_valid()) {
            (Some(_), _) => Err(FieldError::Malformed),
            (None, false) => Err(FieldError::NoSuchNumber),
            (None, true) => Ok(Self(number.format().mode(Mode::E164).to_string())),
        }
    }
}

impl FromStr for Phone {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        Self::parse(text, None)
    }
}
