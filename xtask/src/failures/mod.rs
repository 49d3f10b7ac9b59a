//! What failed, for the end of the output: the build server shows only the last 60 lines or 8 kB, with the table of stages.

mod lines;

use anyhow::Error;

use crate::process::CommandFailed;

/// Lines of all failed parts together, without their headings.
const LINES: usize = 36;
/// Characters of all failed parts together. Few lines are shown at full length: a cut one lacks the figures at its end.
const CHARACTERS: usize = 5_600;
/// Characters of a line that always fit.
const WIDTH: usize = 160;

/// A stage that failed, or a part of one.
pub(crate) struct Part {
    heading: String,
    lines: Vec<String>,
}

impl Part {
    /// Names and messages of the failed tests, from what the failed command printed; else the error.
    pub(crate) fn new(heading: String, error: &Error) -> Self {
        let command = error.downcast_ref::<CommandFailed>();
        let lines = command.map(|command| lines::of_failures(&command.output)).filter(|lines| !lines.is_empty());
        Self { heading, lines: lines.unwrap_or_else(|| vec![format!("{error:#}")]) }
    }
}

/// The failed parts, which share the lines there are.
pub(crate) fn summary(parts: &[Part]) -> Vec<String> {
    let mut summary = Vec::new();
    let lines: usize = parts.iter().map(|part| 1 + part.lines.len()).sum();
    let width = (CHARACTERS / lines.max(1)).max(WIDTH);
    let mut left = LINES;
    for (place, part) in parts.iter().enumerate() {
        let share = (left / (parts.len() - place)).max(1);
        let omitted = part.lines.len().saturating_sub(share);
        let shown = if omitted == 0 { part.lines.len() } else { share - 1 };
        summary.push(cut(&format!("── what failed in {}", part.heading)));
        summary.extend(part.lines.iter().take(shown).map(|line| cut_to(line, width)));
        if shown < part.lines.len() {
            summary.push(format!("… and {} more lines", part.lines.len() - shown));
        }
        left = left.saturating_sub(share.min(part.lines.len()));
    }
    summary
}

/// The line, as long as the build server may show it among many.
pub(crate) fn cut(line: &str) -> String {
    cut_to(line, WIDTH)
}

fn cut_to(line: &str, width: usize) -> String {
    let is_longer = line.chars().nth(width).is_some();
    let kept = if is_longer { width - 1 } else { width };
    line.chars().take(kept).chain(is_longer.then_some('…')).collect()
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;
    use crate::process::{command, run_captured};

    fn part(heading: &str, lines: usize) -> Part {
        Part { heading: heading.to_owned(), lines: (0..lines).map(|line| format!("{heading} {line}")).collect() }
    }

    #[test]
    fn parts_share_the_lines_and_leave_what_they_do_not_need() {
        let summary = summary(&[part("ui", 2), part("rust", 500), part("sdk", 500)]);
        assert_eq!(summary[..4], ["── what failed in ui", "ui 0", "ui 1", "── what failed in rust"]);
        assert_eq!(summary.len(), LINES + 3);
        assert_eq!(summary[3 + 17], "… and 484 more lines");
        assert_eq!(summary[3 + 18], "── what failed in sdk");
    }

    #[test]
    fn any_number_of_long_lines_leaves_room_for_the_table_in_8_kilobytes() {
        let long = || Part { heading: "x".repeat(900), lines: vec!["x".repeat(9_000); 90] };
        for parts in 1..=8 {
            let summary = summary(&(0..parts).map(|_| long()).collect::<Vec<_>>());
            assert!(summary.len() <= 46, "{} lines", summary.len());
            assert!(summary.iter().map(|line| line.len() + 1).sum::<usize>() <= 7_200, "{parts}");
        }
    }

    #[test]
    fn few_lines_are_shown_at_full_length() {
        let line = "y".repeat(1_500);
        let parts = [Part { heading: "stories".to_owned(), lines: vec![line.clone(), line.clone()] }];
        assert_eq!(summary(&parts)[1..], [line.clone(), line]);
    }

    #[test]
    fn without_a_failed_command_the_error_is_shown() {
        let part = Part::new("tidy".to_owned(), &anyhow!("tidy: 2 findings"));
        assert_eq!(summary(&[part]), ["── what failed in tidy", "tidy: 2 findings"]);
    }

    #[test]
    fn failed_tests_are_read_from_the_output_of_the_command() {
        let script = "echo fine; echo 'test waiting::guest ... FAILED' >&2; seq 99; false";
        let error = run_captured(&mut command("sh", &["-c", script])).unwrap_err();
        let error = error.context("the tests");
        assert_eq!(Part::new("rust".to_owned(), &error).lines, ["test waiting::guest ... FAILED"]);
    }
}
