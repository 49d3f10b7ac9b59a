//! The program: configuration, wiring, commands. Everything it does is done by the crates below it.

mod boot;
mod config;
mod data_dir;
mod demo;
mod http;
mod secrets;
mod setup;
mod system;
mod unconfigured;
mod user;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Scheduled video consultations on your own server.
#[derive(Parser)]
#[command(name = "anteroom", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve(config::Flags),
    /// Run a practice to click through, with one appointment starting now.
    Demo(demo::Flags),
    /// Bring the database up to date and stop.
    Migrate(config::Flags),
    /// Set the practice up and add its people from the command line.
    User(user::Flags),
    /// Set the practice up with its first admin. The password is read from standard input.
    Setup(setup::Flags),
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    boot::log();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Serve(flags) => boot::serve(&config::Config::load(&flags)?).await,
            Command::Demo(flags) => demo::run(flags).await,
            Command::Migrate(flags) => boot::migrate(&config::Config::load(&flags)?).await,
            Command::Setup(flags) => setup::run(flags).await,
            Command::User(flags) => user::run(flags).await,
        }
    })
}
