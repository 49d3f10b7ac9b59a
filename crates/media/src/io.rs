//! What goes into a room's media and what comes out of it, as values.

use std::net::SocketAddr;
use std::time::Duration;

use str0m::media::Mid;

use crate::ids::PeerId;

/// How a datagram travelled. Over TCP it was one RFC 4571 frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// A datagram.
    Udp,
    /// A frame of a TCP connection.
    Tcp,
}

/// What [`crate::Media::handle`] is fed with.
#[derive(Debug)]
pub enum Input<'a> {
    /// Bytes that arrived for this peer. `destination` is one of the candidates of the configuration.
    Datagram {
        /// Whose bytes they are, as the demultiplexer found out.
        peer: PeerId,
        /// How they came.
        transport: Transport,
        /// Where they came from.
        source: SocketAddr,
        /// The candidate of ours they were sent to.
        destination: SocketAddr,
        /// The bytes themselves: STUN, DTLS, SRTP or SRTCP.
        bytes: &'a [u8],
    },
    /// Time has passed; due when [`crate::Media::deadline`] is reached.
    Tick,
}

/// What [`crate::Media::poll`] hands out. Drain until `None` after every call that changes something.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Send these bytes.
    Transmit {
        /// Who they are for.
        peer: PeerId,
        /// How to send them.
        transport: Transport,
        /// The candidate of ours to send from.
        source: SocketAddr,
        /// Where to send them.
        destination: SocketAddr,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// ICE and DTLS are up for the first time, or ICE is back after [`Output::Disconnected`].
    Connected(PeerId),
    /// Nothing was heard from this peer for a while. It may come back by itself, or by an ICE restart.
    Disconnected(PeerId),
    /// This peer is gone for good, nobody else is affected. It is already removed; `leave` is not needed.
    Failed {
        /// Who is gone.
        peer: PeerId,
        /// Why, for the log.
        why: String,
    },
    /// This peer closed its connection itself. Like [`Output::Failed`], but it wanted to.
    Closed(PeerId),
    /// The first packet of what this peer publishes on `mid` has arrived.
    FirstPacket {
        /// The publisher.
        peer: PeerId,
        /// The section it publishes on.
        mid: Mid,
    },
    /// A data channel with a known label is open in both directions.
    Opened {
        /// Whose channel.
        peer: PeerId,
        /// Which one.
        channel: Channel,
    },
    /// A message of this peer arrived on a data channel.
    Data {
        /// The sender.
        peer: PeerId,
        /// The channel it came on.
        channel: Channel,
        /// The message.
        bytes: Vec<u8>,
    },
    /// A sink's network cannot take even the lowest layer, or can again. Until then it is sent no pictures.
    VideoPaused {
        /// The receiver.
        peer: PeerId,
        /// The section it receives on.
        mid: Mid,
        /// Nothing is sent from now on.
        paused: bool,
    },
    /// How many of its layers anybody wants has changed. More is told at once, less after a while.
    DynacastLayers {
        /// The publisher.
        peer: PeerId,
        /// The section it publishes on.
        mid: Mid,
        /// So many, counted from the lowest; none while nobody watches.
        layers: usize,
    },
    /// How well this peer's line carried media in the last moments. Told every few seconds while it is connected.
    ConnectionQuality {
        /// Whose line.
        peer: PeerId,
        /// From 0, nothing gets through, to 100, without a fault.
        score: u8,
    },
    /// How loud a microphone was, at most a few times a second (RFC 6464).
    ///
    /// Silence is told once, and then nothing until there is sound again.
    AudioLevel {
        /// The publisher.
        peer: PeerId,
        /// The audio section.
        mid: Mid,
        /// Loudest moment since the last report, in -dBov: 0 is loudest, 127 is silence.
        level: u8,
        /// Share of the packets that carried sound, in percent.
        active: u8,
    },
}

/// The data channels of the protocol, named by their label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// `_reliable`: everything arrives, in order.
    Reliable,
    /// `_lossy`: what is late is not worth sending again.
    Lossy,
    /// `_data_track`: as lossy.
    DataTrack,
}

impl Channel {
    /// The label on the wire.
    pub fn label(self) -> &'static str {
        match self {
            Self::Reliable => "_reliable",
            Self::Lossy => "_lossy",
            Self::DataTrack => "_data_track",
        }
    }

    /// The channel of a label; strangers' own channels have none.
    pub fn of_label(label: &str) -> Option<Self> {
        [Self::Reliable, Self::Lossy, Self::DataTrack].into_iter().find(|channel| channel.label() == label)
    }
}

/// What has passed through one peer since it joined.
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
    /// Keyframes we asked it for.
    pub keyframes_requested: u64,
    /// Since when nothing was heard from it, as of the last input.
    pub idle_for: Duration,
}
