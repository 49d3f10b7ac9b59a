//! Fills an empty database for benchmarks: a practice with many appointments, or with many guests who come at once.
//! Reproducible: the same options give the same rows, ids and secrets.
//!
//! The tables are made by the program's migrations. Prints as JSON what a benchmark needs to use them: an API key, logins
//! and personal links, of which the database has only the hashes.

#![expect(clippy::print_stdout, reason = "a command line tool prints its result to stdout")]

mod access;
mod connection;
mod ids;
mod rows;
mod shape;
#[cfg(test)]
mod tests;

use std::error::Error;

use anteroom_store::Store;
use clap::Parser;
use jiff::Timestamp;
use serde_json::Value;

use self::access::access;
use self::connection::SqlConnection;
use self::shape::Shape;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Fills an empty database for benchmarks.
#[derive(Debug, Clone, Parser)]
#[command(name = "fill")]
struct Options {
    /// sqlite:PATH or postgres://…
    #[arg(long)]
    database: String,
    #[arg(long)]
    appointments: i64,
    /// Members of staff who hold them.
    #[arg(long, default_value_t = 50)]
    hosts: i64,
    /// All appointments begin in ten minutes, each with a host of its own.
    #[arg(long)]
    together: bool,
    /// No confirmation was sent yet: all are due.
    #[arg(long)]
    unsent: bool,
    /// Days after today that have appointments; the others are before.
    #[arg(long, default_value_t = 15)]
    days_ahead: i64,
    /// Other seeds give other secrets.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The time of the benchmark; default: now.
    #[arg(long)]
    now: Option<Timestamp>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    println!("{}", fill(&Options::parse()).await?);
    Ok(())
}

/// Fills the database and returns what a benchmark needs to use it.
async fn fill(options: &Options) -> Result<Value> {
    let shape = Shape::new(options)?;
    migrate(&options.database).await?;
    let mut connection = SqlConnection::open(&options.database).await?;
    connection.run("BEGIN").await?;
    for statement in rows::statements(&shape, &connection) {
        connection.run(&statement).await?;
    }
    for first in (0..shape.appointments).step_by(rows::CHUNK as usize) {
        if let Some(statement) = rows::invitations(&shape, &connection, first) {
            connection.run(&statement).await?;
        }
    }
    connection.run("COMMIT").await?;
    connection.finish().await?;
    Ok(access(&shape))
}

/// Makes the tables. Refuses a database that is in use.
async fn migrate(url: &str) -> Result<()> {
    let store = Store::open(url).await?;
    store.migrate().await?;
    let practice = store.read().await?.find_practice().await?;
    store.close().await;
    if practice.is_some() { Err("this database has a practice: only an empty one is filled".into()) } else { Ok(()) }
}
