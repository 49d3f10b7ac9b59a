//! Runs child processes; an error contains the command line and the exit status.

use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// A process that the command left behind may keep its output open. Nothing for this long after the exit: it is complete.
const QUIET: Duration = Duration::from_secs(2);

/// A command that failed, with everything it printed.
#[derive(Debug)]
pub(crate) struct CommandFailed {
    line: String,
    status: ExitStatus,
    pub(crate) output: String,
}

impl std::error::Error for CommandFailed {}

impl fmt::Display for CommandFailed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` failed: {}", self.line, self.status)
    }
}

/// A command in the root of the repository, without stdin: it cannot wait for input.
pub(crate) fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(crate::paths::root()).stdin(Stdio::null());
    command
}

/// Runs to the end and shows the output as it comes.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = command_line(command);
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    check_status(&line, status)
}

/// Runs to the end and shows the output only if the command fails.
pub(crate) fn run_quietly(command: &mut Command) -> Result<()> {
    let line = command_line(command);
    let output = command.output().with_context(|| format!("cannot start `{line}`"))?;
    if !output.status.success() {
        std::io::stderr().write_all(&output.stdout)?;
        std::io::stderr().write_all(&output.stderr)?;
    }
    check_status(&line, output.status)
}

/// Runs to the end, shows the output as it comes, and returns it, stdout and stderr. The error is [`CommandFailed`].
pub(crate) fn run_captured(command: &mut Command) -> Result<String> {
    let line = command_line(command);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.with_context(|| format!("cannot start `{line}`"))?;
    // One pipe each: in a common one, a long line of a log could be torn by a result, which would then not be counted.
    let streams: [Option<Box<dyn Read + Send>>; 2] =
        [child.stdout.take().map(|out| Box::new(out) as _), child.stderr.take().map(|out| Box::new(out) as _)];
    let (sender, lines) = channel();
    for stream in streams.into_iter().flatten() {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let lines = BufReader::new(stream).split(b'\n').map_while(Result::ok);
            lines.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).for_each(|line| drop(sender.send(line)));
        });
    }
    drop(sender);
    let mut output = String::new();
    loop {
        match lines.recv_timeout(QUIET) {
            Ok(line) => {
                println!("{line}");
                output.push_str(&line);
                output.push('\n');
            }
            Err(RecvTimeoutError::Timeout) if child.try_wait()?.is_none() => {}
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = child.wait()?;
    if !status.success() {
        return Err(CommandFailed { line, status, output }.into());
    }
    Ok(output)
}

fn check_status(line: &str, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{line}` failed: {status}");
    }
    Ok(())
}

fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Result<String> {
        run_captured(&mut command("sh", &["-c", script]))
    }

    #[test]
    fn both_streams_are_captured_by_lines() {
        let output = shell("printf 'a result'; echo a log >&2; echo ' of a test'").unwrap();
        let lines: std::collections::BTreeSet<&str> = output.lines().collect();
        assert_eq!(lines, ["a log", "a result of a test"].into());
    }

    #[test]
    fn failed_command_keeps_its_output() {
        let error = shell("echo a test failed >&2; exit 3").unwrap_err();
        assert_eq!(error.to_string(), "`sh -c echo a test failed >&2; exit 3` failed: exit status: 3");
        assert_eq!(error.downcast_ref::<CommandFailed>().unwrap().output, "a test failed\n");
    }

    #[test]
    fn output_ends_although_a_process_was_left_behind() {
        let started = std::time::Instant::now();
        assert_eq!(shell("sleep 60 & echo done").unwrap(), "done\n");
        assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    }
}
