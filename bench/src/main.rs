//! Load generators. Each command prints what it measured as one line of JSON; `cargo xtask bench` starts the servers.
//!
//! `load` and `abuse`: participants on str0m that speak LiveKit's protocol (`load` also Janus'), with stamped packets instead of video and
//! audio. `storm` and `pages`: guests, staff and API clients over HTTP.

#![expect(clippy::print_stdout, reason = "a command line tool prints its result to stdout")]

mod abuse;
mod client;
mod clock;
mod devices;
mod event_loop;
mod histogram;
mod load;
mod opus;
mod pages;
mod peer_connection;
mod plan;
mod process;
mod signalling;
mod stamp;
mod storm;
mod summary;
mod syscalls;
mod tally;
mod token;
mod vp8;
mod web;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Loads a server and measures it.
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
    /// Let guests come all at once: page, waiting room, live stream, ticket.
    Storm(storm::Flags),
    /// Measure single requests of pages and API.
    Pages(pages::Flags),
}

fn main() -> Result<()> {
    let result = match Cli::parse().command {
        Command::Load(flags) => serde_json::to_string(&load::run(&flags)?)?,
        Command::Abuse(flags) => serde_json::to_string(&abuse::run(&flags)?)?,
        Command::Storm(flags) => serde_json::to_string(&storm::run(&flags)?)?,
        Command::Pages(flags) => serde_json::to_string(&pages::run(&flags)?)?,
    };
    println!("{result}");
    Ok(())
}
