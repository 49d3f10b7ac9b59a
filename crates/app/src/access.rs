//! What ends with a login: the tickets that a host has got, and the connections made with them.

use anteroom_domain::{Author, Consultation, ConsultationChange, ConsultationId, Notice, ParticipantId, UserId};
use anteroom_store::{Due, Snapshot, Tx};
use jiff::Timestamp;

use crate::Result;
use crate::consultation_context::consultation_event;

/// Ends the tickets of a user for the consultations in progress of which they are the host. Who may still log in gets
/// a new one at once.
pub(crate) async fn end_of_host(tx: &mut Tx, user: UserId, by: &Author, now: Timestamp) -> Result<()> {
    for (consultation, participant) in tx.live_seats_of(user).await? {
        end_tickets(tx, consultation, participant, by, now).await?;
    }
    Ok(())
}

async fn end_tickets(
    tx: &mut Tx,
    id: ConsultationId,
    participant: ParticipantId,
    by: &Author,
    now: Timestamp,
) -> Result<()> {
    tx.lock_consultation(id).await?;
    let (consultation, host) = match find(tx, id).await {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(()),
        // A row of a newer version: it lets nobody in, and must not keep a login from ending.
        Err(error @ anteroom_store::Error::Corrupt { .. }) => {
            tracing::error!(%id, %error, "the tickets for a consultation could not be ended");
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let ended = consultation.clone().end_tickets(participant)?;
    if ended == consultation {
        return Ok(()); // It has ended meanwhile.
    }
    tx.save_consultation(&ended).await?;
    tx.post(&Notice::removed(&consultation, participant), Due::now(now)).await?;
    let event = consultation_event(&ended, host, ConsultationChange::TicketsEnded(participant));
    Ok(tx.record(by, now, &event).await?)
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
