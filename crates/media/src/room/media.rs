//! The peers of one room and the routes between them: the public type of the crate.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use str0m::media::Mid;

use super::catch_panic::catch_panic;
use super::loudest_audio::LoudestAudio;
use super::peers::Peers;
use super::routes::Routes;
use crate::bwe::last_estimates::LastEstimates;
use crate::config::{Config, IceCreds};
use crate::ids::{LayerKey, PeerId, SectionKey};
use crate::io::{Drops, Input, Output, Stats};
use crate::peer::{CLOSED, Peer, PeerEvents};
use crate::publication::Publication;
use crate::sdp::section::Codec;

/// The media of one room. Change something, then drain [`Media::poll`] until `None`; several inputs may be fed before
/// draining. Instants must not go backwards, but for datagrams of different peers: each socket is read for itself.
pub struct Media {
    config: Arc<Config>,
    pub(crate) now: Option<Instant>,
    pub(crate) peers: Peers,
    pub(crate) routes: Routes,
    pub(crate) loudest_audio: LoudestAudio,
    pub(crate) outputs: VecDeque<Output>,
    pub(crate) drops: Drops,
    pub(crate) last_estimates: LastEstimates,
    /// Events of the peer that is being run; empty between two.
    events: PeerEvents,
}

impl Media {
    /// A room without peers.
    pub fn new(config: Arc<Config>) -> Self {
        Self {
            config,
            now: None,
            peers: Peers::default(),
            routes: Routes::default(),
            loudest_audio: LoudestAudio::default(),
            outputs: VecDeque::new(),
            drops: Drops::default(),
            last_estimates: LastEstimates::default(),
            events: PeerEvents::default(),
        }
    }

    /// Adds a peer: from now on its offer is answered and its datagrams are read. Replaces a peer of the same id,
    /// with all its routes.
    pub fn join(&mut self, now: Instant, peer: PeerId, ice: IceCreds) {
        self.leave(now, peer);
        let created = catch_panic(|| Ok(Peer::new(&self.config, now, peer, &ice)));
        match created {
            Ok(created) => self.peers.insert(peer, created),
            Err(why) => self.outputs.push_back(Output::Failed { peer, why }),
        }
    }

    /// Closes the peer's connection (DTLS close_notify) and removes it, with everything it publishes and
    /// receives.
    pub fn leave(&mut self, now: Instant, peer: PeerId) {
        self.set_now(now);
        let Some(mut leaving) = self.take(peer) else {
            return;
        };
        let outputs = &mut self.outputs;
        let events = &mut PeerEvents::default();
        let goodbye = catch_panic(|| {
            leaving.rtc.close().map_err(|error| error.to_string())?;
            leaving.drain(now, outputs, events)
        });
        // The peer leaves anyway: an error while closing changes nothing.
        drop(goodbye);
        self.forget(peer);
    }

    /// As [`Media::leave`], but without closing the connection: for peers that are notified over signalling and close
    /// it themselves. A close_notify that arrives before that message looks to them like a failure.
    pub fn remove(&mut self, now: Instant, peer: PeerId) {
        self.set_now(now);
        if self.take(peer).is_some() {
            self.forget(peer);
        }
    }

    /// Removes a peer as if it had failed: [`Output::Failed`] with this reason follows.
    pub fn end(&mut self, now: Instant, peer: PeerId, why: &str) {
        self.set_now(now);
        self.fail(peer, why.to_owned());
    }

    /// Feeds a datagram or the passing of time. True for a datagram that was decrypted: nobody but the peer can have sent
    /// it. STUN and DTLS handshakes never are.
    pub fn handle(&mut self, now: Instant, input: Input<'_>) -> bool {
        let arrived = now;
        let now = self.set_now(now);
        let mut authenticated = false;
        match input {
            Input::Datagram { peer, bytes, .. } if self.is_held_back(now, peer, bytes) => {}
            Input::Datagram { peer, transport, source, destination, bytes } => {
                self.run_peer(peer, |peer, outputs, events| {
                    let times = (now, arrived);
                    let received = peer.receive(times, transport, (source, destination), bytes, (outputs, events));
                    received.map(|decrypted| authenticated = decrypted)
                });
            }
            Input::Tick => self.tick(now),
        }
        authenticated
    }

    /// Drain until `None`. Packets written to a peer since the last time are sent here in one batch.
    pub fn poll(&mut self) -> Option<Output> {
        loop {
            if let Some(output) = self.outputs.pop_front() {
                return Some(output);
            }
            let now = self.now?;
            let id = self.peers.next_changed()?;
            self.with_peer(id, |peer| if peer.written { peer.advance(now) } else { Ok(()) });
        }
    }

    /// When to feed the next [`Input::Tick`], if nothing else happens first.
    pub fn deadline(&self) -> Option<Instant> {
        self.peers.deadline()
    }

    /// The codec of a publication, known once packets arrived: an offer only lists what it may be.
    pub fn codec(&self, publication: (PeerId, Mid)) -> Option<Codec> {
        self.peers.get(&publication.0)?.publications.get(&publication.1)?.codec
    }

