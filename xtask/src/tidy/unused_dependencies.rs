//! Every dependency in a manifest is used: a Rust file of the crate names it.

use super::finding::Finding;
use super::source::SourceFile;

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in sources.iter().filter(|source| source.path.ends_with("/Cargo.toml")) {
        let home = manifest.path.trim_end_matches("Cargo.toml");
        let files = || sources.iter().filter(|source| source.path.starts_with(home) && source.is(&["rs"]));
        for name in dependencies(&manifest.text) {
            let identifier = name.replace('-', "_");
            if !files().any(|file| names(&file.text, &identifier)) {
                findings.push(Finding::new(&manifest.path, format!("`{name}` is not used: remove it")));
            }
        }
    }
    findings
}

/// The keys of all tables of dependencies.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let mut is_in_table = false;
    manifest.lines().filter_map(move |line| {
        if let Some(table) = line.strip_prefix('[') {
            is_in_table = table.trim_end().trim_end_matches(']').ends_with("dependencies");
            return None;
        }
        let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
        (is_in_table && !name.is_empty() && !name.starts_with('#')).then_some(name)
    })
}

/// Whether the text contains this identifier as a whole word.
fn names(text: &str, identifier: &str) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    text.match_indices(identifier).any(|(at, _)| {
        let (before, after) = (at.checked_sub(1), at + identifier.len());
        !is_part(before.and_then(|at| text.as_bytes().get(at))) && !is_part(text.as_bytes().get(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[package]\nname = \"a\"\n\n[dependencies]\ntower-http.workspace = true\n# for tests\n\
                            [target.'cfg(unix)'.dev-dependencies]\nnix = { version = \"1\" }\n";

    fn found(code: &str) -> Vec<String> {
        let sources = [SourceFile::new("crates/a/Cargo.toml", MANIFEST), SourceFile::new("crates/a/src/lib.rs", code)];
        check(&sources).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn dependency_that_no_file_names_is_found() {
        assert_eq!(found("use tower_http::catch_panic;\nuse nix::sys;\n").len(), 0);
        let findings = found("use tower_http::catch_panic;\n");
        assert_eq!(findings.len(), 1);
        assert!(findings[0].contains("`nix` is not used"), "{findings:?}");
    }

    #[test]
    fn longer_word_is_another_crate() {
        assert_eq!(found("use tower_http_extra::a;\nuse nixpkgs::b;\n").len(), 2);
    }
}
