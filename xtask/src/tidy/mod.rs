//! Project rules that the compiler and clippy do not check. Each check is a pure function from the sources to a list
//! of findings, with a test that shows it fail.

mod boundaries;
mod dependencies;
mod document_paths;
mod empty_names;
mod external_resources;
mod file_length;
mod finding;
mod import_style;
mod leftovers;
mod library_copies;
mod manifests;
mod migrations;
mod module_files;
mod module_graph;
mod purity;
mod retired_words;
mod source;
mod template_texts;
mod text;
mod type_names;
mod unescaped;
mod unused_dependencies;
mod use_items;

use anyhow::{Result, bail};
use serde_json::Value;

use self::finding::Finding;
use self::source::SourceFile;
use crate::paths;

type Check = fn(&Value, &[SourceFile]) -> Vec<Finding>;

/// All checks by name. The first argument is `cargo metadata`.
const CHECKS: &[(&str, Check)] = &[
    ("boundaries", |_, sources| boundaries::check(sources)),
    ("circles", |_, sources| module_graph::check(sources)),
    ("dependencies", |metadata, _| dependencies::check(metadata)),
    ("document-paths", |_, sources| document_paths::check(sources)),
    ("empty-names", |_, sources| empty_names::check(sources)),
    ("external-resources", |_, sources| external_resources::check(sources)),
    ("file-length", |_, sources| file_length::check(sources)),
    ("imports", |_, sources| import_style::check(sources)),
    ("leftovers", |_, sources| leftovers::check(sources)),
    ("library-copies", |_, sources| library_copies::check(sources)),
    ("manifests", |_, sources| manifests::check(sources)),
    ("migrations", |_, sources| migrations::check(sources)),
    ("modules", |_, sources| module_files::check(sources)),
    ("purity", purity::check),
    ("texts", |_, sources| template_texts::check(sources)),
    ("type-names", |_, sources| type_names::check(sources)),
    ("unescaped", |_, sources| unescaped::check(sources)),
    ("unused-dependencies", |_, sources| unused_dependencies::check(sources)),
    ("words", |_, sources| retired_words::check(sources)),
];

/// Runs all checks on this repository and prints every finding.
pub(crate) fn check_repository() -> Result<()> {
    let (metadata, sources) = (paths::metadata()?, source::read_all(&paths::root())?);
    for (path, lines) in file_length::long_files(&sources) {
        println!("tidy: {path} has {lines} lines: can it be split into two types?");
    }
    let mut count = 0;
    for (name, check) in CHECKS {
        let findings = check(&metadata, &sources);
        print(name, &findings);
        count += findings.len();
    }
    fail_if_any(count)
}

/// Runs one check on the files below this path.
pub(crate) fn check_one(name: &str, path: &str) -> Result<()> {
    let Some((_, check)) = CHECKS.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
        bail!("unknown check `{name}`; known checks: {}", known.join(", "));
    };
    let sources = source::read_all(&paths::root())?;
    let mut findings = check(&paths::metadata()?, &sources);
    findings.retain(|finding| finding.location.starts_with(path));
    print(name, &findings);
    fail_if_any(findings.len())
}

/// Prints how often each retired word is used, by folder.
pub(crate) fn count_words() -> Result<()> {
    for (word, folders) in retired_words::counts(&source::read_all(&paths::root())?) {
        let total: usize = folders.values().sum();
        let list: Vec<String> = folders.iter().map(|(folder, count)| format!("{folder} {count}")).collect();
        println!("{total:>5}  {word:<16} {}", list.join(", "));
    }
    Ok(())
}

fn print(check: &str, findings: &[Finding]) {
    for finding in findings {
        println!("{}: {} [{check}]", finding.location, finding.message);
    }
}

fn fail_if_any(count: usize) -> Result<()> {
    match count {
        0 => Ok(()),
        1 => bail!("tidy: 1 finding"),
        count => bail!("tidy: {count} findings"),
    }
}
