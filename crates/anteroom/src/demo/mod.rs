//! `anteroom demo`: a practice to click through, with one appointment starting now.
//!
//! Everything is real except the people: mail goes over SMTP to a mailbox inside the program and is shown on a page.

mod clock;
mod mailbox;
mod seed;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anteroom_notify::mailbox::Mailbox;
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;

use crate::boot::Environment;
use crate::config::Config;
use crate::system::SystemClock;
use crate::{boot, config};

/// How many mails the demo keeps.
const MAILBOX_SIZE: usize = 200;

/// What the demo can be asked. Documented in docs/demo.md; programs of others drive it.
#[derive(Args)]
pub(crate) struct Flags {
    /// One line of JSON on stdout instead of a text for people.
    #[arg(long)]
    json: bool,
    /// Where pages, API and the LiveKit door are; port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where everything is kept.
    #[arg(long, default_value = "data/demo")]
    data: PathBuf,
    /// UDP and TCP port of the media.
    #[arg(long)]
    media_port: Option<u16>,
    /// Offers `POST /demo/clock`, which sets the server's clock forward.
    #[arg(long)]
    clock_control: bool,
}

/// Runs it until it is asked to end.
#[expect(clippy::print_stdout, reason = "a subcommand answers on stdout")]
pub(crate) async fn run(flags: Flags) -> Result<()> {
    let listener = TcpListener::bind(flags.listen).await;
    let listener = listener.with_context(|| format!("{} is taken; try --listen 127.0.0.1:0", flags.listen))?;
    let address = listener.local_addr()?;
    let mailbox = Mailbox::with_capacity(MAILBOX_SIZE);
    let smtp = mailbox.listen(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let config = Config { smtp_url: Some(smtp.smtp_url()?), ..config(&flags, address) };
    let _smtp = boot::spawn(smtp.run());
    let clock = Arc::new(SystemClock::default());
    let site = boot::start(&config, Environment { clock: clock.clone(), listener }, |app, router| {
        let router = router.merge(mailbox::router(mailbox));
        if flags.clock_control { router.merge(clock::router(clock, app)) } else { router }
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
        advertise: Vec::new(),
        public_url: Some(format!("http://{}", config::reachable(address))),
        database: format!("sqlite:{}", flags.data.join("anteroom.db").display()),
        smtp_url: None,
        mail_from: "demo@anteroom.example".into(),
        mail_reply_to: None,
        webhook_urls: Vec::new(),
        trusted_proxies: Vec::new(),
    }
}
