//! Import style: std, then other crates, then `crate`, `self` and `super`, separated by blank lines; one `use` per
//! module path; no braces inside braces.
//!
//! A formatter of the nightly toolchain does it all:
//! `cargo +nightly fmt -- --config group_imports=StdExternalCrate,imports_granularity=Module`.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::finding::Finding;
use super::source::SourceFile;
use super::use_items::{self, UseItem};

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    sources.iter().filter(|source| source.is(&["rs"])).flat_map(check_file).collect()
}

fn check_file(source: &SourceFile) -> Vec<Finding> {
    let code: Vec<(usize, &str)> = source.code().collect();
    let submodules = submodules(&code);
    let mut findings = Vec::new();
    for block in blocks(&use_items::read(code.iter().copied()), &code) {
        let wrong = wrong_paths(block).into_iter().chain(wrong_order(block, &submodules, source));
        findings.extend(wrong.map(|(line, message)| Finding::at(source, line, message)));
    }
    findings
}

fn wrong_paths(block: &[UseItem]) -> Vec<(usize, &'static str)> {
    let mut wrong = Vec::new();
    let mut seen = HashSet::new();
    for item in block {
        let path = item.module_path();
        if item.tree.matches('{').count() > 1 {
            wrong.push((item.first_line, "braces inside braces: write one `use` per module path"));
        } else if item.tree.split_once('{').is_some_and(|(_, list)| list.contains("::")) {
            wrong.push((item.first_line, "paths inside braces: write one `use` per module path"));
        } else if !item.has_attribute && !path.is_empty() && !seen.insert((item.visibility.as_str(), path)) {
            wrong.push((item.first_line, "second `use` of this module path: merge the two"));
        }
    }
    wrong
}

fn wrong_order(block: &[UseItem], submodules: &HashSet<&str>, source: &SourceFile) -> Vec<(usize, &'static str)> {
    let lines: Vec<&str> = source.text.lines().collect();
    let groups = block.iter().filter_map(|item| Some((item, group(item.first_segment(), submodules)?)));
    let groups: Vec<(&UseItem, u8)> = groups.collect();
    let pairs = groups.iter().zip(groups.iter().skip(1));
    let messages = pairs.filter_map(|((before, first), (item, second))| {
        let between = lines.get(before.last_line..item.first_line - 1).unwrap_or_default();
        let message = match (second.cmp(first), between.contains(&"")) {
            (Ordering::Less, _) => "import order: std, then other crates, then crate, self and super",
            (Ordering::Greater, false) => "separate std, other crates and own modules by a blank line",
            (Ordering::Equal, true) => "no blank line between imports of the same group",
            _ => return None,
        };
        Some((item.first_line, message))
    });
    messages.collect()
}

/// None for a re-export of a submodule, which may stand anywhere.
fn group(first: &str, submodules: &HashSet<&str>) -> Option<u8> {
    match first {
        "std" | "core" | "alloc" => Some(0),
        "crate" | "self" | "super" => Some(2),
        name if submodules.contains(name) => None,
        _ => Some(1),
    }
}

fn submodules<'a>(code: &[(usize, &'a str)]) -> HashSet<&'a str> {
    let declared = code.iter().filter_map(|(_, line)| line.trim().strip_suffix(';')?.split_once("mod "));
    declared.map(|(_, name)| name).collect()
}

/// Splits items where other code stands between them.
fn blocks<'a>(items: &'a [UseItem], code: &[(usize, &str)]) -> Vec<&'a [UseItem]> {
    let is_other_code = |line: &str| !line.trim().is_empty() && !line.trim().starts_with("#[");
    let contiguous = |a: &UseItem, b: &UseItem| {
        !code[a.last_line.min(code.len())..b.first_line - 1].iter().any(|(_, line)| is_other_code(line))
    };
    items.chunk_by(contiguous).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        check(&[SourceFile::new("crates/a/src/b.rs", text)]).into_iter().map(|finding| finding.location).collect()
    }

    fn at(lines: &[usize]) -> Vec<String> {
        lines.iter().map(|line| format!("crates/a/src/b.rs:{line}")).collect()
    }

    #[test]
    fn three_groups_in_order_pass() {
        let text = "use std::fmt;\nuse std::io::{Read, Write};\n\nuse anteroom_app::App;\nuse anyhow::Result;\n\n\
            use super::c;\nuse crate::d::{self, E};\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n}\n";
        assert_eq!(found(text), at(&[]));
    }

    #[test]
    fn wrong_order_is_found() {
        assert_eq!(found("use anyhow::Result;\n\nuse std::fmt;\n"), at(&[3]));
        assert_eq!(found("use crate::a;\n\nuse anyhow::Result;\n"), at(&[3]));
    }

    #[test]
    fn missing_and_superfluous_blank_lines_are_found() {
        assert_eq!(found("use std::fmt;\nuse anyhow::Result;\n"), at(&[2]));
        assert_eq!(found("use std::fmt;\n\nuse std::io;\n"), at(&[3, 3]));
    }

    #[test]
    fn braces_and_paths_inside_braces_are_found() {
        assert_eq!(found("use std::{collections::{BTreeMap, BTreeSet}, fmt};\n"), at(&[1]));
        assert_eq!(found("use std::{collections::BTreeMap, fmt};\n"), at(&[1]));
    }

    #[test]
    fn second_use_of_a_module_path_is_found() {
        assert_eq!(found("use std::fmt::Debug;\nuse std::fmt::Display;\n"), at(&[2]));
        assert_eq!(found("use std::fmt::Debug;\npub use std::fmt::Display;\n"), at(&[]));
        assert_eq!(found("use std::fmt::Debug;\n#[cfg(unix)]\nuse std::fmt::Display;\n"), at(&[]));
        assert_eq!(found("use crate::a;\n\nfn f() {\n    use crate::b;\n}\n"), at(&[]));
    }

    #[test]
    fn re_exports_of_submodules_may_stand_anywhere() {
        assert_eq!(found("mod a;\n\npub use a::B;\n\nuse std::fmt;\n"), at(&[]));
    }
}
