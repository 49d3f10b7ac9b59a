//! The page of a consultation: the appointment's facts and the call element.

use askama::Template;

use super::PageFrame;
use crate::consultation::standing::StandingBody;

#[derive(Debug, Template)]
#[template(path = "join.html")]
pub(crate) struct JoinPage {
    pub frame: PageFrame,
    pub facts: AppointmentFacts,
    /// Base path of the endpoints that the call element uses.
    pub base: String,
    pub role: &'static str,
    pub standing: StandingBody,
    /// Link back to the appointment, for a logged-in host.
    pub back: Option<String>,
}

/// Facts of the appointment, in the time zone of the viewer.
#[derive(Debug)]
pub(crate) struct AppointmentFacts {
    /// Name of the other person, or of the practice.
    pub with: String,
    pub day: String,
    pub time: String,
    pub until: String,
    pub length: String,
    /// `Berlin time`
    pub zone: String,
    /// When the join window opens: `10:45`
    pub opens_at: String,
}

/// The page of a consultation that cannot be joined (any more).
#[derive(Debug, Template)]
#[template(path = "closed.html")]
pub(crate) struct ClosedPage {
    pub frame: PageFrame,
    /// `ended`, `cancelled`, `too_late`, …
    pub code: &'static str,
    pub heading: String,
    pub detail: String,
    /// What to do next.
    pub advice: String,
    pub facts: AppointmentFacts,
    pub record: Option<super::appointment::Record>,
    pub next_link: Option<(String, String)>,
}
