//! LiveKit's data channels, known by their labels.

use anteroom_media::{ChannelConfig, Reliability};

/// A data channel with a meaning in LiveKit's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataChannel {
    /// `_reliable`: everything arrives, in order.
    Reliable,
    /// `_lossy`: unordered, without retransmission.
    Lossy,
    /// `_data_track`: as lossy.
    DataTrack,
}

impl DataChannel {
    /// All of them, in the order in which the server opens them.
    pub const ALL: [Self; 3] = [Self::Reliable, Self::Lossy, Self::DataTrack];

    /// The label in the channel's DCEP message.
    pub fn label(self) -> &'static str {
        match self {
            Self::Reliable => "_reliable",
            Self::Lossy => "_lossy",
            Self::DataTrack => "_data_track",
        }
    }

    /// The channel of a label; other labels are those of applications.
    pub fn of_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.label() == label)
    }

    /// How the server opens it.
    pub fn config(self) -> ChannelConfig {
        let (ordered, reliability) = match self {
            Self::Reliable => (true, Reliability::Reliable),
            Self::Lossy | Self::DataTrack => (false, Reliability::MaxRetransmits(0)),
        };
        ChannelConfig { label: self.label().to_owned(), ordered, reliability }
    }
}
