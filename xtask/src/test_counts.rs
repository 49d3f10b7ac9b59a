//! Counts tests from the output of test runners. A stage in which no test ran fails.

use std::collections::BTreeSet;

/// Totals of one or more test runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) ran: u64,
    /// Skipped, ignored, todo or cancelled, depending on the runner. Must be zero.
    pub(crate) skipped: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, more: Self) {
        self.ran += more.ran;
        self.skipped += more.skipped;
    }
}

/// `cargo test` prints one `test result:` line per binary.
pub(crate) fn count_cargo(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines().filter_map(|line| line.strip_prefix("test result: ")) {
        counts.ran += number_before(line, " passed;") + number_before(line, " failed;");
        counts.skipped += number_before(line, " ignored;");
    }
    counts
}

/// `node --test` ends with `# tests 12` if its output is a pipe, with `ℹ tests 12` if it is a terminal.
pub(crate) fn count_node(output: &str) -> Counts {
    let mut counts = Counts::default();
    let facts = output.lines().filter_map(|line| line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")));
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

/// Vitest ends with `Tests  1 failed | 28 passed | 2 skipped (31)`, without colours if `NO_COLOR` is set.
pub(crate) fn count_vitest(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines().filter_map(|line| line.trim_start().strip_prefix("Tests  ")) {
        counts.ran += number_before(line, " passed") + number_before(line, " failed");
        counts.skipped += number_before(line, " skipped") + number_before(line, " todo");
    }
    counts
}

/// pytest ends with `===== 4 passed, 3 deselected in 24.91s =====`.
pub(crate) fn count_pytest(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines().filter(|line| line.starts_with('=') && line.contains(" in ")) {
        counts.ran += number_before(line, " passed") + number_before(line, " failed");
        counts.skipped += number_before(line, " skipped");
    }
    counts
}

/// `go test -v` prints `--- PASS: TestName/subtest (0.57s)`. A test with subtests is not counted itself.
pub(crate) fn count_go(output: &str) -> Counts {
    let lines = output.lines().filter_map(|line| line.trim_start().strip_prefix("--- "));
    let named = lines.filter_map(|line| line.split_once(": "));
    let tests: BTreeSet<_> = named.map(|(end, name)| (name.split(" (").next().unwrap_or(name), end)).collect();
    let has_subtests = |name: &str| tests.iter().any(|(other, _)| other.starts_with(&format!("{name}/")));
    let mut counts = Counts::default();
    for (_, end) in tests.iter().filter(|(name, _)| !has_subtests(name)) {
        match *end {
            "SKIP" => counts.skipped += 1,
            _ => counts.ran += 1,
        }
    }
    counts
}

/// Our tests in Python print `ok` and the name of the test.
pub(crate) fn count_stories(output: &str) -> Counts {
    Counts { ran: output.lines().filter(|line| line.starts_with("ok ")).count() as u64, skipped: 0 }
}

/// The number directly before this text.
fn number_before(line: &str, text: &str) -> u64 {
    let number = line.split(text).next().filter(|start| start.len() < line.len());
    number.and_then(|start| start.rsplit(' ').next()?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_results_of_all_binaries_are_added() {
        let output = "running 3 tests\n\
            test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: ok. 40 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(count_cargo(output), Counts { ran: 43, skipped: 1 });
    }

    #[test]
    fn node_totals_are_read_in_both_formats() {
        let tap =
            "ok 1 - a guest waits\n# tests 7\n# suites 2\n# pass 6\n# fail 0\n# cancelled 0\n# skipped 1\n# todo 0\n";
        assert_eq!(count_node(tap), Counts { ran: 6, skipped: 1 });
        assert_eq!(count_node(&tap.replace("# ", "ℹ ")), Counts { ran: 6, skipped: 1 });
    }

    #[test]
    fn vitest_totals_are_read() {
        let output = " Test Files  1 failed | 1 passed (2)\n      Tests  1 failed | 27 passed | 2 skipped (30)\n";
        assert_eq!(count_vitest(output), Counts { ran: 28, skipped: 2 });
        assert_eq!(count_vitest("      Tests  29 passed (29)\n"), Counts { ran: 29, skipped: 0 });
    }

    #[test]
    fn pytest_totals_are_read() {
        let output = "=== test session starts ===\n=== 1 failed, 4 passed, 2 skipped, 3 deselected in 24.91s ===\n";
        assert_eq!(count_pytest(output), Counts { ran: 5, skipped: 2 });
    }

    #[test]
    fn go_tests_with_subtests_are_not_counted() {
        let output = "=== RUN   TestBoth\n--- FAIL: TestBoth (1.00s)\n    --- PASS: TestBoth/one_way (0.50s)\n    \
            --- FAIL: TestBoth/the_other (0.50s)\n--- PASS: TestBothTogether (0.10s)\n--- SKIP: TestTLS (0.00s)\nFAIL\n";
        assert_eq!(count_go(output), Counts { ran: 3, skipped: 1 });
    }

    #[test]
    fn each_ok_line_of_a_story_is_one_test() {
        assert_eq!(count_stories("ok two people meet\nfailed: three\nok they leave\n"), Counts { ran: 2, skipped: 0 });
    }

    #[test]
    fn output_without_totals_counts_as_zero() {
        assert_eq!(count_cargo("warning: nothing to do\n"), Counts::default());
        assert_eq!(count_node(""), Counts::default());
        assert_eq!(count_vitest("No test files found\n"), Counts::default());
        assert_eq!(count_pytest("=== no tests ran in 0.02s ===\n"), Counts::default());
        assert_eq!(count_go("ok  \tanteroom.test/sdk\t0.1s [no tests to run]\n"), Counts::default());
        assert_eq!(count_stories("all is well\n"), Counts::default());
    }
}
