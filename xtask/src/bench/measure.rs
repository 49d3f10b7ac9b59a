//! One run: a fresh server, one load, one summary.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::server::{KEY, Kind, Placement, Programs, SECRET, Server};
use crate::process::run_captured;

/// Servers started for one result: on a busy machine one may not get its ports, or clients may time out.
const ATTEMPTS: usize = 3;

/// Starts a server, loads it and returns the summary. A run in which clients did not connect is reported and done
/// again: its figures would be of another load.
pub(super) fn one_run(programs: &Programs, kind: Kind, placement: Placement, load: &str) -> Result<Value> {
    for _ in 0..ATTEMPTS {
        let server = programs.start(kind, placement)?;
        let load = format!("--protocol {} {load}", kind.protocol());
        let mut summary = load_server(programs, &server, placement, &load)?;
        summary["log_lines"] = server.lines().into();
        if summary["leaked"] != 0 {
            bail!("{}: packets reached another room", kind.name());
        }
        if is_complete(&summary) {
            return Ok(summary);
        }
        println!("{}: clients did not connect, the run does not count", kind.name());
        summary["failures"].as_array().into_iter().flatten().for_each(|failure| println!("{failure}"));
    }
    bail!("{}: clients did not connect in {ATTEMPTS} runs", kind.name())
}

/// Every source reached everybody in its room.
fn is_complete(summary: &Value) -> bool {
    let count = |key: &str| summary[key].as_u64().unwrap_or_default();
    count("routes") > 0 && count("routes") == count("routes_alive") && summary["failures"] == serde_json::json!([])
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn run_with_a_silent_route_or_a_lost_session_does_not_count() {
        assert!(is_complete(&json!({ "routes": 4, "routes_alive": 4, "failures": [] })));
        assert!(!is_complete(&json!({ "routes": 4, "routes_alive": 3, "failures": [] })));
        assert!(!is_complete(&json!({ "routes": 4, "routes_alive": 4, "failures": ["closed"] })));
        assert!(!is_complete(&json!({ "routes": 0, "routes_alive": 0, "failures": [] })));
    }
}
