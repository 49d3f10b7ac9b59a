//! The page behind a personal link, and the host's own: readable facts, and the call in the middle.

use askama::Template;

use super::Frame;
use crate::consultation::standing::StandingBody;

#[derive(Debug, Template)]
#[template(path = "join.html")]
pub(crate) struct JoinPage {
    pub frame: Frame,
    pub facts: AppointmentFacts,
    /// Where the call element finds its endpoints.
    pub base: String,
    pub role: &'static str,
    pub standing: StandingBody,
    /// Where a logged-in host goes back to.
    pub back: Option<String>,
}

/// What everybody wants to know first, in the zone of whoever looks.
#[derive(Debug)]
pub(crate) struct AppointmentFacts {
    /// With whom.
    pub with: String,
    /// `consultation`, `session`
    pub consultation: &'static str,
    pub day: String,
    pub time: String,
    pub until: String,
    pub length: String,
    /// `Berlin time`
    pub zone: String,
    /// When the room opens: `10:45`
    pub opens_at: String,
}

/// The page of a link behind which nothing takes place (any more).
#[derive(Debug, Template)]
#[template(path = "closed.html")]
pub(crate) struct ClosedPage {
    pub frame: Frame,
    /// `ended`, `cancelled`, `too_late`, …
    pub code: &'static str,
    pub heading: String,
    pub detail: String,
    /// What to do next.
    pub advice: String,
    pub facts: AppointmentFacts,
    pub record: Option<super::appointment::Record>,
    pub next_link: Option<(String, &'static str)>,
}
