//! A simulated network between a room and its test clients: virtual time, seeded randomness.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::media::{Direction, MediaKind};
use str0m::net::Protocol;

use super::client::Client;
use crate::{Answer, Config, IceCreds, Input, Media, Mid, Msid, OfferError, Output, PeerId, Transport};

/// The start of a test's time: an `Instant` cannot be made otherwise. Everything after it is computed.
#[expect(clippy::disallowed_methods, reason = "the one real instant; time is virtual from here on")]
pub(crate) fn origin() -> Instant {
    Instant::now()
}

pub(crate) fn server() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 7_882))
}

pub(crate) const RELIABLE: &str = "_reliable";
pub(crate) const LOSSY: &str = "_lossy";
pub(crate) const DATA_TRACK: &str = "_data_track";

pub(crate) struct Sim {
    pub(crate) now: Instant,
    pub(crate) media: Media,
    pub(crate) clients: BTreeMap<u64, Client>,
    pub(crate) outputs: Vec<Output>,
    /// Packet loss, in a thousand.
    pub(crate) loss: u64,
    /// Only what this peer sends is lost.
    pub(crate) only_from: Option<u64>,
    /// Only what is sent to this peer is lost.
    pub(crate) only_to: Option<u64>,
    pub(crate) latency: Duration,
    /// Real time spent in the room, and its heap allocations.
    pub(crate) cpu_time: Duration,
    pub(crate) allocations: u64,
    /// Peers without a network.
    pub(crate) disconnected: Vec<u64>,
    /// Number of `Tick` inputs.
    pub(crate) ticks: usize,
    /// Bandwidth limits of downlinks.
    pub(crate) bottlenecks: BTreeMap<u64, Bottleneck>,
    in_flight: BTreeMap<(Instant, u64), Datagram>,
    sent: u64,
    seed: u64,
}

/// A bandwidth limit in bits per second, with a queue that drops what does not fit.
pub(crate) struct Bottleneck {
    pub(crate) bits_per_second: u64,
    free_at: Instant,
}

impl Bottleneck {
    const QUEUE: Duration = Duration::from_millis(300);

    pub(crate) fn new(now: Instant, bits_per_second: u64) -> Self {
        Self { bits_per_second, free_at: now }
    }

    /// How long a packet is queued and sent; `None` if the queue is full.
    fn pass(&mut self, now: Instant, bytes: usize) -> Option<Duration> {
        let waits = self.free_at.saturating_duration_since(now);
        if waits > Self::QUEUE {
            return None;
        }
        // 28 bytes of IP and UDP.
        let takes = Duration::from_micros((bytes as u64 + 28) * 8_000_000 / self.bits_per_second);
        self.free_at = now + waits + takes;
        Some(waits + takes)
    }
}

struct Datagram {
    peer: u64,
    to_server: bool,
    protocol: Protocol,
    bytes: Vec<u8>,
}

pub(crate) const SEND_AUDIO: (MediaKind, Direction) = (MediaKind::Audio, Direction::SendOnly);
pub(crate) const SEND_VIDEO: (MediaKind, Direction) = (MediaKind::Video, Direction::SendOnly);
pub(crate) const RECV_AUDIO: (MediaKind, Direction) = (MediaKind::Audio, Direction::RecvOnly);
pub(crate) const RECV_VIDEO: (MediaKind, Direction) = (MediaKind::Video, Direction::RecvOnly);

impl Sim {
    pub(crate) fn new(seed: u64) -> Self {
        let config = Config::new(&[server()], &[server()]).expect("a candidate");
        Self {
            now: origin(),
            media: Media::new(Arc::new(config)),
            clients: BTreeMap::new(),
            outputs: Vec::new(),
            loss: 0,
            only_from: None,
            only_to: None,
            latency: Duration::from_millis(10),
            cpu_time: Duration::ZERO,
            allocations: 0,
            disconnected: Vec::new(),
            ticks: 0,
            bottlenecks: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            sent: 0,
            seed: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
        }
    }

    /// A client joins with these sections. Returns their mids.
    pub(crate) fn join(&mut self, peer: u64, sections: &[(MediaKind, Direction)]) -> Vec<Mid> {
        self.join_as(peer, sections, &[], Protocol::Udp)
    }

    pub(crate) fn join_as(
        &mut self,
        peer: u64,
        sections: &[(MediaKind, Direction)],
        rids: &[&str],
        protocol: Protocol,
    ) -> Vec<Mid> {
        let client = Client::new(self.now, u8::try_from(peer).unwrap(), protocol);
        self.join_client(peer, client, sections, rids)
    }

    pub(crate) fn join_client(
        &mut self,
        peer: u64,
        mut client: Client,
        sections: &[(MediaKind, Direction)],
        rids: &[&str],
    ) -> Vec<Mid> {
        let (offer, mids) = client.offer(self.now, sections, rids, true);
        self.clients.insert(peer, client);
        let ice = IceCreds { ufrag: format!("peer{peer}"), pwd: "a password of 22 chars".replace(' ', "+") };
        self.media.join(self.now, PeerId(peer), ice);
        self.reserve_channels(peer);
        self.accept_offer(peer, &offer).expect("a valid offer");
        mids
    }

    /// As a server does whose messages begin before the client has opened its channels.
    pub(crate) fn reserve_channels(&mut self, peer: u64) {
        for (label, buffered) in [(RELIABLE, true), (LOSSY, false), (DATA_TRACK, false)] {
            self.media.reserve_channel(PeerId(peer), label, buffered).expect("the peer has joined");
        }
    }

