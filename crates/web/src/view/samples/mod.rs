//! Every page with sample data, for the tests and the gallery.

mod accounts;
#[cfg(test)]
mod tests;

use anteroom_domain::{FieldError, Language, Refusal, WordingPack};
use anteroom_l10n::Catalogue;

use super::account::AccountPage;
use super::appointment::{Actions, AppointmentPage, NewLink, Record};
use super::booking::{BookingForm, BookingPage, HostChoice, LENGTHS};
use super::day::{
    DayFrame, DayList, DayPage, MoreUpcoming, PlaceInList, RoomLink, Row, StatusLabel, UpcomingList, UpcomingRow,
};
use super::error::ErrorPage;
use super::join::{AppointmentFacts, ClosedPage, JoinPage};
use super::keys::KeysPage;
use super::login::{LoginForm, LoginPage};
use super::messages::MessageLine;
use super::password::PasswordPage;
use super::person::PersonPage;
use super::practice::{PracticeForm, PracticePage};
use super::setup::{PackChoice, SetupForm, SetupPage};
use super::staff::{StaffForm, StaffPage, StaffRow};
use super::zones::Zones;
use super::{Account, FormErrors, FormRejection, PageFrame};
use crate::consultation::standing::StandingBody;
use crate::problem::{Detail, Problem};

/// Name and HTML of every page.
pub(crate) fn all() -> Vec<(&'static str, String)> {
    let page = |name, template: &dyn askama::DynTemplate| (name, template.dyn_render().expect("our templates render"));
    vec![
        page("setup", &SetupPage::sample()),
        page("setup-refused", &SetupPage::sample_refused()),
        page("login", &LoginPage::sample("")),
        page("login-refused", &LoginPage::sample("E-mail address and password do not match.")),
        page("day", &DayPage::sample()),
        page("day-empty", &DayPage::sample_empty()),
        page("day-part", &DayPage::sample_part()),
        page("booking", &BookingPage::sample()),
        page("booking-refused", &BookingPage::sample_refused()),
        page("appointment", &AppointmentPage::sample()),
        page("appointment-without-mail", &AppointmentPage::sample_without_mail()),
        page("appointment-booked", &AppointmentPage::sample_booked()),
        page("appointment-link", &AppointmentPage::sample_link()),
        page("appointment-completed", &AppointmentPage::sample_completed()),
        page("staff", &StaffPage::sample()),
        page("person", &PersonPage::sample(None)),
        page("person-deactivated", &PersonPage::sample(Some("Friday 20 November 2026, 12:00"))),
        page("person-link", &PersonPage::sample_link()),
        page("password", &PasswordPage::sample(FormRejection::default())),
        page("password-refused", &PasswordPage::sample(rejection(&[("new_password", FieldError::TooPersonal)]))),
        page("account", &AccountPage::sample(FormRejection::default())),
        page("account-refused", &AccountPage::sample(rejection(&[("new_password", FieldError::TooWeak)]))),
        page("keys", &KeysPage::sample(None)),
        page("key-created", &KeysPage::sample(Some("key_0123456789abcdef.AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH"))),
        page("practice", &PracticePage::sample()),
        page("join", &JoinPage::sample()),
        page("ended", &ClosedPage::sample_ended()),
        page("cancelled", &ClosedPage::sample_cancelled()),
        page("unknown-link", &ErrorPage::of(&Problem::unknown_link(), words())),
        page("error-404", &ErrorPage::of(&Problem::not_found(), words())),
        page("error-403", &ErrorPage::of(&Problem::forbidden(), words())),
        page("error-413", &ErrorPage::of(&Problem::too_large(), words())),
        page("error-429", &ErrorPage::of(&Problem::too_many(std::time::Duration::from_secs(5)), words())),
        page("error-500", &ErrorPage::of(&Problem::internal(), words())),
    ]
}

const DAY: &str = "Friday 20 November 2026";

/// The language of the samples.
fn words() -> &'static Catalogue {
    Catalogue::of(Language::En, WordingPack::Clinic)
}

fn public_frame() -> PageFrame {
    PageFrame::public("Praxis am Park", words())
}

fn staff_frame(current: &'static str) -> PageFrame {
    let account = Account { name: "Dr. Ines Brandt".to_owned(), is_admin: true };
    PageFrame { account: Some(account), current, ..public_frame() }
}

