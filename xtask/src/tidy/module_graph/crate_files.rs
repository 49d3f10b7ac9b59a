//! The files of one crate: module paths, definitions, imports, and the paths that their code names.

use std::collections::HashSet;

use crate::tidy::source::SourceFile;
use crate::tidy::use_items::{self, Import};

pub(super) struct CrateFile<'a> {
    pub(super) source: &'a SourceFile,
    /// `["p", "x"]` of `p/x.rs`; empty for `lib.rs`.
    pub(super) module: Vec<String>,
    pub(super) definitions: HashSet<String>,
    pub(super) imports: Vec<Imported>,
    /// `a::B` in code, with its line; `use` items are not among them.
    pub(super) paths: Vec<(usize, Vec<String>)>,
    /// Every identifier of the code outside `use` items.
    pub(super) identifiers: HashSet<String>,
}

pub(super) struct Imported {
    pub(super) import: Import,
    pub(super) line: usize,
    pub(super) is_public: bool,
}

pub(super) fn read<'a>(sources: &'a [SourceFile], root: &str) -> Vec<CrateFile<'a>> {
    let rust = sources.iter().filter(|source| source.is(&["rs"]) && !source.is_test_file());
    rust.filter_map(|source| Some(read_file(source, module(source.path.strip_prefix(root)?)))).collect()
}

fn module(path: &str) -> Vec<String> {
    let path = path.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').filter(|part| !["lib", "main"].contains(part)).map(str::to_owned).collect()
}

fn read_file(source: &SourceFile, module: Vec<String>) -> CrateFile<'_> {
    let items = use_items::read(source.shipped_code());
    let in_use = |line: usize| items.iter().any(|item| (item.first_line..=item.last_line).contains(&line));
    let mut file = CrateFile {
        source,
        module,
        definitions: HashSet::new(),
        imports: Vec::new(),
        paths: Vec::new(),
        identifiers: HashSet::new(),
    };
    for (number, line) in source.shipped_code().filter(|(number, _)| !in_use(*number)) {
        file.definitions.extend(definition(line));
        for path in paths(line) {
            file.identifiers.extend(path.iter().cloned());
            if path.len() > 1 {
                file.paths.push((number, path));
            }
        }
    }
    for item in &items {
        let (line, is_public) = (item.first_line, !item.visibility.is_empty());
        file.imports.extend(item.imports().into_iter().map(|import| Imported { import, line, is_public }));
    }
    file
}

/// The name that an unindented line defines.
fn definition(line: &str) -> Option<String> {
    if line.starts_with([' ', '}', '#']) {
        return None;
    }
    let words: Vec<&str> =
        line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let kinds = ["struct", "enum", "trait", "type", "union", "fn", "const", "static", "macro_rules"];
    let at = words.iter().position(|word| kinds.contains(word))?;
    let name = words[at + 1..].iter().find(|word| !["fn", "mut", "unsafe"].contains(word))?;
    Some((*name).to_owned())
}

/// Identifiers of a line, joined where `::` stands between them.
fn paths(line: &str) -> Vec<Vec<String>> {
    let mut paths: Vec<Vec<String>> = Vec::new();
    let mut rest = line;
    let mut joined = false;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if end > 0 {
            let word = rest[..end].to_owned();
            match paths.last_mut() {
                Some(path) if joined => path.push(word),
                _ => paths.push(vec![word]),
            }
            joined = rest[end..].starts_with("::");
            rest = &rest[if joined { end + 2 } else { end }..];
        } else {
            joined = false;
            rest = &rest[first.len_utf8()..];
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_from_code() {
        assert_eq!(paths("a::b(C::<D>, e.f)"), [vec!["a", "b"], vec!["C"], vec!["D"], vec!["e"], vec!["f"]]);
    }

    #[test]
    fn definitions_are_read_from_unindented_lines() {
        for (line, name) in [
            ("pub(crate) async fn run(", "run"),
            ("pub const fn at() {", "at"),
            ("const LIMIT: usize = 3;", "LIMIT"),
            ("pub enum Kind {", "Kind"),
        ] {
            assert_eq!(definition(line).as_deref(), Some(name), "{line}");
        }
        assert_eq!(definition("    fn method(&self) {"), None);
        assert_eq!(definition("impl Kind {"), None);
    }

    #[test]
    fn module_paths_follow_the_folders() {
        assert_eq!(module("lib.rs"), [""; 0]);
        assert_eq!(module("p/mod.rs"), ["p"]);
        assert_eq!(module("p/x.rs"), ["p", "x"]);
    }
}
