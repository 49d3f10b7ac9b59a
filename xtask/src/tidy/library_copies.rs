//! Libraries that must appear once in Cargo.lock: a second sqlx brings an older bundled SQLite, a second rustls another
//! TLS configuration.

use super::finding::Finding;
use super::source::SourceFile;

const ONE_COPY: &[&str] = &["axum", "libsqlite3-sys", "rustls", "sqlx", "str0m"];

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let Some(lock) = sources.iter().find(|source| source.path == "Cargo.lock") else {
        return vec![Finding::new("Cargo.lock", "is missing")];
    };
    let copies = |name: &str| lock.text.matches(&format!("name = \"{name}\"\n")).count();
    let several = ONE_COPY.iter().filter(|name| copies(name) > 1);
    several
        .map(|name| {
            Finding::new("Cargo.lock", format!("{} versions of {name}; align the dependencies on one", copies(name)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_version_is_found() {
        let one = "[[package]]\nname = \"sqlx\"\nversion = \"0.9.0\"\n[[package]]\nname = \"sqlx-core\"\n";
        assert_eq!(check(&[SourceFile::new("Cargo.lock", one)]), []);
        let two = format!("{one}[[package]]\nname = \"sqlx\"\nversion = \"0.8.6\"\n");
        assert_eq!(check(&[SourceFile::new("Cargo.lock", &two)]).len(), 1);
    }
}
