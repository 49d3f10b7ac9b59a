//! Spellings that keep a retired word: wire formats, stored values, and names of other programs.

/// Whole identifiers that may be used anywhere.
pub(super) const IDENTIFIERS: &[&str] = &[
    "already_founded", // error code of the API
];

/// Path (or its beginning), retired word, and a part of the line; an empty part allows the word in the whole file.
pub(super) const LINES: &[(&str, &str, &str)] = &[
    ("xtask/src/tidy/retired_words/", "", ""), // the table itself and its tests
    ("crates/web/src/consultation/standing.rs", "Door", "schema(as = Door)"), // name of a schema in the OpenAPI document
    ("ui/call/messages.ts", "stay", "stay: \"Stay\""), // the button that keeps a person in the call
    ("ui/call/view/dialogs.ts", "stay", ""),
    ("ui/call/view/icons.ts", "bell", "bell: ["), // a drawing of a bell
];

pub(super) fn is_allowed(path: &str, word: &str, identifier: &str, line: &str) -> bool {
    IDENTIFIERS.contains(&identifier)
        || LINES.iter().any(|(start, allowed, part)| {
            path.starts_with(start) && (allowed.is_empty() || *allowed == word) && line.contains(part)
        })
}
