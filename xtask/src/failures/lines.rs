//! Finds the failed tests in the output of a test runner, with their messages: cargo, node, vitest, pytest, go.

use std::collections::BTreeSet;

/// Lines shown of an output in which no failed test is found.
const LAST: usize = 12;
/// How far the log of a Go test is searched for the messages of the test.
const GO_LOG: usize = 400;
/// Lines of such messages.
const GO_MESSAGES: usize = 8;

/// Where a message ends: the stack, the next test, the next section.
const ENDS: &[&str] =
    &["at ", "stack:", "code:", "note:", "failures:", "stack backtrace:", "ok ", "✔", "✓", "=== ", "...", "# ", "⎯"];
/// Lines within a message that explain nothing.
const NOISE: &[&str] = &["---", "duration_ms:", "type:"];

/// Names and messages of failed tests; the last lines if there is none.
pub(super) fn of_failures(output: &str) -> Vec<String> {
    let lines: Vec<String> = output.lines().map(without_colours).collect();
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for (place, line) in lines.iter().enumerate() {
        let Some(message) = message_length(line) else { continue };
        let before = if is_go_failure(line) { go_messages(&lines[..place]) } else { Vec::new() };
        let after = lines[place + 1..].iter().take_while(|line| !ends_message(line));
        let after = after.filter(|line| !is_noise(line)).take(message).copied();
        let all = before.into_iter().chain([*line]).chain(after);
        found.extend(all.filter(|line| seen.insert(*line)).map(str::to_owned));
    }
    if found.is_empty() {
        found = lines.iter().rev().filter(|line| !line.is_empty()).take(LAST).map(|line| (*line).to_owned()).collect();
        found.reverse();
    }
    found
}

/// Whether the line begins a failure, and how many lines may follow.
fn message_length(line: &str) -> Option<usize> {
    let text = line.trim_start();
    if text.starts_with("test ") && text.ends_with("FAILED") {
        return Some(0);
    }
    // Vitest: an error outside of a test fails the run, too.
    if text.starts_with('⎯') && text.contains(" Unhandled ") {
        return Some(4);
    }
    if text.starts_with("thread '") && text.contains(" panicked at ") {
        return Some(4);
    }
    let is_summary = line.starts_with("error: test failed") || text == "✖ failing tests:";
    let starts = [
        (line, "error", 3),
        (line, "Diff in ", 6),
        (line, "panic: ", 4),
        (text, "not ok ", 8),
        (text, "✖ ", 6),
        (line, " FAIL  ", 6),
        (text, "× ", 0),
        (line, "FAILED ", 0),
        (line, "ERROR ", 0),
        (line, "E  ", 0),
        (text, "--- FAIL: ", 0),
    ];
    let of = |(line, start, message): (&str, &str, usize)| line.starts_with(start).then_some(message);
    starts.into_iter().filter(|_| !is_summary).find_map(of)
}

fn ends_message(line: &str) -> bool {
    let text = line.trim_start();
    message_length(line).is_some() || ENDS.iter().any(|end| text.starts_with(end))
}

fn is_noise(line: &str) -> bool {
    let text = line.trim_start();
    text.is_empty() || NOISE.iter().any(|noise| text.starts_with(noise))
}

fn is_go_failure(line: &str) -> bool {
    line.trim_start().starts_with("--- FAIL: ")
}

/// What a Go test printed before its result: `    file.go:12: message`, continued by lines with more spaces. The log of
/// the server or of a client may be between them.
fn go_messages<'a>(before: &[&'a str]) -> Vec<&'a str> {
    let is_other_test = |line: &&&str| line.starts_with("=== RUN") || line.trim_start().starts_with("--- ");
    let of_this_test = before.iter().rev().take(GO_LOG).take_while(|line| !is_other_test(line));
    let messages = of_this_test.filter(|line| line.starts_with("    ") && !line.trim().is_empty());
    let mut messages: Vec<&str> = messages.take(GO_MESSAGES).copied().collect();
    messages.reverse();
    messages
}

