//! Whether a new password is strong enough, as zxcvbn estimates it.

use anteroom_domain::FieldError;
use zxcvbn::feedback::Warning;
use zxcvbn::{Entropy, Score, zxcvbn};

/// Maximum length, characters.
const LONGEST: usize = 128;
/// Characters that are estimated. zxcvbn tries each substitution of signs for letters on each part of the password: for
/// 128 chosen characters that takes more than a second. A password that is strong so far does not become weaker.
const ESTIMATED: usize = 32;

/// Refuses a password that takes less than 10^8 guesses, which the rate limits and the cost of a hash turn into years.
/// Names and addresses of the person and the practice, `about`, count as known.
pub(super) fn check(password: &str, about: &[&str]) -> Result<(), FieldError> {
    if password.is_empty() {
        return Err(FieldError::Empty);
    }
    if password.chars().count() > LONGEST {
        return Err(FieldError::TooLong);
    }
    let known = known_words(about);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let estimate = estimate(password, &known);
    if estimate.score() >= Score::Three {
        return if is_strong_without(password, &known) { Ok(()) } else { Err(FieldError::TooPersonal) };
    }
    if is_strong(password, &[]) {
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
    rest == lower || is_strong(&rest, &[])
}

fn is_strong(password: &str, known: &[&str]) -> bool {
    estimate(password, known).score() >= Score::Three
}

fn estimate(password: &str, known: &[&str]) -> Entropy {
    let end = password.char_indices().nth(ESTIMATED).map_or(password.len(), |(end, _)| end);
    zxcvbn(&password[..end], known)
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
            assert_eq!(check(password, &ABOUT), expected, "{password}");
        }
    }

    #[test]
    fn what_follows_the_thirty_second_character_is_not_estimated() {
        let strong = "xK9#qLp2vT";
        assert_eq!(check(&("ab".repeat(11) + strong), &[]), Ok(()));
        assert_eq!(check(&("ab".repeat(16) + strong), &[]), Err(FieldError::TooWeak));
        assert_eq!(check(&"ł".repeat(33), &[]), Err(FieldError::TooWeak), "cut between characters");
        let signs: String = "4@8({[<369!1|$5+7%02>}".chars().cycle().take(LONGEST).collect();
        assert_eq!(check(&signs, &[]), Ok(()));
    }

    #[test]
    fn length_is_limited() {
        assert_eq!(check(&"ł".repeat(129), &[]), Err(FieldError::TooLong));
        let longest: String = "seven quiet herons ".chars().cycle().take(128).collect();
        assert_ne!(check(&longest, &[]), Err(FieldError::TooLong));
    }
}
