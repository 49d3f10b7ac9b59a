//! The waiting room: a guest enters, a host admits or declines, a guest leaves.

use anteroom_domain::{ConsultationChange, ConsultationId, Notice, ParticipantId, TabId};
use anteroom_store::Due;

use crate::consultation_context::{self, ConsultationContext, Decision};
use crate::{Actor, App, Result, Standing};

/// A guest enters the waiting room, or goes on in this tab: there, or in the call.
pub async fn enter(app: &App, actor: &Actor, id: ConsultationId, tab: Option<TabId>) -> Result<Standing> {
    let context = consultation_context::change(app, actor, id, |context| {
        let ConsultationContext { consultation, me, now, .. } = context;
        let moves = context.mine().is_some_and(|mine| mine.is_elsewhere(tab));
        let entered = consultation.clone().enter_waiting_room(*me, context.join_window(), *now)?;
        let change = if moves { ConsultationChange::Moved(*me) } else { ConsultationChange::EnteredWaitingRoom(*me) };
        Ok(Decision::new(entered.take_seat(*me, tab, *now)?, change))
    });
    Ok(Standing::of(app, &context.await?))
}

/// A guest leaves the waiting room or the call.
pub async fn leave(app: &App, actor: &Actor, id: ConsultationId, tab: Option<TabId>) -> Result<Standing> {
    let context = consultation_context::change(app, actor, id, |context| {
        if context.mine().is_some_and(|me| me.is_elsewhere(tab)) {
            return Ok(Decision::new(context.consultation.clone(), ConsultationChange::Left(context.me)));
        }
        let left = context.consultation.clone().leave(context.me, context.now)?;
        let removed = Notice::removed(&context.consultation, context.me);
        Ok(Decision::new(left, ConsultationChange::Left(context.me)).with_notice(removed, Due::now(context.now)))
    });
    Ok(Standing::of(app, &context.await?))
}

/// A host admits a waiting guest.
pub async fn admit(app: &App, actor: &Actor, id: ConsultationId, guest: ParticipantId) -> Result<Standing> {
    let context = consultation_context::change(app, actor, id, |context| {
        let admitted = context.consultation.clone().admit(&context.as_host()?, guest, context.now)?;
        Ok(Decision::new(admitted, ConsultationChange::Admitted(guest)))
    });
    Ok(Standing::of(app, &context.await?))
}

/// A host puts out a guest who is perhaps another person: they are removed from the room, and all their links end.
pub async fn expel(app: &App, actor: &Actor, id: ConsultationId, guest: ParticipantId) -> Result<Standing> {
    let context = consultation_context::change(app, actor, id, |context| {
        let expelled = context.consultation.clone().expel(&context.as_host()?, guest, context.now)?;
        let removed = Notice::removed(&context.consultation, guest);
        let decision = Decision::new(expelled, ConsultationChange::LinksEnded(guest));
        Ok(decision.with_notice(removed, Due::now(context.now)).ending_links_of(guest))
    });
    Ok(Standing::of(app, &context.await?))
}

/// A host declines a guest. A connected guest is removed from the room.
pub async fn decline(app: &App, actor: &Actor, id: ConsultationId, guest: ParticipantId) -> Result<Standing> {
    let context = consultation_context::change(app, actor, id, |context| {
        let declined = context.consultation.clone().decline(&context.as_host()?, guest, context.now)?;
        let removed = Notice::removed(&context.consultation, guest);
        Ok(Decision::new(declined, ConsultationChange::Declined(guest)).with_notice(removed, Due::now(context.now)))
    });
    Ok(Standing::of(app, &context.await?))
}
