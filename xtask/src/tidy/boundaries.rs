//! Wire formats end at the contract of `signalling`: the rooms and the room's state machine do not know LiveKit.

use super::finding::Finding;
use super::source::SourceFile;

/// Code below `under` contains none of the terms. Comments and tests may.
struct Boundary {
    under: &'static str,
    terms: &'static [Term],
    instead: &'static str,
}

enum Term {
    /// As the beginning of a word, strings included: `PA_` in `"PA_x7"`.
    Prefix(&'static str),
    /// As a whole part of an identifier: `proto` in `proto::Room` and `room_proto`.
    Part(&'static str),
    /// Anywhere, in any case.
    Text(&'static str),
}

const BOUNDARIES: &[Boundary] = &[
    Boundary {
        under: "crates/rtc/src/rooms/",
        terms: &[Term::Text("livekit"), Term::Text("twilio")],
        instead: "reach clients through `signalling::Signalling`",
    },
    Boundary {
        under: "crates/signalling/src/",
        terms: &[
            Term::Prefix("PA_"),
            Term::Prefix("TR_"),
            Term::Text("livekit"),
            Term::Text("twilio"),
            Term::Part("proto"),
        ],
        instead: "the contract is neutral: the wire crate converts",
    },
    Boundary {
        under: "crates/room/src/",
        terms: &[
            Term::Prefix("PA_"),
            Term::Prefix("TR_"),
            Term::Text("livekit"),
            Term::Part("proto"),
            Term::Text("audio_features"),
            Term::Text("packet_trailer_features"),
            Term::Text("backup_codec_policy"),
            Term::Text("client_protocol"),
        ],
        instead: "a term of the wire format: use a type of `room`, or an opaque value that the wire crate reads",
    },
];

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.is(&["rs"])) {
        let crossed = |boundary: &&Boundary| source.path.starts_with(boundary.under);
        for boundary in BOUNDARIES.iter().filter(crossed) {
            for (number, line) in source.split_tests().0 {
                let code = line.split("//").next().unwrap_or(line);
                if let Some(term) = boundary.terms.iter().find(|term| term.is_in(code)) {
                    findings.push(Finding::at(source, number, format!("`{}`: {}", term.text(), boundary.instead)));
                }
            }
        }
    }
    findings
}

impl Term {
    fn text(&self) -> &'static str {
        let (Self::Prefix(text) | Self::Part(text) | Self::Text(text)) = self;
        text
    }

    fn is_in(&self, code: &str) -> bool {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        match self {
            Self::Prefix(text) => code.split(|c| !is_word(c)).any(|word| word.starts_with(text)),
            Self::Part(text) => {
                let mut words = code.split(|c| !is_word(c));
                words.any(|word| word == *text || word.split('_').any(|part| part == *text))
            }
            Self::Text(text) => code.to_lowercase().contains(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        check(&[SourceFile::new(path, text)]).len()
    }

    #[test]
    fn wire_types_in_rooms_and_contract_are_found() {
        let line = "use anteroom_livekit::SignalState;";
        assert_eq!(count("crates/rtc/src/rooms/resume.rs", line), 1);
        assert_eq!(count("crates/signalling/src/frame.rs", line), 1);
        assert_eq!(count("crates/rtc/src/rooms/resume.rs", "fn send(reply: livekit::Reply) {}"), 1);
        assert_eq!(count("crates/rtc/src/http/join.rs", line), 0);
    }

    #[test]
    fn wire_terms_in_the_room_are_found() {
        for line in [
            "let sid = format!(\"PA_{id}\");",
            "let track = \"TR_AM1\";",
            "audio_features: Vec<i32>,",
            "packet_trailer_features: u32,",
            "let policy = backup_codec_policy;",
            "client_protocol: i32,",
            "use livekit_protocol as proto;",
            "pub proto: u8,",
        ] {
            assert_eq!(count("crates/room/src/track.rs", line), 1, "{line}");
        }
    }

    #[test]
    fn comments_tests_and_longer_words_pass() {
        for line in ["// as LiveKit does", "let protocol = 1;", "let x = START_PA_;"] {
            assert_eq!(count("crates/room/src/track.rs", line), 0, "{line}");
        }
        assert_eq!(count("crates/room/src/tests.rs", "let sid = \"PA_1\";"), 0);
    }
}
