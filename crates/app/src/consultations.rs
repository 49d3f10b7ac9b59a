//! Consultations: standing, start, end.

use anteroom_domain::{
    AppointmentId, Author, ConsultationChange, ConsultationId, Notice, ParticipantId, Phase, Refusal,
};
use anteroom_store::Due;
use jiff::SignedDuration;

use crate::consultation_context::{self, ConsultationContext, Decision};
use crate::{Actor, App, Error, Result, Standing, media_server};

/// The consultation's standing for this actor. Changes nothing.
pub async fn standing(app: &App, actor: &Actor, id: ConsultationId) -> Result<Standing> {
    let mut tx = app.store.read().await?;
    Ok(Standing::of(app, &ConsultationContext::load(&mut tx, actor, id, app.clock.now()).await?))
}

/// The consultation of an appointment, for staff.
pub async fn of_appointment(app: &App, actor: &Actor, id: AppointmentId) -> Result<ConsultationId> {
    let staff = actor.reader()?;
    let mut tx = app.store.read().await?;
    let appointment = tx.find_appointment(id).await?.ok_or(Error::NotFound)?;
    if !staff.sees(appointment.host) {
        return Err(Error::NotFound);
    }
    let consultation = tx.consultation_of_appointment(id).await?;
    Ok(consultation.ok_or(Refusal::NotConfirmed)?.id)
}

/// The host starts the consultation; waiting guests are admitted.
pub async fn start(app: &App, actor: &Actor, id: ConsultationId) -> Result<Standing> {
    let context = consultation_context::change(app, actor, id, |context| {
        let started = context.consultation.clone().start(&context.as_host()?, context.join_window(), context.now)?;
        // If nobody ends it, this check does, after the join window has closed.
        let closes_at = context.practice.policy.closes_at(context.appointment.ends_at());
        let recheck = Notice::Deserted { consultation: id };
        Ok(Decision::new(started, ConsultationChange::Started).with_notice(recheck, Due::at(closes_at)))
    });
    Ok(Standing::of(app, &context.await?))
}

/// Ends the consultation for everyone, completes the appointment and closes the room.
pub async fn end(app: &App, actor: &Actor, id: ConsultationId) -> Result<Standing> {
    let context = consultation_context::change(app, actor, id, |context| {
        decide_end(context, context.author.clone(), Some(context.me))
    });
    Ok(Standing::of(app, &context.await?))
}

fn decide_end(context: &ConsultationContext, by: Author, acting_as: Option<ParticipantId>) -> Result<Decision> {
    let was_ended = matches!(context.consultation.phase, Phase::Ended { .. });
    let consultation = context.consultation.clone().end(by, acting_as, &context.practice.policy, context.now)?;
    let decision = Decision::new(consultation, ConsultationChange::Ended);
    if was_ended {
        return Ok(decision);
    }
    let ended_at = match decision.consultation.phase {
        Phase::Ended { ended_at, .. } => ended_at,
        Phase::Planned | Phase::Live { .. } => return Err(Error::Internal("an ended consultation has no end time")),
    };
    let appointment = context.appointment.clone().complete(ended_at)?;
    let closed = Notice::RoomClosed { consultation: decision.consultation.id };
    let withdrawn = vec![Notice::Deserted { consultation: decision.consultation.id }];
    Ok(Decision { appointment: Some(appointment), withdrawn, ..decision }.with_notice(closed, Due::now(context.now)))
}

/// Interval of the check while a participant is still connected.
const RECHECK_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// Ends a consultation that all participants have left; otherwise schedules the next check.
pub(crate) async fn end_if_deserted(app: &App, id: ConsultationId) -> Result<()> {
    let Some(consultation) = app.store.read().await?.find_consultation(id).await? else {
        return Ok(());
    };
    let Some(host) = consultation.host_participant() else {
        return Ok(());
    };
    let host =
        Actor::Participant { consultation: id, participant: host.id, role: host.role, account: None, link: None };
    let reachable_since = media_server::reachable_since(app).await?;
    let auto_end_at = |context: &ConsultationContext| {
        context.consultation.auto_end_at(&context.appointment, &context.practice.policy, reachable_since)
    };
    let context =
        consultation_context::change_as(app, &host, &Author::System, id, |context| match auto_end_at(context) {
            Some(at) if at <= context.now => decide_end(context, Author::System, None),
            Some(_) | None => Ok(Decision::new(context.consultation.clone(), ConsultationChange::Ended)),
        });
    let context = context.await?;
    if !context.consultation.is_live() {
        return Ok(());
    }
    let later = context.now.saturating_add(RECHECK_AFTER).map_err(|_| Error::Internal("the clock is at its end"))?;
    let mut tx = app.store.begin().await?;
    tx.post(&Notice::Deserted { consultation: id }, Due::at(auto_end_at(&context).unwrap_or(later))).await?;
    Ok(tx.commit().await?)
}
