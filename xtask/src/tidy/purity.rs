//! The pure crates use no async runtime, socket, file or thread, so their tests run in virtual time.
//! Clocks and random numbers are checked by clippy.toml.

use serde_json::Value;

use super::dependencies::{dependencies, packages, short};
use super::finding::Finding;
use super::source::SourceFile;

const PURE: &[&str] = &["domain", "l10n", "room", "media", "livekit", "signalling"];

/// Libraries that do I/O or read the system, by the first part of their names.
const IMPURE_LIBRARIES: &[&str] = &[
    "async-std",
    "axum",
    "diesel",
    "hyper",
    "if-addrs",
    "lettre",
    "mio",
    "rand",
    "reqwest",
    "rusqlite",
    "smol",
    "socket2",
    "sqlx",
    "tokio",
    "tower",
    "tungstenite",
    "ureq",
];

/// Modules of std that do I/O. `std::net` also has address types, so its sockets are listed by name.
const IMPURE_MODULES: &[&str] = &["env", "fs", "process", "thread"];
const SOCKETS: &[&str] = &["TcpListener", "TcpStream", "ToSocketAddrs", "UdpSocket"];

pub(super) fn check(metadata: &Value, sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = impure_libraries(metadata);
    for source in
        sources.iter().filter(|source| source.is(&["rs"]) && PURE.iter().any(|name| is_in_crate(source, name)))
    {
        for (number, line) in source.split_tests().0 {
            if let Some(reached) = impure_use(line) {
                findings.push(Finding::at(
                    source,
                    number,
                    format!("a pure crate uses {reached}: move the I/O to `rtc` or `app`"),
                ));
            }
        }
    }
    findings
}

fn is_in_crate(source: &SourceFile, name: &str) -> bool {
    source.path.starts_with(&format!("crates/{name}/src/"))
}

fn impure_libraries(metadata: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages(metadata) {
        let name = short(package["name"].as_str().unwrap_or_default());
        if !PURE.contains(&name) {
            continue;
        }
        let used = dependencies(package).iter().filter(|dependency| dependency["kind"] != "dev");
        for library in used.filter_map(|dependency| dependency["name"].as_str()) {
            if IMPURE_LIBRARIES.iter().any(|impure| library == *impure || library.starts_with(&format!("{impure}-"))) {
                findings.push(Finding::new(
                    name,
                    format!("a pure crate depends on {library}: move the I/O to `rtc` or `app`"),
                ));
            }
        }
    }
    findings
}

fn impure_use(line: &str) -> Option<String> {
    let code = line.split("//").next().unwrap_or(line);
    let module = IMPURE_MODULES.iter().find(|module| names_of_std(code).any(|name| name == **module));
    let socket = SOCKETS.iter().find(|socket| code.contains(**socket));
    module.map(|module| format!("std::{module}")).or_else(|| socket.map(|socket| (*socket).to_owned()))
}

/// `fs` and `net` of both `std::fs::read` and `use std::{fs, net::IpAddr}`.
fn names_of_std(code: &str) -> impl Iterator<Item = &str> {
    code.split("std::").skip(1).flat_map(|rest| {
        let group = rest.strip_prefix('{').unwrap_or(rest);
        let several = group.len() < rest.len();
        group
            .split(',')
            .take(if several { usize::MAX } else { 1 })
            .map(|name| name.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of_source(path: &str, text: &str) -> usize {
        check(&json!({}), &[SourceFile::new(path, text)]).len()
    }

    #[test]
    fn io_in_a_pure_crate_is_found() {
        for line in [
            "let text = std::fs::read_to_string(path);",
            "use std::{collections::BTreeMap, env};",
            "use std::thread;",
            "let socket = std::net::UdpSocket::bind(address);",
            "std::process::exit(1);",
        ] {
            assert_eq!(of_source("crates/room/src/lib.rs", line), 1, "{line}");
        }
    }

    #[test]
    fn address_types_and_tests_pass() {
        assert_eq!(of_source("crates/media/src/peer.rs", "use std::net::{IpAddr, SocketAddr};\n"), 0);
        assert_eq!(of_source("crates/media/src/peer.rs", "// like std::fs::read, but not\nuse std::fmt;\n"), 0);
        assert_eq!(of_source("crates/media/src/tests.rs", "use std::fs;\n"), 0);
        assert_eq!(of_source("crates/rtc/src/lib.rs", "use std::fs;\n"), 0);
    }

    #[test]
    fn io_library_of_a_pure_crate_is_found() {
        let with = |library: &str, kind: Value| {
            let package = json!({ "name": "anteroom-media", "dependencies": [{ "name": library, "kind": kind }] });
            check(&json!({ "packages": [package] }), &[]).len()
        };
        for library in ["tokio", "tokio-util", "axum", "sqlx", "lettre", "rand"] {
            assert_eq!(with(library, Value::Null), 1, "{library}");
        }
        assert_eq!(with("str0m", Value::Null), 0);
        assert_eq!(with("rand", json!("dev")), 0);
    }
}
