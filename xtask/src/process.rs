//! Starting other programs, so that a failure says what was started and how it ended.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

/// A command in the repository's top, which never waits for somebody to type.
pub(crate) fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(crate::paths::root()).stdin(Stdio::null());
    command
}

/// Runs to the end with its output shown as it comes.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    let status = command.status().with_context(|| format!("`{line}` does not start"))?;
    succeeded(&line, status)
}

/// Runs to the end with its output kept back, shown only when it fails.
pub(crate) fn run_quietly(command: &mut Command) -> Result<()> {
    let line = shown(command);
    let output = command.output().with_context(|| format!("`{line}` does not start"))?;
    if !output.status.success() {
        std::io::stderr().write_all(&output.stdout)?;
        std::io::stderr().write_all(&output.stderr)?;
    }
    succeeded(&line, output.status)
}

/// Runs to the end with its output shown as it comes, and hands back what it said on stdout.
pub(crate) fn run_heard(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("`{line}` does not start"))?;
    let stdout = child.stdout.take().expect("stdout was piped two lines above");
    let mut heard = String::new();
    for said in BufReader::new(stdout).split(b'\n') {
        let said = String::from_utf8_lossy(&said?).into_owned();
        println!("{said}");
        heard.push_str(&said);
        heard.push('\n');
    }
    succeeded(&line, child.wait()?)?;
    Ok(heard)
}

fn succeeded(line: &str, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