/// Removes escape sequences (ECMA-48): `ESC [`, parameters, a letter.
fn without_colours(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part.trim_start_matches(|sign: char| !sign.is_ascii_alphabetic()).get(1..).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_tests_with_their_panics() {
        let output = "\
   Compiling anteroom-room v0.1.0\n\
running 2 tests\n\
test leave::tests::host_leaves ... ok\n\
test leave::tests::guest_leaves ... FAILED\n\n\
failures:\n\n\
---- leave::tests::guest_leaves stdout ----\n\n\
thread 'leave::tests::guest_leaves' (4711) panicked at crates/room/src/leave.rs:91:9:\n\
assertion `left == right` failed: still there\n  left: 1\n right: 0\n\
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n\n\n\
failures:\n    leave::tests::guest_leaves\n\n\
test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\n\
error: test failed, to rerun pass `-p anteroom-room --lib`\n";
        assert_eq!(
            of_failures(output),
            [
                "test leave::tests::guest_leaves ... FAILED",
                "thread 'leave::tests::guest_leaves' (4711) panicked at crates/room/src/leave.rs:91:9:",
                "assertion `left == right` failed: still there",
                "  left: 1",
                " right: 0",
            ]
        );
    }

    #[test]
    fn errors_of_the_compiler() {
        let output = "   Compiling xtask v0.1.0\nerror[E0425]: cannot find value `x`\n --> xtask/src/ui.rs:3:5\n  |\n";
        let expected = ["error[E0425]: cannot find value `x`", " --> xtask/src/ui.rs:3:5", "  |"];
        assert_eq!(of_failures(output), expected);
    }

    #[test]
    fn node_tests_in_tap() {
        let output = "\
TAP version 13\n# Subtest: a guest\n    # Subtest: waits\n    not ok 1 - waits\n      ---\n      duration_ms: 6.3\n      \
location: '/a/b.test.mjs:2:38'\n      failureType: 'testCodeFailure'\n      error: |-\n        \
Expected values to be strictly equal:\n        \n        1 !== 2\n        \n      code: 'ERR_ASSERTION'\n      \
stack: |-\n        TestContext.<anonymous> (file:///a/b.test.mjs:2:71)\n      ...\n    # Subtest: leaves\n    \
ok 2 - leaves\n    1..2\nnot ok 1 - a guest\n  ---\n  location: '/a/b.test.mjs:2:1'\n  error: '1 subtest failed'\n  \
code: 'ERR_TEST_FAILURE'\n  ...\n1..1\n# tests 3\n# fail 2\n";
        let found = of_failures(output);
        let expected = [
            "    not ok 1 - waits",
            "      location: '/a/b.test.mjs:2:38'",
            "      failureType: 'testCodeFailure'",
            "      error: |-",
            "        Expected values to be strictly equal:",
            "        1 !== 2",
            "not ok 1 - a guest",
        ];
        assert_eq!(found[..7], expected);
    }

    #[test]
    fn node_tests_with_marks() {
        let output = "\
▶ a guest\n  ✖ waits (5.1ms)\n  ✔ leaves (0.2ms)\n✖ a guest (6.0ms)\nℹ fail 1\n\n✖ failing tests:\n\n\
test at b.test.mjs:2:38\n✖ waits (5.1ms)\n  AssertionError [ERR_ASSERTION]: no frame within 5 s\n      \
at TestContext.<anonymous> (file:///a/b.test.mjs:2:71)\n";
        let found = of_failures(output);
        assert!(found.contains(&"  AssertionError [ERR_ASSERTION]: no frame within 5 s".to_owned()), "{found:?}");
        assert!(found.contains(&"  ✖ waits (5.1ms)".to_owned()), "{found:?}");
        assert!(!found.iter().any(|line| line.contains("TestContext") || line.contains("leaves")), "{found:?}");
    }

    #[test]
    fn vitest_tests_with_colours() {
        let output = "\
 ❯ e2e.test.ts (2 tests | 1 failed) 9812ms\n     \u{1b}[31m× resume keeps audio flowing\u{1b}[39m 9800ms\n\n\
⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯\n\n\u{1b}[31m FAIL \u{1b}[39m e2e.test.ts > resume keeps audio flowing\n\
AssertionError: scenario=0: detected 80.00Hz: expected 40 to be less than 25\n ❯ runScenario e2e.test.ts:842:9\n    \
840|       expect(\n\n⎯⎯⎯⎯⎯⎯⎯[1/1]⎯\n\n      Tests  1 failed | 1 passed (2)\n";
        assert_eq!(
            of_failures(output),
            [
                "     × resume keeps audio flowing 9800ms",
                " FAIL  e2e.test.ts > resume keeps audio flowing",
                "AssertionError: scenario=0: detected 80.00Hz: expected 40 to be less than 25",
                " ❯ runScenario e2e.test.ts:842:9",
                "    840|       expect(",
            ]
        );
    }

    #[test]
    fn vitest_errors_outside_of_a_test() {
        let output = "\
 ✓ e2e.test.ts (14 tests) 28070ms\n\n⎯⎯⎯⎯ Unhandled Errors ⎯⎯⎯⎯\n\nVitest caught 1 unhandled error during the test run.\n\n\
⎯⎯⎯⎯ Unhandled Rejection ⎯⎯⎯⎯\nError: trying to drop an invalid handle\n ❯ FfiHandle.dispose a.ts:3:1\n⎯⎯⎯⎯\n\n      \
Tests  14 passed (14)\n";
        let found = of_failures(output);
        assert!(found.contains(&"Error: trying to drop an invalid handle".to_owned()), "{found:?}");
        assert!(!found.iter().any(|line| line.contains('✓')), "{found:?}");
    }

    #[test]
    fn pytest_tests_with_their_assertions() {
        let output = "\
test_audio.py::test_sweep FAILED  [ 50%]\n=== FAILURES ===\n    def test_sweep():\n>       assert heard == 1\n\
E       assert 0 == 1\n\ntest_audio.py:44: AssertionError\n=== short test summary info ===\n\
FAILED test_audio.py::test_sweep - assert 0 == 1\n=== 1 failed, 3 passed in 24.91s ===\n";
        let expected = ["E       assert 0 == 1", "FAILED test_audio.py::test_sweep - assert 0 == 1"];
        assert_eq!(of_failures(output), expected);
    }

    #[test]
    fn go_tests_with_the_messages_before_their_result() {
        let output = "\
=== RUN   TestFine\n    fine_test.go:3: fine\n--- PASS: TestFine (0.00s)\n=== RUN   TestTracks\n\
2026-11-29T20:22:24Z\tINFO\tlivekit\tclient joined\n    tracks_test.go:33: \n        \tError:      \tNot equal: \n        \
\t            \texpected: 2\n2026-11-29T20:22:25Z\tERROR\tlivekit\tclosed\n\t/a/client.go:490\n\
--- FAIL: TestTracks (1.02s)\nFAIL\n";
        assert_eq!(
            of_failures(output),
            [
                "    tracks_test.go:33:",
                "        \tError:      \tNot equal:",
                "        \t            \texpected: 2",
                "--- FAIL: TestTracks (1.02s)",
            ]
        );
    }

    #[test]
    fn without_a_known_failure_the_last_lines_are_shown() {
        let output: String = (0..40).map(|number| format!("line {number}\n\n")).collect();
        let found = of_failures(&output);
        assert_eq!((found.len(), found[0].as_str(), found[11].as_str()), (LAST, "line 28", "line 39"));
        assert!(of_failures("\n").is_empty());
    }
}
