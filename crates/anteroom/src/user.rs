//! `anteroom user`: adds staff and API keys without a browser.
//!
//! Passwords are read from standard input: every user of the machine can see command lines.

use std::io::{BufRead, Write};

use anteroom_app::api_keys::NewKey;
use anteroom_app::{Actor, App, api_keys, password_links, practices, users};
use anteroom_domain::{EmailAddress, FieldError, KeyScope, Language, Private, WordingPack};
use anteroom_l10n::Catalogue;
use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand};

use crate::config::Config;
use crate::{boot, config, setup};

#[derive(Args)]
pub(crate) struct Flags {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Old name of `anteroom setup`.
    #[command(name = "found", hide = true)]
    Setup(setup::SetupFlags),
    /// Add a host or an administrator. Reads the password from standard input.
    Add {
        #[command(flatten)]
        flags: config::Flags,
        /// Name, as guests see it.
        #[arg(long)]
        name: String,
        /// E-mail address, used to log in and for messages.
        #[arg(long)]
        email: String,
        /// Role: host or admin.
        #[arg(long, default_value = "host")]
        role: String,
        /// IANA time zone, such as Europe/Berlin. Default: the practice's
        #[arg(long)]
        zone: Option<String>,
    },
    /// Create a link with which a person sets their password, valid for 24 hours and once, and print it.
    PasswordLink {
        #[command(flatten)]
        flags: config::Flags,
        /// E-mail address with which the person logs in.
        email: String,
    },
    /// Create an API key and print it; it cannot be shown again.
    Key {
        #[command(flatten)]
        flags: config::Flags,
        /// Name of the key, such as the program that uses it.
        #[arg(long)]
        name: String,
        /// What the key may do, separated by commas: booking, record, media, metrics
        #[arg(long, value_name = "SCOPES", value_delimiter = ',', default_value = "booking,record,media,metrics")]
        scopes: Vec<KeyScope>,
    },
}

#[expect(clippy::print_stdout, reason = "a subcommand answers on stdout")]
pub(crate) async fn run(flags: Flags) -> Result<()> {
    match flags.command {
        Command::Setup(flags) => setup::run(flags).await?,
        Command::Add { flags, name, email, role, zone } => {
            let app = boot::offline_app(&Config::load(&flags)?).await?;
            let practice = practices::find(&app).await?.context("set up the practice first: anteroom setup …")?;
            let zone = zone.unwrap_or_else(|| practice.zone.name().to_owned());
            let (name, email) = (Private::new(name), Private::new(email));
            let new = users::NewUser { name, email, role, zone, password: read_password()? };
            let user = users::add(&app, &Actor::Console, new).await.map_err(explain)?;
            println!("{} can log in.", user.id);
        }
        Command::PasswordLink { flags, email } => {
            let config = Config::load(&flags)?;
            let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
            let app = App { public_url: public_url.into(), ..boot::offline_app(&config).await? };
            let email: EmailAddress =
                email.parse().map_err(|error: FieldError| anyhow!(words().field_error(&error)))?;
            let user = app.store.read().await?.find_user_by_email(&email).await?;
            let user = user.with_context(|| "no person logs in with this address")?;
            let link = password_links::issue(&app, &Actor::Console, user.id).await.map_err(explain)?;
            println!("{}", link.url.reveal());
        }
        Command::Key { flags, name, scopes } => {
            let app = boot::offline_app(&Config::load(&flags)?).await?;
            let form = NewKey { name, scopes: scopes.into_iter().collect() };
            let (key, secret) = api_keys::create(&app, &Actor::Console, form).await.map_err(explain)?;
            println!("Authorization: Bearer {}.{}", key.id, secret.reveal());
        }
    }
    Ok(())
}

pub(crate) fn read_password() -> Result<Private<String>> {
    std::io::stderr().write_all(b"Password: ")?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        bail!("no password on standard input");
    }
    Ok(Private::new(line.to_owned()))
}

pub(crate) fn explain(error: anteroom_app::Error) -> anyhow::Error {
    let words = words();
    match &error {
        anteroom_app::Error::Invalid(fields) => {
            let wrong: Vec<_> =
                fields.iter().map(|(name, why)| format!("{name}: {}", words.field_error(&why))).collect();
            anyhow::anyhow!(wrong.join("\n"))
        }
        anteroom_app::Error::Refused(refusal) => anyhow::anyhow!(words.refusal(refusal)),
        _ => error.into(),
    }
}

/// Commands answer in English.
fn words() -> &'static Catalogue {
    Catalogue::of(Language::En, WordingPack::General)
}
