//! What ends with a login or an API key: the tickets that were got with it, and the connections made with them.
//!
//! All tickets of a host end when all logins do, or all but the one in use: the host's page gets a new ticket at once if
//! its login goes on. A single login that is ended in the list of one's sessions ends with the tickets that were got with
//! it; logging out and expiry leave the call.

use anteroom_domain::{
    ApiKeyId, Author, Consultation, ConsultationChange, ConsultationId, Notice, ParticipantId, SecretHash, UserId,
};
use anteroom_store::{Due, KeyTicket, LoginTicket, Snapshot, Tx};
use jiff::Timestamp;

use crate::Result;
use crate::consultation_context::consultation_event;

/// Ends what the logins of a user have got as host; the logins themselves were deleted in the same transaction.
pub(crate) async fn end_logins(tx: &mut Tx, user: UserId, by: &Author, now: Timestamp) -> Result<()> {
    tx.raise_user_version(user).await?; // Refuses requests that began before: `Actor::begin`.
    end_of_host(tx, user, by, now).await
}

/// Ends what an API key has got; it was revoked in the same transaction. Later tickets of others stay valid.
pub(crate) async fn end_of_key(tx: &mut Tx, key: &ApiKeyId, by: &Author, now: Timestamp) -> Result<()> {
    for KeyTicket { consultation, participant, number, .. } in tx.live_tickets_of_key(key).await? {
        Tickets { consultation, participant, up_to: Some(number) }.end(tx, by, now).await?;
    }
    Ok(())
}

/// Ends what a single login session has got; it is deleted in the same transaction. Later tickets of others stay valid.
pub(crate) async fn end_of_session(tx: &mut Tx, session: &SecretHash, by: &Author, now: Timestamp) -> Result<()> {
    for LoginTicket { consultation, participant, number, .. } in tx.live_tickets_of_session(session).await? {
        Tickets { consultation, participant, up_to: Some(number) }.end(tx, by, now).await?;
    }
    Ok(())
}

/// Ends the tickets of a user for the consultations in progress of which they are the host. Who may still log in gets
/// a new one at once.
pub(crate) async fn end_of_host(tx: &mut Tx, user: UserId, by: &Author, now: Timestamp) -> Result<()> {
    for (consultation, participant) in tx.live_seats_of(user).await? {
        Tickets { consultation, participant, up_to: None }.end(tx, by, now).await?;
    }
    Ok(())
}

/// The tickets of a participant up to a number, or all of them.
struct Tickets {
    consultation: ConsultationId,
    participant: ParticipantId,
    up_to: Option<i64>,
}

impl Tickets {
    /// Ends them. Without effect after the end of the consultation.
    async fn end(&self, tx: &mut Tx, by: &Author, now: Timestamp) -> Result<()> {
        tx.lock_consultation(self.consultation).await?;
        let (before, host) = match find(tx, self.consultation).await {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(()),
            // A row of a newer version: it lets nobody in, and must not keep a login from ending.
            Err(error @ anteroom_store::Error::Corrupt { .. }) => {
                tracing::error!(id = %self.consultation, %error, "the tickets for a consultation could not be ended");
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        if !before.is_live() {
            return Ok(()); // It has ended meanwhile.
        }
        let ended = self.ended(before.clone())?;
        if ended != before {
            tx.save_consultation(&ended).await?;
        }
        tx.post(&self.removal(&before), Due::now(now)).await?; // A connection stays open while later tickets are not used.
        let event = consultation_event(&ended, host, ConsultationChange::TicketsEnded(self.participant));
        Ok(tx.record(by, now, &event).await?)
    }

    fn ended(&self, consultation: Consultation) -> Result<Consultation> {
        Ok(match self.up_to {
            Some(number) => consultation.end_tickets_up_to(number, self.participant)?,
            None => consultation.end_tickets(self.participant)?,
        })
    }

    /// Removes the connections made with them.
    fn removal(&self, consultation: &Consultation) -> Notice {
        match self.up_to {
            Some(number) => Notice::removed_up_to(number, self.consultation, self.participant),
            None => Notice::removed(consultation, self.participant),
        }
    }
}

/// A consultation and its host.
async fn find(
    tx: &mut Snapshot,
    id: ConsultationId,
) -> std::result::Result<Option<(Consultation, UserId)>, anteroom_store::Error> {
    let Some(consultation) = tx.find_consultation(id).await? else { return Ok(None) };
    let appointment = tx.find_appointment(consultation.appointment).await?;
    Ok(appointment.map(|appointment| (consultation, appointment.host)))
}
