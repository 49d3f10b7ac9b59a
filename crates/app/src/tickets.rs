//! The way in: a seat asks for its ticket, and only a seat that may be in the room gets one.

use anteroom_domain::ConsultationId;
use jiff::SignedDuration;

use crate::consultation_context::{self, ConsultationContext, Decision, role_of};
use crate::{Actor, App, Error, Grant, Result, Ticket};

/// How long a ticket opens the door. The connection made with it lasts as long as the call;
/// a reload asks for a fresh one.
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// A ticket and what the page needs beside it.
#[derive(Debug, Clone)]
pub struct IssuedTicket {
    /// Where to, and the signed grant.
    pub ticket: Ticket,
    /// The grant as it was signed.
    pub grant: Grant,
    /// From now on, how long it opens the door.
    pub expires_in: SignedDuration,
}

/// A seat asks to be let into the room, on this device. The device that had the seat before loses it.
pub async fn issue(app: &App, actor: &Actor, id: ConsultationId) -> Result<IssuedTicket> {
    let taken = consultation_context::change(app, actor, id, |context| {
        let (consultation, _) = context.consultation.clone().issue_ticket_number(context.me, context.join_window())?;
        Ok(Decision::without_notices(consultation))
    });
    let context = taken.await?;
    let grant = grant(&context)?;
    let ticket = app.video.ticket(&grant, context.now).await?;
    Ok(IssuedTicket { ticket, grant, expires_in: LIFETIME })
}

fn grant(context: &ConsultationContext) -> Result<Grant> {
    let participant = context.consultation.participant(context.me).ok_or(Error::NotFound)?;
    Ok(Grant {
        room: context.consultation.room.clone(),
        participant: participant.id,
        name: participant.name.clone(),
        role: role_of(context),
        ticket_number: participant.ticket_number,
        until: context.now.saturating_add(LIFETIME).map_err(|_| Error::Internal("the clock is at its end"))?,
    })
}
