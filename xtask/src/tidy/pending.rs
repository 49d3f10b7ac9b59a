//! Rules that part of the tree does not pass yet. Delete a line to enforce the rule there.

use super::finding::Finding;

/// A check and a path (or its beginning): findings of the check there are counted and do not fail.
const PENDING: &[(&str, &str)] = &[
    ("boundaries", "crates/room/"),
    ("boundaries", "crates/rtc/src/rooms/"),
    ("circles", "crates/media/"),
    ("circles", "crates/rtc/"),
    ("imports", "crates/"),
    ("imports", "fuzz/"),
    ("leftovers", "crates/rtc/src/wire/"),
    ("modules", "crates/"),
    ("type-names", "crates/"),
    ("words", "ARCHITECTURE.md"),
    ("words", "CHANGELOG.md"),
    ("words", "README.md"),
    ("words", "crates/"),
    ("words", "docs/"),
    ("words", "e2e/"),
    ("words", "fuzz/"),
    ("words", "ui/"),
];

/// Findings that fail, and the number of those that do not yet.
pub(super) fn split(check: &str, findings: Vec<Finding>) -> (Vec<Finding>, usize) {
    let total = findings.len();
    let failing: Vec<_> = findings.into_iter().filter(|finding| !is_pending(check, &finding.location)).collect();
    let pending = total - failing.len();
    (failing, pending)
}

fn is_pending(check: &str, location: &str) -> bool {
    PENDING.iter().any(|(name, path)| *name == check && location.starts_with(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_findings_under_listed_paths_are_pending() {
        let (check, path) = PENDING.first().copied().unwrap_or(("words", "-"));
        let listed = Finding::new(format!("{path}a.rs:1"), "");
        let others = [Finding::new("elsewhere.rs:1", ""), Finding::new(format!("x/{path}a.rs"), "")];
        let (failing, pending) = split(check, [vec![listed], others.to_vec()].concat());
        assert_eq!((failing.as_slice(), pending), (others.as_slice(), usize::from(!PENDING.is_empty())));
    }
}
