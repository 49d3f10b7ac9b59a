//! Every page with sample data, for the tests and the gallery.

mod accounts;
mod appointments;
#[cfg(test)]
mod tests;

use anteroom_domain::{FieldError, Language, Refusal, WordingPack, Zone};
use anteroom_l10n::Catalogue;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

use super::account::AccountPage;
use super::appointment::{AppointmentPage, Record};
use super::booking::BookingPage;
use super::day::{
    DayFrame, DayList, DayPage, MoreUpcoming, PlaceInList, RoomLink, Row, StatusLabel, Undelivered, UndeliveredRow,
    UpcomingList, UpcomingRow, WaitingPerson,
};
use super::error::ErrorPage;
use super::join::{AppointmentFacts, ClosedPage, JoinPage};
use super::keys::KeysPage;
use super::login::{LoginForm, LoginPage};
use super::password::PasswordPage;
use super::person::PersonPage;
use super::practice::{PracticeForm, PracticePage};
use super::setup::{PackChoice, SetupForm, SetupPage};
use super::staff::{StaffForm, StaffPage, StaffRow};
use super::zones::Zones;
use super::{Account, FormErrors, FormRejection, PageFrame};
use crate::assets::Assets;
use crate::consultation::standing::StandingBody;
use crate::problem::Problem;

/// Name and HTML of every page.
pub(crate) fn all(words: &'static Catalogue) -> Vec<(&'static str, String)> {
    let page = |name, template: &dyn askama::DynTemplate| (name, template.dyn_render().expect("our templates render"));
    vec![
        page("setup", &SetupPage::sample(words)),
        page("setup-refused", &SetupPage::sample_refused(words)),
        page("login", &LoginPage::sample(words, "")),
        page("login-refused", &LoginPage::sample(words, &words.refusal(&Refusal::WrongLogin))),
        page("day", &DayPage::sample(words)),
        page("day-empty", &DayPage::sample_empty(words)),
        page("day-part", &DayPage::sample_part(words)),
        page("booking", &BookingPage::sample(words)),
        page("booking-refused", &BookingPage::sample_refused(words)),
        page("appointment", &AppointmentPage::sample(words)),
        page("appointment-without-mail", &AppointmentPage::sample_without_mail(words)),
        page("appointment-booked", &AppointmentPage::sample_booked(words)),
        page("appointment-link", &AppointmentPage::sample_link(words)),
        page("appointment-completed", &AppointmentPage::sample_completed(words)),
        page("staff", &StaffPage::sample(words)),
        page("person", &PersonPage::sample(words, false)),
        page("person-deactivated", &PersonPage::sample(words, true)),
        page("person-link", &PersonPage::sample_link(words)),
        page("password", &PasswordPage::sample(words, FormRejection::default())),
        page("password-refused", &PasswordPage::sample(words, rejection(&[("new_password", FieldError::TooPersonal)]))),
        page("account", &AccountPage::sample(words, FormRejection::default())),
        page("account-refused", &AccountPage::sample(words, rejection(&[("new_password", FieldError::TooWeak)]))),
        page("keys", &KeysPage::sample(words, None)),
        page("key-created", &KeysPage::sample(words, Some("key_0123456789abcdef.AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH"))),
        page("practice", &PracticePage::sample(words)),
        page("join", &JoinPage::sample(words)),
        page("ended", &ClosedPage::sample_ended(words)),
        page("cancelled", &ClosedPage::sample_cancelled(words)),
        page("unknown-link", &ErrorPage::of(&Problem::unknown_link(), words)),
        page("error-404", &ErrorPage::of(&Problem::not_found(), words)),
        page("error-403", &ErrorPage::of(&Problem::forbidden(), words)),
        page("error-413", &ErrorPage::of(&Problem::too_large(), words)),
        page("error-429", &ErrorPage::of(&Problem::too_many(std::time::Duration::from_secs(5)), words)),
        page("error-500", &ErrorPage::of(&Problem::internal(), words)),
    ]
}

/// The wording pack of the samples in this language.
pub(crate) fn words(language: Language) -> &'static Catalogue {
    Catalogue::of(language, WordingPack::Clinic)
}

fn public_frame(words: &'static Catalogue) -> PageFrame {
    PageFrame::public("Praxis am Park", words)
}

fn staff_frame(words: &'static Catalogue, current: &'static str) -> PageFrame {
    let account = Account { name: "Dr. Ines Brandt".to_owned(), is_admin: true };
    PageFrame { assets: Assets::staff(words.language()), account: Some(account), current, ..public_frame(words) }
}

fn berlin() -> Zone {
    "Europe/Berlin".parse().expect("a zone of the IANA database")
}

/// A moment in November 2026, by day, hour and minute in Berlin.
fn november(day: i8, hour: i8, minute: i8) -> Timestamp {
    let local = date(2026, 11, day).at(hour, minute, 0, 0).to_zoned(berlin().as_jiff().clone());
    local.expect("a time that exists").timestamp()
}

