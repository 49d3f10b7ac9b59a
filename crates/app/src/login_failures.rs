//! Failed logins of accounts, counted for all programs on the database together and over restarts. They are written on
//! failures only: a right password costs one read.

pub use anteroom_store::FailureWeight;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{App, Result};

/// An account, and where attempts come from. A hash, deleted after minutes: a reader of the database who knows an account
/// can guess the addresses, and cannot list either.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FailureKey([u8; 32]);

impl FailureKey {
    /// `account` is text that may be anybody's address, `source` the bytes of a client address or of a device.
    pub fn new(account: &str, source: &[u8]) -> Self {
        let length = u64::try_from(account.len()).unwrap_or(u64::MAX).to_be_bytes();
        Self(Sha256::new().chain_update(length).chain_update(account).chain_update(source).finalize().into())
    }
}

/// Until when the failures of an account and a client count, at all programs together.
pub async fn forgotten_at(app: &App, key: &FailureKey) -> Result<Option<Timestamp>> {
    Ok(app.store.read().await?.login_failures(&key.0).await?)
}

/// Counts a failure.
pub async fn record(app: &App, key: &FailureKey, weight: FailureWeight) -> Result<()> {
    let mut tx = app.store.begin().await?;
    tx.add_login_failure(&key.0, weight, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Deletes what does not count any more.
pub(crate) async fn sweep(app: &App, now: Timestamp) -> Result<()> {
    if app.store.read().await?.first_forgotten_login_failure().await?.is_some_and(|first| first <= now) {
        let mut tx = app.store.begin().await?;
        tx.delete_forgotten_login_failures(now).await?;
        tx.commit().await?;
    }
    Ok(())
}
