//! One run: a fresh server, one load, one summary.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::server::{KEY, Kind, Placement, Programs, SECRET, Server};
use crate::process::run_captured;

/// Starts a server, loads it and returns the summary.
pub(super) fn one_run(programs: &Programs, kind: Kind, placement: Placement, load: &str) -> Result<Value> {
    let server = programs.start(kind, placement)?;
    let mut summary = load_server(programs, &server, placement, load)?;
    summary["log_lines"] = server.lines().into();
    for failure in summary["failures"].as_array().into_iter().flatten() {
        println!("{}: {failure}", kind.name());
    }
    let counts = ["/routes", "/routes_alive"].map(|key| summary.pointer(key).and_then(Value::as_u64));
    ensure!(counts[0] > Some(0), "nothing was measured");
    if counts[0] != counts[1] {
        println!("{}: only {:?} of {:?} routes carried packets", kind.name(), counts[1], counts[0]);
    }
    if summary["leaked"] != 0 {
        bail!("{}: packets reached another room", kind.name());
    }
    Ok(summary)
}

fn load_server(programs: &Programs, server: &Server, placement: Placement, load: &str) -> Result<Value> {
    let process = server.process().to_string();
    let mut generator = placement.other_core().command(&programs.bench);
    generator.args(["load", "--url", &server.url]);
    generator.args(["--key", KEY, "--secret", SECRET, "--server", &process]).args(load.split_whitespace());
    let output = run_captured(&mut generator)?;
    let line = output.lines().last().context("the load generator printed nothing")?;
    serde_json::from_str(line).context("the load generator printed no JSON")
}
