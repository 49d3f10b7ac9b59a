//! Consultations: looked at, started, ended.

use anteroom_domain::{AppointmentId, Author, ConsultationId, Notice, Phase, Refusal};
use jiff::{SignedDuration, Timestamp};

use crate::consultation_context::{self, Decision, Scene};
use crate::{Actor, App, Error, Result, Standing};

/// How a consultation stands, for whoever asks. Changes nothing.
pub async fn stand(app: &App, actor: &Actor, id: ConsultationId) -> Result<Standing> {
    let mut tx = app.store.read().await?;
    Ok(Standing::of(&Scene::load(&mut tx, actor, id, app.clock.now()).await?))
}

/// The consultation of an appointment, for the practice's own people.
pub async fn of_appointment(app: &App, actor: &Actor, id: AppointmentId) -> Result<ConsultationId> {
    let staff = actor.staff()?;
    let mut tx = app.store.read().await?;
    let appointment = tx.find_appointment(id).await?.ok_or(Error::NotFound)?;
    if !staff.sees(appointment.host) {
        return Err(Error::NotFound);
    }
    let consultation = tx.consultation_of_appointment(id).await?;
    Ok(consultation.ok_or(Refusal::NotConfirmed)?.id)
}

/// The host starts; whoever waits comes in with it.
pub async fn start(app: &App, actor: &Actor, id: ConsultationId) -> Result<Standing> {
    let scene = consultation_context::change(app, actor, id, |scene| {
        let started = scene.consultation.clone().start(&scene.as_host()?, scene.door(), scene.now)?;
        // Nobody may ever end it: look again when its time is over.
        let closes_at = scene.practice.policy.closes_at(scene.appointment.ends_at());
        let deserted = Notice::Deserted { consultation: id };
        Ok(Decision { notices: vec![(deserted, closes_at)], ..Decision::quiet(started) })
    });
    Ok(Standing::of(&scene.await?))
}

/// It ends for everyone: the room closes, the record is complete, the appointment too.
pub async fn end(app: &App, actor: &Actor, id: ConsultationId) -> Result<Standing> {
    let scene = consultation_context::change(app, actor, id, |scene| decide_end(scene, Author::Participant(scene.me)));
    Ok(Standing::of(&scene.await?))
}

fn decide_end(scene: &Scene, by: Author) -> Result<Decision> {
    let was_ended = matches!(scene.consultation.phase, Phase::Ended { .. });
    let consultation = scene.consultation.clone().end(by, &scene.practice.policy, scene.now)?;
    if was_ended {
        return Ok(Decision::quiet(consultation));
    }
    let ended_at = match consultation.phase {
        Phase::Ended { ended_at, .. } => ended_at,
        Phase::Planned | Phase::Live { .. } => return Err(Error::Internal("what was ended has not ended")),
    };
    let appointment = scene.appointment.clone().complete(ended_at)?;
    let closed = Notice::RoomClosed { consultation: consultation.id };
    Ok(Decision { consultation, appointment: Some(appointment), notices: vec![(closed, scene.now)] })
}

/// How long until a consultation that somebody is still in is looked at again.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(10);

/// Ends a consultation that everybody has left; looks again later while somebody is there, or may yet come back.
pub(crate) async fn end_if_deserted(app: &App, id: ConsultationId) -> Result<()> {
    let Some(consultation) = app.store.read().await?.find_consultation(id).await? else {
        return Ok(());
    };
    let Some(host) = consultation.host_seat() else {
        return Ok(());
    };
    let host = Actor::Seat { consultation: id, participant: host.id, role: host.role };
    let scene = consultation_context::change(app, &host, id, |scene| match ends_by_itself_at(scene) {
        Some(at) if at <= scene.now => decide_end(scene, Author::System),
        Some(_) | None => Ok(Decision::quiet(scene.consultation.clone())),
    });
    let scene = scene.await?;
    if !scene.consultation.is_live() {
        return Ok(());
    }
    let later = scene.now.saturating_add(LOOK_AGAIN).map_err(|_| Error::Internal("the clock is at its end"))?;
    let mut tx = app.store.begin().await?;
    tx.post(&Notice::Deserted { consultation: id }, ends_by_itself_at(&scene).unwrap_or(later)).await?;
    Ok(tx.commit().await?)
}

fn ends_by_itself_at(scene: &Scene) -> Option<Timestamp> {
    scene.consultation.ends_by_itself_at(&scene.appointment, &scene.practice.policy)
}
