//! `anteroom demo`: a demo practice with one appointment that can be joined now.
//!
//! It runs the real server. Mail is sent by SMTP to a mailbox inside the program and shown on a page.

mod clock;
mod mailbox;
mod seed;

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::sync::Arc;

use anteroom_notify::mailbox::Mailbox;
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use crate::boot::Environment;
use crate::config::Config;
use crate::first_setup::FirstSetup;
use crate::system::SystemClock;
use crate::tasks::Tasks;
use crate::{boot, config, http};

/// Maximum number of mails in the demo's mailbox.
const MAILBOX_SIZE: usize = 200;

/// Flags of `anteroom demo`. Documented in docs/demo.md, which is a contract with other programs.
#[derive(Args)]
pub(crate) struct Flags {
    /// Print one line of JSON to stdout instead of a text for people.
    #[arg(long)]
    json: bool,
    /// Listen address of pages, API and LiveKit signalling; port 0 uses any free port.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Data directory.
    #[arg(long, value_name = "DIRECTORY", default_value = "data/demo")]
    data: PathBuf,
    /// First media port, UDP and TCP; each media thread has one. Default: the port after --listen, or free ports if
    /// that is 0
    #[arg(long, value_name = "PORT")]
    media_port: Option<u16>,
    /// Media threads. Default: the number of processors
    #[arg(long, value_name = "NUMBER", env = "ANTEROOM_MEDIA_THREADS")]
    media_threads: Option<NonZeroU16>,
    /// Add `POST /demo/clock`, which sets the server's clock forward.
    #[arg(long)]
    clock_control: bool,
}

/// Runs the demo until SIGTERM or Ctrl-C.
#[expect(clippy::print_stdout, reason = "a subcommand answers on stdout")]
pub(crate) async fn run(flags: Flags) -> Result<()> {
    let listener = http::bind(flags.listen)
        .with_context(|| format!("cannot listen on {}; --listen 127.0.0.1:0 uses any free port", flags.listen))?;
    let address = listener.local_addr()?;
    let mailbox = Mailbox::with_capacity(MAILBOX_SIZE);
    let smtp = mailbox.listen(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let config = Config { smtp_url: Some(smtp.smtp_url()?), ..config(&flags, address) };
    let mut mail = Tasks::default(); // Ends when it is dropped.
    mail.run_once(smtp.run());
    let clock = Arc::new(SystemClock::default());
    let environment = Environment { clock: clock.clone(), listener, first_setup: FirstSetup::Command };
    let site = boot::start(&config, environment, |app| {
        let pages = mailbox::router(mailbox);
        if flags.clock_control { pages.merge(clock::router(clock, app)) } else { pages }
    })
    .await?;
    let seeded = seed::practice(&site.app, &config.data).await?;
    let url = &site.public_url;
    if flags.json {
        let livekit = json!({ "url": site.media_url, "key": site.livekit.key, "secret": site.livekit.secret });
        println!("{}", seeded.json(url, &livekit));
    } else {
        println!("{}", seeded.text(url));
    }
    site.run_until_shutdown().await
}

fn config(flags: &Flags, address: SocketAddr) -> Config {
    Config {
        data: flags.data.clone(),
        listen: address,
        media_port: flags.media_port.or((flags.listen.port() == 0).then_some(0)),
        media_threads: flags.media_threads.unwrap_or_else(config::processors),
        advertise: Vec::new(),
        public_url: None,
        database: format!("sqlite:{}", flags.data.join("anteroom.db").display()),
        smtp_url: None,
        mail_from: "demo@anteroom.example".into(),
        mail_reply_to: None,
        webhook_urls: Vec::new(),
        auto_create_rooms: true,
        trusted_proxies: Vec::new(),
    }
}
