//! Paths that ARCHITECTURE.md names exist: a move changes the map in the same commit.

use super::finding::Finding;
use super::source::SourceFile;

const DOCUMENT: &str = "ARCHITECTURE.md";
/// A path in backticks that begins with one of these is checked.
const ROOTS: &[&str] = &["crates/", "docs/", "e2e/", "fuzz/", "ui/", "xtask/"];

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for document in sources.iter().filter(|source| source.path == DOCUMENT) {
        for (number, line) in (1..).zip(document.text.lines()) {
            // Every second piece stands between backticks.
            for path in line.split('`').skip(1).step_by(2).filter(|code| is_path(code)) {
                if !sources.iter().any(|source| stands_for(path, &source.path)) {
                    findings.push(Finding::at(document, number, format!("`{path}` does not exist")));
                }
            }
        }
    }
    findings
}

/// A pattern or a command is no path.
fn is_path(code: &str) -> bool {
    ROOTS.iter().any(|root| code.starts_with(root)) && !code.contains(['*', '{', '<', ' ', '…'])
}

fn stands_for(path: &str, file: &str) -> bool {
    let folder = path.trim_end_matches('/');
    file == path || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        let sources = [SourceFile::new("ARCHITECTURE.md", text), SourceFile::new("crates/room/src/lib.rs", "")];
        check(&sources).len()
    }

    #[test]
    fn path_that_does_not_exist_is_found() {
        assert_eq!(count("read `crates/room/src/gone.rs` and `crates/hall/`"), 2);
    }

    #[test]
    fn files_folders_and_patterns_pass() {
        assert_eq!(
            count("`crates/room/src/lib.rs`, `crates/room/`, `crates/room/src`, `crates/*/src`, `cargo test`"),
            0
        );
    }
}
