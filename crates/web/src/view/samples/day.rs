//! Sample data of the day.

use anteroom_l10n::Catalogue;
use jiff::SignedDuration;
use jiff::civil::date;

use super::{berlin, november, staff_frame, text, today};
use crate::view::day::{
    DayFrame, DayList, DayPage, MoreUpcoming, PlaceInList, RoomLink, Row, StatusLabel, Undelivered, UndeliveredRow,
    UpcomingList, UpcomingRow, WaitingPerson,
};

impl Row {
    fn sample(words: &'static Catalogue, (from, until): ([i8; 2], [i8; 2]), guest: &str, status: StatusLabel) -> Self {
        let room = match status.tone {
            "waiting" => Some(RoomLink { label: words.day_open_room(), is_urgent: true }),
            "live" => Some(RoomLink { label: words.day_go_back_in(), is_urgent: true }),
            "calm" => Some(RoomLink { label: words.day_open_room(), is_urgent: false }),
            _ => None,
        };
        let [from, until] = [from, until].map(|[hour, minute]| november(20, hour, minute));
        let minutes = until.duration_since(from).as_mins();
        Self {
            id: format!("apt_{}", "0".repeat(32)),
            version: 3,
            time: words.time_in(from, &berlin()),
            until: words.time_in(until, &berlin()),
            guest: text(guest),
            host: None,
            is_video: true,
            length: words.length(minutes.try_into().expect("some minutes")),
            agreed: None,
            status,
            waiting: Vec::new(),
            room,
        }
    }
}

impl WaitingPerson {
    fn sample(words: &'static Catalogue, name: &str, minutes: i64) -> Self {
        Self {
            id: format!("par_{}", "0".repeat(32)),
            name: text(name),
            since: (november(20, 11, 0) - SignedDuration::from_mins(minutes)).to_string(),
            minutes: words.waiting_time(SignedDuration::from_mins(minutes)),
        }
    }
}

impl UpcomingRow {
    fn sample(words: &'static Catalogue, [day, hour, minute]: [i8; 3], guest: &str, is_video: bool) -> Self {
        let when = words.short_date_time(november(day, hour, minute), &berlin());
        let status = StatusLabel::sample(words, if is_video { "calm" } else { "todo" });
        Self { id: format!("apt_{}", "0".repeat(32)), when, guest: text(guest), is_video, status }
    }
}

impl StatusLabel {
    pub(super) fn sample(words: &'static Catalogue, tone: &'static str) -> Self {
        let duration = words.duration(SignedDuration::from_secs(1690));
        let shown = match tone {
            "done" => words.status_completed_after(duration),
            "live" => words.status_live(),
            "waiting" => words.status_waiting(),
            "todo" => words.status_not_confirmed(),
            "off" => words.status_cancelled(),
            _ => words.status_confirmed(),
        };
        Self { tone, words: shown, since: None, minutes: String::new() }
    }
}

impl DayPage {
    pub(super) fn sample(words: &'static Catalogue) -> Self {
        let status = |tone| StatusLabel::sample(words, tone);
        let row = |from, until, guest: &str, tone| Row::sample(words, (from, until), guest, status(tone));
        let (since, minutes) = (Some(text("2026-11-20T09:56:00Z")), words.waiting_time(SignedDuration::from_mins(4)));
        let mut rows = vec![
            row([9, 0], [9, 30], "Jonas Ferber", "done"),
            row([10, 15], [10, 45], "Amira Haddad", "live"),
            row([11, 0], [11, 30], "Mara Lindt", "waiting"),
            row([13, 0], [13, 50], "ليلى منصور", "calm"),
            row([14, 0], [14, 20], "Konstantin-Alexander von Hohenberg-Waldeck", "calm"),
            row([15, 0], [16, 0], "Wei Zhang", "todo"),
            row([16, 30], [17, 0], "Petra Novák", "off"),
        ];
        rows[2].status = StatusLabel { since, minutes, ..status("waiting") };
        rows[2].waiting = [("Mara Lindt", 4), ("Robin Lindt", 1)]
            .map(|(name, minutes)| WaitingPerson::sample(words, name, minutes))
            .into();
        (rows[3].is_video, rows[3].room) = (false, None);
        (rows[4].host, rows[4].room) = (Some(text("Dr. Tom Okafor")), None);
        let summary = words.day_appointments_waiting(words.day_appointments(6), 2);
        let lost = |guest: &str| UndeliveredRow {
            id: text("apt_lost"),
            when: text("Mon 23 November, 09:00"),
            guest: text(guest),
        };
        let undelivered = Undelivered { rows: vec![lost("Petra Novák"), lost("ليلى منصور")], has_more: true };
        Self::sample_with(
            words,
            DayList { words, summary, waiting: 2, now: text("2026-11-20T10:00:00Z"), rows, place: None, undelivered },
        )
    }

    /// A part of a long day.
    pub(super) fn sample_part(words: &'static Catalogue) -> Self {
        let page = Self::sample(words);
        let waiting = page.list.rows.iter().filter(|row| row.status.tone == "waiting").cloned().collect();
        let (earlier, later) = (Some(text("/day?before=x")), Some(text("/day?after=x")));
        let place = Some(PlaceInList { shown: words.day_part_shown(201, 400, 450), earlier, later, waiting });
        let rows = page.list.rows.into_iter().filter(|row| row.status.tone != "waiting").collect();
        let list = DayList {
            summary: words.day_appointments_waiting(words.day_appointments(440), 1),
            rows,
            place,
            ..page.list
        };
        Self { list, ..page }
    }

    pub(super) fn sample_empty(words: &'static Catalogue) -> Self {
        let now = text("2026-11-20T10:00:00Z");
        let list = DayList {
            words,
            summary: String::new(),
            waiting: 0,
            now,
            rows: Vec::new(),
            place: None,
            undelivered: Undelivered::default(),
        };
        let page = Self::sample_with(words, list);
        Self { day: DayFrame { is_today: false, ..page.day }, ..page }
    }

    fn sample_with(words: &'static Catalogue, list: DayList) -> Self {
        Self {
            frame: staff_frame(words, "day"),
            day: DayFrame {
                words,
                practice: text("Praxis am Park"),
                title: today(words),
                date: text("2026-11-20"),
                previous: text("2026-11-19"),
                next: text("2026-11-21"),
                is_today: true,
                zone: words.zone(&berlin()),
                live: text("/day/live"),
                page: text("/day?lang=en"),
                reload: text("/day"),
            },
            list,
            upcoming: UpcomingList {
                rows: vec![
                    UpcomingRow::sample(words, [23, 9, 0], "Jonas Ferber", true),
                    UpcomingRow::sample(words, [24, 14, 30], "ليلى منصور", false),
                ],
                more: Some(MoreUpcoming {
                    words: words.day_coming_up_more(32, words.date(date(2026, 12, 4))),
                    day: words.date(date(2026, 11, 24)),
                    href: text("/day?date=2026-11-24"),
                }),
            },
        }
    }
}
