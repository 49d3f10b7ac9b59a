//! `bench media ramp`: how many calls one core carries, and how late packets are on the way there.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::measure::one_run;
use super::options::Options;
use super::server::{Kind, Placement, Programs};
use super::table::table;

/// Shares of the server's core at which it is measured. At the last a server is full: bursts need the rest.
const TARGETS: [f64; 3] = [0.1, 0.4, 0.7];
/// Calls of the first run, whose cost leads to the first target.
const FIRST: u64 = 8;
/// Runs for one target: the cost of a call falls with their number, so the first guess is too low.
const TRIES: usize = 3;
/// A run this near to its target counts.
const TOLERANCE: f64 = 0.04;

/// Searches the number of calls for each target, on one core for the server and one for the load generator.
/// `bench media ramp [--seconds 20] [--only anteroom]`
pub(super) fn ramp(args: &[&str]) -> Result<()> {
    let mut options = Options::new(args);
    let seconds: f64 = options.take("--seconds")?.unwrap_or(20.0);
    let kinds = Kind::chosen(&mut options)?;
    let programs = Programs::build(&kinds, &mut options)?;
    options.names(&[])?;
    let header = ["server", "core %", "calls", "loss %", "p50 ms", "p99 ms", "µs/packet", "MB", "generator"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for kind in kinds {
        // The others are measured all the same: nobody watches.
        if let Err(error) = ramp_of(&programs, kind, seconds, &mut rows) {
            println!("{}: {error:#}", kind.name());
        }
    }
    ensure!(rows.len() > 1, "nothing was measured");
    Ok(())
}

/// Adds a row for each target.
fn ramp_of(programs: &Programs, kind: Kind, seconds: f64, rows: &mut Vec<Vec<String>>) -> Result<()> {
    let mut calls = FIRST;
    let mut result = run(programs, kind, calls, seconds)?;
    for target in TARGETS {
        for _ in 0..TRIES {
            let cores = number(&result, "/server/cores");
            if (cores - target).abs() < TOLERANCE {
                break;
            }
            let next = next(calls, cores, target);
            if next == calls {
                break;
            }
            calls = next;
            result = run(programs, kind, calls, seconds)?;
        }
        rows.push(row(kind, calls, &result));
        println!("\n{}", table(rows));
    }
    Ok(())
}

/// The number of calls that would need this share of a core, if each needs what it needs now.
fn next(calls: u64, cores: f64, target: f64) -> u64 {
    let guess = (calls as f64 * target / cores.max(0.001)).round() as u64;
    // The first runs are so short of the target that their cost says little.
    guess.clamp(1, calls * 4)
}

fn run(programs: &Programs, kind: Kind, calls: u64, seconds: f64) -> Result<Value> {
    let placement = Placement { core: Some(0), threads: Some(1) };
    one_run(programs, kind, placement, &format!("--calls {calls} --seconds {seconds}"))
}

fn row(kind: Kind, calls: u64, result: &Value) -> Vec<String> {
    let cell = |key: &str, decimals: usize| format!("{:.decimals$}", number(result, key));
    vec![
        kind.name().to_owned(),
        format!("{:.0}", number(result, "/server/cores") * 100.0),
        calls.to_string(),
        cell("/loss_percent", 3),
        cell("/delay_p50", 2),
        cell("/delay_p99", 2),
        cell("/server/per_packet", 2),
        cell("/server/memory", 0),
        cell("/generator_cores", 2),
    ]
}

fn number(result: &Value, key: &str) -> f64 {
    result.pointer(key).and_then(Value::as_f64).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_number_of_calls_is_proportional_and_bounded() {
        assert_eq!(next(20, 0.2, 0.4), 40);
        assert_eq!(next(20, 0.8, 0.4), 10);
        assert_eq!(next(8, 0.0, 0.7), 32);
        assert_eq!(next(1, 1.0, 0.1), 1);
    }
}
