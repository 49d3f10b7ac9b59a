//! One person's device in a room: its media leg, its signalling and its socket, if it has one just now.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use anteroom_app::Bearer;
use anteroom_livekit::{SignalState, TrackSettings};
use anteroom_media::{IceCreds, PeerId, Transport};
use anteroom_room::{Participant, TrackSid};
use tokio::sync::{mpsc, watch};

use super::resume::SentReliable;

/// So many messages may wait for a slow reader; it is then as good as gone.
const WAITING: usize = 512;

/// The connections of a device that comes in: the one on which it sends and, if it has one, the one on which it
/// receives.
pub(crate) struct PeerConnections(pub(crate) Vec<(PeerId, IceCreds)>);

impl PeerConnections {
    pub(crate) fn peer(&self) -> PeerId {
        self.0.first().expect("whoever comes in sends").0
    }

    pub(crate) fn subscriber_pc(&self) -> Option<PeerId> {
        self.0.get(1).map(|(peer, _)| *peer)
    }
}

pub(crate) struct Connection {
    /// The connection on which it sends.
    pub(crate) peer: PeerId,
    /// The connection on which it receives tracks; mostly the same.
    pub(crate) subscriber_pc: PeerId,
    /// The connection on which we speak to it in data packets, and by which it counts as connected.
    pub(crate) data_pc: PeerId,
    pub(crate) bearer: Bearer,
    pub(crate) session: SignalState,
    /// How they want tracks that are not placed yet, or were placed once.
    pub(crate) settings: BTreeMap<TrackSid, TrackSettings>,
    /// Themselves, as last told.
    pub(crate) info: watch::Sender<Option<Arc<Participant>>>,
    /// What it may have to be told again.
    pub(crate) sent_reliable: SentReliable,
    /// How it wants to reach us, if not by whatever there is.
    pub(crate) forced_transport: Option<Transport>,
    /// The names of the paths whose candidates it was told, the latest last: one for each connection.
    known_ufrags: VecDeque<String>,
    /// How well each of its connections carried media lately.
    scores: BTreeMap<PeerId, u8>,
    socket: Option<(u64, mpsc::Sender<Vec<u8>>)>,
}

impl Connection {
    pub(crate) fn new(peer: PeerId, bearer: Bearer, session: SignalState) -> Self {
        let info = watch::Sender::new(None);
        let (subscriber_pc, data_pc) = (peer, peer);
        let (settings, sent_reliable) = (BTreeMap::new(), SentReliable::default());
        let scores = BTreeMap::new();
        Self {
            peer,
            subscriber_pc,
            data_pc,
            bearer,
            session,
            settings,
            info,
            sent_reliable,
            forced_transport: None,
            known_ufrags: VecDeque::new(),
            scores,
            socket: None,
        }
    }

    /// It receives on a connection of its own.
    pub(crate) fn with_subscriber_pc(&mut self, subscriber_pc: PeerId, can_subscribe: bool) {
        self.subscriber_pc = subscriber_pc;
        if can_subscribe {
            self.data_pc = subscriber_pc;
        }
    }

    /// True the first time that a path has this name.
    pub(crate) fn is_new_ufrag(&mut self, ufrag: &str) -> bool {
        if self.known_ufrags.iter().any(|known| known == ufrag) {
            return false;
        }
        self.known_ufrags.push_back(ufrag.to_owned());
        if self.known_ufrags.len() > 2 {
            self.known_ufrags.pop_front();
        }
        true
    }

    /// One of its connections was judged. Whoever sees badly or is badly seen has a bad line.
    pub(crate) fn update_score(&mut self, peer: PeerId, score: u8) -> u8 {
        self.scores.insert(peer, score);
        self.scores.values().copied().min().unwrap_or(score)
    }

    pub(crate) fn peers(&self) -> impl Iterator<Item = PeerId> + use<> {
        let second = (self.subscriber_pc != self.peer).then_some(self.subscriber_pc);
        std::iter::once(self.peer).chain(second)
    }

    /// A new socket takes the place of the old one, which closes.
    pub(crate) fn attach(&mut self, number: u64) -> mpsc::Receiver<Vec<u8>> {
        let (sender, receiver) = mpsc::channel(WAITING);
        self.socket = Some((number, sender));
        receiver
    }

    /// What was said until now still goes out; then the socket closes.
    pub(crate) fn detach(&mut self) {
        self.socket = None;
    }

    /// It hears what is said to it.
    pub(crate) fn is_attached(&self) -> bool {
        self.socket.is_some()
    }

    pub(crate) fn is_current_socket(&self, number: u64) -> bool {
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
