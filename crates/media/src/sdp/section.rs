//! What a description says about its sections: what each carries, who sends on it, under which names and codecs.

use str0m::media::{Mid, Rid};

/// One m-section of the offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name for the life of the connection.
    pub mid: Mid,
    /// What it carries.
    pub kind: Kind,
    /// As the client offered it: `SendOnly` means that the client sends. A rejected or stopped
    /// section is `Inactive`.
    pub direction: Direction,
    /// The stream and track the client says it sends here.
    pub msid: Option<Msid>,
    /// The simulcast layers the client sends, lowest first.
    pub rids: Vec<Rid>,
    /// What both sides can, in the client's order of preference.
    pub codecs: Vec<Codec>,
    /// Of sound: packets may carry the ones before them once more (RFC 2198).
    pub redundant: bool,
}

/// What a section carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sound.
    Audio,
    /// Pictures.
    Video,
    /// The data channels.
    Data,
}

/// Who sends on a section, seen from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both.
    SendRecv,
    /// Only the client: it publishes.
    SendOnly,
    /// Only we: a place for somebody else's track.
    RecvOnly,
    /// Nobody.
    Inactive,
}

impl Direction {
    /// Whether the client sends.
    pub fn publishes(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the client can be sent something.
    pub fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }
}

/// The name of a track on the wire: `a=msid:stream track`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Msid {
    /// Which tracks belong together.
    pub stream: String,
    /// This one.
    pub track: String,
}

/// An encoding both sides understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Codec {
    /// RFC 6716.
    Opus,
    /// RFC 6386.
    Vp8,
    /// RFC 6184.
    H264,
    /// RFC 9628.
    Vp9,
    /// AV1.
    Av1,
}

impl Codec {
    /// By its name in a description (`H264`) or in a request (`h264`); `None` for what we do not forward.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "opus" => Some(Self::Opus),
            "vp8" => Some(Self::Vp8),
            "h264" => Some(Self::H264),
            "vp9" => Some(Self::Vp9),
            "av1" => Some(Self::Av1),
            _ => None,
        }
    }

    pub(crate) fn of(codec: str0m::format::Codec) -> Option<Self> {
        match codec {
            str0m::format::Codec::Opus => Some(Self::Opus),
            str0m::format::Codec::Vp8 => Some(Self::Vp8),
            str0m::format::Codec::H264 => Some(Self::H264),
            str0m::format::Codec::Vp9 => Some(Self::Vp9),
            str0m::format::Codec::Av1 => Some(Self::Av1),
            _ => None,
        }
    }
}
