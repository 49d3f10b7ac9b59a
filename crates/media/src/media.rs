//! The peers of one room and the table of who receives what.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use crate::{
    Answer, Channel, Config, IceCreds, Input, Mid, OfferError, Output, PeerId, Rid, Stats,
};

/// The media of one room. Change something, then drain [`Media::poll`] until `None`; several inputs
/// may be fed before draining. Instants never go backwards.
pub struct Media {
    #[expect(dead_code, reason = "the skeleton comes before the body")]
    config: Arc<Config>,
    outputs: VecDeque<Output>,
}

impl Media {
    /// A room without peers.
    pub fn new(config: Arc<Config>) -> Self {
        Self {
            config,
            outputs: VecDeque::new(),
        }
    }

    /// A peer is expected: from now on its offer is answered and its datagrams are read.
    /// A peer that is already there is replaced.
    pub fn join(&mut self, now: Instant, peer: PeerId, ice: IceCreds) {
        let _ = (now, peer, ice);
    }

    /// The peer is told goodbye and forgotten, with everything it published and received.
    pub fn leave(&mut self, now: Instant, peer: PeerId) {
        let _ = (now, peer);
    }

    /// Agrees to what the client offers, the first time and every time. An ICE restart is an offer too.
    pub fn offer(&mut self, now: Instant, peer: PeerId, sdp: &str) -> Result<Answer, OfferError> {
        let _ = (now, peer, sdp);
        Err(OfferError::UnknownPeer)
    }

    /// Datagrams and time.
    pub fn handle(&mut self, now: Instant, input: Input<'_>) {
        let _ = (now, input);
    }

    /// Drain until `None`.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to feed the next [`Input::Tick`], if nothing else happens first.
    pub fn deadline(&self) -> Option<Instant> {
        None
    }

    /// From now on, what `source` publishes goes out to `sink`; pictures begin with a keyframe, which is
    /// asked for. A sink has one source: connecting it again moves it. May be said before either is
    /// negotiated, and before anything flows.
    pub fn connect(&mut self, now: Instant, source: (PeerId, Mid), sink: (PeerId, Mid)) {
        let _ = (now, source, sink);
    }

    /// Nothing goes out to this sink any more.
    pub fn disconnect(&mut self, sink: (PeerId, Mid)) {
        let _ = sink;
    }

    /// Holds a sink back, or lets it go on (with a keyframe). The connection is kept.
    pub fn pause(&mut self, now: Instant, sink: (PeerId, Mid), paused: bool) {
        let _ = (now, sink, paused);
    }

    /// The most this sink should get: the best layer not above `rid`; `None` for the best there is.
    pub fn prefer(&mut self, now: Instant, sink: (PeerId, Mid), rid: Option<Rid>) {
        let _ = (now, sink, rid);
    }

    /// Where this sink's packets come from.
    pub fn source_of(&self, sink: (PeerId, Mid)) -> Option<(PeerId, Mid)> {
        let _ = sink;
        None
    }

    /// Sends a message to a peer. False if it was not taken: the channel is not open, the message is
    /// above 65,535 bytes, or the peer reads too slowly.
    pub fn send_data(
        &mut self,
        now: Instant,
        peer: PeerId,
        channel: Channel,
        bytes: &[u8],
    ) -> bool {
        let _ = (now, peer, channel, bytes);
        false
    }

    /// What passed through a peer.
    pub fn stats(&self, peer: PeerId) -> Option<Stats> {
        let _ = peer;
        None
    }

    /// Everybody who has joined and not left or failed.
    pub fn peers(&self) -> impl Iterator<Item = PeerId> {
        std::iter::empty()
    }
}
