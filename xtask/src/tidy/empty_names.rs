//! Names without meaning: `utils`, `RoomManager`, `get_…`. The nouns of the project are in docs/glossary.md.

use super::finding::Finding;
use super::source::SourceFile;

/// File and module names that say nothing about the contents.
const CATCH_ALL_NAMES: &[&str] = &["common", "helper", "helpers", "manager", "misc", "util", "utils"];

/// Type suffixes that add no meaning.
const EMPTY_SUFFIXES: &[&str] = &["Manager", "Service", "Helper", "Helpers", "Util", "Utils"];

/// Function prefixes that add no meaning.
const EMPTY_PREFIXES: &[&str] = &["get_", "handle_", "process_", "do_", "test_"];

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.is(&["rs", "ts", "mjs"])) {
        if CATCH_ALL_NAMES.contains(&source.stem()) {
            findings.push(Finding::new(&source.path, "catch-all file name: name it after its contents"));
        }
        let mut named_by_a_trait = false; // names of a trait are checked where the trait is defined
        for (number, line) in source.lines() {
            match line {
                _ if line.starts_with("impl") => named_by_a_trait = line.contains(" for "),
                "}" => named_by_a_trait = false,
                _ => {}
            }
            let mut empty = defined(line).filter(|(kind, name)| is_empty_name(kind, name));
            if let Some((kind, name)) = empty.next()
                && !(named_by_a_trait && matches!(kind, "fn" | "type"))
            {
                findings.push(Finding::at(
                    source,
                    number,
                    format!("`{name}`: choose a name that says what it is or does"),
                ));
            }
        }
    }
    findings
}

fn is_empty_name(kind: &str, name: &str) -> bool {
    match kind {
        "fn" | "function" => EMPTY_PREFIXES.iter().any(|prefix| name.starts_with(prefix)),
        "mod" => CATCH_ALL_NAMES.contains(&name),
        _ => EMPTY_SUFFIXES.iter().any(|suffix| name.ends_with(suffix)),
    }
}

/// Kind and name of each definition in a line: `("fn", "admit")`.
fn defined(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let code = line.split("//").next().unwrap_or(line);
    let words = code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let kinds = ["fn", "function", "mod", "struct", "enum", "trait", "type", "class", "interface"];
    words.clone().zip(words.skip(1)).filter(move |(kind, _)| kinds.contains(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, line: &str) -> usize {
        check(&[SourceFile::new(path, line)]).len()
    }

    #[test]
    fn empty_names_are_found() {
        // Name before kind, so that this file does not match itself.
        for (name, kind) in [
            ("RoomManager", "pub struct"),
            ("MailService", "trait"),
            ("CallHelper", "export class"),
            ("get_appointment", "pub(crate) async fn"),
            ("handle_message", "fn"),
            ("test_admission", "fn"),
            ("utils", "mod"),
        ] {
            assert_eq!(found("crates/a/src/lib.rs", &format!("{kind} {name}")), 1, "{name}");
        }
        assert_eq!(found("crates/a/src/utils.rs", ""), 1);
        assert_eq!(found("ui/call/helpers.ts", ""), 1);
    }

    #[test]
    fn meaningful_names_pass() {
        for line in [
            "pub fn admit(self, host: &Host, at: Timestamp) -> Result<Self, Refusal> {",
            "pub fn handle(&mut self, now: Instant, input: Input) {",
            "impl Service<Request> for Router {",
            "// a struct RoomManager in a comment",
        ] {
            assert_eq!(found("crates/a/src/lib.rs", line), 0, "{line}");
        }
    }

    #[test]
    fn names_required_by_a_trait_pass() {
        let of = |block: &str| format!("impl {block} {{\n    fn {}(&mut self) {{}}\n}}\n", "handle_packet");
        assert_eq!(found("crates/a/src/lib.rs", &of("Theirs for Ours")), 0);
        assert_eq!(found("crates/a/src/lib.rs", &of("Ours")), 1);
        assert_eq!(found("crates/a/src/lib.rs", &format!("{}{}", of("Theirs for Ours"), of("Ours"))), 1);
        let named = format!("impl Theirs for Ours {{\n    type {} = S;\n}}\n", "Service");
        assert_eq!(found("crates/a/src/lib.rs", &named), 0);
    }
}
