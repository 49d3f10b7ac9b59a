//! The waiting room: a guest enters, a host admits or declines, a guest leaves.

use anteroom_domain::{ConsultationChange, ConsultationId, Notice, ParticipantId};
use anteroom_store::Due;

use crate::consultation_context::{self, Decision};
use crate::{Actor, App, Result, Standing};

/// A guest enters the waiting room.
pub async fn enter(app: &App, actor: &Actor, id: ConsultationId) -> Result<Standing> {
    let context = consultation_context::change(app, actor, id, |context| {
        let entered =
            context.consultation.clone().enter_waiting_room(context.me, context.join_window(), context.now)?;
        Ok(Decision::new(entered, ConsultationChange::EnteredWaitingRoom(context.me)))
    });
    Ok(Standing::of(app, &context.await?))
}

/// A guest leaves the waiting room or the call.
pub async fn leave(app: &App, actor: &Actor, id: ConsultationId) -> Result<Standing> {
    let context = consultation_context::change(app, actor, id, |context| {
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

/// A host declines a guest. A connected guest is removed from the room.
pub async fn decline(app: &App, actor: &Actor, id: ConsultationId, guest: ParticipantId) -> Result<Standing> {
    let context = consultation_context::change(app, actor, id, |context| {
        let declined = context.consultation.clone().decline(&context.as_host()?, guest, context.now)?;
        let removed = Notice::removed(&context.consultation, guest);
        Ok(Decision::new(declined, ConsultationChange::Declined(guest)).with_notice(removed, Due::now(context.now)))
    });
    Ok(Standing::of(app, &context.await?))
}
