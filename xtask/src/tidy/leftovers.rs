//! Unfinished code, disabled tests, and tests that wait for a fixed time.

use super::finding::Finding;
use super::source::{Lines, SourceFile};

/// Written in two halves so that this file does not match itself.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("db", "g!("),
    concat!("to", "do!("),
    concat!("unimpl", "emented!("),
    concat!("#[ign", "ore"),
];

/// Disables a test, or all other tests.
const DISABLED_TESTS: &[&str] = &[
    concat!("test.sk", "ip("),
    concat!("it.sk", "ip("),
    concat!("describe.sk", "ip("),
    concat!(".on", "ly("),
    concat!("skip", ": true"),
    concat!("waitFor", "Timeout("),
    concat!("debug", "ger;"),
];

const WAITS: &[&str] = &[concat!("::sl", "eep("), concat!("set", "Timeout("), concat!("spin_", "loop(")];

/// Polls until a condition holds or a deadline passes; the only file of the browser tests that may pause.
const EVENTUALLY: &str = "e2e/harness/eventually.mjs";

pub(super) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.is(&["rs", "ts", "mjs", "css", "html", "sql"])) {
        findings.extend(all(
            source,
            source.lines(),
            UNFINISHED,
            "unfinished code or a disabled test: finish or remove it",
        ));
        if source.is(&["ts", "mjs"]) && source.is_test_file() {
            findings.extend(all(
                source,
                source.lines(),
                DISABLED_TESTS,
                "a disabled test or a fixed wait: enable it, or wait for a condition",
            ));
        }
        if source.path != EVENTUALLY {
            let tested = if source.is(&["rs"]) { source.split_tests().1 } else { lines_if_test(source) };
            findings.extend(all(
                source,
                tested.into_iter(),
                WAITS,
                "a fixed wait in a test: wait for a condition or use virtual time",
            ));
        }
    }
    findings
}

fn lines_if_test(source: &SourceFile) -> Lines<'_> {
    if source.is_test_file() { source.lines().collect() } else { Vec::new() }
}

fn all<'a>(
    source: &'a SourceFile,
    lines: impl Iterator<Item = (usize, &'a str)>,
    words: &[&str],
    message: &str,
) -> Vec<Finding> {
    let hits = lines.filter_map(|(number, line)| Some((number, words.iter().find(|word| line.contains(**word))?)));
    hits.map(|(number, word)| Finding::at(source, number, format!("`{word}`: {message}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&[SourceFile::new(path, text)]).len()
    }

    #[test]
    fn unfinished_code_is_found() {
        for word in UNFINISHED {
            assert_eq!(found("crates/a/src/lib.rs", word), 1, "{word}");
        }
        assert_eq!(found("crates/a/src/lib.rs", "let names: Vec<_> = all.iter().skip(1).collect();"), 0);
    }

    #[test]
    fn disabled_browser_test_is_found() {
        for word in DISABLED_TESTS {
            assert_eq!(found("e2e/stories/refusals.test.mjs", word), 1, "{word}");
        }
    }

    #[test]
    fn only_waits_in_tests_are_found() {
        let sleeps = concat!("tokio::time::sl", "eep(SECOND).await;");
        assert_eq!(found("crates/jobs/tests/outbox.rs", sleeps), 1);
        assert_eq!(found("crates/jobs/src/lib.rs", &format!("#[cfg(test)]\nmod tests {{\n{sleeps}\n}}\n")), 1);
        assert_eq!(found("crates/jobs/src/lib.rs", sleeps), 0);
        let spins = concat!("std::hint::spin_", "loop();");
        assert_eq!(found("crates/rtc/tests/call.rs", spins), 1);
        let timer = concat!("set", "Timeout(go, 100)");
        assert_eq!(found("e2e/stories/call.test.mjs", timer), 1);
        assert_eq!(found(EVENTUALLY, timer), 0);
        assert_eq!(found("ui/call/live.ts", timer), 0);
    }
}
