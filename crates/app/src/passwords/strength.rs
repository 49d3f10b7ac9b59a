//! Whether a new password is strong enough, as zxcvbn estimates it.

use anteroom_domain::FieldError;
use zxcvbn::feedback::Warning;
use zxcvbn::{Score, zxcvbn};

/// Maximum length, characters. Bounds the work of estimating and hashing.
const LONGEST: usize = 128;

/// Refuses a password that takes less than 10^8 guesses, which the rate limits and the cost of a hash turn into years.
/// Names and addresses of the person and the practice, `about`, count as known.
pub(crate) fn check_strength(password: &str, about: &[&str]) -> Result<(), FieldError> {
    if password.is_empty() {
        return Err(FieldError::Empty);
    }
    if password.chars().count() > LONGEST {
        return Err(FieldError::TooLong);
    }
    let known = known_words(about);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let estimate = zxcvbn(password, &known);
    if estimate.score() >= Score::Three {
        return if is_strong_without(password, &known) { Ok(()) } else { Err(FieldError::TooPersonal) };
    }
    if zxcvbn(password, &[]).score() >= Score::Three {
        return Err(FieldError::TooPersonal);
    }
    let warning = estimate.feedback().and_then(|feedback| feedback.warning());
    Err(if warning.is_some_and(is_widely_used) { FieldError::WidelyUsed } else { FieldError::TooWeak })
}

/// Every text as a whole, and its words, in lower case, the longest first. Shorter words are parts of any password.
fn known_words(about: &[&str]) -> Vec<String> {
    let words = about.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let mut known: Vec<String> = about.iter().copied().chain(words).map(str::to_lowercase).collect();
    known.retain(|word| word.chars().count() > 2);
    known.sort_by_key(|word| std::cmp::Reverse(word.len()));
    known
}

/// Whether what remains of the password without known words is strong. zxcvbn takes two known words with something
/// between them for strong.
fn is_strong_without(password: &str, known: &[&str]) -> bool {
    let lower = password.to_lowercase();
    let rest = known.iter().fold(lower.clone(), |rest, word| rest.replace(word, ""));
    rest == lower || zxcvbn(&rest, &[]).score() >= Score::Three
}

const fn is_widely_used(warning: Warning) -> bool {
    matches!(
        warning,
        Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: [&str; 3] = ["Dr. Sofia Winterfeldt", "s.winterfeldt@praxis-lindenhof.example", "Praxis am Lindenhof"];

    #[test]
    fn guessable_passwords_are_refused_with_the_reason() {
        for (password, expected) in [
            ("", Err(FieldError::Empty)),
            ("password", Err(FieldError::WidelyUsed)),
            ("Passw0rd1234", Err(FieldError::WidelyUsed)),
            ("aaaaaaaaaaaaaaaabcde", Err(FieldError::TooWeak)),
            ("qwertzuiop", Err(FieldError::WidelyUsed)),
            ("12.05.1984", Err(FieldError::TooWeak)),
            ("abcabcabcabcabcabc", Err(FieldError::TooWeak)),
            ("Winterfeldt-Lindenhof", Err(FieldError::TooPersonal)),
            ("praxis-lindenhof-winterfeldt-2026", Err(FieldError::TooPersonal)),
            ("Winterfeldt: seven quiet herons", Ok(())),
            ("s.winterfeldt@praxis-lindenhof.example", Err(FieldError::TooPersonal)),
            ("seven quiet herons", Ok(())),
            ("xK9#qLp2vT", Ok(())),
            ("пароль из слов", Ok(())),
        ] {
            assert_eq!(check_strength(password, &ABOUT), expected, "{password}");
        }
    }

    #[test]
    fn length_is_limited() {
        assert_eq!(check_strength(&"ł".repeat(129), &[]), Err(FieldError::TooLong));
        let longest: String = "seven quiet herons ".chars().cycle().take(128).collect();
        assert_ne!(check_strength(&longest, &[]), Err(FieldError::TooLong));
    }
}
