//! The `pages` command: how long single requests take, alone and beside others. `cargo xtask bench pages` fills the
//! databases and starts the servers.

mod kind;

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;
use serde::Serialize;
use tokio::task::LocalSet;
use tokio::time::Instant;

use self::kind::{PageKind, Requests};
use crate::process::Usage;
use crate::web::{Access, StepResult, Steps, WebClient, address, server_address};

/// Requests from one address, fewer than the burst of its rate limit.
const REQUESTS_AT_AN_ADDRESS: usize = 1_000;
/// Part of the time of each measurement before it counts: caches are filled.
const WARM_UP: f64 = 0.2;

/// Options of `bench pages`.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// Address of the server: http://127.0.0.1:PORT
    #[arg(long)]
    url: String,
    /// What `fill` has printed.
    #[arg(long)]
    access: PathBuf,
    /// Seconds for each kind of request and number of clients.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// How many clients make requests at the same time, each the next one after its response.
    #[arg(long, value_delimiter = ',', default_value = "1,32")]
    clients: Vec<usize>,
    /// Process id of the server.
    #[arg(long)]
    server: u32,
}

/// All measurements.
#[derive(Debug, Serialize)]
pub(crate) struct PagesResult {
    pub(crate) rows: Vec<PageRow>,
    pub(crate) errors: u64,
    /// The first errors of each measurement.
    pub(crate) error_texts: Vec<String>,
}

/// One kind of request, made by some clients.
#[derive(Debug, Serialize)]
pub(crate) struct PageRow {
    pub(crate) clients: usize,
    #[serde(flatten)]
    pub(crate) times: StepResult,
    pub(crate) per_second: f64,
    /// Cores that the server used.
    pub(crate) server_cores: f64,
    /// Cores that this process used, of one; above 0.7 the times contain its own delay.
    pub(crate) generator_cores: f64,
}

/// What all clients share.
struct Load {
    server: SocketAddr,
    requests: Requests,
    /// Numbers that are not used yet. They go on from one measurement to the next. Bookings have their own, so that they
    /// lie on the next free days and not years ahead.
    next_request: Cell<usize>,
    next_booking: Cell<usize>,
    next_address: Cell<u32>,
}

impl Load {
    /// A client at an address that no other client has had, connected.
    async fn client(&self) -> Result<WebClient> {
        let number = self.next_address.get();
        self.next_address.set(number + 1);
        let mut client = WebClient::new(self.server, address(number));
        client.connect().await?;
        Ok(client)
    }

    fn number(&self, kind: PageKind) -> usize {
        let next = if kind == PageKind::Booking { &self.next_booking } else { &self.next_request };
        next.replace(next.get() + 1)
    }
}

/// Measures on one thread and returns the results.
pub(crate) fn run(flags: &Flags) -> Result<PagesResult> {
    ensure!(!flags.clients.contains(&0) && flags.seconds > 0.0, "--clients and --seconds must not be 0");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, measure(flags))
}

async fn measure(flags: &Flags) -> Result<PagesResult> {
    let (access, server) = (Access::read(&flags.access)?, server_address(&flags.url)?);
    let requests = Requests::new(access, &mut WebClient::new(server, address(0))).await?;
    let load = Rc::new(Load {
        server,
        requests,
        next_request: Cell::new(0),
        next_booking: Cell::new(0),
        next_address: Cell::new(1),
    });
    let mut result = PagesResult { rows: Vec::new(), errors: 0, error_texts: Vec::new() };
    for kind in PageKind::ALL {
        for clients in flags.clients.iter().copied() {
            let (row, texts) = one_measurement(flags, &load, kind, clients).await?;
            result.errors += row.times.errors;
            result.rows.push(row);
            result.error_texts.extend(texts);
        }
    }
    Ok(result)
}

async fn one_measurement(
    flags: &Flags,
    load: &Rc<Load>,
    kind: PageKind,
    clients: usize,
) -> Result<(PageRow, Vec<String>)> {
    let usage = || Ok::<_, anyhow::Error>([Usage::of(flags.server)?, Usage::of(std::process::id())?]);
    let steps = Rc::new(RefCell::new(Steps::default()));
    let began = Instant::now();
    let seconds = Duration::from_secs_f64(flags.seconds);
    let (counts_from, end) = (began + seconds.mul_f64(WARM_UP), began + seconds);
    let before = usage()?;
    let work = |_| tokio::task::spawn_local(ask_until(load.clone(), steps.clone(), kind, [counts_from, end]));
    let workers: Vec<_> = (0..clients).map(work).collect();
    for worker in workers {
        worker.await??;
    }
    let after = usage()?;
    let took = began.elapsed().as_secs_f64();
    let cores = |which: usize| (after[which].cpu() - before[which].cpu()).as_secs_f64() / took;
    let (server_cores, generator_cores) = (cores(0), cores(1));
    let steps = steps.borrow();
    let [times] = <[StepResult; 1]>::try_from(steps.results()).map_err(|_| anyhow::anyhow!("one kind was measured"))?;
    let counted = (took - seconds.as_secs_f64() * WARM_UP).max(f64::MIN_POSITIVE);
    let per_second = (times.count - times.errors) as f64 / counted;
    Ok((PageRow { clients, times, per_second, server_cores, generator_cores }, steps.texts.clone()))
}

/// One client: the next request after each response. At least one counts, however slow the server is.
async fn ask_until(
    load: Rc<Load>,
    steps: Rc<RefCell<Steps>>,
    kind: PageKind,
    [counts_from, end]: [Instant; 2],
) -> Result<()> {
    let mut counted = 0;
    loop {
        let mut client = load.client().await?;
        for _ in 0..REQUESTS_AT_AN_ADDRESS {
            let request = load.requests.request(kind, load.number(kind))?;
            let asked = Instant::now();
            if asked >= end && counted > 0 {
                return Ok(());
            }
            let answer = client.ask(&request).await.map(drop);
            // An error counts whenever it was.
            if asked >= counts_from || answer.is_err() {
                counted += 1;
                steps.borrow_mut().record(kind.name(), asked.elapsed(), answer);
            }
        }
    }
}
