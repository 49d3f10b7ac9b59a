//! Every crate inherits the lints of the workspace, and the map in ARCHITECTURE.md lists every crate.

use super::finding::Finding;
use super::source::SourceFile;

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let map = sources.iter().find(|source| source.path == "ARCHITECTURE.md").map_or("", |map| map.text.as_str());
    let mut findings = Vec::new();
    for manifest in sources.iter().filter(|source| source.path.ends_with("/Cargo.toml")) {
        if !manifest.text.contains("[lints]\nworkspace = true") {
            findings.push(Finding::new(&manifest.path, "add `[lints] workspace = true`"));
        }
        let home = manifest.path.trim_end_matches("Cargo.toml");
        if !map.contains(&format!("`{home}`")) {
            findings.push(Finding::new("ARCHITECTURE.md", format!("`{home}` is missing in the map")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(manifest: &str, map: &str) -> usize {
        check(&[SourceFile::new("crates/a/Cargo.toml", manifest), SourceFile::new("ARCHITECTURE.md", map)]).len()
    }

    #[test]
    fn crate_without_workspace_lints_is_found() {
        assert_eq!(found("[package]\nname = \"a\"\n", "`crates/a/` does this"), 1);
        assert_eq!(found("[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n", "`crates/a/` does this"), 0);
    }

    #[test]
    fn crate_missing_in_the_map_is_found() {
        assert_eq!(found("[lints]\nworkspace = true\n", "nothing here"), 1);
    }
}
