//! A personal link: it belongs to one seat of one consultation, and opens from the window's begin to the end.

use jiff::Timestamp;

use crate::{InvitationId, ParticipantId, SecretHash};

/// One personal link. It can be used as often as needed until the consultation has ended:
/// mail scanners open links too, and must use nothing up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Whose seat it opens.
    pub participant: ParticipantId,
    /// Hash of the secret in the link.
    pub hash: SecretHash,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was taken back, if it was.
    pub revoked_at: Option<Timestamp>,
}
