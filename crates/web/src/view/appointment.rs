//! The page of one appointment for staff: details, actions, and the record afterwards.

use askama::Template;

use super::booking::HostChoice;
use super::day::StatusLabel;
use super::messages::MessageLine;
use super::{PageFrame, names};
use crate::problem::Detail;

#[derive(Debug, Template)]
#[template(path = "appointment.html")]
pub(crate) struct AppointmentPage {
    pub frame: PageFrame,
    pub id: String,
    pub guest: String,
    pub email: String,
    pub phone: Option<String>,
    /// Those who come with the guest.
    pub companions: Vec<CompanionLine>,
    pub host: String,
    pub status: StatusLabel,
    /// `Friday 20 November 2026`
    pub day: String,
    /// `2026-11-20`, for the link back to the day.
    pub date: String,
    pub time: String,
    pub until: String,
    pub zone: String,
    /// The time that was agreed, if rules of its zone have changed since and it is not that of the start any more.
    pub agreed: Option<String>,
    /// The start in the guest's zone, if it differs.
    pub guest_time: Option<String>,
    pub length: String,
    pub is_video: bool,
    /// When the join window opens, in the host's zone.
    pub opens_at: String,
    pub actions: Actions,
    /// A new personal link, shown once.
    pub link: Option<NewLink>,
    pub record: Option<Record>,
    pub outcome: Option<OutcomeCard>,
    pub messages: Vec<MessageLine>,
    /// Hosts to whom an administrator can hand it over.
    pub successors: Vec<HostChoice>,
    /// The refusal of the last action.
    pub problem: Option<Detail>,
}

impl AppointmentPage {
    /// Whether there is a companion whom staff must inform by other means than a message.
    fn has_companion_without_email(&self) -> bool {
        self.companions.iter().any(|companion| companion.email.is_none())
    }
}

/// A person who comes with the guest.
#[derive(Debug)]
pub(crate) struct CompanionLine {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// `par_…`, for links; none before the confirmation.
    pub participant: Option<String>,
}

/// A personal link that was just created.
#[derive(Debug)]
pub(crate) struct NewLink {
    pub url: String,
    /// Whose it is.
    pub name: String,
    /// All earlier links were ended.
    pub is_only: bool,
}

/// Which buttons the page shows. The use cases check again.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Actions {
    pub confirm: bool,
    pub cancel: bool,
    pub open: bool,
    pub link: bool,
}

/// The record of an ended consultation.
#[derive(Debug)]
pub(crate) struct Record {
    pub started: String,
    pub ended: String,
    /// For how long both sides were present.
    pub duration: String,
    pub ended_by: String,
    /// Zone of the times.
    pub zone: String,
    /// Who was there and when; empty for a guest.
    pub people: Vec<PersonPeriods>,
}

/// When one participant was there.
#[derive(Debug)]
pub(crate) struct PersonPeriods {
    pub name: String,
    /// `11:02 to 11:30`
    pub periods: Vec<String>,
}

/// What became of an appointment, for staff who may correct it.
#[derive(Debug)]
pub(crate) struct OutcomeCard {
    /// None if nobody knows yet.
    pub outcome: Option<String>,
    /// Who recorded it and when; none if attendance shows it.
    pub recorded: Option<(String, String)>,
    pub choices: Vec<OutcomeChoice>,
}

#[derive(Debug)]
pub(crate) struct OutcomeChoice {
    pub value: &'static str,
    pub label: String,
    pub is_current: bool,
}
