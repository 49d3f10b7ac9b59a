//! Runs child processes; an error contains the command line and the exit status.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

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

/// Runs to the end, shows the output as it comes, and returns stdout.
pub(crate) fn run_captured(command: &mut Command) -> Result<String> {
    let line = command_line(command);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start `{line}`"))?;
    let stdout = child.stdout.take().expect("stdout was piped two lines above");
    let mut output = String::new();
    for bytes in BufReader::new(stdout).split(b'\n') {
        let line = String::from_utf8_lossy(&bytes?).into_owned();
        println!("{line}");
        output.push_str(&line);
        output.push('\n');
    }
    check_status(&line, child.wait()?)?;
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
