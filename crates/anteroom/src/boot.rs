//! Wiring: creates and connects the parts of the server, for `serve` and `demo`.

use std::sync::Arc;

use anteroom_app::{
    App, Clock, Hub, LastUsed, Messenger, Passwords, Rng, SweepPosition, Video, WriteTurns, time_zone_changes,
};
use anteroom_domain::{Phone, ZoneData};
use anteroom_notify as notify;
use anteroom_store::Store;
use anteroom_web as web;
use anyhow::{Context, Result};
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, reachable};
use crate::file_limit::OpenFiles;
use crate::first_setup::FirstSetup;
use crate::http::HttpConnections;
use crate::secrets::KeyFile;
use crate::shutdown_signals::ShutdownSignals;
use crate::site::Site;
use crate::system::{SystemClock, SystemRng};
use crate::tasks::Tasks;
use crate::unconfigured::{NoMail, NoVideo};
use crate::{data_dir, database_metrics, file_limit, first_setup, http, media_server, routes};

/// Clock and listener, which `serve` and `demo` create differently.
pub(crate) struct Environment {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) listener: TcpListener,
    pub(crate) first_setup: FirstSetup,
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
    let data_lock = data_dir::lock(&config.data)?;
    let key_file = KeyFile::find(&config.data)?;
    first_setup::check_database_exists(config, key_file.as_ref(), first_setup)?;
    let had_file = first_setup::has_file(config).unwrap_or_default();
    let store = open_store(config).await?;
    let media_lock = store.lock_media_server().await.context("cannot use the database")?;
    let keys = KeyFile::open(&config.data, key_file, &store, (&*rng, clock.now())).await?;
    let embedded = Arc::new(media_server::start(config, address, &media_url, &keys.key, (clock.clone(), rng))?);
    let app = app(store, clock, embedded.clone(), messenger(config)?, public_url.clone());
    anteroom_app::media_restarted(&app).await?;
    tracing::info!(edition = ZoneData::in_use().edition().as_str(), "time zone data");
    let setup_secret = first_setup::begin(&app, config, (&keys, had_file), first_setup).await?;
    let shutdown = CancellationToken::new();

    let files = file_limit::raise()?;
    let limits = file_limit::connection_limits(files);
    let connections = HttpConnections::new(limits, config.trusted_proxies.clone(), OpenFiles::new(files));
    let mut web_config = web_config(config, &public_url, &connections, &app.store)?;
    web_config.setup_code = setup_secret.as_ref().map(web::SetupCode::new);
    let mut tasks = Tasks::default();
    if let Some(code) = web_config.setup_code.clone() {
        tasks.run_once(first_setup::note_practice(code, keys.clone(), app.clock.clone(), shutdown.clone()));
    }
    let web = web::Web::new(app.clone(), web_config, shutdown.clone());
    let router = routes::router(web, &embedded, &app, pages(app.clone()));
    tasks.run("the HTTP listener", http::serve(listener, router, connections, shutdown.clone()));
    tasks.run("the job worker", anteroom_jobs::run(app.clone(), shutdown.clone()));
    tasks.run_blocking(Phone::prepare);
    tasks.run_once(report_time_zone_changes(app.clone(), shutdown.clone()));
    let setup_link = setup_secret.map(|secret| format!("{public_url}/setup?code={}", secret.reveal()));
    let signals = ShutdownSignals::listen()?;
    Ok(Site {
        app,
        public_url,
        setup_link,
        media_url,
        livekit: keys.key,
        embedded,
        signals,
        shutdown,
        tasks,
        media_lock,
        _data_lock: data_lock,
    })
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

/// Reads all upcoming appointments, beside the first requests.
async fn report_time_zone_changes(app: App, shutdown: CancellationToken) {
    if let Some(Err(error)) = shutdown.run_until_cancelled(time_zone_changes::report(&app)).await {
        tracing::warn!(%error, "could not compare appointments with the time zone data");
    }
}

pub(crate) async fn open_store(config: &Config) -> Result<Store> {
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
        write_turns: WriteTurns::default(),
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
