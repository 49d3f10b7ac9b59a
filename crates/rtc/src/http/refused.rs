//! Why a signalling message, or the offer in a join request, is refused before it reaches a room.

use anteroom_livekit::MalformedMessage;
use anteroom_media::{OfferError, SdpLimit};
use anteroom_room::DisconnectReason;

use super::allowance::Exceeded;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error(transparent)]
    Malformed(#[from] MalformedMessage),
    #[error("too many requests; please wait a moment and join again")]
    Exceeded(Exceeded),
    #[error(transparent)]
    Description(#[from] OfferError),
}

impl From<Exceeded> for Refused {
    fn from(exceeded: Exceeded) -> Self {
        Self::Exceeded(exceeded)
    }
}

impl Refused {
    /// For the leave message to a client that has joined.
    pub(super) fn reason(&self) -> DisconnectReason {
        match self {
            // After hours of publishing and unpublishing a correct client may come here: with a new peer connection
            // it begins without sections.
            Self::Description(OfferError::TooLarge(SdpLimit::Sections)) => DisconnectReason::StateMismatch,
            Self::Malformed(_) | Self::Exceeded(_) | Self::Description(_) => DisconnectReason::ProtocolError,
        }
    }
}
