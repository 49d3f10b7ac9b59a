//! What a developer runs, and what the build server runs: nothing else is needed to work on Anteroom.
//!
//! `cargo xtask demo` shows the program; `cargo xtask test` proves it; `cargo xtask ci` is all the server does.
//! Whatever a bare Debian machine lacks is installed on the way, and said in one line.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a command line tool speaks on stdout, reads the clock and the environment"
)]

mod bench;
mod clients;
mod demo;
mod fuzz;
mod install;
mod media_server;
mod paths;
mod process;
mod sdk;
mod stages;
mod suite;
mod test_counts;
mod tidy;
mod ui;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask demo [ARGS]     build everything and start the demo; ARGS go to `anteroom demo`
cargo xtask test [STAGE]    every test there is, or only the stages named: ui, rust, stories, clients, sdk
cargo xtask ci              what the build server runs: format, lints, tidy, then every test
cargo xtask tidy            the house rules a compiler cannot check
cargo xtask bench join      from the tap on Join to the first frame of the other person, measured
cargo xtask bench media     what a forwarded packet and a join cost the media server, in memory
cargo xtask fuzz TARGET [S] what a stranger might send, tried for S seconds (60) by a fuzzer: demux, rtp, sdp,
                            signalling, words";

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
        ["bench", "join", rest @ ..] => bench::join(rest),
        ["bench", "media"] => bench::media(),
        ["fuzz", name] => fuzz::target(name, None),
        ["fuzz", name, seconds] => fuzz::target(name, Some(seconds)),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("`{}` is not something I know. I know:\n{USAGE}", args.join(" ")),
    }
}