    /// Whether a channel was reported as open.
    pub(crate) fn has_opened(&self, peer: u64, label: &str) -> bool {
        let opened = |output: &Output| match output {
            Output::ChannelOpened { peer: of, config, .. } => *of == PeerId(peer) && config.label == label,
            _ => false,
        };
        self.outputs.iter().any(opened)
    }

    /// Sends a message on the channel with this label.
    pub(crate) fn send_data(&mut self, peer: u64, label: &str, bytes: &[u8]) -> bool {
        let channel = self.media.channel(PeerId(peer), label);
        channel.is_some_and(|channel| self.media.send_data(self.now, PeerId(peer), channel, bytes))
    }

    /// The server answers an offer, with a label on every section it may send on.
    pub(crate) fn accept_offer(&mut self, peer: u64, offer: &str) -> Result<Answer, OfferError> {
        let answer = self.media.accept_offer(self.now, PeerId(peer), offer)?;
        let label = |mid: Mid| Msid { stream: format!("PA_x|TR_{mid}"), track: format!("TR_{mid}") };
        let receiving = answer.sections.iter().filter(|section| section.direction.receives());
        let labels = receiving.map(|section| (section.mid, label(section.mid))).collect();
        let text = answer.sdp(&labels);
        self.clients.get_mut(&peer).expect("the peer has joined").accept_answer(&text);
        self.drain();
        Ok(answer)
    }

    pub(crate) fn connect(&mut self, source: (u64, Mid), sink: (u64, Mid)) {
        self.media.connect(self.now, (PeerId(source.0), source.1), (PeerId(sink.0), sink.1));
        self.drain();
    }

    pub(crate) fn client(&mut self, peer: u64) -> &mut Client {
        self.clients.get_mut(&peer).expect("the peer has joined")
    }

    /// Advances the time.
    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let flight = self.in_flight.keys().next().map(|(at, _)| *at);
            let client = self.clients.values().map(Client::deadline).min();
            let next = [flight, client, self.media.deadline()].into_iter().flatten().min();
            match next {
                Some(next) if next <= end => self.now = self.now.max(next),
                _ => break,
            }
            self.step();
        }
        self.now = end;
        self.step();
    }

    pub(crate) fn seconds(&mut self, seconds: u64) {
        self.run(Duration::from_secs(seconds));
    }

    fn step(&mut self) {
        while let Some(entry) = self.in_flight.first_entry() {
            if entry.key().0 > self.now {
                break;
            }
            let flight = entry.remove();
            self.deliver(&flight);
        }
        if self.media.deadline().is_some_and(|at| at <= self.now) {
            self.ticks += 1;
            let now = self.now;
            self.measured(|media| media.handle(now, Input::Tick));
        }
        self.drain();
        let due: Vec<u64> = self.clients.iter().filter(|(_, c)| c.deadline() <= self.now).map(|(id, _)| *id).collect();
        due.into_iter().for_each(|peer| self.advance(peer));
    }

    /// Does something with the room, and counts what it costs.
    pub(crate) fn measured<T>(&mut self, work: impl FnOnce(&mut Media) -> T) -> T {
        let (began, media, mut done) = (origin(), &mut self.media, None);
        let allocated = allocation_counter::measure(|| done = Some(work(media)));
        self.cpu_time += origin() - began;
        self.allocations += allocated.count_total;
        done.expect("the work was done")
    }

    fn deliver(&mut self, flight: &Datagram) {
        let Some(client) = self.clients.get_mut(&flight.peer) else { return };
        if !flight.to_server {
            client.receive(self.now, server(), &flight.bytes);
            return self.advance(flight.peer);
        }
        let transport = match flight.protocol {
            Protocol::Udp => Transport::Udp,
            _ => Transport::Tcp,
        };
        let input = Input::Datagram {
            peer: PeerId(flight.peer),
            transport,
            source: client.address,
            destination: server(),
            bytes: &flight.bytes,
        };
        let now = self.now;
        self.measured(|media| media.handle(now, input));
    }

    fn advance(&mut self, peer: u64) {
        let Some(client) = self.clients.get_mut(&peer) else { return };
        for transmit in client.advance(self.now) {
            self.send(peer, true, transmit.proto, transmit.contents.to_vec());
        }
    }

    /// Drains the room and puts what it sends on the network.
    pub(crate) fn drain(&mut self) {
        while let Some(output) = self.measured(Media::poll) {
            match output {
                Output::Transmit { peer, transport, bytes, source, .. } => {
                    assert_eq!(source, server(), "source is a candidate");
                    let protocol = match transport {
                        Transport::Udp => Protocol::Udp,
                        Transport::Tcp => Protocol::Tcp,
                    };
                    self.send(peer.0, false, protocol, bytes);
                }
                other => self.outputs.push(other),
            }
        }
    }

    fn send(&mut self, peer: u64, to_server: bool, protocol: Protocol, bytes: Vec<u8>) {
        self.sent += 1;
        let spared = self.only_from.is_some_and(|only| only != peer || !to_server)
            || self.only_to.is_some_and(|only| only != peer || to_server);
        if (self.random_below(1_000) < self.loss && !spared) || self.disconnected.contains(&peer) {
            return;
        }
        let jitter = Duration::from_micros(if self.loss > 0 && !spared { self.random_below(4_000) } else { 0 });
        let mut at = self.now + self.latency + jitter;
        if let Some(bottlenecks) = self.bottlenecks.get_mut(&peer).filter(|_| !to_server) {
            let Some(waits) = bottlenecks.pass(self.now, bytes.len()) else { return };
            at += waits;
        }
        self.in_flight.insert((at, self.sent), Datagram { peer, to_server, protocol, bytes });
    }

    /// A random number below `bound` (xorshift).
    pub(crate) fn random_below(&mut self, bound: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % bound
    }
}
