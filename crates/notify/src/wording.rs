//! Everything our letters say, in English. A second language is a second module of this shape.
//!
//! Knows no layout. A subject, which a locked phone shows to anybody, names neither a person nor a trade.

use anteroom_app::{Letter, Subject};
use anteroom_domain::{Kind, Role, Words, Zone};
use jiff::Timestamp;

/// A letter in words, ready to be laid out.
pub(crate) struct Wording {
    /// The language, as a page declares it.
    pub(crate) language: &'static str,
    pub(crate) subject: String,
    /// What a list of mails shows after the subject. As discreet as that.
    pub(crate) preview: String,
    pub(crate) title: String,
    pub(crate) hello: &'static str,
    pub(crate) lead: String,
    pub(crate) facts: Vec<Fact>,
    pub(crate) way_in: Option<WayIn>,
    pub(crate) notes: Vec<String>,
    pub(crate) entry: Entry,
}

/// One line of the plan: what it is about, what it says, what one should know about it.
pub(crate) struct Fact {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) note: Option<String>,
}

/// The personal link and how to use it.
pub(crate) struct WayIn {
    pub(crate) link: String,
    pub(crate) button: String,
    pub(crate) opens: String,
    pub(crate) instead: &'static str,
    pub(crate) keep: &'static str,
}

/// The words of the calendar entry.
pub(crate) struct Entry {
    pub(crate) title: &'static str,
    pub(crate) description: String,
}

impl Wording {
    /// The words for this letter. `answered`: somebody reads what is sent back.
    pub(crate) fn of(letter: &Letter, answered: bool) -> Self {
        let words = letter.pack.words();
        let starts = moment(letter.appointment.starts.at, &letter.zone);
        let cancelled = letter.subject == Subject::Cancelled;
        Self {
            language: "en",
            subject: match letter.subject {
                Subject::Confirmed => format!("Your appointment on {starts}"),
                Subject::Cancelled => format!("Cancelled: your appointment on {starts}"),
            },
            preview: match letter.subject {
                Subject::Confirmed => {
                    format!("{}. All details are inside.", length(letter.appointment.length.minutes()))
                }
                Subject::Cancelled => "It will not take place.".to_owned(),
            },
            title: format!("Your {} is {}", words.consultation, if cancelled { "cancelled" } else { "confirmed" }),
            hello: "Hello",
            lead: lead(letter, &words),
            facts: facts(letter, &words, starts),
            way_in: way_in(letter, &words),
            notes: notes(letter, &words, answered),
            entry: entry(letter, &words),
        }
    }
}

fn lead(letter: &Letter, words: &Words) -> String {
    let what = words.consultation;
    match (letter.subject, letter.role) {
        (Subject::Cancelled, Role::Guest) => format!("This {what} will not take place."),
        (Subject::Cancelled, Role::Host) => format!("This {what} will not take place. The time is free again."),
        (Subject::Confirmed, Role::Guest) => "Everything is arranged. Here is what you need to know.".to_owned(),
        (Subject::Confirmed, Role::Host) => {
            format!("Your {} was told at the same time, in a letter of their own.", words.guest)
        }
    }
}

fn facts(letter: &Letter, words: &Words, starts: String) -> Vec<Fact> {
    let other = other(letter.role, words);
    let at = letter.appointment.starts.at;
    let elsewhere = letter.zone.local(at) != letter.other_zone.local(at);
    let theirs = elsewhere.then(|| format!("For your {other}: {}", moment(at, &letter.other_zone)));
    let mut facts = vec![
        Fact { label: "When", value: starts, note: theirs },
        Fact { label: "How long", value: length(letter.appointment.length.minutes()), note: None },
        Fact { label: "With", value: letter.other.reveal().as_str().to_owned(), note: Some(format!("your {other}")) },
    ];
    if letter.subject == Subject::Confirmed {
        facts.push(place(letter));
    }
    facts
}

fn place(letter: &Letter) -> Fact {
    let (value, note) = match letter.appointment.kind {
        Kind::Video => (
            "By video".to_owned(),
            Some("In the browser of your phone or computer. There is nothing to install.".to_owned()),
        ),
        Kind::InPerson => ("In person".to_owned(), Some(format!("At {}", letter.practice))),
    };
    Fact { label: "Where", value, note }
}

fn way_in(letter: &Letter, words: &Words) -> Option<WayIn> {
    let link = letter.link.as_ref()?.reveal().clone();
    Some(WayIn {
        link,
        button: format!("Go to your {}", words.consultation),
        opens: format!("{} {}", opens(letter.opens_before), early(letter, words)),
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

fn early(letter: &Letter, words: &Words) -> String {
    match (letter.role, letter.opens_before) {
        (Role::Host, _) => format!("You will see and hear when your {} is waiting.", words.guest),
        (Role::Guest, 0..5) => "Please come as soon as it does, and have camera and microphone ready.".to_owned(),
        (Role::Guest, _) => {
            "Please come 5 minutes early: then there is time to try your camera and microphone.".to_owned()
        }
    }
}

fn notes(letter: &Letter, words: &Words, answered: bool) -> Vec<String> {
    let cancelled = letter.subject == Subject::Cancelled;
    let mut notes = Vec::new();
    if cancelled && letter.appointment.kind == Kind::Video {
        notes.push("Your personal link no longer opens a room.".to_owned());
    }
    notes.push(match letter.subject {
        Subject::Confirmed => "The attached file puts this appointment into your calendar.".to_owned(),
        Subject::Cancelled => "The attached file takes this appointment out of your calendar.".to_owned(),
    });
    if letter.role == Role::Guest {
        let need = if cancelled { "Would you like another time?" } else { "Cannot come, or is something wrong?" };
        let how =
            if answered { "Just answer this letter.".to_owned() } else { format!("Please tell your {}.", words.host) };
        notes.push(format!("{need} {how}"));
    }
    notes
}

/// A calendar travels further than a mail: to phones, to other companies' servers, to colleagues who share it.
/// So a host's entry does not name the guest, and no title says more than that there is an appointment.
fn entry(letter: &Letter, words: &Words) -> Entry {
    let by_video = letter.appointment.kind == Kind::Video;
    let title = if by_video { "Video appointment" } else { "Appointment" };
    if letter.subject == Subject::Cancelled {
        return Entry { title, description: "This appointment will not take place.".to_owned() };
    }
    let mut lines = match letter.role {
        Role::Guest => vec![format!("With {}, {}.", letter.other.reveal().as_str(), letter.practice)],
        Role::Host => vec![format!("{}.", letter.practice)],
    };
    if let Some(link) = &letter.link {
        lines.push(format!("Your personal link, for nobody else: {}", link.reveal()));
        lines.push(format!("{} {}", opens(letter.opens_before), early(letter, words)));
    }
    Entry { title, description: lines.join("\n") }
}

/// What the reader calls the person they meet.
const fn other(reader: Role, words: &Words) -> &'static str {
    match reader {
        Role::Host => words.guest,
        Role::Guest => words.host,
    }
}

/// `Friday 20 November 2026, 11:00 (Europe/Berlin)`. Without the zone somebody abroad comes at the wrong hour.
fn moment(at: Timestamp, zone: &Zone) -> String {
    format!("{} ({})", zone.local(at).strftime("%A %-d %B %Y, %H:%M"), zone.name())
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
