//! Developer and CI commands; no other tool is needed to work on Anteroom.
//!
//! On Debian, missing system packages are installed when a command needs them, with one log line for each.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a command line tool prints to stdout and reads the clock and the environment"
)]

mod bench;
mod clients;
mod demo;
mod failures;
mod fuzz;
mod install;
mod livekit_suite;
mod media_server;
mod paths;
mod process;
mod sdk;
mod stages;
mod suite;
mod test_build;
mod test_counts;
mod tidy;
mod ui;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask demo [ARGS]     build everything and start the demo; ARGS are passed to `anteroom demo`
cargo xtask test [STAGE]... run all tests, or only these stages: ui, rust, postgres, stories,
                            clients, sdk, livekit-suite
cargo xtask ci              everything the build server runs: format, tidy, lints, then all tests
cargo xtask tidy            check the project rules that the compiler and clippy do not check
cargo xtask tidy CHECK [P]  run one check, also where it is not enforced yet, on the files below path P
cargo xtask tidy words      count the uses of retired words by word and folder; `tidy words P` lists them
cargo xtask bench join      measure the time from the click on Join to the first remote video frame
cargo xtask bench media [SCENARIO]...
                            load our media server and LiveKit's (--peers livekit,janus) with the same calls: CPU,
                            loss, delay, memory
cargo xtask bench hostile [ATTACK]...
                            attack our media server while calls run: their delay and loss, memory, log lines
cargo xtask bench packets   measure CPU time per forwarded packet and per join, in memory
cargo xtask bench mail      measure how fast messages leave to a mail server on this machine
cargo xtask bench storm     let 20,000 guests come in a minute: page, waiting room, live stream, ticket
cargo xtask bench pages     measure pages and API of a practice with a million appointments
cargo xtask fuzz TARGET [S] fuzz one target for S seconds (default 60); an unknown TARGET lists the known ones";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match command(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command(args: &[&str]) -> Result<()> {
    match args {
        ["demo", rest @ ..] => demo::start(rest),
        ["test", stages @ ..] => suite::test(stages),
        ["ci"] => suite::ci(),
        ["tidy"] => tidy::check_repository(),
        ["tidy", "words"] => tidy::count_words(),
        ["tidy", check] => tidy::check_one(check, ""),
        ["tidy", check, path] => tidy::check_one(check, path),
        ["bench", rest @ ..] => bench::run_one(rest),
        ["fuzz", name] => fuzz::target(name, None),
        ["fuzz", name, seconds] => fuzz::target(name, Some(seconds)),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("unknown command `{}`\n\n{USAGE}", args.join(" ")),
    }
}
