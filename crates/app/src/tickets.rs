//! The way in: a seat asks for its ticket, and only a seat that may be in the room gets one.

use anteroom_domain::ConsultationId;
use jiff::SignedDuration;

use crate::consultation_context::{self, Decision, Scene, role_of};
use crate::{Actor, App, Error, Grant, Result, Ticket};

/// How long a ticket opens the door. The connection made with it lasts as long as the call;
/// a reload asks for a fresh one.
const LASTS: SignedDuration = SignedDuration::from_mins(10);

/// A ticket and what the page needs beside it.
#[derive(Debug, Clone)]
pub struct Entrance {
    /// Where to, and the signed grant.
    pub ticket: Ticket,
    /// The grant as it was signed.
    pub grant: Grant,
    /// From now on, how long it opens the door.
    pub lasts: SignedDuration,
}

/// A seat asks to be let into the room, on this device. The device that had the seat before loses it.
pub async fn ticket(app: &App, actor: &Actor, id: ConsultationId) -> Result<Entrance> {
    let taken = consultation_context::change(app, actor, id, |scene| {
        let (consultation, _) = scene.consultation.clone().take_seat(scene.me, scene.door())?;
        Ok(Decision::quiet(consultation))
    });
    let scene = taken.await?;
    let grant = grant(&scene)?;
    let ticket = app.video.ticket(&grant, scene.now).await?;
    Ok(Entrance { ticket, grant, lasts: LASTS })
}

fn grant(scene: &Scene) -> Result<Grant> {
    let seat = scene.consultation.seat(scene.me).ok_or(Error::NotFound)?;
    Ok(Grant {
        room: scene.consultation.room.clone(),
        participant: seat.id,
        name: seat.name.clone(),
        role: role_of(scene),
        seat: seat.seat,
        until: scene.now.saturating_add(LASTS).map_err(|_| Error::Internal("the clock is at its end"))?,
    })
}
