//! Configuration: a TOML file, environment variables and flags.
//!
//! Flags override the environment, the environment overrides the file, the file overrides the defaults.

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anteroom_rtc::Url;
use anteroom_rtc::transport::AdvertisedAddress;
use anteroom_web::Network;
use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Deserialize;

/// Configuration flags, accepted by every command but `demo`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Flags {
    /// Configuration file (TOML). It may be missing.
    #[arg(long, value_name = "FILE", env = "ANTEROOM_CONFIG", default_value = "anteroom.toml")]
    pub(crate) config: PathBuf,
    /// Data directory, for the SQLite database and generated keys. Default: data
    #[arg(long, value_name = "DIRECTORY", env = "ANTEROOM_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Listen address of pages, API and signalling; port 0 uses any free port. Default: 127.0.0.1:8080
    #[arg(long, value_name = "ADDRESS:PORT", env = "ANTEROOM_LISTEN")]
    pub(crate) listen: Option<SocketAddr>,
    /// First media port, UDP and TCP; each media thread has one. Default: the port after --listen, or free ports if
    /// that is 0
    #[arg(long, value_name = "PORT", env = "ANTEROOM_MEDIA_PORT")]
    pub(crate) media_port: Option<u16>,
    /// Media threads; each call runs on one of them. Default: the number of processors
    #[arg(long, value_name = "NUMBER", env = "ANTEROOM_MEDIA_THREADS")]
    pub(crate) media_threads: Option<NonZeroU16>,
    /// Where clients send media to, separated by commas: IP, IP:PORT, or stun:HOST:PORT to ask a STUN server for the
    /// external address. Default: the addresses of this machine
    #[arg(long = "advertise", value_name = "ADDRESS", env = "ANTEROOM_ADVERTISE", value_delimiter = ',')]
    pub(crate) advertise: Vec<Advertise>,
    /// Public URL of this server, used in links: https://video.example. Default: http:// and the listen address
    #[arg(long, value_name = "URL", env = "ANTEROOM_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    /// Database: sqlite:PATH or postgres://… Default: sqlite:anteroom.db in the data directory
    #[arg(long, value_name = "URL", env = "ANTEROOM_DATABASE")]
    pub(crate) database: Option<String>,
    /// Mail server: smtp://user:password@host:587 or smtps://… Default: none, no mail is sent
    #[arg(long, value_name = "URL", env = "ANTEROOM_SMTP_URL", hide_env_values = true)]
    pub(crate) smtp_url: Option<String>,
    /// Sender of all mail; without a display name the practice's name is used. Default: anteroom@localhost
    #[arg(long, value_name = "ADDRESS", env = "ANTEROOM_MAIL_FROM")]
    pub(crate) mail_from: Option<String>,
    /// Address for replies to mail. Default: the sender
    #[arg(long, value_name = "ADDRESS", env = "ANTEROOM_MAIL_REPLY_TO")]
    pub(crate) mail_reply_to: Option<String>,
    /// URLs that receive webhooks about rooms, in LiveKit's format, separated by commas. Default: none
    #[arg(
        long = "webhook",
        value_name = "URL",
        env = "ANTEROOM_WEBHOOK_URLS",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub(crate) webhook_urls: Vec<String>,
    /// Whether the first join opens a room that is no consultation's. If false, only an API client opens it. Default: true
    #[arg(long, value_name = "true|false", env = "ANTEROOM_AUTO_CREATE_ROOMS")]
    pub(crate) auto_create_rooms: Option<bool>,
    /// Reverse proxies whose X-Forwarded-For or Forwarded is used, separated by commas: 127.0.0.1 or 10.0.0.0/8.
    /// Default: none
    #[arg(long, value_name = "NETWORK", env = "ANTEROOM_TRUSTED_PROXIES", value_delimiter = ',')]
    pub(crate) trusted_proxies: Vec<Network>,
}

/// The configuration file. Every key is optional; unknown keys are an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    data: Option<PathBuf>,
    listen: Option<SocketAddr>,
    media_port: Option<u16>,
    media_threads: Option<NonZeroU16>,
    advertise: Vec<String>,
    public_url: Option<String>,
    database: Option<String>,
    smtp_url: Option<String>,
    mail_from: Option<String>,
    mail_reply_to: Option<String>,
    webhook_urls: Vec<String>,
    auto_create_rooms: Option<bool>,
    trusted_proxies: Vec<String>,
}

/// The effective configuration.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) data: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) media_port: Option<u16>,
    pub(crate) media_threads: NonZeroU16,
    pub(crate) advertise: Vec<Advertise>,
    /// Without a trailing slash; `None`: `http://` and the listen address.
    pub(crate) public_url: Option<String>,
    pub(crate) database: String,
    pub(crate) smtp_url: Option<String>,
    pub(crate) mail_from: String,
    pub(crate) mail_reply_to: Option<String>,
    pub(crate) webhook_urls: Vec<Url>,
    /// The first join opens a room that is no consultation's.
    pub(crate) auto_create_rooms: bool,
    /// Proxies whose `X-Forwarded-For` or `Forwarded` is used.
    pub(crate) trusted_proxies: Vec<Network>,
}

