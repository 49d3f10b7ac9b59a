//! The peers of one room and the table of who receives what: the public face of the crate.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use str0m::media::{Mid, Rid};

use super::catch_panic::contained;
use super::routes::Table;
use crate::config::{Config, IceCreds, LARGEST_MESSAGE};
use crate::ids::{PeerId, Port};
use crate::io::{Channel, Input, Output, Stats};
use crate::peer::{CLOSED, Peer, Said};
use crate::publication::Source;
use crate::sdp::section::Codec;

/// The media of one room. Change something, then drain [`Media::poll`] until `None`; several inputs
/// may be fed before draining. Instants never go backwards.
pub struct Media {
    config: Arc<Config>,
    pub(crate) now: Option<Instant>,
    pub(crate) peers: BTreeMap<PeerId, Peer>,
    pub(crate) table: Table,
    pub(crate) outputs: VecDeque<Output>,
}

impl Media {
    /// A room without peers.
    pub fn new(config: Arc<Config>) -> Self {
        Self { config, now: None, peers: BTreeMap::new(), table: Table::default(), outputs: VecDeque::new() }
    }

    /// A peer is expected: from now on its offer is answered and its datagrams are read.
    /// A peer that is already there is replaced, with all its connections.
    pub fn join(&mut self, now: Instant, peer: PeerId, ice: IceCreds) {
        self.leave(now, peer);
        let made = contained(|| Ok(Peer::new(&self.config, now, peer, &ice)));
        match made {
            Ok(made) => drop(self.peers.insert(peer, made)),
            Err(why) => self.outputs.push_back(Output::Failed { peer, why }),
        }
    }

    /// The peer is told goodbye and forgotten, with everything it published and received.
    pub fn leave(&mut self, now: Instant, peer: PeerId) {
        self.at(now);
        let Some(mut leaving) = self.peers.remove(&peer) else {
            return;
        };
        let outputs = &mut self.outputs;
        let said = &mut Said::default();
        let goodbye = contained(|| {
            leaving.rtc.close().map_err(|error| error.to_string())?;
            leaving.drain(now, outputs, said)
        });
        // It is leaving: that it has gone, or could not say so, is no news.
        drop(goodbye);
        self.forget(peer);
    }

    /// As [`Media::leave`], but without a word: for peers who are told over their signalling and close by themselves.
    /// A goodbye that overtakes that telling looks to them like an accident.
    pub fn let_go(&mut self, now: Instant, peer: PeerId) {
        self.at(now);
        if self.peers.remove(&peer).is_some() {
            self.forget(peer);
        }
    }

    /// Datagrams and time.
    pub fn handle(&mut self, now: Instant, input: Input<'_>) {
        let now = self.at(now);
        match input {
            Input::Datagram { peer, transport, source, destination, bytes } => {
                self.turn(peer, |peer| peer.receive(now, transport, (source, destination), bytes));
            }
            Input::Tick => self.tick(now),
        }
    }

    /// Drain until `None`. What was written to a peer since the last time is sent here, all at once.
    pub fn poll(&mut self) -> Option<Output> {
        loop {
            if let Some(output) = self.outputs.pop_front() {
                return Some(output);
            }
            let now = self.now?;
            let id = self.peers.values().find(|peer| peer.dirty)?.id;
            self.turn(id, |peer| peer.advance(now));
        }
    }

    /// When to feed the next [`Input::Tick`], if nothing else happens first.
    pub fn deadline(&self) -> Option<Instant> {
        self.peers.values().map(Peer::deadline).min()
    }

    /// How a source is encoded, once packets came: an offer only says how it may be.
    pub fn codec(&self, source: (PeerId, Mid)) -> Option<Codec> {
        self.peers.get(&source.0)?.sources.get(&source.1)?.codec
    }

    /// Whether a section's client has agreed to receive this codec there.
    pub fn takes(&self, sink: (PeerId, Mid), codec: Codec) -> bool {
        let Some(peer) = self.peers.get(&sink.0) else {
            return false;
        };
        let agreed = peer.rtc.media(sink.1).map(|media| media.remote_pts()).unwrap_or_default();
        let is_of = |params: &&str0m::format::PayloadParams| Codec::of(params.spec().codec) == Some(codec);
        peer.rtc.codec_config().params().iter().filter(is_of).any(|params| agreed.contains(&params.pt()))
    }

