//! Sections of a description: kind, direction, names and codecs.

use str0m::media::{Mid, Rid};

/// One m-section of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its id for the life of the connection.
    pub mid: Mid,
    /// Audio, video or data.
    pub kind: Kind,
    /// As the client offered it: `SendOnly` means that the client sends. A rejected or stopped section is
    /// `Inactive`.
    pub direction: Direction,
    /// The stream and track ids of what the client sends here.
    pub msid: Option<Msid>,
    /// The simulcast layers the client sends, lowest first; empty without simulcast.
    pub rids: Vec<Rid>,
    /// The codecs of both sides, in the client's order of preference.
    pub codecs: Vec<Codec>,
    /// Audio may be sent as RED (RFC 2198).
    pub redundant: bool,
}

/// What a section carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Audio.
    Audio,
    /// Video.
    Video,
    /// Data channels.
    Data,
}

/// Who sends on a section, from the client's point of view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both.
    SendRecv,
    /// Only the client: it publishes.
    SendOnly,
    /// Only the server: for a track of another participant.
    RecvOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// Whether the client sends.
    pub fn publishes(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the client can receive.
    pub fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }
}

/// The ids of a track in SDP: `a=msid:stream track` (RFC 8830).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Msid {
    /// Tracks with the same stream id are synchronised.
    pub stream: String,
    /// The track id.
    pub track: String,
}

/// A codec that is forwarded.
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
    /// By its name in SDP (`H264`) or in a request (`h264`); `None` for codecs that are not forwarded.
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
