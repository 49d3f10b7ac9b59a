//! No circles between the files of a crate: a file that is used by what it uses cannot be read or tested alone.
//!
//! Reads `use` items and inline paths of shipped code, and follows re-exports to the file that defines the name.
//! Methods are not followed: `self.forward()` is no dependency on the file whose `impl` block has it.

mod circle;
mod crate_files;
mod resolve;

use self::circle::Component;
use super::finding::Finding;
use super::source::SourceFile;

/// Sources of the crates that are checked.
const ROOTS: &[&str] = &["crates/media/src/", "crates/rtc/src/", "xtask/src/"];

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    ROOTS.iter().flat_map(|root| check_crate(sources, root)).collect()
}

fn check_crate(sources: &[SourceFile], root: &str) -> Vec<Finding> {
    let files = crate_files::read(sources, root);
    let dependencies = resolve::dependencies(&files);
    let name = |file: usize| files[file].source.path.trim_start_matches(root);
    let circles = circle::find(files.len(), &dependencies).into_iter().map(|Component { nodes, circle }| {
        let first = &circle[0];
        let mut names: Vec<&str> = circle.iter().map(|dependency| name(dependency.from)).collect();
        names.push(name(first.from));
        let lines: Vec<String> = circle.iter().map(|edge| format!("{}:{}", name(edge.from), edge.line)).collect();
        let mut message = format!("circle {} (at {})", names.join(" > "), lines.join(", "));
        if nodes.len() > circle.len() {
            let all: Vec<&str> = nodes.iter().map(|node| name(*node)).collect();
            message.push_str(&format!(" among {} files in circles: {}", all.len(), all.join(", ")));
        }
        message.push_str(": move what both sides need into a file of its own");
        Finding::at(files[first.from].source, first.line, message)
    });
    circles.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<_> =
            files.iter().map(|(path, text)| SourceFile::new(&format!("crates/media/src/{path}"), text)).collect();
        let findings = check(&sources).into_iter();
        findings.map(|finding| finding.message.split(" (").next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn imports_in_both_directions_are_a_circle() {
        let files = [
            ("lib.rs", "mod a;\nmod b;\n"),
            ("a.rs", "use crate::b::B;\npub struct A(B);\n"),
            ("b.rs", "use crate::a::A;\npub struct B;\n"),
        ];
        assert_eq!(found(&files), ["circle a.rs > b.rs > a.rs"]);
        assert_eq!(found(&[files[0], files[1], ("b.rs", "pub struct B;\n")]), [""; 0]);
    }

    #[test]
    fn inline_paths_count() {
        let files = [
            ("lib.rs", "mod a;\nmod b;\n"),
            ("a.rs", "pub fn a() { crate::b::b() }\n"),
            ("b.rs", "use super::a;\npub fn b() { a::a() }\n"),
        ];
        assert_eq!(found(&files), ["circle a.rs > b.rs > a.rs"]);
    }

    #[test]
    fn re_exports_lead_to_the_defining_file() {
        let files = [
            ("lib.rs", "mod p;\nmod q;\n"),
            ("p/mod.rs", "mod x;\nmod y;\npub use x::X;\npub use self::y::*;\n"),
            ("p/x.rs", "use crate::q::Q;\npub struct X(Q);\n"),
            ("p/y.rs", "pub struct Y;\n"),
            ("q.rs", "use crate::p::{X, Y};\npub struct Q(X, Y);\n"),
        ];
        assert_eq!(found(&files), ["circle p/x.rs > q.rs > p/x.rs"]);
        let harmless = ("p/x.rs", "pub struct X;\n");
        assert_eq!(found(&[files[0], files[1], harmless, files[3], files[4]]), [""; 0]);
    }

    #[test]
    fn a_re_export_alone_is_no_dependency_but_its_use_is() {
        let child = ("p/x.rs", "use super::Shared;\npub struct X(Shared);\n");
        let plain = ("p/mod.rs", "mod x;\npub use x::X;\npub struct Shared;\n");
        assert_eq!(found(&[("lib.rs", "mod p;\n"), plain, child]), [""; 0]);
        let using = ("p/mod.rs", "mod x;\npub use x::X;\npub struct Shared;\npub struct Pair(X);\n");
        assert_eq!(found(&[("lib.rs", "mod p;\n"), using, child]), ["circle p/mod.rs > p/x.rs > p/mod.rs"]);
    }

    #[test]
    fn circles_of_three_are_found_and_tests_are_not_read() {
        let files = [
            ("a.rs", "use crate::b::B;\npub struct A;\n"),
            ("b.rs", "use crate::c::C;\npub struct B;\n"),
            ("c.rs", "use crate::a::A;\npub struct C;\n"),
        ];
        assert_eq!(found(&files), ["circle a.rs > b.rs > c.rs > a.rs"]);
        let tested = ("c.rs", "pub struct C;\n#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}\n");
        assert_eq!(found(&[files[0], files[1], tested]), [""; 0]);
    }
}
