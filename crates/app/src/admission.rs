//! Admission to media rooms.
//!
//! A token is never the authority: the state is read again at every connect.

use anteroom_domain::{ParticipantId, Refusal, Role, RoomName};
use async_trait::async_trait;

use crate::{Admission, Admitted, App, AttendanceRecord, Bearer, Error, Result, attendance};

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

    async fn attend(&self, record: &AttendanceRecord) -> Result<()> {
        match attendance::record(self, record).await {
            Err(Error::Busy) => attendance::record(self, record).await,
            recorded => recorded,
        }
    }
}

/// An identity that is not a participant id is refused as not admitted, so that it does not reveal the room.
pub(crate) fn identity(bearer: &Bearer) -> Result<ParticipantId> {
    bearer.identity.parse().map_err(|_| Refusal::NotAdmitted.into())
}
