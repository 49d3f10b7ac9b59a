//! How many tests ran, read from what the runners print. A stage in which none ran proves nothing and fails.

/// What a runner says of itself at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) ran: u64,
    /// Left out on purpose, whatever the runner calls it. We have none.
    pub(crate) skipped: u64,
}

/// `cargo test` prints one such line per binary.
pub(crate) fn of_cargo(said: &str) -> Counts {
    let mut counts = Counts::default();
    for line in said.lines().filter_map(|line| line.strip_prefix("test result: ")) {
        counts.ran += before(line, " passed;") + before(line, " failed;");
        counts.skipped += before(line, " ignored;");
    }
    counts
}

/// `node --test` closes with `# tests 12` when its output is read by a program, `ℹ tests 12` when by a person.
pub(crate) fn of_node(said: &str) -> Counts {
    let mut counts = Counts::default();
    let facts = said.lines().filter_map(|line| line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")));
    for (name, number) in facts.filter_map(|fact| fact.split_once(' ')) {
        let number: u64 = number.trim().parse().unwrap_or(0);
        match name {
            "pass" | "fail" => counts.ran += number,
            "skipped" | "todo" | "cancelled" => counts.skipped += number,
            _ => {}
        }
    }
    counts
}

/// The number that stands right before these words.
fn before(line: &str, words: &str) -> u64 {
    let number = line.split(words).next().filter(|start| start.len() < line.len());
    number.and_then(|start| start.rsplit(' ').next()?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_binaries_are_added_up() {
        let said = "running 3 tests\n\
            test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: ok. 40 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(of_cargo(said), Counts { ran: 43, skipped: 1 });
    }

    #[test]
    fn nodes_totals_are_read_in_both_its_voices() {
        let tap =
            "ok 1 - a guest waits\n# tests 7\n# suites 2\n# pass 6\n# fail 0\n# cancelled 0\n# skipped 1\n# todo 0\n";
        assert_eq!(of_node(tap), Counts { ran: 6, skipped: 1 });
        assert_eq!(of_node(&tap.replace("# ", "ℹ ")), Counts { ran: 6, skipped: 1 });
    }

    #[test]
    fn silence_counts_for_nothing() {
        assert_eq!(of_cargo("warning: nothing to do\n"), Counts::default());
        assert_eq!(of_node(""), Counts::default());
    }
}
