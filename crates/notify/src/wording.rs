//! The texts of messages, in English, without layout.
//!
//! A subject is shown on locked phones, so it names neither a person nor a trade.

use anteroom_app::{Message, MessageKind};
use anteroom_domain::{AppointmentKind, Role, Words, Zone};
use jiff::Timestamp;

/// The texts of one message.
pub(crate) struct Wording {
    /// Language tag for HTML.
    pub(crate) language: &'static str,
    pub(crate) subject: String,
    /// Preview text in mail lists. As discreet as the subject.
    pub(crate) preview: String,
    pub(crate) title: String,
    pub(crate) hello: &'static str,
    pub(crate) lead: String,
    pub(crate) facts: Vec<Fact>,
    pub(crate) join_link: Option<JoinLink>,
    pub(crate) notes: Vec<String>,
    pub(crate) entry: CalendarEntry,
}

/// One row of the appointment details.
pub(crate) struct Fact {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) note: Option<String>,
}

/// The personal link with its instructions.
pub(crate) struct JoinLink {
    pub(crate) link: String,
    pub(crate) button: String,
    pub(crate) opens: String,
    pub(crate) instead: &'static str,
    pub(crate) keep: &'static str,
}

/// Texts of the calendar entry.
pub(crate) struct CalendarEntry {
    pub(crate) title: &'static str,
    pub(crate) description: String,
}

impl Wording {
    /// The texts of this message. `answered`: replies are read.
    pub(crate) fn of(message: &Message, answered: bool) -> Self {
        let words = message.pack.words();
        let starts = moment(message.appointment.starts.at, &message.zone);
        let cancelled = message.kind == MessageKind::Cancelled;
        Self {
            language: "en",
            subject: match message.kind {
                MessageKind::Confirmed => format!("Your appointment on {starts}"),
                MessageKind::Cancelled => format!("Cancelled: your appointment on {starts}"),
            },
            preview: match message.kind {
                MessageKind::Confirmed => {
                    format!("{}. All details are inside.", length(message.appointment.length.minutes()))
                }
                MessageKind::Cancelled => "It will not take place.".to_owned(),
            },
            title: format!("Your {} is {}", words.consultation, if cancelled { "cancelled" } else { "confirmed" }),
            hello: "Hello",
            lead: lead(message, &words),
            facts: facts(message, &words, starts),
            join_link: join_link(message, &words),
            notes: notes(message, &words, answered),
            entry: entry(message, &words),
        }
    }
}

fn lead(message: &Message, words: &Words) -> String {
    let what = words.consultation;
    match (message.kind, message.role) {
        (MessageKind::Cancelled, Role::Host) => format!("This {what} will not take place. The time is free again."),
        (MessageKind::Cancelled, _) => format!("This {what} will not take place."),
        (MessageKind::Confirmed, Role::Host) => {
            format!("Your {} is sent a message of their own.", words.guest)
        }
        (MessageKind::Confirmed, _) => "Everything is arranged. Here is what you need to know.".to_owned(),
    }
}

fn facts(message: &Message, words: &Words, starts: String) -> Vec<Fact> {
    let other = other(message.role, words);
    let at = message.appointment.starts.at;
    let elsewhere = message.zone.local(at) != message.other_zone.local(at);
    let theirs = elsewhere.then(|| format!("For your {other}: {}", moment(at, &message.other_zone)));
    let mut facts = vec![
        Fact { label: "When", value: starts, note: theirs },
        Fact { label: "How long", value: length(message.appointment.length.minutes()), note: None },
        Fact { label: "With", value: message.other.reveal().as_str().to_owned(), note: Some(format!("your {other}")) },
    ];
    if message.kind == MessageKind::Confirmed {
        facts.push(place(message));
    }
    facts
}

