//! The texts of a message without layout, from the catalogue of the recipient's language.
//!
//! A subject is shown on locked phones, so it names neither a person nor a trade.

use anteroom_app::{Message, MessageKind};
use anteroom_domain::{AppointmentKind, Role};
use anteroom_l10n::Catalogue;

/// The texts of one message.
pub(crate) struct Wording {
    /// Language tag and direction for HTML.
    pub(crate) lang: &'static str,
    pub(crate) dir: &'static str,
    pub(crate) subject: String,
    /// Preview text in mail lists. As discreet as the subject.
    pub(crate) preview: String,
    pub(crate) title: String,
    pub(crate) hello: String,
    pub(crate) lead: String,
    pub(crate) facts: Vec<Fact>,
    pub(crate) join_link: Option<JoinLink>,
    pub(crate) notes: Vec<String>,
    pub(crate) entry: CalendarEntry,
}

/// One row of the appointment details.
pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) note: Option<String>,
}

/// The personal link with its instructions.
pub(crate) struct JoinLink {
    pub(crate) link: String,
    pub(crate) button: String,
    pub(crate) opens: String,
    pub(crate) instead: String,
    pub(crate) keep: String,
}

/// Texts of the calendar entry.
pub(crate) struct CalendarEntry {
    pub(crate) title: String,
    pub(crate) description: String,
}

impl Wording {
    /// The texts of this message. `answered`: replies are read.
    pub(crate) fn of(message: &Message, answered: bool) -> Self {
        let words = Catalogue::of(message.language, message.pack);
        let starts = words.moment(message.appointment.starts.at, &message.zone);
        let length = words.length(message.appointment.length.minutes());
        let (subject, preview, title) = match message.kind {
            MessageKind::Confirmed => (
                words.mail_subject_confirmed(&starts),
                words.mail_preview_confirmed(&length),
                words.mail_title_confirmed(),
            ),
            MessageKind::HostChanged => (
                words.mail_subject_host_changed(&starts),
                words.mail_preview_confirmed(&length),
                words.mail_title_host_changed(),
            ),
            MessageKind::Cancelled => {
                (words.mail_subject_cancelled(&starts), words.mail_preview_cancelled(), words.mail_title_cancelled())
            }
        };
        Self {
            lang: words.lang(),
            dir: words.dir(),
            subject,
            preview,
            title,
            hello: words.mail_hello(),
            lead: lead(message, words),
            facts: facts(message, words, starts, length),
            join_link: join_link(message, words),
            notes: notes(message, words, answered),
            entry: entry(message, words),
        }
    }
}

fn lead(message: &Message, words: &Catalogue) -> String {
    match (message.kind, message.role) {
        (MessageKind::Cancelled, Role::Host) => words.mail_lead_cancelled_host(),
        (MessageKind::Cancelled, _) => words.mail_lead_cancelled_guest(),
        (MessageKind::Confirmed, Role::Host) => words.mail_lead_confirmed_host(),
        (MessageKind::HostChanged, _) => words.mail_lead_host_changed(),
        (MessageKind::Confirmed, _) => words.mail_lead_confirmed_guest(),
    }
}

fn facts(message: &Message, words: &Catalogue, starts: String, length: String) -> Vec<Fact> {
    let at = message.appointment.starts.at;
    let elsewhere = message.zone.local(at) != message.other_zone.local(at);
    let theirs = elsewhere.then(|| {
        let starts = words.moment(at, &message.other_zone);
        match message.role {
            Role::Host => words.mail_when_for_guest(starts),
            _ => words.mail_when_for_host(starts),
        }
    });
    let other = match message.role {
        Role::Host => words.mail_with_guest(),
        _ => words.mail_with_host(),
    };
    let mut facts = vec![
        Fact { label: words.mail_when(), value: starts, note: theirs },
        Fact { label: words.mail_how_long(), value: length, note: None },
        Fact { label: words.mail_with(), value: message.other.reveal().as_str().to_owned(), note: Some(other) },
    ];
    if message.kind != MessageKind::Cancelled {
        facts.push(place(message, words));
    }
    facts
}

fn place(message: &Message, words: &Catalogue) -> Fact {
    let (value, note) = match message.appointment.kind {
        AppointmentKind::Video => (words.mail_by_video(), words.mail_by_video_note()),
        AppointmentKind::InPerson => (words.mail_in_person(), words.mail_in_person_note(&message.practice)),
    };
    Fact { label: words.mail_where(), value, note: Some(note) }
}

fn join_link(message: &Message, words: &Catalogue) -> Option<JoinLink> {
    let link = message.link.as_ref()?.reveal().clone();
    Some(JoinLink {
        link,
        button: words.mail_join_button(),
        opens: opens(message, words),
        instead: words.mail_join_instead(),
        keep: words.mail_join_keep(),
    })
}

/// When the room opens, and when to come.
fn opens(message: &Message, words: &Catalogue) -> String {
    let come = match (message.role, message.opens_before) {
        (Role::Host, _) => words.mail_early_host(),
        (_, 0..5) => words.mail_early_guest_short(),
        (_, _) => words.mail_early_guest(),
    };
    format!("{} {come}", words.mail_room_opens(message.opens_before))
}

fn notes(message: &Message, words: &Catalogue, answered: bool) -> Vec<String> {
    let cancelled = message.kind == MessageKind::Cancelled;
    let mut notes = Vec::new();
    if cancelled && message.appointment.kind == AppointmentKind::Video {
        notes.push(words.mail_link_closed());
    }
    notes.push(if cancelled { words.mail_calendar_remove() } else { words.mail_calendar_add() });
    if message.role != Role::Host {
        notes.push(match (cancelled, answered) {
            (true, true) => words.mail_another_time_reply(),
            (true, false) => words.mail_another_time_contact(),
            (false, true) => words.mail_cannot_come_reply(),
            (false, false) => words.mail_cannot_come_contact(),
        });
    }
    notes
}

/// Calendars are synchronized and shared more widely than mail. So a host's entry does not name the guest, and the
/// title only says that there is an appointment.
fn entry(message: &Message, words: &Catalogue) -> CalendarEntry {
    let title = match message.appointment.kind {
        AppointmentKind::Video => words.calendar_title_video(),
        AppointmentKind::InPerson => words.calendar_title(),
    };
    if message.kind == MessageKind::Cancelled {
        return CalendarEntry { title, description: words.calendar_cancelled() };
    }
    let mut lines = vec![match message.role {
        Role::Host => words.calendar_at(&message.practice),
        _ => words.calendar_with(message.other.reveal().as_str(), &message.practice),
    }];
    if let Some(link) = &message.link {
        lines.push(words.calendar_link(link.reveal()));
        lines.push(opens(message, words));
    }
    CalendarEntry { title, description: lines.join("\n") }
}
