//! The live state of one consultation: read once for all its pages, and seen by each in the role of its own actor.

use std::sync::Arc;

use anteroom_domain::{Appointment, Consultation, ConsultationId, InvitationId, Practice, User, UserId};
use anteroom_store::Store;

use super::{ReadKey, Topic, Watch};
use crate::consultation_context::ConsultationContext;
use crate::{Actor, App, Error, Result, Standing};

/// Watches a consultation, and the practice and the host whose names and settings its pages show.
pub struct ConsultationWatch {
    id: ConsultationId,
    consultation: Watch,
    practice: Watch,
    /// Known after the first read.
    host: Option<(UserId, Watch)>,
}

/// What is stored of a consultation.
struct StoredConsultation {
    appointment: Appointment,
    consultation: Consultation,
    links: Links,
}

/// The links of a consultation, and whether each is revoked. Callers with a link are authenticated again when they differ.
pub type Links = Vec<(InvitationId, bool)>;

impl ConsultationWatch {
    /// Watches from now on.
    pub fn new(app: &App, id: ConsultationId) -> Self {
        let consultation = app.hub.watch(Topic::Consultation(id));
        Self { id, consultation, practice: app.hub.watch(Topic::Practice), host: None }
    }

    /// Waits until what an actor sees may have changed.
    pub async fn changed(&mut self) {
        let host = async {
            match &mut self.host {
                Some((_, watch)) => watch.changed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.consultation.changed() => {}
            () = self.practice.changed() => {}
            () = host => {}
        }
    }

    /// The links of the consultation.
    pub async fn links(&self, app: &App) -> Result<Links> {
        Ok(self.stored(app).await?.links.clone())
    }

    /// The standing for this actor, as [`crate::consultations::standing`] reads it for one alone.
    pub async fn standing(&mut self, app: &App, actor: &Actor) -> Result<Standing> {
        let stored = self.stored(app).await?;
        let practice = practice(app, &self.practice).await?;
        let host = self.host(app, stored.appointment.host).await?;
        let StoredConsultation { appointment, consultation, .. } = &*stored;
        let (appointment, consultation) = (appointment.clone(), consultation.clone());
        let now = app.clock.now();
        let context = ConsultationContext::of(practice, appointment, consultation, host, actor, now)?;
        Ok(Standing::of(app, &context))
    }

    async fn stored(&self, app: &App) -> Result<Arc<StoredConsultation>> {
        found(&*self.consultation.read(ReadKey::All, read_stored(app.store.clone(), self.id)).await?)
    }

    async fn host(&mut self, app: &App, id: UserId) -> Result<User> {
        if self.host.as_ref().is_none_or(|(watched, _)| *watched != id) {
            self.host = Some((id, app.hub.watch(Topic::Account(id))));
        }
        let (_, watch) = self.host.as_ref().ok_or(Error::Internal("the host is watched"))?;
        let store = app.store.clone();
        let read = async move { store.read().await?.find_user(id).await };
        found(&*watch.read(ReadKey::All, read).await?)
    }
}

async fn read_stored(
    store: Store,
    id: ConsultationId,
) -> std::result::Result<Option<Arc<StoredConsultation>>, anteroom_store::Error> {
    let mut tx = store.read().await?;
    let Some(consultation) = tx.find_consultation(id).await? else { return Ok(None) };
    let Some(appointment) = tx.find_appointment(consultation.appointment).await? else { return Ok(None) };
    let mut links = Links::new();
    for participant in &consultation.participants {
        let invitations = tx.invitations_of(participant.id).await?;
        links.extend(invitations.iter().map(|invitation| (invitation.id, invitation.revoked_at.is_some())));
    }
    Ok(Some(Arc::new(StoredConsultation { appointment, consultation, links })))
}

/// The practice, read once for all its watchers.
pub(super) async fn practice(app: &App, watch: &Watch) -> Result<Practice> {
    let store = app.store.clone();
    found(&*watch.read(ReadKey::All, async move { store.read().await?.find_practice().await }).await?)
}

/// What was read, unless there was nothing.
fn found<T: Clone>(read: &Option<T>) -> Result<T> {
    read.clone().ok_or(Error::NotFound)
}