/// The moment with its date, in Berlin.
fn date_time(words: &Catalogue, day: i8, hour: i8, minute: i8) -> String {
    words.date_time(november(day, hour, minute), &berlin())
}

/// The day of the samples.
fn today(words: &Catalogue) -> String {
    words.date(date(2026, 11, 20))
}

fn rejection(fields: &[(&'static str, FieldError)]) -> FormRejection {
    let errors = fields.iter().map(|(name, error)| ((*name).into(), *error)).collect();
    FormRejection { errors: FormErrors::new(errors), problem: None }
}

fn text(text: &str) -> String {
    text.to_owned()
}

impl SetupPage {
    fn sample(words: &'static Catalogue) -> Self {
        Self::new(
            SetupForm {
                pack: text("general"),
                language: text("en"),
                zone: text("Europe/Berlin"),
                ..SetupForm::default()
            },
            FormRejection::default(),
            words,
        )
    }

    fn sample_refused(words: &'static Catalogue) -> Self {
        let form = SetupForm { practice: text("Praxis am Park"), email: text("ines@"), ..SetupForm::default() };
        let wrong = [
            ("zone", FieldError::Empty),
            ("name", FieldError::Empty),
            ("email", FieldError::Malformed),
            ("password", FieldError::TooWeak),
        ];
        Self::new(form, rejection(&wrong), words)
    }
}

impl LoginPage {
    fn sample(words: &'static Catalogue, problem: &str) -> Self {
        let form = LoginForm { email: text("ines@praxis-am-park.example"), ..LoginForm::default() };
        Self { frame: public_frame(words), form, problem: text(problem) }
    }
}

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
    fn sample(words: &'static Catalogue, tone: &'static str) -> Self {
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
    fn sample(words: &'static Catalogue) -> Self {
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
    fn sample_part(words: &'static Catalogue) -> Self {
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

    fn sample_empty(words: &'static Catalogue) -> Self {
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

impl StaffPage {
    fn sample(words: &'static Catalogue) -> Self {
        let person = |name: &str, email: &str, role: String| StaffRow {
            id: format!("usr_{}", "0".repeat(32)),
            is_deactivated: name == "Dr. Tom Okafor",
            name: text(name),
            email: text(email),
            role,
            zone: text("Europe/Berlin"),
        };
        let people = vec![
            person("Dr. Ines Brandt", "ines@praxis-am-park.example", words.role_admin()),
            person("Dr. Tom Okafor", "tom@praxis-am-park.example", words.role_host()),
        ];
        let form = StaffForm { zone: text("Europe/Berlin"), ..StaffForm::default() };
        Self {
            frame: staff_frame(words, "staff"),
            form,
            rejection: FormRejection::default(),
            people,
            zones: Zones::of(words),
        }
    }
}

impl PracticePage {
    fn sample(words: &'static Catalogue) -> Self {
        let form = PracticeForm {
            name: text("Praxis am Park"),
            pack: text("clinic"),
            language: text("de"),
            zone: text("Europe/Berlin"),
            opens_before: text("15"),
            closes_after: text("30"),
            who_may_end: text("host"),
            version: text("3"),
        };
        let (frame, rejection, packs) =
            (staff_frame(words, "practice"), FormRejection::default(), PackChoice::all(words));
        Self { frame, form, rejection, saved: true, packs, zones: Zones::of(words) }
    }
}

impl AppointmentFacts {
    fn sample(words: &'static Catalogue) -> Self {
        Self {
            with: text("Dr. Ines Brandt"),
            day: today(words),
            time: text("11:00"),
            until: text("11:30"),
            length: words.length(30),
            zone: words.zone(&berlin()),
            opens_at: text("10:45"),
        }
    }
}

impl JoinPage {
    fn sample(words: &'static Catalogue) -> Self {
        let base = format!("/join/{}", "k3J".repeat(11));
        // Without scripts; the call element has a gallery of its own.
        Self {
            frame: public_frame(words),
            facts: AppointmentFacts::sample(words),
            base,
            role: "guest",
            standing: StandingBody::sample(words),
            back: None,
        }
    }
}

impl ClosedPage {
    fn sample_ended(words: &'static Catalogue) -> Self {
        Self {
            frame: public_frame(words),
            code: "ended",
            heading: words.closed_ended(),
            detail: words.closed_ended_guest(),
            advice: format!("{} {}", words.closed_may_close(), words.closed_contact("Praxis am Park")),
            facts: AppointmentFacts::sample(words),
            record: Some(Record { started: text("11:02"), ended: text("11:30"), ..Record::sample(words, "") }),
            next_link: None,
        }
    }

    fn sample_cancelled(words: &'static Catalogue) -> Self {
        Self {
            code: "cancelled",
            heading: words.closed_cancelled(),
            detail: words.closed_cancelled_detail(),
            advice: words.closed_contact("Praxis am Park"),
            record: None,
            ..Self::sample_ended(words)
        }
    }
}
