//! What a check reports.

use super::source::SourceFile;

/// One violation of a rule: where it is, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// `path:line`, or `path` for a whole file.
    pub(super) location: String,
    pub(super) message: String,
}

impl Finding {
    pub(super) fn new(location: impl Into<String>, message: impl Into<String>) -> Self {
        Self { location: location.into(), message: message.into() }
    }

    pub(super) fn at(source: &SourceFile, line: usize, message: impl Into<String>) -> Self {
        Self::new(format!("{}:{line}", source.path), message)
    }
}
