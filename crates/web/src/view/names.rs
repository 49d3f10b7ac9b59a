//! Names of people inside a sentence of the catalogue: as HTML they become elements `<bdi>`, so that a name written in the
//! other direction does not change the order of the sentence.

use std::fmt::Display;

use askama::filters::{Html, Safe, escape};

/// First Strong Isolate and Pop Directional Isolate (UAX #9). No name contains them.
const ISOLATE: [char; 2] = ['\u{2068}', '\u{2069}'];

/// The argument of a sentence that [`html`] renders.
pub(crate) fn name(text: impl Display) -> String {
    format!("{}{text}{}", ISOLATE[0], ISOLATE[1])
}

/// The sentence as HTML, escaped, with its names in `<bdi>`.
pub(crate) fn html(sentence: impl Display) -> Safe<String> {
    let escaped = escape(sentence, Html).map(|escaped| escaped.to_string());
    let escaped = escaped.expect("a string can be escaped");
    Safe(escaped.replace(ISOLATE[0], "<bdi>").replace(ISOLATE[1], "</bdi>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_and_isolated() {
        let sentence = format!("Your session with {}", name("<b>Nour</b>"));
        assert_eq!(html(sentence).0, "Your session with <bdi>&#60;b&#62;Nour&#60;/b&#62;</bdi>");
    }
}
