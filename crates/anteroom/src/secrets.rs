//! The key that signs the media server's tokens: generated at the first start, stored in the data directory, readable
//! only by its owner. The file also notes that there was a practice, so that a lost database is noticed.
//!
//! On PostgreSQL the key is also in the database: another server there, with a data directory of its own, signs with the
//! same.

use std::path::{Path, PathBuf};

use anteroom_app::Rng;
use anteroom_store::{ServerKey, Store};
use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::private_file;

/// The API key whose secret signs the tickets of the embedded media server.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct LiveKitKey {
    pub(crate) key: String,
    pub(crate) secret: String,
    /// Since when the database has a practice, as far as this server knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    practice_since: Option<Timestamp>,
}

/// `livekit.toml` in a data directory.
#[derive(Clone)]
pub(crate) struct KeyFile {
    pub(crate) path: PathBuf,
    pub(crate) key: LiveKitKey,
    /// It was there before this start.
    pub(crate) existed: bool,
}

impl KeyFile {
    /// The key of the file that was found, else of the database, else a new one. The data directory must exist.
    pub(crate) async fn open(
        data: &Path,
        found: Option<Self>,
        store: &Store,
        (rng, now): (&dyn Rng, Timestamp),
    ) -> Result<Self> {
        let mine = match &found {
            Some(file) => ServerKey { key: file.key.key.clone(), secret: file.key.secret.clone() },
            None => ServerKey { key: format!("API{}", hex::<8>(rng)), secret: hex::<24>(rng) },
        };
        let shared = if store.is_shared() { share(store, &mine, now).await? } else { mine.clone() };
        if let Some(file) = found {
            if shared != mine {
                tracing::warn!(
                    "the key in {} is not the one in the database: other servers on the database sign with that one. \
                     Delete the file to use it here too",
                    file.path.display()
                );
            }
            return Ok(file);
        }
        let key = LiveKitKey { key: shared.key, secret: shared.secret, practice_since: None };
        let file = Self { path: path(data), key, existed: false };
        file.save()?;
        Ok(file)
    }

    /// Reads the key, if the server has been started before.
    pub(crate) fn find(data: &Path) -> Result<Option<Self>> {
        let path = path(data);
        let Some(text) = private_file::read(&path)? else { return Ok(None) };
        let key = toml::from_str(&text).with_context(|| {
            format!("cannot parse {}: restore it from a backup, or delete it to get a new key", path.display())
        })?;
        Ok(Some(Self { path, key, existed: true }))
    }

    /// Whether the database of this server has had a practice.
    pub(crate) fn knows_practice(&self) -> bool {
        self.key.practice_since.is_some()
    }

    /// Notes that the database has a practice.
    pub(crate) fn note_practice(mut self, at: Timestamp) -> Result<()> {
        if self.knows_practice() {
            return Ok(());
        }
        self.key.practice_since = Some(at);
        self.save()
    }

    /// The practice is gone, on purpose.
    pub(crate) fn forget_practice(mut self) -> Result<()> {
        self.key.practice_since = None;
        self.save()
    }

    fn save(&self) -> Result<()> {
        private_file::write(&self.path, &toml::to_string(&self.key)?)
    }
}

/// Stores the key in the database if there is none, and returns the one in it.
async fn share(store: &Store, mine: &ServerKey, now: Timestamp) -> Result<ServerKey> {
    let mut tx = store.begin().await?;
    let shared = tx.server_key_or(mine, now).await?;
    tx.commit().await?;
    Ok(shared)
}

fn path(data: &Path) -> PathBuf {
    data.join("livekit.toml")
}

fn hex<const N: usize>(rng: &dyn Rng) -> String {
    let mut bytes = [0; N];
    rng.fill(&mut bytes);
    HEXLOWER.encode(&bytes)
}
