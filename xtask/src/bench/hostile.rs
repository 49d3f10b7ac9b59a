//! `bench hostile`: three calls, while abusers attack the server at full speed.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::options::Options;
use super::server::{KEY, Kind, Placement, Programs, SECRET, Server};
use super::table::table;

const CALLS: &str = "3";
/// As the load generator prints it.
const WINDOW_LINE: &str = "measuring";
/// Seconds for which the calls are measured before the attack.
const BEFORE: &str = "10";
/// Seconds after the last client has left until the memory is read.
const AFTER: &str = "10";

/// Attacks, as `bench abuse` names them.
const ATTACKS: &[&str] =
    &["offers", "half-open", "stun", "dtls", "malformed", "malformed-inside", "rtp", "data", "joins"];

/// `bench hostile [ATTACK]... [--seconds 60] [--abusers 10] [--only livekit-server]`
pub(super) fn attack(args: &[&str]) -> Result<()> {
    let mut options = Options::new(args);
    let seconds: u32 = options.take("--seconds")?.unwrap_or(60);
    let abusers: u32 = options.take("--abusers")?.unwrap_or(10);
    let kind = Kind::chosen(&mut options)?[0];
    ensure!(kind.protocol() == "livekit", "the abusers speak LiveKit's protocol");
    let programs = Programs::build(&[kind], &mut options)?;
    let chosen = options.names(ATTACKS)?;
    println!("{}: {CALLS} calls of two, {abusers} abusers, {seconds} s each", kind.name());
    let header = [
        "attack",
        "attempts",
        "refused",
        "p50 ms",
        "then",
        "p99 ms",
        "then",
        "loss %",
        "sessions lost",
        "silent routes",
        "cores",
        "MB before",
        "MB during",
        "MB after",
        "log lines",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    let mut failed = Vec::new();
    for attack in chosen {
        // The others are measured all the same: nobody watches.
        match one_attack(&programs, kind, attack, seconds, abusers) {
            Ok(row) => rows.push(row),
            Err(error) => failed.push(format!("{attack}: {error:#}")),
        }
        println!("\n{}", table(&rows));
    }
    ensure!(failed.is_empty(), "not measured: {}", failed.join("; "));
    Ok(())
}

/// A process of the benchmark; dropping it kills it, so that it does not load the server of the next attack.
struct LoadProcess(Child);

impl Drop for LoadProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn one_attack(programs: &Programs, kind: Kind, attack: &str, seconds: u32, abusers: u32) -> Result<Vec<String>> {
    // The server has one core and everybody else the other, so the abusers cannot take the server's CPU.
    let server = programs.start(kind, Placement { core: Some(0), threads: Some(1) })?;
    let quiet = finish(calls(programs, &server, &["--seconds", BEFORE])?)?;
    let lines = server.lines();
    let window = seconds.to_string();
    let mut calls = calls(programs, &server, &["--seconds", &window, "--after", AFTER])?;
    let errors = calls.0.stderr.take().context("stderr is piped")?;
    let mut errors = BufReader::new(errors).lines();
    let began = errors.by_ref().map_while(Result::ok).any(|line| line == WINDOW_LINE);
    ensure!(began, "the calls did not begin: {}", finish(calls)?);
    std::thread::spawn(move || errors.for_each(drop));
    let abuse = finish(abuse(programs, &server, attack, seconds, abusers)?)?;
    let during = finish(calls)?;
    let number = |value: &Value, key: &str, decimals: usize| {
        format!("{:.decimals$}", value.pointer(key).and_then(Value::as_f64).unwrap_or(f64::NAN))
    };
    let silent =
        ["/routes", "/routes_alive"].map(|key| during.pointer(key).and_then(Value::as_u64).unwrap_or_default());
    let failures = during["failures"].as_array().map_or(0, Vec::len);
    Ok(vec![
        attack.to_owned(),
        number(&abuse, "/attempts", 0),
        number(&abuse, "/refused", 0),
        number(&quiet, "/delay_p50", 2),
        number(&during, "/delay_p50", 2),
        number(&quiet, "/delay_p99", 2),
        number(&during, "/delay_p99", 2),
        number(&during, "/loss_percent", 2),
        failures.to_string(),
        (silent[0] - silent[1]).to_string(),
        number(&during, "/server/cores", 2),
        number(&quiet, "/server/memory", 0),
        number(&during, "/server/memory_peak", 0),
        number(&during, "/server/memory_after", 0),
        (server.lines() - lines).to_string(),
    ])
}

fn calls(programs: &Programs, server: &Server, args: &[&str]) -> Result<LoadProcess> {
    let mut calls = on_second_core(&[]);
    calls.arg(&programs.bench).args(["load", "--calls", CALLS, "--url", &server.url]);
    calls.args(["--server", &server.process().to_string(), "--key", KEY, "--secret", SECRET]).args(args);
    start(&mut calls)
}

fn abuse(programs: &Programs, server: &Server, attack: &str, seconds: u32, abusers: u32) -> Result<LoadProcess> {
    // The calls' clients are on other machines: the abusers may not take their CPU.
    let mut abuse = on_second_core(&["nice", "-n", "19"]);
    abuse.arg(&programs.bench).args(["abuse", attack, "--url", &server.url, "--media", &server.media]);
    abuse.args(["--seconds", &seconds.to_string(), "--abusers", &abusers.to_string(), "--calls", CALLS]);
    start(abuse.args(["--key", KEY, "--secret", SECRET]).stderr(Stdio::inherit()))
}

fn on_second_core(prefix: &[&str]) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", "1"]).args(prefix).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn start(command: &mut Command) -> Result<LoadProcess> {
    command.spawn().map(LoadProcess).with_context(|| format!("cannot start {command:?}"))
}

/// The JSON that the process prints last.
fn finish(mut process: LoadProcess) -> Result<Value> {
    let mut output = String::new();
    process.0.stdout.take().context("stdout is piped")?.read_to_string(&mut output)?;
    ensure!(process.0.wait()?.success(), "a process of the benchmark failed");
    serde_json::from_str(output.lines().last().unwrap_or_default()).context("no JSON was printed")
}
