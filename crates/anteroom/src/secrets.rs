//! The key that signs the media server's tokens: generated at the first start, stored in the data directory, readable
//! only by its owner.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anteroom_app::Rng;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// The API key whose secret signs the tickets of the embedded media server.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct LiveKitKey {
    pub(crate) key: String,
    pub(crate) secret: String,
}

/// Reads the key, or generates it. The data directory must exist.
pub(crate) fn livekit_key(data: &Path, rng: &dyn Rng) -> Result<LiveKitKey> {
    let path = data.join("livekit.toml");
    if let Ok(text) = fs::read_to_string(&path) {
        return toml::from_str(&text).with_context(|| format!("cannot parse {}", path.display()));
    }
    let key = LiveKitKey { key: format!("API{}", hex::<8>(rng)), secret: hex::<24>(rng) };
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(toml::to_string(&key)?.as_bytes())?;
    file.sync_all()?;
    Ok(key)
}

fn hex<const N: usize>(rng: &dyn Rng) -> String {
    let mut bytes = [0; N];
    rng.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
