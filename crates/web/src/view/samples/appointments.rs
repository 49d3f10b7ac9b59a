//! Sample data of the booking form and the page of an appointment.

use anteroom_domain::{FieldError, Outcome, Refusal};
use anteroom_l10n::Catalogue;
use jiff::SignedDuration;

use super::{berlin, date_time, november, rejection, staff_frame, text, today};
use crate::problem::Detail;
use crate::view::appointment::{
    Actions, AppointmentPage, CompanionLine, NewLink, OutcomeCard, OutcomeChoice, PersonPeriods, Record,
};
use crate::view::booking::{BookingForm, BookingPage, HostChoice, LENGTHS};
use crate::view::day::StatusLabel;
use crate::view::messages::MessageLine;
use crate::view::zones::Zones;
use crate::view::{FormRejection, PageFrame};

impl BookingPage {
    pub(super) fn sample(words: &'static Catalogue) -> Self {
        let form = BookingForm {
            date: text("2026-11-20"),
            zone: text("Europe/Berlin"),
            guest_zone: text("Europe/Berlin"),
            minutes: text("30"),
            kind: text("video"),
            ..BookingForm::default()
        };
        Self::sample_with(words, form, FormRejection::default())
    }

    pub(super) fn sample_refused(words: &'static Catalogue) -> Self {
        let form = BookingForm {
            guest_name: text("Mara \"<script>alert(1)</script>\" Lindt"),
            guest_email: text("mara at example"),
            date: text("2027-03-28"),
            time: text("02:30"),
            zone: text("Europe/Berlin"),
            guest_zone: text("Moon/Tycho"),
            minutes: text("-5"),
            kind: text("in_person"),
            more: [
                ("companions[0].name", "Robin Lindt"),
                ("companions[0].email", "robin@"),
                ("companions[1].phone", "030"),
            ]
            .map(|(name, typed)| (text(name), text(typed)))
            .into(),
            ..BookingForm::default()
        };
        let wrong = [
            ("companions[0].email", FieldError::Malformed),
            ("companions[1].name", FieldError::Empty),
            ("companions[1].phone", FieldError::NoSuchNumber),
            ("guest_email", FieldError::Malformed),
            ("guest_zone", FieldError::UnknownZone),
            ("starts_at", FieldError::TimeSkipped),
            ("minutes", FieldError::OutOfRange),
        ];
        Self::sample_with(words, form, rejection(&wrong))
    }

    fn sample_with(words: &'static Catalogue, form: BookingForm, rejection: FormRejection) -> Self {
        Self {
            frame: staff_frame(words, "day"),
            form,
            rejection,
            hosts: ["Dr. Ines Brandt", "Dr. Tom Okafor "].map(HostChoice::sample).into(),
            lengths: LENGTHS,
            zones: Zones::of(words),
            today: text("2026-11-20"),
        }
    }
}

impl AppointmentPage {
    pub(super) fn sample(words: &'static Catalogue) -> Self {
        Self {
            frame: staff_frame(words, "day"),
            id: format!("apt_{}", "0".repeat(32)),
            guest: text("Mara Lindt"),
            email: text("mara.lindt@mail.example"),
            phone: Some(text("+49301234567")),
            companions: vec![
                CompanionLine::sample("Robin Lindt", Some("robin.lindt@mail.example"), None),
                CompanionLine::sample("ليلى منصور", None, Some("+4930901820")),
            ],
            host: text("Dr. Ines Brandt"),
            status: StatusLabel::sample(words, "calm"),
            day: today(words),
            date: text("2026-11-20"),
            time: text("11:00"),
            until: text("11:30"),
            zone: words.zone(&berlin()),
            agreed: None,
            guest_time: Some(date_time(words, 20, 10, 0)),
            length: words.length(30),
            is_video: true,
            opens_at: words.time_with_zone(november(20, 10, 45), &berlin()),
            actions: Actions { confirm: false, cancel: true, open: true, link: true },
            link: None,
            record: None,
            outcome: None,
            messages: MessageLine::samples(words),
            successors: vec![HostChoice::sample("Dr. Tom Okafor"), HostChoice::sample("Ada Colleague")],
            problem: None,
        }
    }

