//! Wiring: creates and connects the parts of the server, for `serve` and `demo`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anteroom_app::{App, Clock, Hub, LastUsed, Messenger, Passwords, Rng, SweepPosition, Video, time_zone_changes};
use anteroom_domain::ZoneData;
use anteroom_livekit::Keys;
use anteroom_notify as notify;
use anteroom_rtc as rtc;
use anteroom_store::{MediaServerLock, Store};
use anteroom_web as web;
use anyhow::{Context, Result};
use axum::Router;
use clap::Args;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::config::{Advertise, Config, reachable};
use crate::file_limit::OpenFiles;
use crate::first_setup::FirstSetup;
use crate::http::HttpConnections;
use crate::secrets::{KeyFile, LiveKitKey};
use crate::shutdown_signals::ShutdownSignals;
use crate::system::{SystemClock, SystemRng};
use crate::unconfigured::{NoMail, NoVideo};
use crate::{config, data_dir, database_metrics, file_limit, first_setup, http, routes};

/// Time for an orderly shutdown after a media thread has ended.
const FAILURE_GRACE: Duration = Duration::from_secs(15);

/// Clock and listener, which `serve` and `demo` create differently.
pub(crate) struct Environment {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) listener: TcpListener,
    pub(crate) first_setup: FirstSetup,
}

/// A running server.
pub(crate) struct Site {
    pub(crate) app: App,
    pub(crate) public_url: String,
    /// If there is no practice yet.
    pub(crate) setup_link: Option<String>,
    pub(crate) media_url: String,
    pub(crate) livekit: LiveKitKey,
    embedded: Arc<rtc::Embedded>,
    signals: ShutdownSignals,
    shutdown: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    _locks: (data_dir::Lock, MediaServerLock),
}

/// Flags of `anteroom serve`.
#[derive(Args)]
pub(crate) struct ServeFlags {
    #[command(flatten)]
    flags: config::Flags,
    /// Set up a new practice, although this server had one that is not in the database any more.
    #[arg(long)]
    new_practice: bool,
}

/// `anteroom serve`. Prints the URL to stdout once the server accepts connections, and without a practice the setup link.
#[expect(clippy::print_stdout, reason = "a subcommand answers on stdout")]
pub(crate) async fn serve(ServeFlags { flags, new_practice }: &ServeFlags) -> Result<()> {
    let config = Config::load(flags)?;
    let listener = http::bind(config.listen).with_context(|| {
        format!(
            "cannot listen on {}: is the port in use, or the address not this machine's? See --listen",
            config.listen
        )
    })?;
    let first_setup = FirstSetup::by_link(*new_practice);
    let environment = Environment { clock: Arc::new(SystemClock::default()), listener, first_setup };
    let site = start(&config, environment, |_| Router::new()).await?;
    println!("Anteroom is running at {}", site.public_url);
    if let Some(link) = &site.setup_link {
        println!("Set it up with this link: {link}");
    }
    site.run_until_shutdown().await
}

/// `anteroom migrate`.
pub(crate) async fn migrate(config: &Config) -> Result<()> {
    open_store(config).await.map(drop)
}

/// The use cases without HTTP, media and mail, for commands.
pub(crate) async fn offline_app(config: &Config) -> Result<App> {
    let store = open_store(config).await?;
    Ok(app(store, Arc::new(SystemClock::default()), Arc::new(NoVideo), Arc::new(NoMail), String::new()))
}

