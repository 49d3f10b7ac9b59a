//! A day of the practice: who comes when, who waits, who is in a call.

use askama::Template;

use super::Frame;

#[derive(Debug, Template)]
#[template(path = "day.html")]
pub(crate) struct DayPage {
    pub frame: Frame,
    /// `Friday 20 November 2026`
    pub title: String,
    /// `2026-11-20`
    pub date: String,
    pub previous: String,
    pub next: String,
    pub is_today: bool,
    /// `Berlin time`
    pub zone: String,
    pub list: DayList,
    /// What comes on later days, soonest first.
    pub upcoming: Vec<UpcomingRow>,
}

/// One line of what comes on later days.
#[derive(Debug)]
pub(crate) struct UpcomingRow {
    pub id: String,
    /// `Mon 23 November, 09:00`
    pub when: String,
    pub guest: String,
    pub is_video: bool,
    pub status: StatusLabel,
}

/// The part that changes while one looks at it.
#[derive(Debug, Template)]
#[template(path = "parts/day_list.html")]
pub(crate) struct DayList {
    pub summary: String,
    /// How many people wait, for the title of the tab.
    pub waiting: usize,
    /// The server's clock, RFC 3339: waiting times run from it, not from the device's.
    pub now: String,
    pub rows: Vec<Row>,
}

#[derive(Debug)]
pub(crate) struct Row {
    pub id: String,
    pub time: String,
    pub until: String,
    pub guest: String,
    /// Whose appointment, where one sees everybody's.
    pub host: Option<String>,
    pub is_video: bool,
    pub length: String,
    pub status: StatusLabel,
    /// Whether its room can be opened from here.
    pub room: Option<RoomLink>,
}

/// The way into the room, and how much it matters now.
#[derive(Debug)]
pub(crate) struct RoomLink {
    pub label: &'static str,
    pub is_urgent: bool,
}

/// How an appointment stands: a colour and a few words.
#[derive(Debug)]
pub(crate) struct StatusLabel {
    /// `waiting`, `live`, `calm`, `todo`, `done` or `off`.
    pub tone: &'static str,
    pub words: String,
    /// Since when, RFC 3339: the page counts on from there.
    pub since: Option<String>,
    /// `4 min`: how long that is by now.
    pub minutes: String,
}
