//! A server without a practice: who may set it up, and whether a practice was lost.

use std::path::Path;
use std::sync::Arc;

use anteroom_app::{App, Clock, practices};
use anteroom_domain::Secret;
use anteroom_web::SetupCode;
use anyhow::{Result, anyhow};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::secrets::KeyFile;

/// How a server without a practice gets one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FirstSetup {
    /// With a link that the server prints at the start. A practice that was there before must be in the database.
    Link,
    /// The same, after a practice was given up: `--new-practice`.
    LinkToNewPractice,
    /// The command that runs does it.
    Command,
}

impl FirstSetup {
    pub(crate) fn by_link(new_practice: bool) -> Self {
        if new_practice { Self::LinkToNewPractice } else { Self::Link }
    }
}

/// Fails if a server that was started before would get a new, empty database: the next start could not see any more
/// that the old one was lost.
pub(crate) fn check_database_exists(config: &Config, keys: Option<&KeyFile>, how: FirstSetup) -> Result<()> {
    match keys {
        Some(keys) if how == FirstSetup::Link && has_file(config) == Some(false) => Err(lost_practice(config, keys)),
        _ => Ok(()),
    }
}

/// Whether the file of the database is there, and not empty. `None` on PostgreSQL.
pub(crate) fn has_file(config: &Config) -> Option<bool> {
    let path = config.database.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(Path::new(path).metadata().is_ok_and(|file| file.len() > 0))
}

/// Returns the secret of the setup link, if the server is to be set up with one. Fails if there was a practice that is
/// not in the database. `had_file`: the file of the database was there before this start.
pub(crate) async fn begin(
    app: &App,
    config: &Config,
    (keys, had_file): (&KeyFile, bool),
    how: FirstSetup,
) -> Result<Option<Secret>> {
    if practices::find(app).await?.is_some() {
        if !keys.existed {
            tracing::info!(
                "{} was created. If this is a copy of another data directory, copy that file too: API clients know the \
                 key in it",
                keys.path.display()
            );
        }
        keys.clone().note_practice(app.clock.now())?;
        return Ok(None);
    }
    match how {
        FirstSetup::Command => return Ok(None),
        FirstSetup::LinkToNewPractice => keys.clone().forget_practice()?,
        FirstSetup::Link if keys.knows_practice() => return Err(lost_practice(config, keys)),
        FirstSetup::Link if had_file && !keys.existed => tracing::warn!(
            "{} was there, but there is no practice in it, and {} was missing. If it is a copy, stop the server that it \
             was copied from, and copy its whole data directory, with that file and the -wal file of the database",
            config.database_name(),
            keys.path.display()
        ),
        FirstSetup::Link => {}
    }
    tracing::info!("there is no practice in {}: set it up with the link on standard output", config.database_name());
    let mut random = [0; 24];
    app.rng.fill(&mut random);
    Ok(Some(Secret::new(random)))
}

/// Notes in the key file that there is a practice, as soon as it is set up.
pub(crate) async fn note_practice(code: SetupCode, keys: KeyFile, clock: Arc<dyn Clock>, shutdown: CancellationToken) {
    tokio::select! {
        biased;
        () = code.used() => if let Err(error) = keys.note_practice(clock.now()) {
            tracing::error!(error = format!("{error:#}"), "the key file does not note that there is a practice");
        },
        () = shutdown.cancelled() => {}
    }
}

fn lost_practice(config: &Config, keys: &KeyFile) -> anyhow::Error {
    let (keys, database) = (keys.path.display(), config.database_name());
    anyhow!(
        "{keys} is of a server that ran before, but there is no practice in {database}: the database was lost, is not \
         mounted, or is another one. Restore it (from a backup, or with its -wal file), or set --database to the right \
         one. To set up a new practice, start once with --new-practice"
    )
}
