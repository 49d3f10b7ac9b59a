//! Values of arguments, and the isolation of text of the other direction.

use std::borrow::Cow;

/// The value of an argument.
pub(crate) enum Argument {
    /// Chooses a plural form.
    Count(i64),
    Text(String),
}

/// A number that chooses a plural form. Also for references, which templates pass.
pub trait Count {
    /// The number.
    fn count(&self) -> i64;
}

macro_rules! counts {
    ($($number:ty),*) => { $(impl Count for $number {
        fn count(&self) -> i64 {
            i64::try_from(*self).unwrap_or(i64::MAX)
        }
    })* };
}

counts!(u8, u16, u32, u64, usize, i32, i64);

impl<T: Count> Count for &T {
    fn count(&self) -> i64 {
        (**self).count()
    }
}

/// First Strong Isolate and Pop Directional Isolate (UAX #9).
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

/// Isolates a name that would change the order of the sentence around it. In a language written from left to right
/// these are only the texts with letters that are written from right to left: around others the two marks have no
/// effect, but would be in everything that is copied, searched or compared.
pub(crate) fn isolated(text: &str, in_right_to_left: bool) -> Cow<'_, str> {
    if text.starts_with(ISOLATE.0) {
        Cow::Borrowed(text)
    } else if in_right_to_left || text.chars().any(is_right_to_left) {
        Cow::Owned(format!("{}{text}{}", ISOLATE.0, ISOLATE.1))
    } else {
        Cow::Borrowed(text)
    }
}

/// The blocks that Unicode reserves for scripts written from right to left (`DerivedBidiClass.txt`: R and AL).
const fn is_right_to_left(letter: char) -> bool {
    matches!(letter,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}