fn rejection(fields: &[(&'static str, FieldError)]) -> FormRejection {
    let errors = fields.iter().map(|(name, error)| ((*name).into(), *error)).collect();
    FormRejection { errors: FormErrors::new(errors), problem: None }
}

fn text(text: &str) -> String {
    text.to_owned()
}

impl SetupPage {
    fn sample() -> Self {
        Self::new(
            SetupForm {
                pack: text("general"),
                language: text("en"),
                zone: text("Europe/Berlin"),
                ..SetupForm::default()
            },
            FormRejection::default(),
            words(),
        )
    }

    fn sample_refused() -> Self {
        let form = SetupForm { practice: text("Praxis am Park"), email: text("ines@"), ..SetupForm::default() };
        let wrong = [
            ("zone", FieldError::Empty),
            ("name", FieldError::Empty),
            ("email", FieldError::Malformed),
            ("password", FieldError::TooWeak),
        ];
        Self::new(form, rejection(&wrong), words())
    }
}

impl LoginPage {
    fn sample(problem: &str) -> Self {
        let form = LoginForm { email: text("ines@praxis-am-park.example"), ..LoginForm::default() };
        Self { frame: public_frame(), form, problem: text(problem) }
    }
}

impl Row {
    fn sample(time: &str, until: &str, guest: &str, length: &str, status: StatusLabel) -> Self {
        let room = match status.tone {
            "waiting" => Some(RoomLink { label: "Open the room", is_urgent: true }),
            "live" => Some(RoomLink { label: "Go back in", is_urgent: true }),
            "calm" => Some(RoomLink { label: "Open the room", is_urgent: false }),
            _ => None,
        };
        let (time, until, guest, length) = (text(time), text(until), text(guest), text(length));
        Self {
            id: format!("apt_{}", "0".repeat(32)),
            version: 3,
            time,
            until,
            guest,
            host: None,
            is_video: true,
            length,
            status,
            room,
        }
    }
}

impl UpcomingRow {
    fn sample(when: &str, guest: &str, is_video: bool, status: StatusLabel) -> Self {
        Self { id: format!("apt_{}", "0".repeat(32)), when: text(when), guest: text(guest), is_video, status }
    }
}

impl StatusLabel {
    fn sample(tone: &'static str, words: &str) -> Self {
        Self { tone, words: text(words), since: None, minutes: String::new() }
    }
}

impl DayPage {
    fn sample() -> Self {
        let since = Some(text("2026-11-20T09:56:00Z"));
        let waiting = StatusLabel { tone: "waiting", words: text("Waiting"), since, minutes: text("4 min") };
        let rows = vec![
            Row::sample(
                "09:00",
                "09:30",
                "Jonas Ferber",
                "30 minutes",
                StatusLabel::sample("done", "Completed, 28 min 10 s"),
            ),
            Row::sample("10:15", "10:45", "Amira Haddad", "30 minutes", StatusLabel::sample("live", "In session")),
            Row::sample("11:00", "11:30", "Mara Lindt", "30 minutes", waiting),
            Row {
                is_video: false,
                room: None,
                ..Row::sample("13:00", "13:50", "ليلى منصور", "50 minutes", StatusLabel::sample("calm", "Confirmed"))
            },
            Row {
                host: Some(text("Dr. Tom Okafor")),
                room: None,
                ..Row::sample(
                    "14:00",
                    "14:20",
                    "Konstantin-Alexander von Hohenberg-Waldeck",
                    "20 minutes",
                    StatusLabel::sample("calm", "Confirmed"),
                )
            },
            Row::sample("15:00", "16:00", "Wei Zhang", "1 hour", StatusLabel::sample("todo", "Not confirmed yet")),
            Row::sample("16:30", "17:00", "Petra Novák", "30 minutes", StatusLabel::sample("off", "Cancelled")),
        ];
        let summary = text("6 appointments, 1 person is waiting");
        Self::sample_with(DayList { summary, waiting: 1, now: text("2026-11-20T10:00:00Z"), rows, place: None })
    }

    /// A part of a long day.
    fn sample_part() -> Self {
        let page = Self::sample();
        let waiting = page.list.rows.iter().filter(|row| row.status.tone == "waiting").cloned().collect();
        let (earlier, later) = (Some(text("/day?before=x")), Some(text("/day?after=x")));
        let place = Some(PlaceInList { words: text("201 to 400 of 450"), earlier, later, waiting });
        let rows = page.list.rows.into_iter().filter(|row| row.status.tone != "waiting").collect();
        let list = DayList { summary: text("440 appointments, 1 person is waiting"), rows, place, ..page.list };
        Self { list, ..page }
    }

    fn sample_empty() -> Self {
        let now = text("2026-11-20T10:00:00Z");
        let list = DayList { summary: String::new(), waiting: 0, now, rows: Vec::new(), place: None };
        let page = Self::sample_with(list);
        Self { day: DayFrame { is_today: false, ..page.day }, ..page }
    }

    fn sample_with(list: DayList) -> Self {
        Self {
            frame: staff_frame("day"),
            day: DayFrame {
                practice: text("Praxis am Park"),
                title: text(DAY),
                date: text("2026-11-20"),
                previous: text("2026-11-19"),
                next: text("2026-11-21"),
                is_today: true,
                zone: text("Berlin time"),
                live: text("/day/live"),
                page: text("/day"),
            },
            list,
            upcoming: UpcomingList {
                rows: vec![
                    UpcomingRow::sample(
                        "Mon 23 November, 09:00",
                        "Jonas Ferber",
                        true,
                        StatusLabel::sample("calm", "Confirmed"),
                    ),
                    UpcomingRow::sample(
                        "Tue 24 November, 14:30",
                        "ليلى منصور",
                        false,
                        StatusLabel::sample("todo", "Not confirmed yet"),
                    ),
                ],
                more: Some(MoreUpcoming {
                    words: text("32 more until Friday 4 December 2026"),
                    day: text("Tuesday 24 November 2026"),
                    href: text("/day?date=2026-11-24"),
                }),
            },
        }
    }
}

impl BookingPage {
    fn sample() -> Self {
        let form = BookingForm {
            date: text("2026-11-20"),
            zone: text("Europe/Berlin"),
            guest_zone: text("Europe/Berlin"),
            minutes: text("30"),
            kind: text("video"),
            ..BookingForm::default()
        };
        Self::sample_with(form, FormRejection::default())
    }

    fn sample_refused() -> Self {
        let form = BookingForm {
            guest_name: text("Mara \"<script>alert(1)</script>\" Lindt"),
            guest_email: text("mara at example"),
            date: text("2027-03-28"),
            time: text("02:30"),
            zone: text("Europe/Berlin"),
            guest_zone: text("Moon/Tycho"),
            minutes: text("-5"),
            kind: text("in_person"),
            ..BookingForm::default()
        };
        let wrong = [
            ("guest_email", FieldError::Malformed),
            ("guest_zone", FieldError::UnknownZone),
            ("starts_at", FieldError::TimeSkipped),
            ("minutes", FieldError::OutOfRange),
        ];
        Self::sample_with(form, rejection(&wrong))
    }

    fn sample_with(form: BookingForm, rejection: FormRejection) -> Self {
        let host = |name: &str| HostChoice { id: format!("usr_{}", name.len()), name: text(name) };
        Self {
            frame: staff_frame("day"),
            form,
            rejection,
            guest: WordingPack::Clinic.words().guest,
            hosts: vec![host("Dr. Ines Brandt"), host("Dr. Tom Okafor ")],
            lengths: LENGTHS,
            zones: Zones::all(),
            today: text("2026-11-20"),
        }
    }
}

impl AppointmentPage {
    fn sample() -> Self {
        Self {
            frame: staff_frame("day"),
            id: format!("apt_{}", "0".repeat(32)),
            guest: text("Mara Lindt"),
            email: text("mara.lindt@mail.example"),
            phone: Some(text("+49301234567")),
            companions: vec![text("Robin Lindt")],
            host: text("Dr. Ines Brandt"),
            words: WordingPack::Clinic.words(),
            status: StatusLabel::sample("calm", "Confirmed"),
            day: text(DAY),
            date: text("2026-11-20"),
            time: text("11:00"),
            until: text("11:30"),
            zone: text("Berlin time"),
            guest_time: Some(text("Friday 20 November 2026, 10:00")),
            length: text("30 minutes"),
            is_video: true,
            opens_at: text("10:45"),
            actions: Actions { confirm: false, cancel: true, open: true, link: true },
            link: None,
            record: None,
            messages: MessageLine::samples(),
            problem: None,
        }
    }

    fn sample_without_mail() -> Self {
        Self { frame: PageFrame { is_mail_missing: true, ..staff_frame("day") }, ..Self::sample() }
    }

    fn sample_booked() -> Self {
        let messages = Vec::new();
        let actions = Actions { confirm: true, cancel: true, ..Actions::default() };
        let problem = Some(Detail::Refusal(Refusal::DoubleBooked));
        Self { status: StatusLabel::sample("todo", "Not confirmed yet"), actions, problem, messages, ..Self::sample() }
    }

    fn sample_link() -> Self {
        let url = format!("https://meet.example.org/join/{}", "k3J".repeat(11));
        Self { link: Some(NewLink { url, is_for_host: false, is_only: true }), ..Self::sample() }
    }

    fn sample_completed() -> Self {
        let status = StatusLabel::sample("done", "Completed, 28 min 10 s");
        Self { status, actions: Actions::default(), record: Some(Record::sample("Dr. Ines Brandt")), ..Self::sample() }
    }
}

impl Record {
    fn sample(ended_by: &str) -> Self {
        Self {
            started: text("Friday 20 November 2026, 11:02"),
            ended: text("Friday 20 November 2026, 11:30"),
            duration: text("28 min 10 s"),
            ended_by: text(ended_by),
        }
    }
}

impl StaffPage {
    fn sample() -> Self {
        let person = |name: &str, email: &str, role: &str| StaffRow {
            id: format!("usr_{}", "0".repeat(32)),
            is_deactivated: role == "Doctor",
            name: text(name),
            email: text(email),
            role: text(role),
            zone: text("Europe/Berlin"),
        };
        let people = vec![
            person("Dr. Ines Brandt", "ines@praxis-am-park.example", "Administrator"),
            person("Dr. Tom Okafor", "tom@praxis-am-park.example", "Doctor"),
        ];
        let form = StaffForm { zone: text("Europe/Berlin"), ..StaffForm::default() };
        Self {
            frame: staff_frame("staff"),
            form,
            rejection: FormRejection::default(),
            people,
            zones: Zones::all(),
            host: "doctor",
        }
    }
}

impl PracticePage {
    fn sample() -> Self {
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
        let (frame, rejection, packs) = (staff_frame("practice"), FormRejection::default(), PackChoice::all(words()));
        Self { frame, form, rejection, saved: true, packs, zones: Zones::all(), host: "doctor", guest: "patient" }
    }
}

impl AppointmentFacts {
    fn sample() -> Self {
        Self {
            with: text("Dr. Ines Brandt"),
            day: text(DAY),
            time: text("11:00"),
            until: text("11:30"),
            length: text("30 minutes"),
            zone: text("Berlin time"),
            opens_at: text("10:45"),
        }
    }
}

impl JoinPage {
    fn sample() -> Self {
        let base = format!("/join/{}", "k3J".repeat(11));
        // Without scripts; the call element has a gallery of its own.
        Self {
            frame: public_frame(),
            facts: AppointmentFacts::sample(),
            base,
            role: "guest",
            standing: StandingBody::sample(),
            back: None,
        }
    }
}

impl ClosedPage {
    fn sample_ended() -> Self {
        Self {
            frame: public_frame(),
            code: "ended",
            heading: text("Your consultation has ended"),
            detail: text("Thank you for coming."),
            advice: text(
                "You can close this page. For a new appointment or a question, please contact Praxis am Park.",
            ),
            facts: AppointmentFacts::sample(),
            record: Some(Record { started: text("11:02"), ended: text("11:30"), ..Record::sample("") }),
            next_link: None,
        }
    }

    fn sample_cancelled() -> Self {
        Self {
            code: "cancelled",
            heading: text("This appointment was cancelled"),
            detail: text("The consultation will not take place at this time."),
            advice: text("For a new appointment or a question, please contact Praxis am Park."),
            record: None,
            ..Self::sample_ended()
        }
    }
}
