//! Words that the project does not use any more, because engineers search for another term. The table says which.
//!
//! Checked in identifiers, comments, documents and file names; string literals are not checked, because wire formats
//! and texts for guests are there.

mod allowed;
mod table;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use self::table::{RETIRED, Retired, Scope};
use self::words::Word;
use super::finding::Finding;
use super::source::SourceFile;
use super::text::SplitLine;

/// One use of a retired word.
struct Use {
    retired: &'static Retired,
    path: String,
    line: usize,
}

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    uses(sources).map(|found| Finding::new(location(&found), message(found.retired))).collect()
}

/// Number of uses by word and top-level folder.
pub(super) fn counts(sources: &[SourceFile]) -> BTreeMap<&'static str, BTreeMap<String, usize>> {
    let mut counts: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for found in uses(sources) {
        *counts.entry(found.retired.old).or_default().entry(folder(&found.path)).or_default() += 1;
    }
    counts
}

fn location(found: &Use) -> String {
    match found.line {
        0 => found.path.clone(),
        line => format!("{}:{line}", found.path),
    }
}

fn message(retired: &Retired) -> String {
    format!("`{}` is a retired word, write: {}", retired.old, retired.better)
}

/// `crates/media` of `crates/media/src/lib.rs`; the first folder elsewhere.
fn folder(path: &str) -> String {
    let depth = if path.starts_with("crates/") { 2 } else { 1 };
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.truncate(depth.min(parts.len().saturating_sub(1)).max(1));
    parts.join("/")
}

fn uses(sources: &[SourceFile]) -> impl Iterator<Item = Use> {
    let checked =
        sources.iter().filter(|source| source.is(&["rs", "ts", "mjs", "py", "go", "md", "toml", "html", "sh"]));
    checked.flat_map(uses_in)
}

/// Each word once per line.
fn uses_in(source: &SourceFile) -> Vec<Use> {
    let raw: Vec<&str> = source.text.lines().collect();
    let lines = source.split();
    let mut found = BTreeSet::new();
    for (index, retired) in (0..).zip(RETIRED).filter(|(_, retired)| source.path.starts_with(retired.under)) {
        if is_in_path(retired, &source.path) && !allowed::is_allowed(&source.path, retired.old, "", "") {
            found.insert((0, index));
        }
    }
    for (words, in_code) in [(code_words(lines), true), (prose_words(lines), false)] {
        for (at, word) in words.iter().enumerate() {
            let line = raw.get(word.line).copied().unwrap_or_default();
            let candidates = BY_FIRST_WORD.get(word.text.as_str()).into_iter().flatten();
            for &index in candidates.filter(|index| is_use(&RETIRED[**index], &words[at..], in_code, line)) {
                let retired = &RETIRED[index];
                let allowed = allowed::is_allowed(&source.path, retired.old, word.identifier, line);
                if source.path.starts_with(retired.under) && !allowed {
                    found.insert((word.line + 1, index));
                }
            }
        }
    }
    found.into_iter().map(|(line, index)| Use { retired: &RETIRED[index], path: source.path.clone(), line }).collect()
}

fn code_words(lines: &[SplitLine]) -> Vec<Word<'_>> {
    (0..).zip(lines).flat_map(|(number, line)| words::of_line(number, &line.code)).collect()
}

fn prose_words(lines: &[SplitLine]) -> Vec<Word<'_>> {
    (0..).zip(lines).flat_map(|(number, line)| words::of_line(number, &line.prose)).collect()
}

/// Indices into the table, by the first word of each entry.
static BY_FIRST_WORD: LazyLock<HashMap<String, Vec<usize>>> = LazyLock::new(|| {
    let mut index: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, retired) in RETIRED.iter().enumerate() {
        let first = words::of_line(0, retired.old).next().expect("a retired word is not empty");
        index.entry(first.text).or_default().push(at);
    }
    index
});

