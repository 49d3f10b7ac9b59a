//! `bench media`: the same calls on our server, LiveKit's and Janus, in turn, in the same run.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::measure::one_run;
use super::options::Options;
use super::server::{Kind, Placement, Programs};
use super::table::{median, table};
use crate::paths;

/// Scenarios with the load generator's arguments.
const SCENARIOS: &[(&str, &str)] = &[
    ("calls-4", "--calls 4"),
    ("calls-20", "--calls 20"),
    ("calls-40", "--calls 40"),
    ("watch-30", "--viewers 30"),
    ("group-25", "--group 25 --cameras 9 --bitrate 500000 --width 640"),
];
/// Above this share of a core the load generator delays packets itself.
const MAX_GENERATOR: f64 = 0.7;

/// The columns of the table, with their keys in the summary and decimals.
const COLUMNS: &[(&str, &str, usize)] = &[
    ("CPU s", "/server/cpu_seconds", 2),
    ("cores", "/server/cores", 3),
    ("µs/packet", "/server/per_packet", 2),
    ("syscalls/packet", "/server/syscalls", 2),
    ("in the kernel s", "/server/system_seconds", 2),
    ("useful", "/useful", 0),
    ("datagrams", "/datagrams", 0),
    ("useless RTP", "/useless_rtp", 0),
    ("RTCP", "/rtcp", 0),
    ("loss %", "/loss_percent", 3),
    ("p50 ms", "/delay_p50", 2),
    ("p99 ms", "/delay_p99", 2),
    ("MB before", "/server/memory_before", 0),
    ("MB during", "/server/memory", 0),
    ("MB after", "/server/memory_after", 0),
    ("MB/client", "/server/memory_per_client", 2),
    ("log lines", "/log_lines", 0),
    ("generator", "/generator_cores", 2),
];

/// `bench media [SCENARIO]... [--rounds 4] [--seconds 20] [--after 10] [--peers livekit,janus] [--only anteroom]
/// [--threads 2]`
pub(super) fn compare(args: &[&str]) -> Result<()> {
    let mut options = Options::new(args);
    let rounds: usize = options.take("--rounds")?.unwrap_or(4);
    let seconds: f64 = options.take("--seconds")?.unwrap_or(20.0);
    let after: f64 = options.take("--after")?.unwrap_or(10.0);
    let placement = Placement { threads: options.take("--threads")?, ..Placement::default() };
    let kinds = Kind::chosen(&mut options)?;
    ensure!(rounds > 1, "the first round is dropped: --rounds 2 or more");
    let names: Vec<&str> = SCENARIOS.iter().map(|(name, _)| *name).collect();
    let programs = Programs::build(&kinds, &mut options)?;
    let chosen = options.names(&names)?;
    let counts_syscalls = paths::find("perf").is_some();
    for (name, load) in SCENARIOS.iter().filter(|(name, _)| chosen.contains(name)) {
        println!("\n{name} ({load}), {rounds} rounds of {seconds} s, the first dropped, medians");
        let mut results: Vec<Vec<Value>> = vec![Vec::new(); kinds.len()];
        for round in 0..rounds {
            let wait = if round + 1 == rounds { after } else { 0.0 };
            for (kind, results) in kinds.iter().zip(&mut results) {
                // The dropped round counts system calls, which costs the server time.
                let syscalls = if round == 0 && counts_syscalls { "--syscalls" } else { "" };
                let args = format!("{load} --seconds {seconds} --after {wait} {syscalls}");
                results.push(one_run(&programs, *kind, placement, &args)?);
            }
        }
        report(&kinds, &results);
    }
    Ok(())
}

fn report(kinds: &[Kind], results: &[Vec<Value>]) {
    let header = ["server"].into_iter().chain(COLUMNS.iter().map(|(title, ..)| *title));
    let mut rows = vec![header.map(str::to_owned).collect::<Vec<_>>()];
    for (kind, results) in kinds.iter().zip(results) {
        let values = COLUMNS.iter().map(|(_, key, decimals)| format!("{:.*}", *decimals, value(results, key)));
        rows.push([kind.name().to_owned()].into_iter().chain(values).collect());
    }
    let (ours, peers) = (&results[0], kinds.iter().zip(results).skip(1));
    for (peer, theirs) in peers {
        let cells = COLUMNS.iter().map(|(_, key, _)| match value(ours, key) / value(theirs, key) {
            ratio if ratio.is_finite() => format!("{ratio:.2} ×"),
            _ => String::new(),
        });
        rows.push([format!("to {}", peer.name())].into_iter().chain(cells).collect());
    }
    println!("\n{}", table(&rows));
    let busiest = results.iter().flatten().filter_map(|one| one["generator_cores"].as_f64()).fold(0.0, f64::max);
    if busiest > MAX_GENERATOR {
        println!("the load generator used {busiest:.2} of a core: delays and loss contain its own");
    }
}

/// The median of a number of the summaries. System calls are counted in the first round, which is dropped for all else;
/// the memory afterwards is read in the last.
fn value(results: &[Value], key: &str) -> f64 {
    let results = match (key, results) {
        ("/server/syscalls", [first, ..]) => std::slice::from_ref(first),
        ("/server/memory_after", [.., last]) => std::slice::from_ref(last),
        _ => results.get(1..).unwrap_or_default(),
    };
    let mut values: Vec<f64> = results.iter().filter_map(|one| one.pointer(key)?.as_f64()).collect();
    median(&mut values)
}
