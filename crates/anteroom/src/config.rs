//! Configuration: a TOML file, environment variables and flags, parsed once into what the parts need.
//!
//! Flags win over the environment, the environment over the file, the file over what is built in.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anteroom_rtc::Url;
use anteroom_web::Network;
use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Deserialize;

/// Where things are; every command takes these.
#[derive(Debug, Clone, Args)]
pub(crate) struct Flags {
    /// The configuration file. Missing is fine: everything has a default.
    #[arg(long, env = "ANTEROOM_CONFIG", default_value = "anteroom.toml")]
    pub(crate) config: PathBuf,
    /// Where the database and the keys are kept.
    #[arg(long, env = "ANTEROOM_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Address and port of pages, API and signalling. Port 0 takes a free one.
    #[arg(long, env = "ANTEROOM_LISTEN")]
    pub(crate) listen: Option<SocketAddr>,
    /// Port of the media, UDP and TCP; the next one after `listen` if not given, any free one for port 0.
    #[arg(long, env = "ANTEROOM_MEDIA_PORT")]
    pub(crate) media_port: Option<u16>,
    /// Addresses at which clients reach the media port, instead of the machine's own. Repeat for several.
    #[arg(long = "advertise", env = "ANTEROOM_ADVERTISE", value_delimiter = ',')]
    pub(crate) advertise: Vec<IpAddr>,
    /// How people reach this server: `https://video.example`.
    #[arg(long, env = "ANTEROOM_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    /// `sqlite:PATH` or `postgres://…`.
    #[arg(long, env = "ANTEROOM_DATABASE")]
    pub(crate) database: Option<String>,
    /// `smtp://user:password@host:587`, `smtps://…`; none: no mail is sent.
    #[arg(long, env = "ANTEROOM_SMTP_URL", hide_env_values = true)]
    pub(crate) smtp_url: Option<String>,
    /// The sender of all mail: `video@practice.example`. Without a name of its own the practice's is shown.
    #[arg(long, env = "ANTEROOM_MAIL_FROM")]
    pub(crate) mail_from: Option<String>,
    /// Where answers to mail go, if somebody reads them elsewhere than at `mail_from`.
    #[arg(long, env = "ANTEROOM_MAIL_REPLY_TO")]
    pub(crate) mail_reply_to: Option<String>,
    /// Addresses that are told what happens in the rooms, as LiveKit tells it. Repeat for several.
    #[arg(long = "webhook", env = "ANTEROOM_WEBHOOK_URLS", value_delimiter = ',', hide_env_values = true)]
    pub(crate) webhook_urls: Vec<String>,
}

/// The file, all of it optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    data: Option<PathBuf>,
    listen: Option<SocketAddr>,
    media_port: Option<u16>,
    advertise: Vec<IpAddr>,
    public_url: Option<String>,
    database: Option<String>,
    smtp_url: Option<String>,
    mail_from: Option<String>,
    mail_reply_to: Option<String>,
    webhook_urls: Vec<String>,
    trusted_proxies: Vec<String>,
}

/// What the program runs with.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) data: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) media_port: Option<u16>,
    pub(crate) advertise: Vec<IpAddr>,
    /// Without a slash at the end; `None` means: the address we listen on.
    pub(crate) public_url: Option<String>,
    pub(crate) database: String,
    pub(crate) smtp_url: Option<String>,
    pub(crate) mail_from: String,
    pub(crate) mail_reply_to: Option<String>,
    pub(crate) webhook_urls: Vec<Url>,
    /// Whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Vec<Network>,
}

impl Config {
    /// Flags over file over defaults, checked.
    pub(crate) fn load(flags: &Flags) -> Result<Self> {
        let file = File::read(&flags.config)?;
        let data = flags.data.clone().or(file.data).unwrap_or_else(|| "data".into());
        let database = flags.database.clone().or(file.database);
        let public_url = flags.public_url.clone().or(file.public_url);
        let public_url = public_url.map(|url| url.trim_end_matches('/').to_owned());
        if let Some(url) = &public_url {
            ensure!(
                url.starts_with("https://") || url.starts_with("http://"),
                "public_url must begin with https:// (or http:// for trying things out), not {url:?}"
            );
        }
        let webhooks = if flags.webhook_urls.is_empty() { file.webhook_urls } else { flags.webhook_urls.clone() };
        Ok(Self {
            listen: flags.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            media_port: flags.media_port.or(file.media_port),
            advertise: if flags.advertise.is_empty() { file.advertise } else { flags.advertise.clone() },
            public_url,
            database: database.unwrap_or_else(|| format!("sqlite:{}", data.join("anteroom.db").display())),
            smtp_url: flags.smtp_url.clone().or(file.smtp_url),
            mail_from: flags.mail_from.clone().or(file.mail_from).unwrap_or_else(|| "anteroom@localhost".into()),
            mail_reply_to: flags.mail_reply_to.clone().or(file.mail_reply_to),
            webhook_urls: webhooks.iter().map(|text| webhook_url(text)).collect::<Result<_>>()?,
            trusted_proxies: file.trusted_proxies.iter().map(|text| text.parse()).collect::<Result<_, _>>()?,
            data,
        })
    }
}

impl File {
    fn read(path: &Path) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text).with_context(|| format!("{} cannot be used", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
    }
}

/// What is refused is not repeated: it may hold a password.
fn webhook_url(text: &str) -> Result<Url> {
    let url: Url = text.parse().context("webhook_urls holds something that is no address")?;
    ensure!(matches!(url.scheme(), "https" | "http"), "webhook_urls must begin with https:// (or http:// at home)");
    Ok(url)
}

/// Where somebody on this machine reaches a listener: a wildcard address is no destination.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if ip.is_unspecified() => SocketAddr::from(([127, 0, 0, 1], address.port())),
        _ => address,
    }
}
