//! Files that fit in a head. At 400 lines we look twice; above 600 only what a program wrote.

use super::Finding;
use super::source::Source;

const WARN_ABOVE: usize = 400;
const FAIL_ABOVE: usize = 600;

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let long = long(sources).filter(|(_, lines)| *lines > FAIL_ABOVE);
    long.map(|(path, lines)| Finding::new(path, format!("{lines} lines; more than {FAIL_ABOVE} do not fit in a head")))
        .collect()
}

/// Not wrong, but perhaps two nouns in one file.
pub(super) fn long_files(sources: &[Source]) -> Vec<(&str, usize)> {
    long(sources).filter(|(_, lines)| *lines <= FAIL_ABOVE).collect()
}

fn long(sources: &[Source]) -> impl Iterator<Item = (&str, usize)> {
    let written = sources.iter().filter(|source| source.is(&["rs", "ts", "mjs", "css"]) && !is_generated(source));
    let counted = written.map(|source| (source.path.as_str(), source.text.lines().count()));
    counted.filter(|(_, lines)| *lines > WARN_ABOVE)
}

fn is_generated(source: &Source) -> bool {
    source.text.lines().take(5).any(|line| line.contains("@generated"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_long_is_found_unless_a_program_wrote_it() {
        let long = "line\n".repeat(601);
        assert_eq!(check(&[Source::new("crates/a/src/lib.rs", &long)]).len(), 1);
        assert_eq!(check(&[Source::new("ui/styles/pages.css", &long)]).len(), 1);
        assert_eq!(check(&[Source::new("crates/a/src/lib.rs", &format!("// @generated\n{long}"))]), []);
        assert_eq!(check(&[Source::new("docs/long.md", &long)]), []);
    }

    #[test]
    fn a_file_of_middle_length_is_only_pointed_out() {
        let sources = [Source::new("crates/a/src/lib.rs", &"line\n".repeat(401))];
        assert_eq!(check(&sources), []);
        assert_eq!(long_files(&sources), [("crates/a/src/lib.rs", 401)]);
    }
}
