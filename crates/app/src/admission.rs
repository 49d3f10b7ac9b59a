//! What a media door asks before it opens, and what it reports.
//!
//! A token is never the authority: the state is read again at every connect.

use anteroom_domain::{Consultation, ParticipantId, Refusal, RoomName};
use async_trait::async_trait;
use jiff::Timestamp;

use crate::{Admission, App, Bearer, Error, Result, Topic, Welcome};

#[async_trait]
impl Admission for App {
    async fn may_enter(&self, bearer: &Bearer) -> Result<Welcome> {
        let mut tx = self.store.read().await?;
        let room = RoomName::from_text(bearer.room.as_str());
        let Some(consultation) = tx.consultation_in_room(&room).await? else {
            // A numbered ticket is one of ours: its consultation is gone, and its room is nobody's to have.
            return if bearer.seat.is_some() { Err(Refusal::Ended.into()) } else { Ok(Welcome::Plain) };
        };
        let appointment = tx.find_appointment(consultation.appointment).await?.ok_or(Error::NotFound)?;
        let practice = tx.find_practice().await?.ok_or(Error::NotFound)?;
        let door = consultation.door(&appointment, &practice.policy, self.clock.now());
        let id = identity(bearer)?;
        let seat = consultation.may_connect(id, door)?;
        if bearer.seat.is_some_and(|ticket| ticket < seat.seat) {
            return Err(Refusal::Superseded.into());
        }
        Ok(Welcome::Seat { name: seat.name.clone(), role: seat.role })
    }

    async fn arrived(&self, bearer: &Bearer) {
        note(self, bearer, Consultation::arrive).await;
    }

    async fn departed(&self, bearer: &Bearer) {
        note(self, bearer, Consultation::depart).await;
    }
}

/// Told once when the media server starts: whoever was connected when the last one went was cut off, and counts as
/// departed until they are back.
pub async fn media_restarted(app: &App) -> Result<()> {
    let mut tx = app.store.begin().await?;
    let cut_off = tx.forget_connections(app.clock.now()).await?;
    tx.commit().await?;
    if cut_off > 0 {
        tracing::info!(cut_off, "people were connected when the last media server went");
    }
    Ok(())
}

/// Somebody who is nobody's participant was not admitted; that the room exists is not said.
fn identity(bearer: &Bearer) -> Result<ParticipantId> {
    bearer.identity.parse().map_err(|_| Refusal::NotAdmitted.into())
}

type Step = fn(Consultation, ParticipantId, Timestamp) -> std::result::Result<Consultation, Refusal>;

/// Attendance is worth keeping but never worth failing a call for.
async fn note(app: &App, bearer: &Bearer, step: Step) {
    let mut noted = try_note(app, bearer, step).await;
    if matches!(noted, Err(Error::Busy)) {
        noted = try_note(app, bearer, step).await;
    }
    if let Err(error) = noted {
        tracing::warn!(%error, identity = bearer.identity, "attendance was not noted");
    }
}

async fn try_note(app: &App, bearer: &Bearer, step: Step) -> Result<()> {
    let room = RoomName::from_text(bearer.room.as_str());
    let Some(found) = app.store.read().await?.consultation_in_room(&room).await? else {
        return Ok(());
    };
    let mut tx = app.store.begin().await?;
    tx.lock_consultation(found.id).await?; // Everybody arrives at the same moment: when the host starts.
    let consultation = tx.find_consultation(found.id).await?.ok_or(Error::NotFound)?;
    let noted = step(consultation.clone(), identity(bearer)?, app.clock.now())?;
    if noted == consultation {
        return Ok(());
    }
    let appointment = tx.find_appointment(noted.appointment).await?.ok_or(Error::NotFound)?;
    tx.save_consultation(&noted).await?;
    tx.commit().await?;
    app.hub.tell(Topic::Consultation(noted.id));
    app.hub.tell(Topic::Day(appointment.host));
    Ok(())
}
