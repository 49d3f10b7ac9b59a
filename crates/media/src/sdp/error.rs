//! Errors of offers and answers.

use super::size::SdpLimit;

/// Why an offer or an answer was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// There is no such peer.
    #[error("no such peer")]
    UnknownPeer,
    /// Larger than any browser's description. It is not parsed; the peer is unchanged.
    #[error("the description is too large: {0}")]
    TooLarge(#[from] SdpLimit),
    /// Not SDP. The peer is unchanged.
    #[error("the offer cannot be read: {0}")]
    Unreadable(String),
    /// SDP that cannot be accepted. The peer may be half changed: remove it.
    #[error("the offer cannot be accepted: {0}")]
    Refused(String),
    /// The peer failed while it was applied and was removed; [`crate::Output::Failed`] follows.
    #[error("the peer failed over its offer")]
    Broken,
}
