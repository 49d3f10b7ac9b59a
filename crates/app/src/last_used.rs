//! When sessions were used last. Reading a page writes nothing, so this is kept in memory until the sweep writes it
//! down.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anteroom_domain::SecretHash;
use jiff::{SignedDuration, Timestamp};

/// How much later a use must be to be written down again.
const PRECISION: SignedDuration = SignedDuration::from_mins(5);

/// Uses that are not written down yet. Cheap to clone; clones share them.
#[derive(Clone, Default)]
pub struct LastUsed(Arc<Mutex<HashMap<[u8; 32], Timestamp>>>);

impl LastUsed {
    /// A session was used. `written` is the last use that was written down.
    pub(crate) fn note(&self, session: &SecretHash, written: Option<Timestamp>, now: Timestamp) {
        if written.is_none_or(|written| now.duration_since(written) >= PRECISION) {
            self.lock().insert(*session.as_bytes(), now);
        }
    }

    /// The last use of a session that is not written down yet.
    pub(crate) fn of(&self, session: &SecretHash) -> Option<Timestamp> {
        self.lock().get(session.as_bytes()).copied()
    }

    /// Takes all uses, to write them down.
    pub(crate) fn take(&self) -> Vec<(SecretHash, Timestamp)> {
        let uses = std::mem::take(&mut *self.lock());
        uses.into_iter().map(|(hash, at)| (SecretHash::from_bytes(hash), at)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
