//! Ids of peers and their sections.

use str0m::media::Mid;

/// One peer connection in a room. Chosen by the caller, never reused within a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u64);

/// One section of one peer: a publication or a subscription.
pub(crate) type SectionKey = (PeerId, Mid);
