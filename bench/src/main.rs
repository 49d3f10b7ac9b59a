//! Load generator: participants on str0m that speak LiveKit's protocol, with stamped packets instead of video and
//! audio.
//!
//! `bench load --url ws://127.0.0.1:7880 --calls 20 --seconds 20` prints what it measured as one line of JSON.
//! `cargo xtask bench media` starts the servers and compares them.

#![expect(clippy::print_stdout, reason = "a command line tool prints its result to stdout")]

mod abuse;
mod client;
mod clock;
mod devices;
mod event_loop;
mod histogram;
mod load;
mod opus;
mod peer_connection;
mod plan;
mod process;
mod signal;
mod stamp;
mod summary;
mod syscalls;
mod tally;
mod token;
mod vp8;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Loads a media server and measures it.
#[derive(Parser)]
#[command(name = "bench")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run calls and print loss, delay and cost as one line of JSON.
    Load(load::Flags),
    /// Attack a server.
    Abuse(abuse::Flags),
}

fn main() -> Result<()> {
    let result = match Cli::parse().command {
        Command::Load(flags) => serde_json::to_string(&load::run(&flags)?)?,
        Command::Abuse(flags) => serde_json::to_string(&abuse::run(&flags)?)?,
    };
    println!("{result}");
    Ok(())
}
