//! One client's connection to a room: its peer connections, its signalling state and its socket, if it has one.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use anteroom_app::Bearer;
use anteroom_media::{IceCreds, PeerId, Transport};
use anteroom_room::{Participant, TrackSid};
use anteroom_signalling::{Frame, Signalling, TrackSettings};
use tokio::sync::watch;

use super::sent_reliable::SentReliable;
use super::socket_queue::{FrameReceiver, FrameSender, socket_queue};

/// Upper bound on remembered track settings of one client.
const MAX_TRACK_SETTINGS: usize = 256;

/// The peer connections of a client that joins: the publisher's and, with dual peer connections, the subscriber's.
pub(crate) struct PeerConnections(pub(crate) Vec<(PeerId, IceCreds)>);

impl PeerConnections {
    pub(crate) fn publisher_pc(&self) -> PeerId {
        self.0.first().expect("every client has a peer connection to publish on").0
    }

    pub(crate) fn subscriber_pc(&self) -> Option<PeerId> {
        self.0.get(1).map(|(peer, _)| *peer)
    }
}

pub(crate) struct ClientConnection {
    /// The peer connection on which the client sends.
    pub(crate) publisher_pc: PeerId,
    /// The peer connection on which it receives tracks; the same without dual peer connections.
    pub(crate) subscriber_pc: PeerId,
    /// The peer connection on which the server sends data messages, and by which the client counts as connected.
    pub(crate) data_pc: PeerId,
    pub(crate) bearer: Bearer,
    pub(crate) signalling: Box<dyn Signalling>,
    /// Track settings of tracks that the client receives, or whose section is not negotiated yet.
    settings: BTreeMap<TrackSid, TrackSettings>,
    /// The participant as last reported to the client itself.
    pub(crate) info: watch::Sender<Option<Arc<Participant>>>,
    pub(crate) sent_reliable: SentReliable,
    /// The client asked for candidates of this transport alone.
    pub(crate) forced_transport: Option<Transport>,
    /// The ICE ufrags whose candidates were sent, the latest last: one for each peer connection.
    known_ufrags: VecDeque<String>,
    /// The last quality score of each peer connection, 0 to 100.
    scores: BTreeMap<PeerId, u8>,
    socket: Option<(u64, FrameSender)>,
}

impl ClientConnection {
    pub(crate) fn new(peers: &PeerConnections, bearer: Bearer, signalling: Box<dyn Signalling>) -> Self {
        let publisher_pc = peers.publisher_pc();
        Self {
            publisher_pc,
            subscriber_pc: peers.subscriber_pc().unwrap_or(publisher_pc),
            data_pc: publisher_pc,
            bearer,
            signalling,
            settings: BTreeMap::new(),
            info: watch::Sender::new(None),
            sent_reliable: SentReliable::default(),
            forced_transport: None,
            known_ufrags: VecDeque::new(),
            scores: BTreeMap::new(),
            socket: None,
        }
    }

    /// True the first time for each ufrag: a new one means new candidates.
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

    /// Takes the score of one peer connection and returns that of the client: its worst one.
    pub(crate) fn update_score(&mut self, peer: PeerId, score: u8) -> u8 {
        self.scores.insert(peer, score);
        self.scores.values().copied().min().unwrap_or(score)
    }

    pub(crate) fn peers(&self) -> impl Iterator<Item = PeerId> + use<> {
        let subscriber = (self.subscriber_pc != self.publisher_pc).then_some(self.subscriber_pc);
        std::iter::once(self.publisher_pc).chain(subscriber)
    }

    pub(crate) fn settings_of(&self, track: &TrackSid) -> Option<&TrackSettings> {
        self.settings.get(track)
    }

    /// How many tracks have settings.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn settings_len(&self) -> usize {
        self.settings.len()
    }

    /// Remembers the settings of each track they name, up to a bound.
    pub(crate) fn keep_settings(&mut self, settings: &TrackSettings) {
        // Kept under each track's name: the list of all names beside each would grow with its square.
        let kept = TrackSettings { tracks: Vec::new(), ..settings.clone() };
        for track in &settings.tracks {
            if self.settings.len() < MAX_TRACK_SETTINGS || self.settings.contains_key(track) {
                self.settings.insert(track.clone(), kept.clone());
            }
        }
    }

    pub(crate) fn drop_settings(&mut self, track: &TrackSid) {
        self.settings.remove(track);
    }

    /// A new socket replaces the old one, which closes.
    pub(crate) fn attach(&mut self, number: u64) -> FrameReceiver {
        let (sender, receiver) = socket_queue();
        self.socket = Some((number, sender));
        receiver
    }

    /// What was sent until now still goes out; then the socket closes.
    pub(crate) fn detach(&mut self) {
        self.socket = None;
    }

    pub(crate) fn is_attached(&self) -> bool {
        self.socket.is_some()
    }

    pub(crate) fn is_current_socket(&self, number: u64) -> bool {
        self.socket.as_ref().is_some_and(|(current, _)| *current == number)
    }

    /// False if the socket is lost: nobody reads at its other end. Its client resumes over a new one.
    pub(crate) fn send(&mut self, frame: Frame) -> bool {
        let Some((_, sender)) = &mut self.socket else { return true };
        let sent = sender.send(frame);
        if !sent {
            self.socket = None;
        }
        sent
    }
}