    /// Whether the client of a section has negotiated this codec there.
    pub fn accepts_codec(&self, subscription: (PeerId, Mid), codec: Codec) -> bool {
        let Some(peer) = self.peers.get(&subscription.0) else {
            return false;
        };
        let agreed = peer.rtc.media(subscription.1).map(|media| media.remote_pts()).unwrap_or_default();
        let is_of = |params: &&str0m::format::PayloadParams| Codec::of(params.spec().codec) == Some(codec);
        peer.rtc.codec_config().params().iter().filter(is_of).any(|params| agreed.contains(&params.pt()))
    }

    /// The simulcast layers of a publication lowest first; empty without simulcast.
    pub fn layers(&self, publication: (PeerId, Mid)) -> Vec<LayerKey> {
        let publication = self.peers.get(&publication.0).and_then(|peer| peer.publications.get(&publication.1));
        publication.map(Publication::layers).unwrap_or_default()
    }

    /// The publication that a subscription is connected to.
    pub fn publication_of(&self, subscription: (PeerId, Mid)) -> Option<(PeerId, Mid)> {
        self.routes.publication_of(subscription)
    }

    /// Counters of a peer.
    pub fn stats(&self, peer: PeerId) -> Option<Stats> {
        self.peers.get(&peer).map(|peer| peer.stats)
    }

    /// What was dropped since the last call because a limit was reached.
    pub fn take_drops(&mut self) -> Drops {
        std::mem::take(&mut self.drops)
    }

    /// Every peer that has joined and has not left or failed.
    pub fn peers(&self) -> impl Iterator<Item = PeerId> {
        self.peers.keys().copied()
    }

    /// Keeps time monotonic, even if a caller's instants are not.
    pub(crate) fn set_now(&mut self, now: Instant) -> Instant {
        *self.now.insert(self.now.map_or(now, |before| before.max(now)))
    }

    /// Runs a change on one peer, drains it and handles its events. An error or a panic removes the peer.
    pub(crate) fn with_peer(&mut self, id: PeerId, change: impl FnOnce(&mut Peer) -> Result<(), String>) {
        let Some(now) = self.now else {
            return;
        };
        self.run_peer(id, |peer, outputs, events| {
            change(peer)?;
            peer.drain(now, outputs, events)
        });
    }

    /// Runs something on one peer and handles the events that it left. An error or a panic removes the peer.
    fn run_peer(
        &mut self,
        id: PeerId,
        work: impl FnOnce(&mut Peer, &mut VecDeque<Output>, &mut PeerEvents) -> Result<(), String>,
    ) {
        let (Some(now), Some(peer)) = (self.now, self.peers.lend(&id)) else {
            return;
        };
        let outputs = &mut self.outputs;
        let mut events = std::mem::take(&mut self.events);
        let done = catch_panic(|| work(peer, outputs, &mut events));
        self.forward_peer_events(now, id, &mut events);
        self.events = events;
        self.allocate_bandwidth(now, id);
        if let Err(why) = done {
            self.fail(id, why);
        }
    }

    fn tick(&mut self, now: Instant) {
        for id in self.peers.due(now) {
            self.report_audio_levels(now, id);
            self.report_connection_quality(now, id);
            self.update_due_dynacast(now, id);
            self.with_peer(id, |peer| {
                let requests: Vec<_> = peer
                    .publications
                    .iter_mut()
                    .map(|(mid, publication)| (*mid, publication.due_keyframe_requests(now)))
                    .collect();
                for (mid, layers) in requests {
                    layers.into_iter().for_each(|layer| peer.send_pli(mid, layer));
                }
                peer.advance(now)
            });
        }
    }

    pub(crate) fn fail(&mut self, id: PeerId, why: String) {
        if self.take(id).is_some() {
            self.forget(id);
            let closed = why == CLOSED;
            self.outputs.push_back(if closed { Output::Closed(id) } else { Output::Failed { peer: id, why } });
        }
    }

    /// Removes a peer; its person's next one starts at its estimate.
    fn take(&mut self, id: PeerId) -> Option<Peer> {
        let peer = self.peers.remove(&id)?;
        if let (Some(now), Some(estimate)) = (self.now, peer.bandwidth.estimate()) {
            self.last_estimates.keep(now, peer.person, estimate);
        }
        Some(peer)
    }

    fn forget(&mut self, id: PeerId) {
        let (orphans, unwatched) = self.routes.remove_peer(id);
        orphans.into_iter().for_each(|subscription| self.reset_subscription(subscription));
        if let Some(now) = self.now {
            unwatched.into_iter().for_each(|publication| self.update_dynacast(now, publication));
        }
    }

    /// The publication that feeds this subscription.
    pub(crate) fn publication_for(&self, subscription: SectionKey) -> Option<&Publication> {
        let (peer, mid) = self.routes.publication_of(subscription)?;
        self.peers.get(&peer)?.publications.get(&mid)
    }

    /// The publication of this subscription is gone; the next one on this section is a new track.
    pub(crate) fn reset_subscription(&mut self, (peer, mid): SectionKey) {
        if let Some(peer) = self.peers.lend(&peer) {
            peer.replace_ssrc(mid);
        }
    }

    pub(crate) fn restart_subscription(&mut self, (peer, mid): SectionKey) {
        if let Some(peer) = self.peers.lend(&peer) {
            peer.subscriptions.entry(mid).or_default().restart();
        }
    }
}
