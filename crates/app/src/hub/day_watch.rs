//! The live list of a day: read once for all who see the same appointments.

use std::sync::Arc;

use anteroom_domain::{Practice, UserId};
use anteroom_store::AppointmentRange;
use jiff::Timestamp;

use super::consultation_watch::practice;
use super::{ReadKey, Topic, Watch};
use crate::appointment_lists::{self, DayPart, Part};
use crate::{Actor, App, Result};

/// Watches the appointments that an actor sees, and the practice. Hosts who are added later are among all hosts.
pub struct DayWatch {
    /// `None` for all hosts.
    host: Option<UserId>,
    day: Watch,
    practice: Watch,
}

impl DayWatch {
    /// Watches from now on. A host watches their own appointments, an administrator those of all hosts.
    pub fn new(app: &App, actor: &Actor) -> Result<Self> {
        let host = appointment_lists::whose(&actor.staff()?, None)?;
        let day = app.hub.watch(host.map_or(Topic::Days, Topic::Day));
        Ok(Self { host, day, practice: app.hub.watch(Topic::Practice) })
    }

    /// Whether this actor still sees the same hosts.
    pub fn is_of(&self, actor: &Actor) -> Result<bool> {
        Ok(appointment_lists::whose(&actor.staff()?, None)? == self.host)
    }

    /// Waits until the list may have changed.
    pub async fn changed(&mut self) {
        tokio::select! {
            () = self.day.changed() => {}
            () = self.practice.changed() => {}
        }
    }

    /// The practice.
    pub async fn practice(&self, app: &App) -> Result<Practice> {
        practice(app, &self.practice).await
    }

    /// A part of the appointments of a day, `[from, to)`.
    pub async fn day(&self, app: &App, (from, to): (Timestamp, Timestamp), part: Part) -> Result<Arc<DayPart>> {
        let range = AppointmentRange { host: self.host, from, to };
        let read = appointment_lists::read_day(app.store.clone(), range, part);
        self.day.read(ReadKey::Day { from, to, part }, read).await
    }
}
