//! Every migration exists for SQLite and PostgreSQL under the same file name.

use std::collections::BTreeSet;

use super::finding::Finding;
use super::source::SourceFile;

const SQLITE: &str = "crates/store/migrations/sqlite/";
const POSTGRES: &str = "crates/store/migrations/postgres/";

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let (sqlite, postgres) = (names(sources, SQLITE), names(sources, POSTGRES));
    let unpaired = sqlite.symmetric_difference(&postgres);
    unpaired
        .map(|name| {
            Finding::new(
                format!("crates/store/migrations/*/{name}"),
                "exists for one engine only: add the file for the other",
            )
        })
        .collect()
}

fn names<'a>(sources: &'a [SourceFile], directory: &str) -> BTreeSet<&'a str> {
    sources.iter().filter_map(|source| source.path.strip_prefix(directory)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migration_for_one_engine_is_found() {
        let first = |directory: &str| SourceFile::new(&format!("{directory}0001_practice.sql"), "");
        assert_eq!(check(&[first(SQLITE), first(POSTGRES)]), []);
        assert_eq!(check(&[first(SQLITE)]).len(), 1);
        let renamed = SourceFile::new("crates/store/migrations/postgres/0002_practice.sql", "");
        assert_eq!(check(&[first(SQLITE), renamed]).len(), 2);
    }
}
