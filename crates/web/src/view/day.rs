//! The day page: the appointments of one day and their status.

use askama::Template;

use super::PageFrame;

#[derive(Debug, Template)]
#[template(path = "day.html")]
pub(crate) struct DayPage {
    pub frame: PageFrame,
    pub day: DayFrame,
    pub list: DayList,
    /// Appointments on later days, earliest first.
    pub upcoming: Vec<UpcomingRow>,
}

/// All parts of the page that change, for its script.
#[derive(Debug, Template)]
#[template(path = "parts/day_parts.html")]
pub(crate) struct DayParts {
    pub day: DayFrame,
    pub list: DayList,
    pub upcoming: Vec<UpcomingRow>,
}

/// What surrounds the list of a day.
#[derive(Debug)]
pub(crate) struct DayFrame {
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
    /// Address of this page.
    pub page: String,
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
    pub summary: String,
    /// Number of waiting guests, for the tab's title.
    pub waiting: usize,
    /// The server's clock, RFC 3339; waiting times are computed from it, not from the device's clock.
    pub now: String,
    pub rows: Vec<Row>,
}

impl DayList {
    /// Whether a page that shows this list needs no update. Pages count the time themselves.
    pub(crate) fn shows_the_same(&self, newer: &Self) -> bool {
        (&self.summary, self.waiting, &self.rows) == (&newer.summary, newer.waiting, &newer.rows)
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
    pub status: StatusLabel,
    /// The link to its room, if it can be opened now.
    pub room: Option<RoomLink>,
}

/// The link to the room and its emphasis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RoomLink {
    pub label: &'static str,
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
