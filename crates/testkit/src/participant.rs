//! A participant of a consultation as a test actor, host or guest.

use std::sync::Arc;

use anteroom_app::{Actor, Admitted, App, Result, Standing, Ticket, consultations, tickets, waiting_room};
use anteroom_domain::{ConsultationId, ParticipantId, RoomName};

use crate::FakeVideo;

/// A participant who has opened their personal link, or a logged-in host.
#[derive(Clone)]
pub struct TestParticipant {
    pub(crate) app: App,
    pub(crate) video: Arc<FakeVideo>,
    /// The actor passed to use cases.
    pub actor: Actor,
    /// Their consultation.
    pub consultation: ConsultationId,
    /// Their participant id.
    pub me: ParticipantId,
    /// The media room.
    pub room: RoomName,
    /// Their personal link; empty for a logged-in host.
    pub link: String,
}

impl TestParticipant {
    /// The same participant with another login or link.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }

    /// Reads the standing.
    pub async fn standing(&self) -> Standing {
        consultations::standing(&self.app, &self.actor, self.consultation)
            .await
            .expect("one's own consultation is there")
    }

    /// A guest enters the waiting room.
    pub async fn enters(&self) -> Result<Standing> {
        waiting_room::enter(&self.app, &self.actor, self.consultation, None).await
    }

    /// A guest leaves.
    pub async fn leaves(&self) -> Result<Standing> {
        waiting_room::leave(&self.app, &self.actor, self.consultation, None).await
    }

    /// The host starts the consultation.
    pub async fn starts(&self) -> Result<Standing> {
        consultations::start(&self.app, &self.actor, self.consultation).await
    }

    /// The host admits a guest.
    pub async fn admits(&self, guest: &Self) -> Result<Standing> {
        waiting_room::admit(&self.app, &self.actor, self.consultation, guest.me).await
    }

    /// The host declines a guest.
    pub async fn declines(&self, guest: &Self) -> Result<Standing> {
        waiting_room::decline(&self.app, &self.actor, self.consultation, guest.me).await
    }

    /// Ends the consultation for everyone.
    pub async fn ends(&self) -> Result<Standing> {
        consultations::end(&self.app, &self.actor, self.consultation).await
    }

    /// Answers that they are still there.
    pub async fn answers(&self) -> Result<Standing> {
        consultations::answer_still_there(&self.app, &self.actor, self.consultation).await
    }

    /// Requests a ticket.
    pub async fn requests_ticket(&self) -> Result<Ticket> {
        Ok(tickets::issue(&self.app, &self.actor, self.consultation, None).await?.ticket)
    }

    /// Connects to the media server with this ticket.
    pub async fn connects_with(&self, ticket: &Ticket) -> Result<Admitted> {
        self.video.connect(&self.app, ticket).await
    }

    /// Requests a ticket and connects with it.
    pub async fn connects(&self) -> Result<Admitted> {
        let ticket = self.requests_ticket().await?;
        self.connects_with(&ticket).await
    }

    /// The media connection is lost.
    pub async fn loses_connection(&self) {
        self.video.disconnect(&self.app, &self.room, self.me).await;
    }

    /// Whether the media connection is up.
    pub fn is_connected(&self) -> bool {
        self.video.is_inside(&self.room, self.me)
    }
}
