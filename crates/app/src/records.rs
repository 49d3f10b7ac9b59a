//! Records: what became of an appointment, as staff know it.

use anteroom_domain::{
    AppointmentId, Author, ConsultationChange, Outcome, PersonName, Private, RecordedOutcome, Refusal,
};

use crate::appointments::{self, AppointmentDetails};
use crate::consultation_context::consultation_event;
use crate::{Actor, App, Error, Result};

/// Records what became of an appointment, in place of what attendance shows or was recorded before. Recording the same
/// twice changes nothing.
pub async fn record_outcome(app: &App, actor: &Actor, id: AppointmentId, outcome: &str) -> Result<AppointmentDetails> {
    let staff = actor.staff()?;
    let outcome: Outcome = outcome.parse().map_err(|error| Error::field("outcome", error))?;
    let recorded = RecordedOutcome { outcome, by: staff.author(), at: app.clock.now() };
    let mut tx = actor.begin(app).await?;
    tx.lock_appointment(id).await?;
    let appointment = tx.find_appointment(id).await?.ok_or(Error::NotFound)?;
    if !staff.sees(appointment.host) {
        return Err(Error::NotFound);
    }
    let practice = tx.find_practice().await?.ok_or(Error::NotFound)?;
    let before = tx.consultation_of_appointment(id).await?.ok_or(Refusal::NotConfirmed)?;
    let (author, at) = (recorded.by.clone(), recorded.at);
    let after = before.clone().record_outcome(recorded, &appointment, &practice.policy)?;
    if after == before {
        tx.unchanged().await?;
    } else {
        tx.save_consultation(&after).await?;
        let event = consultation_event(&after, appointment.host, ConsultationChange::OutcomeRecorded);
        tx.record(&author, at, &event).await?;
        tx.commit().await?;
    }
    appointments::fetch(app, actor, id).await
}

/// The name of the member of staff who recorded the outcome; `None` if it was an API client, or an account that is gone.
pub async fn recorded_by(app: &App, found: &AppointmentDetails) -> Result<Option<Private<PersonName>>> {
    let recorded = found.consultation.as_ref().and_then(|consultation| consultation.recorded.as_ref());
    match recorded.map(|recorded| &recorded.by) {
        Some(Author::User(id)) if *id == found.host.id => Ok(Some(found.host.name.clone())),
        Some(Author::User(id)) => Ok(app.store.read().await?.find_user(*id).await?.map(|user| user.name)),
        Some(Author::Key(_) | Author::Participant(_) | Author::System) | None => Ok(None),
    }
}
