//! The day page: the appointments of one day and their status.

use anteroom_l10n::Catalogue;
use askama::Template;

use super::{PageFrame, names};

#[derive(Debug, Template)]
#[template(path = "day.html")]
pub(crate) struct DayPage {
    pub frame: PageFrame,
    pub day: DayFrame,
    pub list: DayList,
    pub upcoming: UpcomingList,
}

/// All parts of the page that change, for its script.
#[derive(Debug, Template)]
#[template(path = "parts/day_parts.html")]
pub(crate) struct DayParts {
    pub day: DayFrame,
    pub list: DayList,
    pub upcoming: UpcomingList,
}

/// What surrounds the list of a day.
#[derive(Debug)]
pub(crate) struct DayFrame {
    pub words: &'static Catalogue,
    pub practice: String,
    /// `Friday 20 November 2026`
    pub title: String,
    /// `2026-11-20`
    pub date: String,
    pub previous: String,
    pub next: String,
    pub is_today: bool,
    /// `Berlin time`
    pub zone: String,
    /// Address of the stream. Without a date it follows the calendar past midnight.
    pub live: String,
    /// Address of this page, for its script: in its language.
    pub page: String,
    /// The same for a person, without the language.
    pub reload: String,
}

/// The next appointments on later days.
#[derive(Debug)]
pub(crate) struct UpcomingList {
    /// Earliest first.
    pub rows: Vec<UpcomingRow>,
    pub more: Option<MoreUpcoming>,
}

/// What the list of upcoming appointments leaves out.
#[derive(Debug)]
pub(crate) struct MoreUpcoming {
    /// `32 more until 4 December`
    pub words: String,
    /// The day of the next one: `Monday 23 November 2026`
    pub day: String,
    pub href: String,
}

/// One upcoming appointment.
#[derive(Debug)]
pub(crate) struct UpcomingRow {
    pub id: String,
    /// `Mon 23 November, 09:00`
    pub when: String,
    pub guest: String,
    pub is_video: bool,
    pub status: StatusLabel,
}

/// The list of the day; replaced by SSE events.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/day_list.html")]
pub(crate) struct DayList {
    pub words: &'static Catalogue,
    pub summary: String,
    /// Number of waiting guests, for the tab's title.
    pub waiting: usize,
    /// The server's clock, RFC 3339; waiting times are computed from it, not from the device's clock.
    pub now: String,
    pub rows: Vec<Row>,
    /// Set if this is a part of the list.
    pub place: Option<PlaceInList>,
    /// Appointments with a message that did not arrive.
    pub undelivered: Undelivered,
}

/// What staff must do by other means: mails that nobody will get.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Undelivered {
    /// The first few, earliest first.
    pub rows: Vec<UndeliveredRow>,
    pub has_more: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UndeliveredRow {
    pub id: String,
    /// `Mon 23 November, 09:00`
    pub when: String,
    pub guest: String,
}

/// Where a part is in its list, and the way to the others.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlaceInList {
    /// `201 to 400 of 450`
    pub shown: String,
    /// Addresses of the parts before and after.
    pub earlier: Option<String>,
    pub later: Option<String>,
    /// Rows of other parts with a waiting guest.
    pub waiting: Vec<Row>,
}

impl DayList {
    /// Whether a page that shows this list needs no update. Pages count the time themselves.
    pub(crate) fn shows_the_same(&self, newer: &Self) -> bool {
        let shown = |list: &Self| (list.summary.clone(), list.waiting, list.place.clone(), list.undelivered.clone());
        shown(self) == shown(newer) && self.rows == newer.rows
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub id: String,
    /// Grows with every change. A page that has a newer row keeps it.
    pub version: i64,
    pub time: String,
    pub until: String,
    pub guest: String,
    /// The host's name if it is not the viewer.
    pub host: Option<String>,
    pub is_video: bool,
    pub length: String,
    /// The time that was agreed, if rules of its zone have changed since.
    pub agreed: Option<String>,
    pub status: StatusLabel,
    /// Who waits, if more than one person comes.
    pub waiting: Vec<WaitingPerson>,
    /// The link to its room, if it can be opened now.
    pub room: Option<RoomLink>,
}

impl Row {
    /// The number of people who wait.
    pub(crate) fn waiting_people(&self) -> usize {
        if self.status.tone == "waiting" { self.waiting.len().max(1) } else { 0 }
    }
}

/// One of several people who come to an appointment, and wait.
#[derive(Debug, Clone)]
pub(crate) struct WaitingPerson {
    /// `par_…`
    pub id: String,
    pub name: String,
    /// Since when, RFC 3339; the page counts up from it.
    pub since: String,
    /// Time since then: `4 min`.
    pub minutes: String,
}

impl PartialEq for WaitingPerson {
    /// Without the minutes, which pages count themselves.
    fn eq(&self, other: &Self) -> bool {
        (&self.id, &self.name, &self.since) == (&other.id, &other.name, &other.since)
    }
}

/// The link to the room and its emphasis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RoomLink {
    pub label: String,
    pub is_urgent: bool,
}

/// Status of an appointment: a colour and a short text.
#[derive(Debug, Clone)]
pub(crate) struct StatusLabel {
    /// `waiting`, `live`, `calm`, `todo`, `done` or `off`.
    pub tone: &'static str,
    pub words: String,
    /// Start of the state, RFC 3339; the page counts up from it.
    pub since: Option<String>,
    /// Time since then: `4 min`.
    pub minutes: String,
}

impl PartialEq for StatusLabel {
    /// Without the minutes, which pages count themselves.
    fn eq(&self, other: &Self) -> bool {
        (self.tone, &self.words, &self.since) == (other.tone, &other.words, &other.since)
    }
}
