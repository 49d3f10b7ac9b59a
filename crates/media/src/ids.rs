//! Ids of peers and their sections.

use str0m::media::{Mid, Rid};
use str0m::rtp::Ssrc;

/// One peer connection in a room. Chosen by the caller, never reused within a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u64);

/// The participant behind one or more peers, also after each other. Chosen by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonId(pub u64);

/// One data channel of a peer: counted per peer from zero, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(pub u32);

/// One layer of a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LayerKey {
    /// By its RID (RFC 8851), as browsers send simulcast.
    Rid(Rid),
    /// By its SSRC: the older form, declared by `a=ssrc-group:SIM` and without RIDs.
    Ssrc(Ssrc),
    /// By its place, counted from the lowest: for streams with several spatial layers inside (SVC), and for layers that
    /// are not known yet.
    Spatial(u8),
}

impl LayerKey {
    /// The RID of a layer that has one.
    pub fn rid(self) -> Option<Rid> {
        match self {
            Self::Rid(rid) => Some(rid),
            Self::Ssrc(_) | Self::Spatial(_) => None,
        }
    }
}

/// One section of one peer: a publication or a subscription.
pub(crate) type SectionKey = (PeerId, Mid);
