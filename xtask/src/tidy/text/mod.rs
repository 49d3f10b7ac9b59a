//! Splits a source file into code, prose (comments and documentation) and string literals, line by line.
//!
//! Not a parser: it knows comments, string literals and nothing else of each language.

mod language;
mod split;

pub(super) use self::split::{SplitLine, split};
