//! When sessions and API keys were used last. Reading a page writes nothing, so this is kept in memory until the sweep
//! writes it down.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anteroom_domain::{ApiKeyId, SecretHash};
use jiff::{SignedDuration, Timestamp};

/// How much later a use must be to be written down again.
const PRECISION: SignedDuration = SignedDuration::from_mins(5);

/// Uses that are not written down yet. Cheap to clone; clones share them.
#[derive(Clone, Default)]
pub struct LastUsed {
    /// By the hash of the session's secret.
    pub(crate) sessions: Uses<[u8; 32]>,
    pub(crate) keys: Uses<ApiKeyId>,
}

/// The last uses of one kind of credential.
#[derive(Clone)]
pub(crate) struct Uses<K>(Arc<Mutex<HashMap<K, Timestamp>>>);

impl<K> Default for Uses<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Eq + Hash> Uses<K> {
    /// A credential was used. `written` is the last use that was written down.
    pub(crate) fn note(&self, used: K, written: Option<Timestamp>, now: Timestamp) {
        if written.is_none_or(|written| now.duration_since(written) >= PRECISION) {
            self.lock().insert(used, now);
        }
    }

    /// The last use that is not written down yet.
    pub(crate) fn of(&self, used: &K) -> Option<Timestamp> {
        self.lock().get(used).copied()
    }

    /// Takes all uses, to write them down.
    pub(crate) fn take(&self) -> HashMap<K, Timestamp> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LastUsed {
    /// Takes all uses of sessions, to write them down.
    pub(crate) fn take_sessions(&self) -> Vec<(SecretHash, Timestamp)> {
        self.sessions.take().into_iter().map(|(hash, at)| (SecretHash::from_bytes(hash), at)).collect()
    }
}
