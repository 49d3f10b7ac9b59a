//! `anteroom serve` and `anteroom migrate`.

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use clap::Args;

use crate::boot::{self, Environment};
use crate::config::{self, Config};
use crate::first_setup::FirstSetup;
use crate::http;
use crate::system::SystemClock;

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
    let site = boot::start(&config, environment, |_| Router::new()).await?;
    println!("Anteroom is running at {}", site.public_url);
    if let Some(link) = &site.setup_link {
        println!("Set it up with this link: {link}");
    }
    site.run_until_shutdown().await
}

/// `anteroom migrate`.
pub(crate) async fn migrate(config: &Config) -> Result<()> {
    boot::open_store(config).await.map(drop)
}
