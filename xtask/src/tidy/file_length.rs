//! File length: a notice above 400 lines, a failure above 600 unless the file is generated.

use super::finding::Finding;
use super::source::SourceFile;

const WARN_ABOVE: usize = 400;
const FAIL_ABOVE: usize = 600;

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let long = long(sources).filter(|(_, lines)| *lines > FAIL_ABOVE);
    long.map(|(path, lines)| Finding::new(path, format!("{lines} lines; the limit is {FAIL_ABOVE}: split it")))
        .collect()
}

/// Below the limit, but perhaps two types in one file.
pub(super) fn long_files(sources: &[SourceFile]) -> Vec<(&str, usize)> {
    long(sources).filter(|(_, lines)| *lines <= FAIL_ABOVE).collect()
}

fn long(sources: &[SourceFile]) -> impl Iterator<Item = (&str, usize)> {
    let written = sources.iter().filter(|source| source.is(&["rs", "ts", "mjs", "css"]) && !is_generated(source));
    let counted = written.map(|source| (source.path.as_str(), source.text.lines().count()));
    counted.filter(|(_, lines)| *lines > WARN_ABOVE)
}

fn is_generated(source: &SourceFile) -> bool {
    source.text.lines().take(5).any(|line| line.contains("@generated"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_file_is_found_unless_generated() {
        let long = "line\n".repeat(601);
        assert_eq!(check(&[SourceFile::new("crates/a/src/lib.rs", &long)]).len(), 1);
        assert_eq!(check(&[SourceFile::new("ui/styles/pages.css", &long)]).len(), 1);
        assert_eq!(check(&[SourceFile::new("crates/a/src/lib.rs", &format!("// @generated\n{long}"))]), []);
        assert_eq!(check(&[SourceFile::new("docs/long.md", &long)]), []);
    }

    #[test]
    fn file_above_the_notice_limit_passes() {
        let sources = [SourceFile::new("crates/a/src/lib.rs", &"line\n".repeat(401))];
        assert_eq!(check(&sources), []);
        assert_eq!(long_files(&sources), [("crates/a/src/lib.rs", 401)]);
    }
}
