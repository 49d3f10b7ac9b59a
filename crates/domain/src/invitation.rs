//! Invitations: personal links, each for one participant of one consultation.

use jiff::Timestamp;

use crate::{InvitationId, ParticipantId, SecretHash};

/// One personal link. It can be opened any number of times: mail scanners open links too and must not use them up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Id.
    pub id: InvitationId,
    /// The participant it belongs to.
    pub participant: ParticipantId,
    /// Hash of the secret in the link.
    pub hash: SecretHash,
    /// Creation time.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}