fn place(message: &Message) -> Fact {
    let (value, note) = match message.appointment.kind {
        AppointmentKind::Video => (
            "By video".to_owned(),
            Some("In the browser of your phone or computer. There is nothing to install.".to_owned()),
        ),
        AppointmentKind::InPerson => ("In person".to_owned(), Some(format!("At {}", message.practice))),
    };
    Fact { label: "Where", value, note }
}

fn join_link(message: &Message, words: &Words) -> Option<JoinLink> {
    let link = message.link.as_ref()?.reveal().clone();
    Some(JoinLink {
        link,
        button: format!("Go to your {}", words.consultation),
        opens: format!("{} {}", opens(message.opens_before), early(message, words)),
        instead: "If the button does not work, open this address:",
        keep: "This link is yours alone, so please do not pass it on. \
               Until the end you can open it as often as you like, on any device.",
    })
}

fn opens(minutes: u16) -> String {
    match minutes {
        0 => "The room opens at the start.".to_owned(),
        1 => "The room opens 1 minute before.".to_owned(),
        n => format!("The room opens {n} minutes before."),
    }
}

fn early(message: &Message, words: &Words) -> String {
    match (message.role, message.opens_before) {
        (Role::Host, _) => format!("You will see and hear when your {} is waiting.", words.guest),
        (_, 0..5) => "Please come as soon as it does, and have camera and microphone ready.".to_owned(),
        (_, _) => "Please come 5 minutes early: then there is time to try your camera and microphone.".to_owned(),
    }
}

fn notes(message: &Message, words: &Words, answered: bool) -> Vec<String> {
    let cancelled = message.kind == MessageKind::Cancelled;
    let mut notes = Vec::new();
    if cancelled && message.appointment.kind == AppointmentKind::Video {
        notes.push("Your personal link no longer opens a room.".to_owned());
    }
    notes.push(match message.kind {
        MessageKind::Confirmed => "The attached file puts this appointment into your calendar.".to_owned(),
        MessageKind::Cancelled => "The attached file takes this appointment out of your calendar.".to_owned(),
    });
    if message.role != Role::Host {
        let need = if cancelled { "Would you like another time?" } else { "Cannot come, or is something wrong?" };
        let how =
            if answered { "Just answer this e-mail.".to_owned() } else { format!("Please tell your {}.", words.host) };
        notes.push(format!("{need} {how}"));
    }
    notes
}

/// Calendars are synchronized and shared more widely than mail. So a host's entry does not name the guest, and the
/// title only says that there is an appointment.
fn entry(message: &Message, words: &Words) -> CalendarEntry {
    let by_video = message.appointment.kind == AppointmentKind::Video;
    let title = if by_video { "Video appointment" } else { "Appointment" };
    if message.kind == MessageKind::Cancelled {
        return CalendarEntry { title, description: "This appointment will not take place.".to_owned() };
    }
    let mut lines = match message.role {
        Role::Host => vec![format!("{}.", message.practice)],
        _ => vec![format!("With {}, {}.", message.other.reveal().as_str(), message.practice)],
    };
    if let Some(link) = &message.link {
        lines.push(format!("Your personal link, for nobody else: {}", link.reveal()));
        lines.push(format!("{} {}", opens(message.opens_before), early(message, words)));
    }
    CalendarEntry { title, description: lines.join("\n") }
}

/// The noun for the other participant.
const fn other(reader: Role, words: &Words) -> &'static str {
    match reader {
        Role::Host => words.guest,
        _ => words.host,
    }
}

/// `Friday 20 November 2026, 11:00 (Europe/Berlin)`. With the zone, for recipients abroad.
fn moment(at: Timestamp, zone: &Zone) -> String {
    format!("{} ({})", zone.local(at).strftime("%A %-d %B %Y, %H:%M"), zone.label())
}

/// `30 minutes`, `1 hour`, `1 hour 30 minutes`
fn length(minutes: u16) -> String {
    let part = |n: u16, one: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {one}s")),
    };
    let parts: Vec<_> = [part(minutes / 60, "hour"), part(minutes % 60, "minute")].into_iter().flatten().collect();
    parts.join(" ")
}
