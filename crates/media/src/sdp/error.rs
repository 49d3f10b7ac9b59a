//! Why an offer or an answer was not accepted.

/// Why an offer was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// There is no such peer.
    #[error("no such peer")]
    UnknownPeer,
    /// Longer than any browser's offer could be.
    #[error("the offer is too long")]
    TooLong,
    /// Not SDP. The peer is as it was.
    #[error("the offer cannot be read: {0}")]
    Unreadable(String),
    /// SDP that cannot be agreed to. The peer may be half changed: give it up.
    #[error("the offer cannot be accepted: {0}")]
    Refused(String),
    /// The peer failed over it and was removed; [`crate::Output::Failed`] follows.
    #[error("the peer failed over its offer")]
    Broken,
}
