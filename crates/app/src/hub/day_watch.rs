//! The live list of a day: read once for all who see the same appointments.

use std::sync::Arc;

use anteroom_domain::{Practice, UserId};
use jiff::Timestamp;

use super::consultation_watch::practice;
use super::{ReadKey, Topic, Watch};
use crate::appointments::{self, AppointmentDetails};
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
        let host = appointments::whose(&actor.staff()?, None)?;
        let day = app.hub.watch(host.map_or(Topic::Days, Topic::Day));
        Ok(Self { host, day, practice: app.hub.watch(Topic::Practice) })
    }

    /// Whether this actor still sees the same hosts.
    pub fn is_of(&self, actor: &Actor) -> Result<bool> {
        Ok(appointments::whose(&actor.staff()?, None)? == self.host)
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

    /// The appointments that start within `[from, to)`, by time.
    pub async fn between(&self, app: &App, from: Timestamp, to: Timestamp) -> Result<Arc<Vec<AppointmentDetails>>> {
        let read = appointments::read_between(app.store.clone(), self.host, from, to);
        self.day.read(ReadKey::Appointments { from, to }, read).await
    }
}
