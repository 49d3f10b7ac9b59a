//! The practice this server belongs to. One server, one practice.

use crate::person::single_line;
use crate::{FieldError, Policy, WordingPack, Zone};

/// Who runs this server, how it speaks and what it decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practice {
    /// As guests see it: `Praxis am Park`.
    pub name: String,
    /// Its vocabulary.
    pub pack: WordingPack,
    /// Where it works, unless a host says otherwise.
    pub zone: Zone,
    /// Its join window and rules.
    pub policy: Policy,
    /// Rises with each change; a save of an older one is refused as busy.
    pub version: i64,
}

impl Practice {
    /// A name for a practice: one line, at most 120 characters.
    pub fn parse_name(text: &str) -> Result<String, FieldError> {
        single_line(text, 120)
    }
}
