//! House rules a compiler cannot check. Each is a pure function from what is in the repository to what is wrong with
//! it, and each has a test that sees it fail.

mod arrows;
mod copies;
mod leftovers;
mod length;
mod manifests;
mod outside;
mod purity;
mod source;
mod twins;
mod words;

use anyhow::{Result, bail};

use crate::place;
use source::Source;

/// What is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    place: String,
    said: String,
}

impl Finding {
    fn new(place: impl Into<String>, said: impl Into<String>) -> Self {
        Self { place: place.into(), said: said.into() }
    }

    fn at(source: &Source, line: usize, said: impl Into<String>) -> Self {
        Self::new(format!("{}:{line}", source.path), said)
    }
}

/// Checks this repository and lists everything it finds.
pub(crate) fn check_repository() -> Result<()> {
    let metadata = place::metadata()?;
    let sources = source::read_all(&place::root())?;
    for (path, lines) in length::worth_a_look(&sources) {
        println!("tidy: {path} has {lines} lines: two nouns in one file?");
    }
    let findings: Vec<Finding> = [
        arrows::check(&metadata),
        purity::check(&metadata, &sources),
        copies::check(&sources),
        length::check(&sources),
        manifests::check(&sources),
        leftovers::check(&sources),
        words::check(&sources),
        outside::check(&sources),
        twins::check(&sources),
    ]
    .into_iter()
    .flatten()
    .collect();
    for finding in &findings {
        println!("tidy: {}: {}", finding.place, finding.said);
    }
    match findings.len() {
        0 => Ok(()),
        count => bail!("tidy found {count} things"),
    }
}
