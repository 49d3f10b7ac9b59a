//! Project rules that the compiler and clippy do not check. Each check is a pure function from the sources to a list
//! of findings, with a test that shows it fail.

mod dependencies;
mod empty_names;
mod external_resources;
mod file_length;
mod leftovers;
mod library_copies;
mod manifests;
mod migrations;
mod purity;
mod source;

use anyhow::{Result, bail};

use crate::paths;
use source::Source;

/// One violation of a rule: where it is, and what to do.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    location: String,
    message: String,
}

impl Finding {
    fn new(location: impl Into<String>, message: impl Into<String>) -> Self {
        Self { location: location.into(), message: message.into() }
    }

    fn at(source: &Source, line: usize, message: impl Into<String>) -> Self {
        Self::new(format!("{}:{line}", source.path), message)
    }
}

/// Runs all checks on this repository and prints every finding.
pub(crate) fn check_repository() -> Result<()> {
    let metadata = paths::metadata()?;
    let sources = source::read_all(&paths::root())?;
    for (path, lines) in file_length::long_files(&sources) {
        println!("tidy: {path} has {lines} lines: can it be split into two types?");
    }
    let findings: Vec<Finding> = [
        dependencies::check(&metadata),
        purity::check(&metadata, &sources),
        library_copies::check(&sources),
        file_length::check(&sources),
        manifests::check(&sources),
        leftovers::check(&sources),
        empty_names::check(&sources),
        external_resources::check(&sources),
        migrations::check(&sources),
    ]
    .into_iter()
    .flatten()
    .collect();
    for finding in &findings {
        println!("tidy: {}: {}", finding.location, finding.message);
    }
    match findings.len() {
        0 => Ok(()),
        1 => bail!("tidy: 1 finding"),
        count => bail!("tidy: {count} findings"),
    }
}
