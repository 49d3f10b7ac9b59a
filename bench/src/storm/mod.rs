//! The `storm` command: guests who come all at once, wait on live streams, and get tickets. `cargo xtask bench storm`
//! starts the server and fills its database.

mod guest;
mod plan;
mod result;

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use tokio::sync::watch;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep_until};

pub(crate) use self::result::StormResult;
use crate::histogram::Histogram;
use crate::process::Usage;
use crate::web::{Access, Steps, WebClient, WebRequest, address, raise_open_files, server_address};

/// After the last guest has come, for those who are not admitted yet.
const SETTLE_LIMIT: Duration = Duration::from_secs(60);
/// How often the end is checked.
const CHECK: Duration = Duration::from_millis(50);
/// Files of this process beside the connections.
const OTHER_FILES: u64 = 50;

/// Options of `bench storm`.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// Address of the server: http://127.0.0.1:PORT
    #[arg(long)]
    url: String,
    /// What `fill --together` has printed.
    #[arg(long)]
    access: PathBuf,
    /// How many guests come. Default: all that there are.
    #[arg(long)]
    guests: Option<usize>,
    /// Within how many seconds.
    #[arg(long, default_value_t = 60.0)]
    seconds: f64,
    /// How many of them are admitted and get a ticket, of one.
    #[arg(long, default_value_t = 0.25)]
    admitted: f64,
    /// Seconds for which all wait after the last has come, until the memory is read.
    #[arg(long, default_value_t = 10.0)]
    hold: f64,
    /// Pages do not answer the beats of their streams, so each guest has one connection and not two.
    #[arg(long)]
    no_beats: bool,
    /// Process id of the server.
    #[arg(long)]
    server: u32,
}

/// What all guests share.
struct Storm {
    access: Access,
    start: Instant,
    answers_beats: bool,
    steps: RefCell<Steps>,
    /// How late this process acted, in nanoseconds.
    lateness: RefCell<Histogram>,
    /// Guests who wait, have a ticket or have failed.
    settled: Cell<usize>,
    /// True when the streams are to be closed.
    end: watch::Sender<bool>,
}

impl Storm {
    fn record<T>(&self, step: &'static str, took: Duration, outcome: Result<T>) -> Option<T> {
        self.steps.borrow_mut().record(step, took, outcome)
    }

    fn late(&self, by: Duration) {
        self.lateness.borrow_mut().record(u64::try_from(by.as_nanos()).unwrap_or(u64::MAX));
    }

    fn settle(&self) {
        self.settled.set(self.settled.get() + 1);
    }
}

/// Runs the storm on one thread and returns what was measured.
pub(crate) fn run(flags: &Flags) -> Result<StormResult> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, storm(flags))
}

async fn storm(flags: &Flags) -> Result<StormResult> {
    let (access, server) = (Access::read(&flags.access)?, server_address(&flags.url)?);
    let guests = flags.guests.unwrap_or(access.guests.len());
    ensure!(guests > 0 && guests <= access.guests.len(), "the database has {} guests", access.guests.len());
    let connections = if flags.no_beats { guests + guests / 4 } else { guests * 2 };
    raise_open_files(connections as u64 + OTHER_FILES)?;
    let mut operator = Operator::new(WebClient::new(server, address(u32::MAX)), access.api_key.clone());
    let seconds = Duration::from_secs_f64(flags.seconds);
    let plan = plan::visits(guests, seconds, flags.admitted);

    let (server_before, own_before) = (Usage::of(flags.server)?, Usage::of(std::process::id())?);
    let commits_before = operator.commits().await?;
    let storm = Rc::new(Storm {
        access,
        start: Instant::now(),
        answers_beats: !flags.no_beats,
        steps: RefCell::default(),
        lateness: RefCell::default(),
        settled: Cell::new(0),
        end: watch::Sender::new(false),
    });
    let visits: Vec<_> =
        plan.iter().map(|visit| tokio::task::spawn_local(guest::visit(storm.clone(), server, *visit))).collect();
    let limit = storm.start + seconds + SETTLE_LIMIT;
    while storm.settled.get() < guests && Instant::now() < limit {
        sleep_until(Instant::now() + CHECK).await;
    }
    let unsettled = guests - storm.settled.get();
    // What the guests caused, before the quiet time.
    let (took, commits_after) = (storm.start.elapsed(), operator.commits().await?);
    let (server_after, own_after) = (Usage::of(flags.server)?, Usage::of(std::process::id())?);
    let measured = result::Measured {
        guests,
        unsettled,
        took,
        usage: [server_before, server_after],
        own: [own_before, own_after],
        commits: commits_after - commits_before,
    };
    let until = Instant::now() + Duration::from_secs_f64(flags.hold);
    sleep_until(until).await;
    let waiting = Usage::of(flags.server)?;
    storm.end.send_replace(true);
    let result = measured.result(&storm.steps.borrow(), &storm.lateness.borrow(), waiting);
    // Of those that hang nothing more is expected.
    for visit in visits {
        visit.abort();
        drop(visit.await);
    }
    Ok(result)
}

/// Who reads the metrics of the server.
struct Operator {
    client: WebClient,
    api_key: String,
}

impl Operator {
    fn new(client: WebClient, api_key: String) -> Self {
        Self { client, api_key }
    }

    /// Commits of the database so far: on SQLite those written to the disk, elsewhere transactions.
    async fn commits(&mut self) -> Result<f64> {
        let metrics = self.client.ask(&WebRequest::get("/metrics").bearer(&self.api_key)).await?;
        let metrics = String::from_utf8_lossy(&metrics).into_owned();
        let value = |name: &str| metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
        let commits = value("anteroom_database_commits_total ").filter(|commits| *commits > 0.0);
        commits.or_else(|| value("anteroom_database_transactions_total ")).context("the metrics have no commits")
    }
}
