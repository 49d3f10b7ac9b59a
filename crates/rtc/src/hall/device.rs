//! One person's device in a room: its media leg, its signalling and its socket, if it has one just now.

use std::collections::BTreeMap;
use std::sync::Arc;

use anteroom_app::Bearer;
use anteroom_dialect::livekit::{Session, Settings};
use anteroom_media::PeerId;
use anteroom_room::{Participant, TrackSid};
use tokio::sync::{mpsc, watch};

/// So many messages may wait for a slow reader; it is then as good as gone.
const WAITING: usize = 512;

pub(crate) struct Device {
    pub(crate) peer: PeerId,
    pub(crate) bearer: Bearer,
    pub(crate) session: Session,
    /// How they want tracks that are not placed yet, or were placed once.
    pub(crate) settings: BTreeMap<TrackSid, Settings>,
    /// Themselves, as last told.
    pub(crate) face: watch::Sender<Option<Arc<Participant>>>,
    socket: Option<(u64, mpsc::Sender<Vec<u8>>)>,
}

impl Device {
    pub(crate) fn new(peer: PeerId, bearer: Bearer, session: Session) -> Self {
        let face = watch::Sender::new(None);
        Self { peer, bearer, session, settings: BTreeMap::new(), face, socket: None }
    }

    /// A new socket takes the place of the old one, which closes.
    pub(crate) fn plug(&mut self, number: u64) -> mpsc::Receiver<Vec<u8>> {
        let (sender, receiver) = mpsc::channel(WAITING);
        self.socket = Some((number, sender));
        receiver
    }

    /// What was said until now still goes out; then the socket closes.
    pub(crate) fn unplug(&mut self) {
        self.socket = None;
    }

    pub(crate) fn speaks_through(&self, number: u64) -> bool {
        self.socket.as_ref().is_some_and(|(ours, _)| *ours == number)
    }

    /// False if their socket broke over it: nobody reads at the other end.
    pub(crate) fn say(&mut self, frame: Vec<u8>) -> bool {
        let Some((_, sender)) = &self.socket else { return true };
        let said = sender.try_send(frame).is_ok();
        if !said {
            self.socket = None;
        }
        said
    }
}