/// Creates and connects the parts. `pages` are routes of one command.
pub(crate) async fn start(
    config: &Config,
    environment: Environment,
    pages: impl FnOnce(App) -> Router,
) -> Result<Site> {
    let Environment { clock, listener, first_setup } = environment;
    let rng: Arc<dyn Rng> = Arc::new(SystemRng);
    let address = listener.local_addr()?;
    let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{}", reachable(address)));
    let media_url = public_url.replacen("http", "ws", 1);
    let lock = data_dir::lock(&config.data)?;
    let keys = KeyFile::open(&config.data, &*rng)?;
    first_setup::check_database_exists(config, &keys, first_setup)?;
    let store = open_store(config).await?;
    let media_lock = store.lock_media_server().await.context("cannot use the database")?;
    let rooms = rooms_config(config, media_address(config, address), &media_url, &keys.key, &*rng)?;
    let embedded = Arc::new(embedded(rooms, clock.clone(), rng)?);
    let app = app(store, clock, embedded.clone(), messenger(config)?, public_url.clone());
    anteroom_app::media_restarted(&app).await?;
    tracing::info!(edition = ZoneData::in_use().edition().as_str(), "time zone data");
    let setup_secret = first_setup::begin(&app, config, &keys, first_setup).await?;
    let shutdown = CancellationToken::new();

    let files = file_limit::raise()?;
    let limits = file_limit::connection_limits(files);
    let connections = HttpConnections::new(limits, config.trusted_proxies.clone(), OpenFiles::new(files));
    let mut web_config = web_config(config, &public_url, &connections, &app.store)?;
    web_config.setup_code = setup_secret.as_ref().map(web::SetupCode::new);
    let mut tasks = Vec::new();
    if let Some(code) = web_config.setup_code.clone() {
        tasks.push(spawn(first_setup::note_practice(code, keys.clone(), app.clock.clone(), shutdown.clone())));
    }
    let web = web::Web::new(app.clone(), web_config, shutdown.clone());
    let router = routes::router(web, &embedded, &app, pages(app.clone()));
    tasks.push(spawn(http::serve(listener, router, connections, shutdown.clone())));
    tasks.push(spawn(anteroom_jobs::run(app.clone(), shutdown.clone())));
    tasks.push(spawn(report_time_zone_changes(app.clone(), shutdown.clone())));
    let setup_link = setup_secret.map(|secret| format!("{public_url}/setup?code={}", secret.reveal()));
    let signals = ShutdownSignals::listen()?;
    let (livekit, locks) = (keys.key, (lock, media_lock));
    Ok(Site { app, public_url, setup_link, media_url, livekit, embedded, signals, shutdown, tasks, _locks: locks })
}

impl Site {
    /// Runs until SIGTERM or Ctrl-C, then shuts down in order: HTTP, streams, rooms, webhooks, database. If a media
    /// thread ends by itself, does the same and fails, so that the supervisor starts the program again.
    pub(crate) async fn run_until_shutdown(mut self) -> Result<()> {
        let failure = tokio::select! {
            () = self.signals.received() => None,
            reason = self.embedded.failure() => Some(reason),
        };
        match failure {
            None => self.shut_down().await,
            Some(reason) => {
                tracing::error!(reason, "a media thread has ended: the program ends");
                let _ = timeout(FAILURE_GRACE, self.shut_down()).await;
                // Returning would wait for the other media threads, one of which may be stuck.
                std::process::exit(1)
            }
        }
    }

    async fn shut_down(&mut self) -> Result<()> {
        tracing::info!("shutting down");
        self.shutdown.cancel();
        self.embedded.shutdown();
        self.embedded.flush_webhooks().await;
        self.embedded.flush_attendance().await;
        for task in self.tasks.drain(..) {
            task.await?;
        }
        self.app.store.close().await;
        Ok(())
    }
}

fn web_config(config: &Config, public_url: &str, connections: &HttpConnections, store: &Store) -> Result<web::Config> {
    let (connections, store) = (connections.clone(), store.clone());
    Ok(web::Config {
        trusted_proxies: config.trusted_proxies.clone(),
        accepts_listen_address: config.public_url.is_none(),
        metrics: web::MetricsSource::new(move || connections.metrics() + &database_metrics::text(store.counts())),
        ..web::Config::new(public_url.parse()?)
    })
}