    pub(super) fn sample_without_mail(words: &'static Catalogue) -> Self {
        let at = words.moment(november(20, 9, 40), &berlin());
        let webhook_losses = vec![words.webhooks_lost_detail(at, "503", 3, "billing.example")];
        let frame = PageFrame { is_mail_missing: true, webhook_losses, ..staff_frame(words, "day") };
        Self { frame, ..Self::sample(words) }
    }

    pub(super) fn sample_booked(words: &'static Catalogue) -> Self {
        let messages = Vec::new();
        let actions = Actions { confirm: true, cancel: true, ..Actions::default() };
        let problem = Some(Detail::Refusal(Refusal::DoubleBooked));
        let agreed = Some(words.agreed_time(date_time(words, 20, 12, 0), words.zone(&berlin())));
        Self { status: StatusLabel::sample(words, "todo"), actions, problem, messages, agreed, ..Self::sample(words) }
    }

    pub(super) fn sample_link(words: &'static Catalogue) -> Self {
        let url = format!("https://meet.example.org/join/{}", "k3J".repeat(11));
        Self { link: Some(NewLink { url, name: text("Mara Lindt"), is_only: true }), ..Self::sample(words) }
    }

    pub(super) fn sample_completed(words: &'static Catalogue) -> Self {
        let status = StatusLabel::sample(words, "done");
        Self {
            status,
            actions: Actions::default(),
            successors: Vec::new(),
            record: Some(Record::sample(words, "Dr. Ines Brandt")),
            outcome: Some(OutcomeCard::sample(words)),
            ..Self::sample(words)
        }
    }
}

impl HostChoice {
    pub(super) fn sample(name: &str) -> Self {
        Self { id: format!("usr_{}", name.len()), name: text(name) }
    }
}

impl CompanionLine {
    fn sample(name: &str, email: Option<&str>, phone: Option<&str>) -> Self {
        let participant = Some(format!("par_{}", "0".repeat(32)));
        Self { name: text(name), email: email.map(text), phone: phone.map(text), participant }
    }
}

impl Record {
    pub(super) fn sample(words: &'static Catalogue, ended_by: &str) -> Self {
        Self {
            started: date_time(words, 20, 11, 2),
            ended: date_time(words, 20, 11, 30),
            duration: words.duration(SignedDuration::from_secs(1690)),
            ended_by: text(ended_by),
            zone: words.zone(&berlin()),
            people: vec![
                PersonPeriods { name: text("Dr. Ines Brandt"), periods: vec![words.record_period("11:02", "11:30")] },
                PersonPeriods {
                    name: text("Mara Lindt"),
                    periods: vec![words.record_period("11:04", "11:09"), words.record_period("11:12", "11:30")],
                },
            ],
        }
    }
}

impl OutcomeCard {
    fn sample(words: &'static Catalogue) -> Self {
        let choice = |outcome: Outcome| OutcomeChoice {
            value: outcome.as_str(),
            label: words.outcome(outcome),
            is_current: outcome == Outcome::TookPlace,
        };
        Self {
            outcome: Some(words.outcome(Outcome::TookPlace)),
            recorded: Some((text("Ada Colleague"), date_time(words, 20, 12, 5))),
            choices: Outcome::ALL.map(choice).into(),
        }
    }
}

impl MessageLine {
    pub(super) fn samples(words: &Catalogue) -> Vec<Self> {
        let to = |to: &str, tone, state: String| Self {
            what: words.message_confirmation(),
            to: to.to_owned(),
            tone,
            state,
            hint: None,
            answer: None,
        };
        vec![
            to("Dr. Ines Brandt", "done", words.message_sent(words.date_and_time("12 Nov", "09:14"))),
            Self {
                hint: Some(words.message_remedy_guest("Mara Lindt")),
                answer: Some("the mail server refused the message: 550 5.1.1 no such mailbox".to_owned()),
                ..to("Mara Lindt", "failed", words.message_failed())
            },
        ]
    }
}
