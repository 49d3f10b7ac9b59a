//! The one-time code of the setup link: without it, a stranger could set up a new server.

use std::sync::Arc;

use anteroom_domain::{Secret, SecretHash};
use tokio::sync::Notify;

/// The code that the server has printed at its start.
#[derive(Debug, Clone)]
pub struct SetupCode {
    hash: SecretHash,
    used: Arc<Notify>,
}

impl SetupCode {
    pub fn new(code: &Secret) -> Self {
        Self { hash: code.hash(), used: Arc::default() }
    }

    /// Waits until the server has been set up with the code.
    pub async fn used(&self) {
        self.used.notified().await;
    }

    /// Takes the same time for every wrong code: hashes are compared, in constant time.
    pub(crate) fn is(&self, text: &str) -> bool {
        text.parse::<Secret>().is_ok_and(|code| code.hash() == self.hash)
    }

    pub(crate) fn set_used(&self) {
        self.used.notify_one();
    }
}
