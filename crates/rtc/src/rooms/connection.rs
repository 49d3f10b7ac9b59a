//! One person's device in a room: its media leg, its signalling and its socket, if it has one just now.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use anteroom_app::Bearer;
use anteroom_livekit::{Session, Settings};
use anteroom_media::{IceCreds, PeerId, Transport};
use anteroom_room::{Participant, TrackSid};
use tokio::sync::{mpsc, watch};

use super::resume::Kept;

/// So many messages may wait for a slow reader; it is then as good as gone.
const WAITING: usize = 512;

/// The connections of a device that comes in: the one on which it sends and, if it has one, the one on which it
/// receives.
pub(crate) struct Legs(pub(crate) Vec<(PeerId, IceCreds)>);

impl Legs {
    pub(crate) fn peer(&self) -> PeerId {
        self.0.first().expect("whoever comes in sends").0
    }

    pub(crate) fn ear(&self) -> Option<PeerId> {
        self.0.get(1).map(|(peer, _)| *peer)
    }
}

pub(crate) struct Device {
    /// The connection on which it sends.
    pub(crate) peer: PeerId,
    /// The connection on which it receives tracks; mostly the same.
    pub(crate) ear: PeerId,
    /// The connection on which we speak to it in data packets, and by which it counts as connected.
    pub(crate) mouth: PeerId,
    pub(crate) bearer: Bearer,
    pub(crate) session: Session,
    /// How they want tracks that are not placed yet, or were placed once.
    pub(crate) settings: BTreeMap<TrackSid, Settings>,
    /// Themselves, as last told.
    pub(crate) face: watch::Sender<Option<Arc<Participant>>>,
    /// What it may have to be told again.
    pub(crate) kept: Kept,
    /// How it wants to reach us, if not by whatever there is.
    pub(crate) reach: Option<Transport>,
    /// The names of the paths whose candidates it was told, the latest last: one for each connection.
    pointed: VecDeque<String>,
    /// How well each of its connections carried media lately.
    scores: BTreeMap<PeerId, u8>,
    socket: Option<(u64, mpsc::Sender<Vec<u8>>)>,
}

impl Device {
    pub(crate) fn new(peer: PeerId, bearer: Bearer, session: Session) -> Self {
        let face = watch::Sender::new(None);
        let (ear, mouth) = (peer, peer);
        let (settings, kept) = (BTreeMap::new(), Kept::default());
        let scores = BTreeMap::new();
        Self {
            peer,
            ear,
            mouth,
            bearer,
            session,
            settings,
            face,
            kept,
            reach: None,
            pointed: VecDeque::new(),
            scores,
            socket: None,
        }
    }

    /// It receives on a connection of its own.
    pub(crate) fn hears_on(&mut self, ear: PeerId, can_subscribe: bool) {
        self.ear = ear;
        if can_subscribe {
            self.mouth = ear;
        }
    }

    /// True the first time that a path has this name.
    pub(crate) fn points_to(&mut self, ufrag: &str) -> bool {
        if self.pointed.iter().any(|known| known == ufrag) {
            return false;
        }
        self.pointed.push_back(ufrag.to_owned());
        if self.pointed.len() > 2 {
            self.pointed.pop_front();
        }
        true
    }

    /// One of its connections was judged. Whoever sees badly or is badly seen has a bad line.
    pub(crate) fn scored(&mut self, peer: PeerId, score: u8) -> u8 {
        self.scores.insert(peer, score);
        self.scores.values().copied().min().unwrap_or(score)
    }

    pub(crate) fn legs(&self) -> impl Iterator<Item = PeerId> + use<> {
        let second = (self.ear != self.peer).then_some(self.ear);
        std::iter::once(self.peer).chain(second)
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

    /// It hears what is said to it.
    pub(crate) fn is_plugged(&self) -> bool {
        self.socket.is_some()
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
