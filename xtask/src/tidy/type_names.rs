//! A type name is defined in one crate only: two types of one name make every search and every sentence ambiguous.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::source::SourceFile;

/// Names that several crates define, with the reason. At most [`MAX_ALLOWED`].
const ALLOWED: &[(&str, &str)] = &[
    ("Config", "each crate with settings has one; used with the crate's name, as `media::Config`"),
    ("ConfigError", "the error of each `Config`"),
    ("Input", "what a state machine without I/O is fed with: `room::Input`, `media::Input`"),
    ("Output", "what a state machine without I/O returns: `room::Output`, `media::Output`"),
    ("Error", "the error of a crate's public functions, used with the crate's name"),
    ("Participant", "`domain`: a person in an appointment; `room`: a session as the others see it (LiveKit, Twilio)"),
];

#[cfg(test)]
const MAX_ALLOWED: usize = 15;

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let mut places: BTreeMap<&str, BTreeMap<&str, String>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.is(&["rs"])) {
        let Some(name) = crate_name(&source.path) else { continue };
        for (line, defined) in source.shipped_code().filter_map(|(line, code)| Some((line, public_type(code)?))) {
            places.entry(defined).or_default().entry(name).or_insert_with(|| format!("{}:{line}", source.path));
        }
    }
    places.retain(|name, crates| crates.len() > 1 && ALLOWED.iter().all(|(allowed, _)| allowed != name));
    let several = places.into_iter().flat_map(|(name, crates)| {
        let list: Vec<String> = crates.values().cloned().collect();
        list.clone().into_iter().map(move |location| {
            let others: Vec<&str> = list.iter().filter(|other| **other != location).map(String::as_str).collect();
            Finding::new(location, format!("`{name}` is also defined in {}: rename one", others.join(", ")))
        })
    });
    several.collect()
}

/// `media` of `crates/media/src/lib.rs`. Tools and test crates have their own vocabulary.
fn crate_name(path: &str) -> Option<&str> {
    let name = path.strip_prefix("crates/")?.split('/').next()?;
    (name != "testkit").then_some(name)
}

/// The name of a type with any `pub` that this line defines.
fn public_type(code: &str) -> Option<&str> {
    let mut words = code.trim().strip_prefix("pub")?.split_whitespace();
    let kind = words.find(|word| !word.starts_with('(') && !word.ends_with(')'))?;
    if !["struct", "enum", "trait", "type", "union"].contains(&kind) {
        return None;
    }
    // Empty for `$name` in a macro.
    words.next()?.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<_> = files.iter().map(|(path, text)| SourceFile::new(path, text)).collect();
        check(&sources).into_iter().map(|finding| finding.location).collect()
    }

    #[test]
    fn name_defined_in_two_crates_is_found() {
        let files =
            [("crates/a/src/b.rs", "\npub struct Seat<T>(T);\n"), ("crates/c/src/d.rs", "pub(crate) enum Seat {}")];
        assert_eq!(found(&files), ["crates/a/src/b.rs:2", "crates/c/src/d.rs:1"]);
        for other in ["pub trait Seat {", "pub type Seat = u8;", "pub(in crate::d) struct Seat;"] {
            assert_eq!(found(&[files[0], ("crates/c/src/d.rs", other)]).len(), 2, "{other}");
        }
    }

    #[test]
    fn private_types_tests_and_one_crate_pass() {
        let public = ("crates/a/src/b.rs", "pub struct Seat;");
        for (path, text) in [
            ("crates/c/src/d.rs", "struct Seat;"),
            ("crates/c/src/d.rs", "pub use a::Seat;"),
            ("crates/c/src/d.rs", "pub struct $name(u64);"),
            ("crates/c/src/d.rs", "#[cfg(test)]\nmod tests {\n    pub struct Seat;\n}\n"),
            ("crates/c/src/tests.rs", "pub struct Seat;"),
            ("crates/testkit/src/lib.rs", "pub struct Seat;"),
            ("crates/a/src/c.rs", "pub struct Seat;"),
            ("fuzz/src/lib.rs", "pub struct Seat;"),
        ] {
            assert_eq!(found(&[public, (path, text)]), [""; 0], "{path}: {text}");
        }
    }

    #[test]
    fn list_of_allowed_names_stays_short() {
        assert!(ALLOWED.len() <= MAX_ALLOWED);
        assert!(ALLOWED.iter().all(|(_, reason)| !reason.is_empty()));
    }
}
