//! Arguments of the benchmarks: `--name value` pairs and names.

use std::str::FromStr;

use anyhow::{Context, Result, ensure};

/// The arguments that no benchmark has taken yet.
pub(super) struct Options<'a> {
    left: Vec<&'a str>,
}

impl<'a> Options<'a> {
    pub(super) fn new(args: &[&'a str]) -> Self {
        Self { left: args.to_vec() }
    }

    /// The value of `--name`, if it is given.
    pub(super) fn take<T: FromStr>(&mut self, name: &str) -> Result<Option<T>> {
        let Some(at) = self.left.iter().position(|arg| *arg == name) else { return Ok(None) };
        let value = self.left.get(at + 1).copied().with_context(|| format!("{name} needs a value"))?;
        self.left.drain(at..at + 2);
        let parsed = value.parse().ok().with_context(|| format!("{name} {value} is no value for it"))?;
        Ok(Some(parsed))
    }

    /// Whether `--name` is given.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        let before = self.left.len();
        self.left.retain(|arg| *arg != name);
        self.left.len() < before
    }

    /// The names that are left, each of which must be known. None given: all.
    pub(super) fn names<'n>(self, known: &[&'n str]) -> Result<Vec<&'n str>> {
        for name in &self.left {
            ensure!(known.contains(name), "unknown argument `{name}`; known: {}", known.join(", "));
        }
        Ok(known.iter().copied().filter(|name| self.left.is_empty() || self.left.contains(name)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_names_are_separated() {
        let mut options = Options::new(&["b", "--rounds", "5", "--no-build", "a"]);
        assert!(options.flag("--no-build") && !options.flag("--no-build"));
        assert_eq!(options.take("--rounds").unwrap(), Some(5));
        assert_eq!(options.take::<u32>("--seconds").unwrap(), None);
        assert_eq!(options.names(&["a", "b", "c"]).unwrap(), ["a", "b"]);
        assert_eq!(Options::new(&[]).names(&["a", "b"]).unwrap(), ["a", "b"]);
    }

    #[test]
    fn unknown_names_and_missing_values_are_errors() {
        assert!(Options::new(&["d"]).names(&["a"]).is_err());
        assert!(Options::new(&["--rounds"]).take::<u32>("--rounds").is_err());
        assert!(Options::new(&["--rounds", "many"]).take::<u32>("--rounds").is_err());
    }
}
