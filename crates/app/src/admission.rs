//! Admission to media rooms, and attendance reported by the media server.
//!
//! A token is never the authority: the state is read again at every connect.

use anteroom_domain::{Author, ConsultationChange, ParticipantId, Refusal, Role, RoomName};
use async_trait::async_trait;

use crate::consultation_context::consultation_event;
use crate::{Admission, Admitted, App, AttendanceRecord, Bearer, Error, Result};

#[async_trait]
impl Admission for App {
    async fn may_join(&self, bearer: &Bearer) -> Result<Admitted> {
        let mut tx = self.store.read().await?;
        let room = RoomName::from_text(bearer.room.as_str());
        let Some(consultation) = tx.consultation_in_room(&room).await? else {
            // Only our tickets have a number: the consultation was deleted, and its room name must not be reused.
            return if bearer.ticket_number.is_some() { Err(Refusal::Ended.into()) } else { Ok(Admitted::TokenOnly) };
        };
        let appointment = tx.find_appointment(consultation.appointment).await?.ok_or(Error::NotFound)?;
        let practice = tx.find_practice().await?.ok_or(Error::NotFound)?;
        let window = consultation.join_window(&appointment, &practice.policy, self.clock.now());
        let id = identity(bearer)?;
        let participant = consultation.may_connect(id, window)?;
        if participant.role == Role::Host && !tx.find_user(appointment.host).await?.is_some_and(|host| host.is_active())
        {
            return Err(Refusal::Deactivated.into());
        }
        if bearer.ticket_number.is_some_and(|ticket| ticket < participant.ticket_number) {
            return Err(Refusal::Superseded.into());
        }
        Ok(Admitted::Participant { name: participant.name.clone(), role: participant.role })
    }

    async fn attend(&self, attendance: &AttendanceRecord) -> Result<()> {
        match record_attendance(self, attendance).await {
            Err(Error::Busy) => record_attendance(self, attendance).await,
            recorded => recorded,
        }
    }
}

/// Call once when the media server starts: participants still recorded as connected lost their connection with the
/// previous media server and count as departed until they reconnect.
pub async fn media_restarted(app: &App) -> Result<()> {
    let mut tx = app.store.begin().await?;
    let cut_off = tx.forget_connections(app.clock.now()).await?;
    tx.commit().await?;
    if cut_off > 0 {
        tracing::info!(cut_off, "participants were connected when the previous media server stopped");
    }
    Ok(())
}

/// An identity that is not a participant id is refused as not admitted, so that it does not reveal the room.
fn identity(bearer: &Bearer) -> Result<ParticipantId> {
    bearer.identity.parse().map_err(|_| Refusal::NotAdmitted.into())
}

async fn record_attendance(app: &App, attendance: &AttendanceRecord) -> Result<()> {
    let AttendanceRecord { bearer, is_connected, at } = attendance;
    let room = RoomName::from_text(bearer.room.as_str());
    let Some(found) = app.store.read().await?.consultation_in_room(&room).await? else {
        return Ok(());
    };
    let mut tx = app.store.begin().await?;
    tx.lock_consultation(found.id).await?; // All participants connect at the same moment: when the host starts.
    let consultation = tx.find_consultation(found.id).await?.ok_or(Error::NotFound)?;
    let who = identity(bearer)?;
    let (recorded, change) = if *is_connected {
        (consultation.clone().arrive(who, *at)?, ConsultationChange::Arrived(who))
    } else {
        (consultation.clone().depart(who, *at)?, ConsultationChange::Departed(who))
    };
    if recorded == consultation {
        return Ok(tx.unchanged().await?);
    }
    let appointment = tx.find_appointment(recorded.appointment).await?.ok_or(Error::NotFound)?;
    tx.save_consultation(&recorded).await?;
    let event = consultation_event(&recorded, appointment.host, change);
    tx.record(&Author::Participant(who), *at, &event).await?;
    Ok(tx.commit().await?)
}
