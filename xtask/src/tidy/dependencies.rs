//! Allowed dependencies between the crates of the workspace. A new dependency is a design decision: list it here and
//! change ARCHITECTURE.md in the same commit.

use serde_json::Value;

use super::finding::Finding;

/// Each crate and the crates it may depend on. Consultations and rooms meet in `rtc`, which implements a port of `app`.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("room", &[]),
    ("media", &[]),
    ("l10n", &["domain"]),
    ("store", &["domain"]),
    ("app", &["domain", "store"]),
    ("notify", &["app", "domain", "l10n"]),
    ("jobs", &["app", "domain"]),
    ("web", &["app", "domain", "l10n"]),
    ("signalling", &["media", "room"]),
    ("livekit", &["media", "room", "signalling"]),
    ("rtc", &["app", "domain", "l10n", "livekit", "media", "room", "signalling"]),
    ("anteroom", &["app", "domain", "jobs", "l10n", "livekit", "notify", "rtc", "store", "web"]),
    ("cluster", &[]),
    ("nodes", &["app", "domain", "jobs", "notify", "store", "testkit", "web"]),
    ("testkit", &["app", "cluster", "domain", "jobs", "notify", "store", "web"]),
    ("bench", &[]),
    ("fuzz", &["livekit", "media", "room", "rtc", "signalling"]),
    ("xtask", &["cluster"]),
];

pub(super) fn check(metadata: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages(metadata) {
        let from = short(package["name"].as_str().unwrap_or_default());
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == from) else {
            findings.push(Finding::new(
                from,
                "unknown crate: list its allowed dependencies in xtask/src/tidy/dependencies.rs",
            ));
            continue;
        };
        for edge in edges(package) {
            if !edge.is_allowed(allowed) {
                findings.push(Finding::new(
                    format!("{from} > {}", edge.to),
                    "this dependency is not allowed, see xtask/src/tidy/dependencies.rs",
                ));
            }
        }
    }
    findings
}

/// A dependency on another crate of the workspace.
struct Edge<'a> {
    to: &'a str,
    for_tests_only: bool,
}

impl Edge<'_> {
    /// Only dev-dependencies may name the testkit, which depends on most crates, and the test server of PostgreSQL.
    fn is_allowed(&self, allowed: &[&str]) -> bool {
        allowed.contains(&self.to) || (self.for_tests_only && ["cluster", "testkit"].contains(&self.to))
    }
}

pub(super) fn packages(metadata: &Value) -> &[Value] {
    metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn dependencies(package: &Value) -> &[Value] {
    package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn edges(package: &Value) -> impl Iterator<Item = Edge<'_>> {
    let internal = dependencies(package).iter().filter(|dependency| dependency["path"].is_string());
    internal.map(|dependency| Edge {
        to: short(dependency["name"].as_str().unwrap_or_default()),
        for_tests_only: dependency["kind"] == "dev",
    })
}

/// The crate name without the `anteroom-` prefix.
pub(super) fn short(package: &str) -> &str {
    package.strip_prefix("anteroom-").unwrap_or(package)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one_edge(from: &str, to: &str, kind: Value) -> Vec<Finding> {
        check(&json!({ "packages": [{
            "name": format!("anteroom-{from}"),
            "dependencies": [
                { "name": format!("anteroom-{to}"), "path": format!("/crates/{to}"), "kind": kind },
                { "name": "serde", "kind": null },
            ],
        }] }))
    }

    #[test]
    fn forbidden_dependencies_are_found() {
        for (from, to) in [
            ("web", "store"),
            ("web", "media"),
            ("rtc", "store"),
            ("app", "media"),
            ("app", "livekit"),
            ("app", "web"),
            ("domain", "app"),
            ("room", "domain"),
            ("livekit", "rtc"),
        ] {
            assert_eq!(one_edge(from, to, Value::Null).len(), 1, "{from} > {to}");
        }
    }

    #[test]
    fn listed_dependencies_pass() {
        assert_eq!(one_edge("web", "app", Value::Null), []);
        assert_eq!(one_edge("rtc", "media", Value::Null), []);
    }

    #[test]
    fn crates_for_tests_are_dev_dependencies_only() {
        assert_eq!(one_edge("web", "testkit", json!("dev")), []);
        assert_eq!(one_edge("web", "testkit", Value::Null).len(), 1);
        assert_eq!(one_edge("store", "cluster", json!("dev")), []);
        assert_eq!(one_edge("store", "cluster", Value::Null).len(), 1);
        assert_eq!(one_edge("web", "store", json!("dev")).len(), 1);
    }

    #[test]
    fn unlisted_crate_is_found() {
        assert_eq!(check(&json!({ "packages": [{ "name": "anteroom-misc", "dependencies": [] }] })).len(), 1);
    }
}
