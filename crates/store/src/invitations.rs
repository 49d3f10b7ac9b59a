//! Personal links, looked up by the hash of their secret.

use anteroom_domain::{Invitation, InvitationId, ParticipantId, SecretHash};
use jiff::Timestamp;

use crate::columns::{hash, instant, instant_of, millis, millis_of, parse};
use crate::engine::{execute, fetch_list, fetch_optional};
use crate::rows::readable;
use crate::{Error, Snapshot, Tx};

#[derive(sqlx::FromRow)]
struct InvitationRow {
    id: String,
    participant_id: String,
    hash: Vec<u8>,
    created_at: i64,
    revoked_at: Option<i64>,
}

impl TryFrom<InvitationRow> for Invitation {
    type Error = Error;

    fn try_from(row: InvitationRow) -> Result<Self, Error> {
        Ok(Self {
            id: parse("invitations.id", &row.id)?,
            participant: parse("invitations.participant_id", &row.participant_id)?,
            hash: hash("invitations.hash", &row.hash)?,
            created_at: instant("invitations.created_at", row.created_at)?,
            revoked_at: instant_of("invitations.revoked_at", row.revoked_at)?,
        })
    }
}

impl Snapshot {
    /// The link with this secret, including revoked ones.
    pub async fn find_invitation(&mut self, secret: &SecretHash) -> Result<Option<Invitation>, Error> {
        let row = fetch_optional!(self, InvitationRow; "
            SELECT id, participant_id, hash, created_at, revoked_at
              FROM invitations
             WHERE hash = $1"; secret.as_bytes().as_slice())?;
        row.map(TryInto::try_into).transpose()
    }

    /// All links of a participant, oldest first. Unreadable ones are skipped and logged.
    pub async fn invitations_of(&mut self, participant: ParticipantId) -> Result<Vec<Invitation>, Error> {
        let rows = fetch_list!(self, InvitationRow; "
            SELECT id, participant_id, hash, created_at, revoked_at
              FROM invitations
             WHERE participant_id = $1
             ORDER BY created_at, id"; participant.to_string())?;
        Ok(readable(rows))
    }
}

impl Tx {
    /// Inserts a link.
    pub async fn insert_invitation(&mut self, invitation: &Invitation) -> Result<(), Error> {
        execute!(self; "
            INSERT INTO invitations (id, participant_id, hash, created_at, revoked_at)
            VALUES ($1, $2, $3, $4, $5)";
            invitation.id.to_string(), invitation.participant.to_string(),
            invitation.hash.as_bytes().as_slice(), millis(invitation.created_at),
            millis_of(invitation.revoked_at))?;
        Ok(())
    }

    /// Revokes all links of a participant; returns how many were valid until now.
    pub async fn revoke_invitations_of(&mut self, participant: ParticipantId, at: Timestamp) -> Result<u64, Error> {
        execute!(self; "
            UPDATE invitations
               SET revoked_at = $2
             WHERE participant_id = $1 AND revoked_at IS NULL"; participant.to_string(), millis(at))
    }

    /// Revokes a link. Revoking twice keeps the first time.
    pub async fn revoke_invitation(&mut self, id: InvitationId, at: Timestamp) -> Result<(), Error> {
        execute!(self; "
            UPDATE invitations
               SET revoked_at = COALESCE(revoked_at, $2)
             WHERE id = $1"; id.to_string(), millis(at))?;
        Ok(())
    }
}