/// Whether these words begin with a use of the retired word.
fn is_use(retired: &Retired, words: &[Word<'_>], in_code: bool, line: &str) -> bool {
    let identifier = words[0].identifier;
    match retired.scope {
        Scope::Anywhere => begins_with(words, retired.old, in_code),
        Scope::Code => in_code && begins_with(words, retired.old, true),
        Scope::Prose => !in_code && begins_with(words, retired.old, false),
        Scope::TypePart => identifier.starts_with(char::is_uppercase) && begins_with(words, retired.old, true),
        // In prose only as code: "Found" and "Line" also begin sentences.
        Scope::Exactly => {
            words[0].is_first && identifier == retired.old && (in_code || line.contains(&format!("`{identifier}")))
        }
        Scope::File => false,
    }
}

fn is_in_path(retired: &Retired, path: &str) -> bool {
    let mut names = path.split('/').map(|name| name.split('.').next().unwrap_or(name));
    match retired.scope {
        Scope::File => names.any(|name| name == retired.old),
        Scope::Anywhere => names.any(|name| words::of_line(0, name).any(|word| word.text == retired.old)),
        _ => false,
    }
}

fn begins_with(words: &[Word<'_>], old: &str, in_one_identifier: bool) -> bool {
    let mut rest = words.iter();
    old.split(' ').all(|wanted| {
        rest.next().is_some_and(|word| {
            word.text == wanted && (!in_one_identifier || std::ptr::eq(word.identifier, words[0].identifier))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&[SourceFile::new(path, text)]).into_iter().map(|finding| finding.location).collect()
    }

    fn count(path: &str, text: &str) -> usize {
        found(path, text).len()
    }

    #[test]
    fn identifiers_with_a_retired_part_are_found() {
        for line in
            ["fn tell_all() {}", "struct Courier;", "fn whoever_returns() {}", "let peer_ear = 1;", "Knock::new()"]
        {
            assert_eq!(found("crates/a/src/b.rs", &format!("\n{line}\n")), ["crates/a/src/b.rs:2"], "{line}");
        }
        assert_eq!(count("ui/call/live.ts", "const lineUp = true;"), 1);
        assert_eq!(count("e2e/sdk/python/a.py", "def hears(room):"), 1);
    }

    #[test]
    fn words_that_only_contain_a_retired_word_pass() {
        for line in
            ["let year = 1;", "fn clear() {}", "let hallway = bellow;", "surface", "participant_stays_connected()"]
        {
            assert_eq!(count("crates/a/src/b.rs", line), 0, "{line}");
        }
    }

    #[test]
    fn comments_and_documents_are_checked() {
        assert_eq!(count("crates/a/src/b.rs", "// Whoever asks gets it."), 1);
        assert_eq!(count("docs/running.md", "The house is told."), 2);
        assert_eq!(count("crates/web/templates/a.html", "<p>the house</p>{# the house #}"), 1);
        assert_eq!(count("Cargo.toml", "# What the house needs"), 1);
        assert_eq!(count("ui/call/live.ts", "// on the older path"), 1);
    }

    #[test]
    fn phrases_are_found_across_lines() {
        assert_eq!(found("crates/a/src/b.rs", "// ends the\n// stay of a client"), ["crates/a/src/b.rs:1"]);
        assert_eq!(count("crates/a/src/b.rs", "// clients stay connected"), 0);
    }

    #[test]
    fn strings_and_wire_spellings_pass() {
        assert_eq!(count("crates/a/src/b.rs", r#"let text = "Can somebody hear you?";"#), 0);
        assert_eq!(count("docs/protocol/a.md", "answers `already_founded`"), 0);
    }

    #[test]
    fn type_names_are_found_in_code_but_not_as_first_words_of_sentences() {
        assert_eq!(count("crates/a/src/b.rs", "struct Letter;"), 1);
        assert_eq!(count("crates/a/src/b.rs", "/// See [`Letter`]."), 1);
        assert_eq!(count("crates/a/src/b.rs", "/// Letter by letter."), 0);
        assert_eq!(count("crates/a/src/b.rs", "struct LetterCase;"), 0);
        assert_eq!(count("crates/a/src/b.rs", "struct KnockError;"), 1);
    }

    #[test]
    fn file_names_are_checked() {
        assert_eq!(found("ui/call/view/threshold.ts", ""), ["ui/call/view/threshold.ts"]);
        assert_eq!(count("crates/media/src/threshold.rs", ""), 0);
        assert_eq!(found("crates/rtc/src/hall/mod.rs", ""), ["crates/rtc/src/hall/mod.rs"]);
    }

    #[test]
    fn uses_are_counted_by_word_and_folder() {
        let counts =
            counts(&[SourceFile::new("crates/rtc/src/a.rs", "// told\n// told"), SourceFile::new("README.md", "told")]);
        let told: Vec<_> = counts["told"].iter().map(|(folder, count)| (folder.as_str(), *count)).collect();
        assert_eq!(told, [("README.md", 1), ("crates/rtc", 2)]);
    }

    #[test]
    fn every_replacement_differs_from_its_word() {
        for retired in RETIRED {
            assert!(!retired.better.is_empty() && retired.better != retired.old, "{}", retired.old);
        }
    }
}
