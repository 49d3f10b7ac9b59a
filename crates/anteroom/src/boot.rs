//! Wiring: the parts of the house made and joined, the same way for `serve` and for `demo`.

use std::{net::SocketAddr, sync::Arc};

use anteroom_app::{Admission, App, Clock, Hub, Messenger, Passwords, Rng, Video};
use anteroom_livekit::Keys;
use anteroom_notify as notify;
use anteroom_rtc as rtc;
use anteroom_store::Store;
use anteroom_web as web;
use anyhow::{Context, Result};
use axum::Router;
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::{
    absent::{NoMail, NoVideo},
    config::{Config, reachable},
    folder, http,
    outside::{SystemClock, SystemRng},
    secrets::{self, LiveKitKey},
};

/// What the program finds outside itself.
pub(crate) struct Outside {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) listener: TcpListener,
}

/// A running server.
pub(crate) struct Site {
    pub(crate) app: App,
    pub(crate) public_url: String,
    pub(crate) media_url: String,
    pub(crate) livekit: LiveKitKey,
    embedded: Arc<rtc::Embedded>,
    end: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    _held: folder::Held,
}

/// Logs go to stderr: stdout belongs to what commands answer.
pub(crate) fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,str0m=warn,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// `anteroom serve`. Says where it is on stdout, once it can be reached.
#[expect(clippy::print_stdout, reason = "a subcommand answers on stdout")]
pub(crate) async fn serve(config: &Config) -> Result<()> {
    let listener = TcpListener::bind(config.listen).await;
    let listener = listener.with_context(|| format!("{} cannot be listened on", config.listen))?;
    let outside = Outside { clock: Arc::new(SystemClock::default()), listener };
    let site = start(config, outside, |_, router| router).await?;
    println!("Anteroom is running at {}", site.public_url);
    site.run_until_asked_to_end().await
}

/// `anteroom migrate`.
pub(crate) async fn migrate(config: &Config) -> Result<()> {
    open_store(config).await.map(drop)
}

/// The use cases without doors, for commands at the console.
pub(crate) async fn console(config: &Config) -> Result<App> {
    let store = open_store(config).await?;
    Ok(app(store, Arc::new(SystemClock::default()), Arc::new(NoVideo), Arc::new(NoMail), String::new()))
}

/// Makes the parts and joins them. `finish` adds routes that only this command has.
pub(crate) async fn start(
    config: &Config,
    outside: Outside,
    finish: impl FnOnce(App, Router) -> Router,
) -> Result<Site> {
    let Outside { clock, listener } = outside;
    let rng: Arc<dyn Rng> = Arc::new(SystemRng);
    let address = listener.local_addr()?;
    let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{}", reachable(address)));
    let media_url = public_url.replacen("http", "ws", 1);
    let held = folder::hold(&config.data)?;
    let livekit = secrets::livekit_key(&config.data, &*rng)?;
    let store = open_store(config).await?;
    let wire = rtc::transport::Config { listen: media_address(config, address), advertise: config.advertise.clone() };
    let (url, keys) = (media_url.clone(), Keys::single(&livekit.key, &livekit.secret));
    let rooms = rtc::Config { wire, url, keys, webhooks: config.webhook_urls.clone() };
    let embedded = Arc::new(embedded(rooms, clock.clone(), rng)?);
    let app = app(store, clock, embedded.clone(), messenger(config)?, public_url.clone());
    anteroom_app::media_restarted(&app).await?;
    let end = CancellationToken::new();

    let mut pages = web::Config::new(public_url.parse()?);
    pages.trusted_proxies = config.trusted_proxies.clone();
    let doors = embedded.router(Arc::new(app.clone()) as Arc<dyn Admission>);
    let router = web::router(app.clone(), pages, end.clone()).merge(doors);
    let router = finish(app.clone(), router);
    let tasks =
        vec![task(http::serve(listener, router, end.clone())), task(anteroom_jobs::run(app.clone(), end.clone()))];
    Ok(Site { app, public_url, media_url, livekit, embedded, end, tasks, _held: held })
}

impl Site {
    /// Runs until SIGTERM or Ctrl-C, then ends in order: no new requests, streams closed, rooms told, store closed.
    pub(crate) async fn run_until_asked_to_end(self) -> Result<()> {
        asked_to_end().await?;
        tracing::info!("ending");
        self.end.cancel();
        self.embedded.shutdown();
        self.embedded.flush_webhooks().await;
        for task in self.tasks {
            task.await?;
        }
        self.app.store.close().await;
        Ok(())
    }
}

async fn open_store(config: &Config) -> Result<Store> {
    let store = Store::open(&config.database).await.context("the database cannot be opened")?;
    store.migrate().await.context("the database cannot be brought up to date")?;
    Ok(store)
}

fn app(
    store: Store,
    clock: Arc<dyn Clock>,
    video: Arc<dyn Video>,
    messenger: Arc<dyn Messenger>,
    public_url: String,
) -> App {
    App {
        store,
        clock,
        rng: Arc::new(SystemRng),
        video,
        messenger,
        hub: Arc::new(Hub::default()),
        bell: Arc::new(Notify::new()),
        passwords: Passwords::default(),
        public_url: public_url.into(),
    }
}

fn messenger(config: &Config) -> Result<Arc<dyn Messenger>> {
    let Some(url) = &config.smtp_url else { return Ok(Arc::new(NoMail)) };
    let mut mail = notify::Config::new(url, &config.mail_from)?;
    if let Some(address) = &config.mail_reply_to {
        mail = mail.answered_at(address)?;
    }
    Ok(Arc::new(notify::Mail::new(mail)?))
}

fn embedded(config: rtc::Config, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<rtc::Embedded> {
    let address = config.wire.listen;
    let embedded = rtc::Embedded::start(config, clock, rng);
    embedded.with_context(|| format!("the media port {address} cannot be opened"))
}

/// Media listens on every address of the machine: a phone in the house must reach it, and browsers offer no loopback.
fn media_address(config: &Config, pages: SocketAddr) -> SocketAddr {
    let any = (config.listen.port() == 0).then_some(0);
    let port = config.media_port.or(any).unwrap_or_else(|| pages.port().wrapping_add(1));
    SocketAddr::from((std::net::Ipv6Addr::UNSPECIFIED, port))
}

#[expect(clippy::disallowed_methods, reason = "the program owns its tasks and joins them when it ends")]
pub(crate) fn task(work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(work)
}

async fn asked_to_end() -> Result<()> {
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}
