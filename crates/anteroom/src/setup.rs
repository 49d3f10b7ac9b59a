//! `anteroom setup`: sets up the practice and its first administrator without a browser.

use anteroom_app::practices;
use anteroom_domain::Private;
use anyhow::Result;
use clap::Args;

use crate::boot;
use crate::config::{self, Config};
use crate::secrets::KeyFile;
use crate::user::{explain, read_password};

#[derive(Args)]
pub(crate) struct SetupFlags {
    #[command(flatten)]
    flags: config::Flags,
    /// Name of the practice, as guests see it.
    #[arg(long)]
    practice: String,
    /// Wording of pages and messages: general, beauty, therapy or clinic.
    #[arg(long, default_value = "general")]
    pack: String,
    /// Language of pages and messages for people whose language is not known: en or de.
    #[arg(long, default_value = "en")]
    language: String,
    /// IANA time zone of the practice, such as Europe/Berlin.
    #[arg(long)]
    zone: String,
    /// Name of the administrator.
    #[arg(long)]
    name: String,
    /// E-mail address of the administrator, used to log in.
    #[arg(long)]
    email: String,
}

#[expect(clippy::print_stdout, reason = "a subcommand answers on stdout")]
pub(crate) async fn run(SetupFlags { flags, practice, pack, language, zone, name, email }: SetupFlags) -> Result<()> {
    let config = Config::load(&flags)?;
    let app = boot::offline_app(&config).await?;
    let setup = practices::Setup {
        practice,
        pack,
        language,
        zone,
        name: Private::new(name),
        email: Private::new(email),
        password: read_password()?,
    };
    let admin = practices::set_up(&app, setup).await.map_err(explain)?;
    if let Some(keys) = KeyFile::find(&config.data)? {
        keys.note_practice(app.clock.now())?;
    }
    println!("The practice is set up; {} can log in.", admin.id);
    Ok(())
}
