//! The sweep: takes over jobs of an older version, writes down what was only noted, compares
//! attendance, and deletes what has expired. Runs once a minute.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anteroom_domain::PersonId;

use crate::attendance::Comparison;
use crate::{App, Result, attendance, jobs, login_failures};

/// What the sweep remembers from one time to the next. It begins anew when the server starts.
#[derive(Clone, Default)]
pub struct SweepPosition {
    /// The last person whom it has looked at.
    person: Arc<Mutex<Option<PersonId>>>,
    attendance: Arc<Mutex<Comparison>>,
}

impl SweepPosition {
    pub(crate) fn attendance(&self) -> MutexGuard<'_, Comparison> {
        self.attendance.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sweeps once. Returns whether there may be more to delete.
pub async fn run(app: &App) -> Result<bool> {
    jobs::take_over_outbox(app).await?;
    if let Err(error) = attendance::reconcile(app).await {
        tracing::warn!(?error, "attendance could not be compared");
    }
    for (session, at) in app.last_used.take_sessions() {
        // One transaction each: more than one lock at a time could deadlock with a change of all sessions of a user.
        let mut tx = app.store.begin().await?;
        tx.save_session_use(&session, at).await?;
        tx.commit().await?;
    }
    delete_people(app).await?;
    for (key, at) in app.last_used.keys.take() {
        let mut tx = app.store.begin().await?;
        tx.save_api_key_use(&key, at).await?;
        tx.commit().await?;
    }
    let now = app.clock.now();
    if app.store.read().await?.first_password_link_expiry().await?.is_some_and(|first| first <= now) {
        let mut tx = app.store.begin().await?;
        tx.delete_expired_password_links(now).await?;
        tx.commit().await?;
    }
    login_failures::sweep(app, now).await?;
    let first = app.store.read().await?.first_session_expiry().await?;
    if first.is_none_or(|first| first > now) {
        return Ok(false);
    }
    let mut tx = app.store.begin().await?;
    let deleted = tx.delete_expired_sessions(now).await?;
    tx.commit().await?;
    Ok(deleted > 0)
}

/// Deletes people of whom no appointment is left, among the next some hundred: a practice may have many.
async fn delete_people(app: &App) -> Result<()> {
    let after = *app.sweep_position.person.lock().unwrap_or_else(PoisonError::into_inner);
    let people = app.store.read().await?.people_after(after).await?;
    let unused: Vec<PersonId> = people.iter().filter(|(_, unused)| *unused).map(|(id, _)| *id).collect();
    if !unused.is_empty() {
        let mut tx = app.store.begin().await?;
        for id in unused {
            tx.delete_unused_person(id).await?;
        }
        tx.commit().await?;
    }
    *app.sweep_position.person.lock().unwrap_or_else(PoisonError::into_inner) = people.last().map(|(id, _)| *id);
    Ok(())
}
