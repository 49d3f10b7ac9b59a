//! Somebody on a seat of a consultation, host or guest: waits, lets in, connects, leaves, ends.

use std::sync::Arc;

use anteroom_app::{Actor, Admitted, App, Result, Standing, Ticket, consultations, tickets, waiting_room};
use anteroom_domain::{ConsultationId, ParticipantId, RoomName};

use crate::FakeVideo;

/// Somebody who has opened their personal link, or a host who is logged in.
#[derive(Clone)]
pub struct TestParticipant {
    pub(crate) app: App,
    pub(crate) video: Arc<FakeVideo>,
    /// As the use cases know them.
    pub actor: Actor,
    /// Their consultation.
    pub consultation: ConsultationId,
    /// Their seat.
    pub me: ParticipantId,
    /// Its room.
    pub room: RoomName,
    /// Their personal link.
    pub link: String,
}

impl TestParticipant {
    /// Looks how it stands.
    pub async fn standing(&self) -> Standing {
        consultations::standing(&self.app, &self.actor, self.consultation)
            .await
            .expect("one's own consultation is there")
    }

    /// A guest sits down in the waiting room.
    pub async fn enters(&self) -> Result<Standing> {
        waiting_room::enter(&self.app, &self.actor, self.consultation).await
    }

    /// A guest goes.
    pub async fn leaves(&self) -> Result<Standing> {
        waiting_room::leave(&self.app, &self.actor, self.consultation).await
    }

    /// The host starts.
    pub async fn starts(&self) -> Result<Standing> {
        consultations::start(&self.app, &self.actor, self.consultation).await
    }

    /// The host lets somebody in.
    pub async fn admits(&self, guest: &Self) -> Result<Standing> {
        waiting_room::admit(&self.app, &self.actor, self.consultation, guest.me).await
    }

    /// The host asks somebody not to be here.
    pub async fn declines(&self, guest: &Self) -> Result<Standing> {
        waiting_room::decline(&self.app, &self.actor, self.consultation, guest.me).await
    }

    /// It ends for everyone.
    pub async fn ends(&self) -> Result<Standing> {
        consultations::end(&self.app, &self.actor, self.consultation).await
    }

    /// Asks for a ticket on this device.
    pub async fn requests_ticket(&self) -> Result<Ticket> {
        Ok(tickets::issue(&self.app, &self.actor, self.consultation).await?.ticket)
    }

    /// Shows a ticket at the media door.
    pub async fn connects_with(&self, ticket: &Ticket) -> Result<Admitted> {
        self.video.connect(&self.app, ticket).await
    }

    /// Asks for a ticket and goes in with it.
    pub async fn connects(&self) -> Result<Admitted> {
        let ticket = self.requests_ticket().await?;
        self.connects_with(&ticket).await
    }

    /// The connection is lost for good.
    pub async fn loses_connection(&self) {
        self.video.disconnect(&self.app, &self.room, self.me).await;
    }

    /// Whether their media is up.
    pub fn is_connected(&self) -> bool {
        self.video.is_inside(&self.room, self.me)
    }
}
