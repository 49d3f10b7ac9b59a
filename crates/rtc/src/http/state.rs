//! What every request handler needs.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use anteroom_app::{Admission, Clock};
use anteroom_livekit::{Keys, ServerInfo};

use crate::media_thread::Handle;
use crate::random_ids::{self, RandomBytes};
use crate::rooms::Command;

/// What every knock is answered with.
pub(crate) struct RtcState {
    pub(crate) keys: Keys,
    pub(crate) rooms: Handle<Command>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) admission: Arc<dyn Admission>,
    pub(crate) random: Mutex<RandomBytes>,
    /// What signalling reports about this server.
    pub(crate) server_info: ServerInfo,
    /// Rises before anybody is put out of a room: whoever was asked about before must be asked about again.
    pub(crate) evictions: Arc<AtomicU64>,
}

impl RtcState {
    /// The random part of a sid: 12 letters and digits.
    pub(crate) fn random_id(&self) -> String {
        random_ids::letters::<12>(&mut self.random.lock().expect("no one panics while holding it"))
    }
}
