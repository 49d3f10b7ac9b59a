//! Tickets: a participant who may be in the room gets a signed grant for it.

use anteroom_domain::{ConsultationChange, ConsultationId, Refusal, Secret, TabId};
use anteroom_store::{KeyTicket, LoginTicket};
use jiff::SignedDuration;

use crate::consultation_context::{self, ConsultationContext, Decision, role_of};
use crate::{Actor, App, Error, Grant, Result, Ticket};

/// Lifetime of a ticket. A connection made with it may last longer; a reload requests a new ticket.
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// A ticket with its grant and lifetime, for the page.
#[derive(Debug, Clone)]
pub struct IssuedTicket {
    /// Address and signed grant.
    pub ticket: Ticket,
    /// The grant that was signed.
    pub grant: Grant,
    /// Lifetime from now.
    pub expires_in: SignedDuration,
}

/// Issues a ticket for this tab. Tickets of other tabs of this participant are refused from now on. It becomes old
/// when the logins of a host, the personal links of the participant, or the API key that it was issued to are ended.
pub async fn issue(app: &App, actor: &Actor, id: ConsultationId, tab: Option<TabId>) -> Result<IssuedTicket> {
    issue_for(app, actor, id, TicketRequest { tab, takes_seat: true, session: None }).await
}

/// Who requests a ticket.
#[derive(Debug, Clone, Copy, Default)]
pub struct TicketRequest<'a> {
    /// The tab of the page; an API client has none.
    pub tab: Option<TabId>,
    /// It follows a tap: a host goes on in this tab.
    pub takes_seat: bool,
    /// The login session. The ticket becomes old when it is ended.
    pub session: Option<&'a Secret>,
}

/// The same for the page of a person.
pub async fn issue_for(
    app: &App,
    actor: &Actor,
    id: ConsultationId,
    TicketRequest { tab, takes_seat, session }: TicketRequest<'_>,
) -> Result<IssuedTicket> {
    let session = session.map(Secret::hash);
    let key = match actor {
        Actor::Key { id, .. } => Some(id),
        Actor::Staff(_) | Actor::Console | Actor::Participant { .. } => None,
    };
    let taken = consultation_context::change(app, actor, id, |context| {
        let window = context.join_window();
        let before = context.consultation.clone();
        let (consultation, number) = before.issue_ticket_for(context.me, tab, takes_seat, window, context.now)?;
        let by_link = matches!(actor, Actor::Participant { .. });
        if by_link && tab.is_none() && context.mine().is_some_and(|me| me.tab.is_some()) {
            return Err(Refusal::Superseded.into()); // Otherwise a link could take the seat, and no host would read it.
        }
        let ticket = |key| KeyTicket { key, consultation: id, participant: context.me, number };
        let decision = Decision::new(consultation, ConsultationChange::TicketIssued(context.me));
        let of_login = |session| LoginTicket { session, consultation: id, participant: context.me, number };
        Ok(Decision { key_ticket: key.cloned().map(ticket), login_ticket: session.map(of_login), ..decision })
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