impl Config {
    /// The database in messages: without the password that its URL may contain.
    pub(crate) fn database_name(&self) -> String {
        if let Some(path) = self.database.strip_prefix("sqlite:") {
            return path.to_owned();
        }
        let url = self.database.parse().ok();
        let named = url.map(|url: Url| format!("{}{}", url.host_str().unwrap_or_default(), url.path()));
        format!("the PostgreSQL database {}", named.unwrap_or_default())
    }

    /// Merges flags, file and defaults, and validates them.
    pub(crate) fn load(flags: &Flags) -> Result<Self> {
        let file = File::read(&flags.config)?;
        let data = flags.data.clone().or(file.data).unwrap_or_else(|| "data".into());
        let database = flags.database.clone().or(file.database);
        let public_url = flags.public_url.clone().or(file.public_url);
        let public_url = public_url.map(|url| url.trim_end_matches('/').to_owned());
        if let Some(url) = &public_url {
            ensure!(
                url.starts_with("https://") || url.starts_with("http://"),
                "public_url must begin with https:// (or http:// for tests), not {url:?}"
            );
        }
        let webhooks = if flags.webhook_urls.is_empty() { file.webhook_urls } else { flags.webhook_urls.clone() };
        Ok(Self {
            listen: flags.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            media_port: flags.media_port.or(file.media_port),
            media_threads: flags.media_threads.or(file.media_threads).unwrap_or_else(processors),
            advertise: if flags.advertise.is_empty() { advertise(&file.advertise)? } else { flags.advertise.clone() },
            public_url,
            database: database.unwrap_or_else(|| format!("sqlite:{}", data.join("anteroom.db").display())),
            smtp_url: flags.smtp_url.clone().or(file.smtp_url),
            mail_from: flags.mail_from.clone().or(file.mail_from).unwrap_or_else(|| "anteroom@localhost".into()),
            mail_reply_to: flags.mail_reply_to.clone().or(file.mail_reply_to),
            webhook_urls: webhooks.iter().map(|text| webhook_url(text)).collect::<Result<_>>()?,
            auto_create_rooms: flags.auto_create_rooms.or(file.auto_create_rooms).unwrap_or(true),
            trusted_proxies: match &flags.trusted_proxies[..] {
                [] => trusted_proxies(&file.trusted_proxies)?,
                flags => flags.to_vec(),
            },
            data,
        })
    }
}

/// Where clients send media to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Advertise {
    /// This address.
    Address(AdvertisedAddress),
    /// The address that this STUN server (`host:port`) sees at start.
    Stun(String),
}

impl FromStr for Advertise {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let server = text.strip_prefix("stun:").filter(|server| server.contains(':'));
        let address = || text.parse().map(Self::Address);
        server
            .map_or_else(address, |server| Ok(Self::Stun(server.to_owned())))
            .map_err(|_| format!("{text:?} is neither IP, IP:PORT nor stun:HOST:PORT"))
    }
}

fn advertise(texts: &[String]) -> Result<Vec<Advertise>> {
    texts.iter().map(|text| text.parse().map_err(anyhow::Error::msg)).collect()
}

fn trusted_proxies(texts: &[String]) -> Result<Vec<Network>> {
    texts.iter().map(|text| text.parse().context("trusted_proxies")).collect()
}

impl File {
    fn read(path: &Path) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text).with_context(|| format!("cannot parse {}", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }
}

/// One media thread for each processor that this process may use.
pub(crate) fn processors() -> NonZeroU16 {
    let processors = std::thread::available_parallelism().ok();
    processors.and_then(|processors| processors.try_into().ok()).unwrap_or(NonZeroU16::MIN)
}

/// The error does not contain the URL, which may contain a password.
fn webhook_url(text: &str) -> Result<Url> {
    let url: Url = text.parse().context("webhook_urls contains an invalid URL")?;
    ensure!(
        matches!(url.scheme(), "https" | "http"),
        "webhook_urls must begin with https:// (or http:// in a private network)"
    );
    Ok(url)
}

/// The address at which this machine reaches a listener: loopback for a wildcard address.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if ip.is_unspecified() => SocketAddr::from(([127, 0, 0, 1], address.port())),
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advertised_addresses_are_ips_with_or_without_port_or_a_stun_server() {
        let texts = ["198.51.100.7", "198.51.100.7:443", "[2001:db8::7]:443", "stun:stun.example:3478"];
        let read = advertise(&texts.map(str::to_owned)).unwrap();
        assert_eq!(read[1], Advertise::Address("198.51.100.7:443".parse().unwrap()));
        assert_eq!(read[3], Advertise::Stun("stun.example:3478".to_owned()));
        for wrong in ["video.example", "stun:stun.example", "198.51.100.7:", "stun:"] {
            let error = advertise(&[wrong.to_owned()]).unwrap_err();
            assert!(error.to_string().contains(wrong), "{error}");
        }
    }
}
