//! Splits prose and identifiers into words.

/// A word of prose or a part of an identifier, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) text: String,
    /// The whole identifier it is a part of, or the word as written.
    pub(super) identifier: &'a str,
    /// Whether it is the first part of its identifier.
    pub(super) is_first: bool,
    /// Index of the line.
    pub(super) line: usize,
}

/// The words of a line: `Stay::new_room` is `stay`, `new`, `room`.
pub(super) fn of_line(line: usize, text: &str) -> impl Iterator<Item = Word<'_>> {
    identifiers(text).flat_map(move |identifier| {
        let parts = parts(identifier).into_iter().enumerate();
        parts.map(move |(index, text)| Word { text, identifier, is_first: index == 0, line })
    })
}

fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// `LiveKitRoom2`, `live_kit_room2` and `LIVE_KIT_ROOM2` have the parts `live`, `kit`, `room2`.
fn parts(identifier: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for piece in identifier.split('_').filter(|piece| !piece.is_empty()) {
        let mut part = String::new();
        let mut previous = ' ';
        let mut rest = piece.chars().peekable();
        while let Some(next) = rest.next() {
            let ends_acronym = previous.is_uppercase() && rest.peek().is_some_and(|after| after.is_lowercase());
            let starts_part = next.is_uppercase() && (!previous.is_uppercase() || ends_acronym);
            if starts_part && !part.is_empty() {
                parts.push(std::mem::take(&mut part));
            }
            part.extend(next.to_lowercase());
            previous = next;
        }
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_split_at_underscores_and_capitals() {
        assert_eq!(parts("tell_all"), ["tell", "all"]);
        assert_eq!(parts("TellAll"), ["tell", "all"]);
        assert_eq!(parts("TELL_ALL"), ["tell", "all"]);
        assert_eq!(parts("tellAll"), ["tell", "all"]);
        assert_eq!(parts("RTCStay"), ["rtc", "stay"]);
        assert_eq!(parts("year"), ["year"]);
    }

    #[test]
    fn prose_is_split_at_everything_else() {
        let words: Vec<_> = of_line(3, "The `Stay`'s room, told.").map(|word| word.text).collect();
        assert_eq!(words, ["the", "stay", "s", "room", "told"]);
    }
}
