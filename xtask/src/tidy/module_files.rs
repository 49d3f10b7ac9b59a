//! One layout of modules: `mod.rs` in the folder, no `x.rs` beside a folder `x`; tests in `tests.rs` or `tests/`.

use std::collections::HashSet;

use super::finding::Finding;
use super::source::SourceFile;

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let rust = || sources.iter().filter(|source| source.is(&["rs"]));
    let folders: HashSet<&str> = rust().filter_map(|source| Some(source.path.rsplit_once('/')?.0)).collect();
    let beside_folder = rust().filter(|source| folders.contains(source.path.trim_end_matches(".rs")));
    let moved = beside_folder.map(|source| {
        let folder = source.path.trim_end_matches(".rs");
        Finding::new(&source.path, format!("a file beside its folder: move it to {folder}/mod.rs"))
    });
    moved.chain(rust().flat_map(hidden_tests)).collect()
}

/// A test module under another name looks like shipped code, to readers and to the other checks.
fn hidden_tests(source: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut is_test = false;
    for (number, line) in source.code() {
        let line = line.trim();
        let module = line.strip_suffix(';').and_then(|line| line.strip_prefix("mod "));
        if is_test && !source.is_test_file() && module.is_some_and(|name| name != "tests") {
            findings.push(Finding::at(source, number, "a test module in a file of its own is called `tests`"));
        }
        is_test = line == "#[cfg(test)]" || (is_test && (line.starts_with('#') || line.is_empty()));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<_> = files.iter().map(|(path, text)| SourceFile::new(path, text)).collect();
        check(&sources).into_iter().map(|finding| finding.location).collect()
    }

    #[test]
    fn file_beside_its_folder_is_found() {
        assert_eq!(found(&[("crates/a/src/b.rs", ""), ("crates/a/src/b/c.rs", "")]), ["crates/a/src/b.rs"]);
        assert_eq!(found(&[("crates/a/src/b/mod.rs", ""), ("crates/a/src/b/c.rs", "")]), [""; 0]);
    }

    #[test]
    fn hidden_test_module_is_found() {
        assert_eq!(found(&[("crates/a/src/b.rs", "#[cfg(test)]\nmod call;\n")]), ["crates/a/src/b.rs:2"]);
        assert_eq!(found(&[("crates/a/src/b.rs", "#[cfg(test)]\nmod tests;\nmod call;\n")]), [""; 0]);
        assert_eq!(found(&[("crates/a/src/tests/mod.rs", "#[cfg(test)]\nmod call;\n")]), [""; 0]);
    }
}
