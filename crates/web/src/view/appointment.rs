//! One appointment, as its practice sees it: the facts, what can be done, and afterwards the record.

use askama::Template;

use super::Frame;
use super::day::StatusLabel;

#[derive(Debug, Template)]
#[template(path = "appointment.html")]
pub(crate) struct AppointmentPage {
    pub frame: Frame,
    pub id: String,
    pub guest: String,
    pub email: String,
    pub phone: Option<String>,
    pub host: String,
    /// The practice's nouns.
    pub words: anteroom_domain::Words,
    pub status: StatusLabel,
    /// `Friday 20 November 2026`
    pub day: String,
    /// `2026-11-20`, for the way back.
    pub date: String,
    pub time: String,
    pub until: String,
    pub zone: String,
    /// The guest's own time, where their zone is another.
    pub guest_time: Option<String>,
    pub length: String,
    pub is_video: bool,
    /// When the room opens, in the host's time.
    pub opens_at: String,
    pub actions: Actions,
    /// A fresh personal link, shown once.
    pub link: Option<String>,
    pub record: Option<Record>,
    /// A refusal of what was just asked.
    pub problem: String,
}

/// Which buttons the page shows. The use cases decide again.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Actions {
    pub confirm: bool,
    pub cancel: bool,
    pub open: bool,
    pub link: bool,
}

/// What took place.
#[derive(Debug)]
pub(crate) struct Record {
    pub started: String,
    pub ended: String,
    pub duration: String,
    pub ended_by: String,
}
