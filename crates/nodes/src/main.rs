//! For tests only: one of several programs on a PostgreSQL database. It is assembled as `anteroom serve` is, with the
//! testkit's fake media server instead of the embedded one, which is for one program alone.
//!
//! Arguments: the database, the mail server, the instant at which its clock starts. It prints its URL. A number of seconds
//! on standard input sets its clock forward; the end of the input ends it.

use std::io::stdin;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anteroom_app::{App, Clock, Hub, LastUsed, Passwords, SweepPosition, WriteTurns};
use anteroom_notify::{MailConfig, Mailer};
use anteroom_store::Store;
use anteroom_testkit::{FakeVideo, ManualClock, SeededRng, seconds};
use anyhow::{Context, Result};
use axum::Router;
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the test reads the URL")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = || arguments.next().context("arguments: DATABASE SMTP_URL START");
    let (database, smtp_url, start) = (argument()?, argument()?, argument()?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let clock = Arc::new(MovedClock::at(start.parse()?));
    let app = app(Store::open(&database).await?, clock.clone(), &smtp_url, &url)?;
    app.listen_to_commits();
    app.jobs_ready.notified().await; // It receives what others commit.
    app.jobs_ready.notify_one();

    let shutdown = CancellationToken::new();
    std::thread::spawn({
        let (app, shutdown) = (app.clone(), shutdown.clone());
        move || follow(&app, &clock, &shutdown)
    });
    let web = anteroom_web::router(app.clone(), anteroom_web::Config::new(url.parse()?), shutdown.clone());
    println!("{url}");
    tokio::select! {
        served = serve(listener, web) => served?,
        () = anteroom_jobs::run(app.clone(), shutdown) => {}
    }
    app.store.close().await;
    Ok(())
}

fn app(store: Store, clock: Arc<MovedClock>, smtp_url: &str, url: &str) -> Result<App> {
    Ok(App {
        store,
        clock,
        rng: Arc::new(SeededRng::new(std::process::id().into())),
        video: Arc::new(FakeVideo::default()),
        messenger: Arc::new(Mailer::new(MailConfig::new(smtp_url, "anteroom@praxis.example")?)?),
        hub: Arc::new(Hub::default()),
        jobs_ready: Arc::new(Notify::new()),
        passwords: Passwords::default(),
        last_used: LastUsed::default(),
        sweep_position: SweepPosition::default(),
        write_turns: WriteTurns::default(),
        public_url: url.into(),
    })
}

async fn serve(listener: TcpListener, web: Router) -> Result<()> {
    Ok(axum::serve(listener, web.into_make_service_with_connect_info::<SocketAddr>()).await?)
}

/// Does what the test asks for.
fn follow(app: &App, clock: &MovedClock, shutdown: &CancellationToken) {
    for line in stdin().lines().map_while(Result::ok) {
        clock.moved.advance(seconds(line.parse().unwrap_or(0)));
        app.hub.notify_all();
        app.jobs_ready.notify_one();
    }
    shutdown.cancel();
}

/// A clock that runs, and can be set forward.
struct MovedClock {
    moved: ManualClock,
    started: Instant,
}

impl MovedClock {
    fn at(start: Timestamp) -> Self {
        Self { moved: ManualClock::at(start), started: now() }
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(now().duration_since(self.started)).unwrap_or(SignedDuration::MAX);
        self.moved.now().saturating_add(passed).unwrap_or(Timestamp::MAX)
    }
}

#[expect(clippy::disallowed_methods, reason = "an implementation of the Clock port")]
fn now() -> Instant {
    Instant::now()
}
