//! The program: configuration, wiring, commands. It contains no rules.

mod boot;
mod config;
mod data_dir;
mod database_metrics;
mod demo;
mod environment;
mod file_limit;
mod first_setup;
mod http;
mod log;
mod media_server;
mod private_file;
mod routes;
mod secrets;
mod serve;
mod setup;
mod shutdown_signals;
mod site;
mod system;
mod tasks;
mod unconfigured;
mod user;
mod zone_data;

use anyhow::Result;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

/// Gives the memory of calls that are over back to the system.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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
    Serve(serve::ServeFlags),
    /// Run a demo practice with one appointment that can be joined now.
    Demo(demo::Flags),
    /// Apply database migrations and exit.
    Migrate(config::Flags),
    /// Set up the practice and its first administrator. Reads the password from standard input.
    Setup(setup::SetupFlags),
    /// Add staff and API keys.
    User(user::Flags),
}

fn main() -> Result<()> {
    let matches = environment::without_empty_variables(Cli::command()).get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    log::init();
    zone_data::choose();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Serve(flags) => serve::serve(&flags).await,
            Command::Demo(flags) => demo::run(flags).await,
            Command::Migrate(flags) => serve::migrate(&config::Config::load(&flags)?).await,
            Command::Setup(flags) => setup::run(flags).await,
            Command::User(flags) => user::run(flags).await,
        }
    })
}
