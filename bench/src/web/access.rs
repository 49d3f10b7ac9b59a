//! What `fill` of the store prints: how to use the rows that it made.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// Ids and secrets of a filled database.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Access {
    /// `KEY.SECRET`
    pub(crate) api_key: String,
    pub(crate) admin: LoginAccess,
    pub(crate) hosts: Vec<LoginAccess>,
    /// Ids, spread over all appointments.
    pub(crate) appointments: Vec<String>,
    /// Of appointments to come.
    pub(crate) guests: Vec<GuestAccess>,
    /// Milliseconds since 1970; so are the next ones.
    pub(crate) first_start: i64,
    pub(crate) last_start: i64,
    /// Eight o'clock of a day from which on every host is free.
    pub(crate) free_from: i64,
}

/// A member of staff who is logged in.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct LoginAccess {
    pub(crate) id: String,
    /// The secret of the cookie.
    pub(crate) session: String,
}

/// A guest with a personal link.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct GuestAccess {
    pub(crate) consultation: String,
    pub(crate) participant: String,
    /// The secret of the link.
    pub(crate) link: String,
}

impl Access {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is not what `fill` prints", path.display()))
    }
}
