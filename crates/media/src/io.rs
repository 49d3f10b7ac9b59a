//! Inputs and outputs of a room's media, as values.

use std::net::SocketAddr;
use std::time::Duration;

use str0m::media::Mid;

use crate::ids::{ChannelId, PeerId};

/// How a datagram travelled. Over TCP it was one RFC 4571 frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// A UDP datagram.
    Udp,
    /// A frame of a TCP connection.
    Tcp,
}

/// Input of [`crate::Media::handle`].
#[derive(Debug)]
pub enum Input<'a> {
    /// A datagram for this peer. `destination` is one of the candidates of the configuration.
    Datagram {
        /// The peer that the demultiplexer found.
        peer: PeerId,
        /// How it travelled.
        transport: Transport,
        /// The sender's address.
        source: SocketAddr,
        /// The local candidate it was sent to.
        destination: SocketAddr,
        /// STUN, DTLS, SRTP or SRTCP.
        bytes: &'a [u8],
    },
    /// Time has passed; due when [`crate::Media::deadline`] is reached.
    Tick,
}

/// Output of [`crate::Media::poll`]. Drain until `None` after every call that changes something.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this datagram.
    Transmit {
        /// The receiver.
        peer: PeerId,
        /// How to send it.
        transport: Transport,
        /// The local candidate to send from.
        source: SocketAddr,
        /// Where to send it.
        destination: SocketAddr,
        /// The datagram.
        bytes: Vec<u8>,
    },
    /// ICE and DTLS are connected for the first time, or ICE is again after [`Output::Disconnected`].
    Connected(PeerId),
    /// ICE has received nothing from this peer for a while. It may come back by itself, or by an ICE restart.
    Disconnected(PeerId),
    /// This peer failed and is already removed; no other is affected.
    Failed {
        /// The failed peer.
        peer: PeerId,
        /// The error, for the log.
        why: String,
    },
    /// This peer closed its connection itself and is already removed.
    Closed(PeerId),
    /// The first packet of a publication has arrived.
    FirstPacket {
        /// The publisher.
        peer: PeerId,
        /// The section it publishes on.
        mid: Mid,
    },
    /// A data channel is open, opened by either side. Its handle is the one reserved for its label, if there is one.
    ChannelOpened {
        /// The peer.
        peer: PeerId,
        /// The handle.
        channel: ChannelId,
        /// Its label and how it delivers.
        config: ChannelConfig,
        /// Messages that were sent before it opened did not fit the buffer and are lost.
        lost_messages: bool,
    },
    /// A message arrived on a data channel.
    Data {
        /// The sender.
        peer: PeerId,
        /// The handle.
        channel: ChannelId,
        /// Binary, or UTF-8 text.
        binary: bool,
        /// The message.
        bytes: Vec<u8>,
    },
    /// A data channel is closed. A reserved handle waits for the next channel of its label.
    ChannelClosed {
        /// The peer.
        peer: PeerId,
        /// The handle.
        channel: ChannelId,
    },
    /// Not even the lowest layer fits the subscriber's bandwidth, or it is sent as many other videos as it may be; or
    /// neither is the case any more. While paused, no video is sent.
    VideoPaused {
        /// The subscriber.
        peer: PeerId,
        /// The section of the subscription.
        mid: Mid,
        /// Paused from now on, or resumed.
        paused: bool,
    },
    /// Dynacast: the number of simulcast layers that are subscribed to has changed. A rise is reported at once, a
    /// fall after a delay.
    DynacastLayers {
        /// The publisher.
        peer: PeerId,
        /// The section of the publication.
        mid: Mid,
        /// Counted from the lowest; 0 while there is no subscriber.
        layers: usize,
    },
    /// Connection quality of a peer. Reported every few seconds while it is connected.
    ConnectionQuality {
        /// The peer.
        peer: PeerId,
        /// From 0 (nothing arrives) to 100 (no loss, low delay).
        score: u8,
    },
    /// Audio level of a publication, at most a few times a second (RFC 6464).
    ///
    /// Silence is reported once, and then nothing until there is audio again.
    AudioLevel {
        /// The publisher.
        peer: PeerId,
        /// The audio section.
        mid: Mid,
        /// The loudest packet since the last report, in -dBov: 0 is loudest, 127 is silence.
        level: u8,
        /// Percentage of packets with audible content.
        active: u8,
    },
}

/// What a data channel is opened with (RFC 8832).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelConfig {
    /// The label that both sides see.
    pub label: String,
    /// Messages arrive in order.
    pub ordered: bool,
    /// Whether lost messages are retransmitted.
    pub reliability: Reliability,
}

/// How long a data channel retransmits a lost message (RFC 8832 section 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reliability {
    /// Until it arrives.
    Reliable,
    /// So many times.
    MaxRetransmits(u16),
    /// For so many milliseconds.
    MaxLifetime(u16),
}

/// What was dropped or refused because a limit was reached, see [`crate::Media::take_drops`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drops {
    /// Datagrams of data channels: their sender sends too much, or waits for a slow receiver.
    pub data_datagrams: u64,
    /// Packets whose payload is longer than any browser sends.
    pub oversized_payloads: u64,
    /// Messages to a data channel that did not open in time.
    pub early_messages: u64,
    /// How often retransmissions to a peer were refused for a while, because it asked for too many.
    pub resends: u64,
    /// Keyframe requests of a decoder whose budget is spent.
    pub keyframe_requests: u64,
}

/// Counters of one peer since it joined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Media packets received from it.
    pub packets_in: u64,
    /// Media packets forwarded to it.
    pub packets_out: u64,
    /// Payload bytes received from it.
    pub bytes_in: u64,
    /// Payload bytes forwarded to it.
    pub bytes_out: u64,
    /// Datagrams of its data channels that were dropped: it sent too much, or a receiver is slow.
    pub data_datagrams_dropped: u64,
    /// Keyframe requests (PLI) sent to it.
    pub keyframes_requested: u64,
    /// Time since its last datagram, as of the last input.
    pub idle_for: Duration,
}