fn rooms_config(
    config: &Config,
    listen: SocketAddr,
    media_url: &str,
    key: &LiveKitKey,
    rng: &dyn Rng,
) -> Result<rtc::Config> {
    Ok(rtc::Config {
        wire: rtc::transport::Config { listen, advertise: advertised(config, rng)? },
        media_threads: config.media_threads,
        url: media_url.to_owned(),
        keys: Keys::single(&key.key, &key.secret),
        webhooks: config.webhook_urls.clone(),
        auto_create_rooms: config.auto_create_rooms,
    })
}

/// The addresses that clients send media to. Waits for STUN servers: the server cannot be used before they answer.
fn advertised(config: &Config, rng: &dyn Rng) -> Result<Vec<rtc::transport::AdvertisedAddress>> {
    let resolve = |advertise: &Advertise| match advertise {
        Advertise::Address(address) => Ok(*address),
        Advertise::Stun(server) => {
            let mut transaction = [0; 12];
            rng.fill(&mut transaction);
            let ip = rtc::transport::external_address(server, transaction)
                .with_context(|| format!("--advertise stun:{server}: no address from this STUN server"))?;
            tracing::info!(%ip, server, "external address");
            Ok(rtc::transport::AdvertisedAddress { ip, port: None })
        }
    };
    config.advertise.iter().map(resolve).collect()
}

/// Reads all upcoming appointments, beside the first requests.
async fn report_time_zone_changes(app: App, shutdown: CancellationToken) {
    if let Some(Err(error)) = shutdown.run_until_cancelled(time_zone_changes::report(&app)).await {
        tracing::warn!(%error, "could not compare appointments with the time zone data");
    }
}

async fn open_store(config: &Config) -> Result<Store> {
    let name = config.database_name();
    let store = Store::open(&config.database).await;
    let store = store.with_context(|| format!("cannot open the database {name}; --database chooses another"))?;
    store.migrate().await.with_context(|| format!("cannot apply migrations to the database {name}"))?;
    Ok(store)
}

fn app(
    store: Store,
    clock: Arc<dyn Clock>,
    video: Arc<dyn Video>,
    messenger: Arc<dyn Messenger>,
    public_url: String,
) -> App {
    let app = App {
        store,
        clock,
        rng: Arc::new(SystemRng),
        video,
        messenger,
        hub: Arc::new(Hub::default()),
        jobs_ready: Arc::new(Notify::new()),
        passwords: Passwords::default(),
        last_used: LastUsed::default(),
        sweep_position: SweepPosition::default(),
        public_url: public_url.into(),
    };
    app.listen_to_commits();
    app
}

fn messenger(config: &Config) -> Result<Arc<dyn Messenger>> {
    let Some(url) = &config.smtp_url else { return Ok(Arc::new(NoMail)) };
    // The error does not contain the URL, which may contain a password.
    let mail = notify::MailConfig::new(url, &config.mail_from);
    let mut mail = mail.context("smtp_url (--smtp-url) or mail_from (--mail-from) is not valid")?;
    if let Some(address) = &config.mail_reply_to {
        mail = mail.with_reply_to(address).context("mail_reply_to (--mail-reply-to) is not valid")?;
    }
    Ok(Arc::new(notify::Mailer::new(mail)?))
}

fn embedded(config: rtc::Config, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<rtc::Embedded> {
    let started = rtc::Embedded::start(config, clock, rng);
    started.context("cannot start the media server; --media-port chooses other ports")
}

/// Media listens on all interfaces: phones in the local network must reach it, and browsers offer no loopback
/// candidates.
fn media_address(config: &Config, http: SocketAddr) -> SocketAddr {
    let any = (config.listen.port() == 0).then_some(0);
    let port = config.media_port.or(any).unwrap_or_else(|| http.port().wrapping_add(1));
    SocketAddr::from((std::net::Ipv6Addr::UNSPECIFIED, port))
}

#[expect(clippy::disallowed_methods, reason = "the program owns its tasks and joins them when it ends")]
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(work)
}