    /// The names of a source's layers, lowest first; empty without simulcast.
    pub fn layers(&self, source: (PeerId, Mid)) -> Vec<Rid> {
        let source = self.peers.get(&source.0).and_then(|peer| peer.sources.get(&source.1));
        source.map(Source::rids).unwrap_or_default()
    }

    /// Where this sink's packets come from.
    pub fn source_of(&self, sink: (PeerId, Mid)) -> Option<(PeerId, Mid)> {
        self.table.source_of(sink)
    }

    /// Sends a message to a peer; a reliable one to a peer that is still connecting is held until it is there. False if
    /// it was not taken: the channel is not open, the message is above 65,535 bytes, or the peer reads too slowly.
    pub fn send_data(&mut self, now: Instant, peer: PeerId, channel: Channel, bytes: &[u8]) -> bool {
        self.at(now);
        if bytes.len() > LARGEST_MESSAGE {
            return false;
        }
        let mut taken = false;
        if let Some(to) = self.peers.get_mut(&peer) {
            let sent = contained(|| Ok(to.send_data(channel, bytes)));
            match sent {
                Ok(sent) => taken = sent,
                Err(why) => self.fail(peer, why),
            }
        }
        taken
    }

    /// What passed through a peer.
    pub fn stats(&self, peer: PeerId) -> Option<Stats> {
        self.peers.get(&peer).map(|peer| peer.stats)
    }

    /// Everybody who has joined and not left or failed.
    pub fn peers(&self) -> impl Iterator<Item = PeerId> {
        self.peers.keys().copied()
    }

    /// Time never goes backwards, even if a caller's instants do.
    pub(crate) fn at(&mut self, now: Instant) -> Instant {
        *self.now.insert(self.now.map_or(now, |before| before.max(now)))
    }

    /// One peer's turn: a change, then everything it says to that.
    pub(crate) fn turn(&mut self, id: PeerId, change: impl FnOnce(&mut Peer) -> Result<(), String>) {
        let (Some(now), Some(peer)) = (self.now, self.peers.get_mut(&id)) else {
            return;
        };
        let outputs = &mut self.outputs;
        let mut said = Said::default();
        let done = contained(|| {
            change(peer)?;
            peer.drain(now, outputs, &mut said)
        });
        self.pass_on(now, id, said);
        self.apportion(now, id);
        if let Err(why) = done {
            self.fail(id, why);
        }
    }

    fn tick(&mut self, now: Instant) {
        let due = |peer: &&Peer| peer.deadline() <= now;
        let ids: Vec<PeerId> = self.peers.values().filter(due).map(|peer| peer.id).collect();
        for id in ids {
            self.report_audio_levels(now, id);
            self.judge(now, id);
            self.reconsider(now, id);
            self.turn(id, |peer| {
                let asks: Vec<_> = peer.sources.iter_mut().map(|(mid, source)| (*mid, source.due(now))).collect();
                for (mid, rids) in asks {
                    rids.into_iter().for_each(|rid| peer.ask_keyframe(mid, rid));
                }
                peer.advance(now)
            });
        }
    }

    pub(crate) fn fail(&mut self, id: PeerId, why: String) {
        if self.peers.remove(&id).is_some() {
            self.forget(id);
            let closed = why == CLOSED;
            self.outputs.push_back(if closed { Output::Closed(id) } else { Output::Failed { peer: id, why } });
        }
    }

    fn forget(&mut self, id: PeerId) {
        let (orphans, unwatched) = self.table.forget(id);
        orphans.into_iter().for_each(|sink| self.end(sink));
        if let Some(now) = self.now {
            unwatched.into_iter().for_each(|source| self.weigh(now, source));
        }
    }

    /// What a sink is fed from.
    pub(crate) fn source(&self, sink: Port) -> Option<&Source> {
        let (peer, mid) = self.table.source_of(sink)?;
        self.peers.get(&peer)?.sources.get(&mid)
    }

    /// The sink's source is gone; whatever comes there next is another track.
    pub(crate) fn end(&mut self, (peer, mid): Port) {
        if let Some(peer) = self.peers.get_mut(&peer) {
            peer.renumber(mid);
        }
    }

    pub(crate) fn restart(&mut self, (peer, mid): Port) {
        if let Some(peer) = self.peers.get_mut(&peer) {
            peer.sinks.entry(mid).or_default().restart();
        }
    }
}
