//! The text files of the repository: path with forward slashes, and contents.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::path::Path;

use anyhow::Result;

use super::text::{self, SplitLine};
use crate::paths;

/// Text files; images and fonts are not checked.
const TEXT_EXTENSIONS: &[&str] =
    &["rs", "ts", "mjs", "js", "css", "html", "txt", "sql", "toml", "lock", "md", "json", "py", "go", "sh"];

/// Lines with their numbers.
pub(super) type Lines<'a> = Vec<(usize, &'a str)>;

#[derive(Debug)]
pub(super) struct SourceFile {
    /// Relative to the root of the repository: `crates/domain/src/entry.rs`.
    pub(super) path: String,
    pub(super) text: String,
    /// Code and prose of each line, computed once.
    split: OnceCell<Vec<SplitLine>>,
}

pub(super) fn read_all(root: &Path) -> Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    paths::files_below(root, &mut files)?;
    files.sort();
    let mut sources = Vec::new();
    for file in files {
        let relative = file.strip_prefix(root).unwrap_or(&file);
        let path = relative.to_string_lossy().replace('\\', "/");
        if TEXT_EXTENSIONS.iter().any(|extension| has_extension(&path, extension)) {
            let text = String::from_utf8_lossy(&std::fs::read(&file)?).into_owned();
            sources.push(SourceFile { path, text, split: OnceCell::new() });
        }
    }
    Ok(sources)
}

impl SourceFile {
    #[cfg(test)]
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), split: OnceCell::new() }
    }

    pub(super) fn is(&self, extensions: &[&str]) -> bool {
        extensions.iter().any(|extension| has_extension(&self.path, extension))
    }

    /// `entry` of `crates/domain/src/entry.rs`.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.split('.').next().unwrap_or(name)
    }

    /// Lines numbered from one.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }

    /// Code and prose of each line.
    pub(super) fn split(&self) -> &[SplitLine] {
        self.split.get_or_init(|| text::split(&self.path, &self.text))
    }

    /// Code without comments and string contents; lines are numbered from one.
    pub(super) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.split().iter().map(|line| line.code.as_str()))
    }

    /// The code of a Rust file outside tests.
    pub(super) fn shipped_code(&self) -> impl Iterator<Item = (usize, &str)> {
        let shipped: HashSet<usize> = self.split_tests().0.into_iter().map(|(number, _)| number).collect();
        self.code().filter(move |(number, _)| shipped.contains(number))
    }

    /// Whether the whole file is test code.
    pub(super) fn is_test_file(&self) -> bool {
        let tests = ["/tests/", "e2e/", "crates/testkit/"];
        tests.iter().any(|place| self.path.contains(place))
            || self.path.ends_with("/tests.rs")
            || self.path.contains(".test.")
    }

    /// The lines of a Rust file outside `#[cfg(test)]`, and those inside.
    pub(super) fn split_tests(&self) -> (Lines<'_>, Lines<'_>) {
        if self.is_test_file() {
            return (Vec::new(), self.lines().collect());
        }
        let (mut shipped, mut tested) = (Vec::new(), Vec::new());
        let mut depth: Option<i64> = None; // open braces since the attribute; None outside a test module
        for (number, line) in self.lines() {
            if depth.is_none() && line.trim_start().starts_with("#[cfg(test)]") {
                depth = Some(0);
            }
            let Some(open) = depth else {
                shipped.push((number, line));
                continue;
            };
            tested.push((number, line));
            let open = open + count(line, '{') - count(line, '}');
            let closes = open <= 0 && (line.contains('}') || line.trim_end().ends_with(';'));
            depth = (!closes).then_some(open);
        }
        (shipped, tested)
    }
}

fn has_extension(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| end == extension)
}

fn count(line: &str, wanted: char) -> i64 {
    i64::try_from(line.matches(wanted).count()).expect("the count fits in an i64")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_test_module_ends_at_its_brace() {
        let source =
            SourceFile::new("crates/a/src/b.rs", "one\n#[cfg(test)]\nmod tests {\n    fn two() {}\n}\nthree\n");
        let (shipped, tested) = source.split_tests();
        assert_eq!(shipped, [(1, "one"), (6, "three")]);
        assert_eq!(tested.len(), 4);
    }

    #[test]
    fn declared_test_module_ends_at_its_line() {
        let source = SourceFile::new("crates/a/src/b.rs", "#[cfg(test)]\nmod tests;\nthree\n");
        assert_eq!(source.split_tests().0, [(3, "three")]);
    }

    #[test]
    fn path_decides_what_is_a_test_file() {
        assert!(SourceFile::new("crates/store/tests/contract.rs", "").is_test_file());
        assert!(SourceFile::new("ui/call/next.test.ts", "").is_test_file());
        assert!(!SourceFile::new("crates/store/src/lib.rs", "").is_test_file());
    }
}
