//! Consultations: standing, start, end.

use anteroom_domain::{
    AppointmentId, Author, ConsultationChange, ConsultationId, Notice, ParticipantId, Phase, Refusal,
};
use anteroom_store::Due;
use jiff::{SignedDuration, Timestamp};

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
        decide_end(context, context.author.clone(), Some(context.me), context.now)
    });
    Ok(Standing::of(app, &context.await?))
}

fn decide_end(
    context: &ConsultationContext,
    by: Author,
    acting_as: Option<ParticipantId>,
    at: Timestamp,
) -> Result<Decision> {
    let was_ended = matches!(context.consultation.phase, Phase::Ended { .. });
    let consultation = context.consultation.clone().end(by, acting_as, &context.practice.policy, at)?;
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

/// A participant answers that they are still there: the call goes on.
pub async fn answer_still_there(app: &App, actor: &Actor, id: ConsultationId) -> Result<Standing> {
    let context = consultation_context::change(app, actor, id, |context| {
        let answered = context.consultation.clone().answer_still_there(context.me, context.now)?;
        Ok(Decision::new(answered, ConsultationChange::Answered(context.me)))
    });
    Ok(Standing::of(app, &context.await?))
}

/// Longest interval of the check of a consultation in progress.
const RECHECK_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// Ends a consultation that all participants have left, or whose participants do not answer; asks them if they are still
/// there; otherwise schedules the next check.
pub(crate) async fn check(app: &App, id: ConsultationId) -> Result<()> {
    let Some(consultation) = app.store.read().await?.find_consultation(id).await? else {
        return Ok(());
    };
    let Some(host) = consultation.host_participant() else {
        return Ok(());
    };
    let host =
        Actor::Participant { consultation: id, participant: host.id, role: host.role, account: None, link: None };
    let reachable_since = media_server::reachable_since(app).await?;
    let decide = |context: &ConsultationContext| decide_check(context, reachable_since);
    let context = consultation_context::change_as(app, &host, &Author::System, id, decide).await?;
    if !context.consultation.is_live() {
        return Ok(());
    }
    let mut tx = app.store.begin().await?;
    tx.post(&Notice::Deserted { consultation: id }, Due::at(next_check(&context, reachable_since))).await?;
    Ok(tx.commit().await?)
}

fn decide_check(context: &ConsultationContext, reachable_since: Option<Timestamp>) -> Result<Decision> {
    let ConsultationContext { appointment, consultation, practice, now, .. } = context;
    let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at <= *now);
    if is_due(consultation.auto_end_at(appointment, &practice.policy, reachable_since)) {
        // It ended when the last of them left, however late that is noticed, or when it began if nobody connected.
        let left_at = consultation.last_departure().or(consultation.started_at()).map_or(*now, |at| at.min(*now));
        return decide_end(context, Author::System, None, left_at);
    }
    if is_due(consultation.answer_awaited_until()) {
        return decide_end(context, Author::System, None, *now);
    }
    let asked = consultation.clone().ask_whether_present(appointment, &practice.policy, *now);
    Ok(Decision::new(asked, ConsultationChange::Asked))
}

fn next_check(context: &ConsultationContext, reachable_since: Option<Timestamp>) -> Timestamp {
    let ConsultationContext { appointment, consultation, practice, now, .. } = context;
    let policy = &practice.policy;
    let recheck = now.saturating_add(RECHECK_AFTER).unwrap_or(Timestamp::MAX);
    let asks_at = consultation.asks_at(appointment, policy).filter(|at| at > now);
    let soon = asks_at.into_iter().chain(consultation.answer_awaited_until()).fold(recheck, Timestamp::min);
    consultation.auto_end_at(appointment, policy, reachable_since).unwrap_or(soon)
}
