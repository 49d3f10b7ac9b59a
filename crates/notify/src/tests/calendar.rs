//! Calendar files, read by a separate parser so that the writer is not tested against itself.

use anteroom_app::{Message, MessageKind};
use anteroom_domain::{Role, WordingPack};
use proptest::prelude::*;

use super::header_injection::any_letter;
use super::samples::{LINK, message, sender};
use crate::email::parts;

/// The only allowed properties. A new one is a decision.
const OURS: [&str; 19] = [
    "BEGIN",
    "END",
    "VERSION",
    "PRODID",
    "CALSCALE",
    "METHOD",
    "UID",
    "SEQUENCE",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SUMMARY",
    "DESCRIPTION",
    "CLASS",
    "STATUS",
    "ORGANIZER",
    "ATTENDEE",
    "LOCATION",
    "URL",
];

/// One line: name, parameters, value (still escaped).
struct Property {
    name: String,
    parameters: Vec<(String, String)>,
    value: String,
}

/// RFC 5545, section 3.1: unfolds, then splits at the first `;` and `:` outside of quotes.
fn lines(file: &str) -> Vec<Property> {
    let unfolded = file.replace("\r\n ", "");
    unfolded.split_terminator("\r\n").map(line).collect()
}

fn line(text: &str) -> Property {
    let (mut quoted, mut pieces, mut value) = (false, vec![String::new()], None);
    for (place, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => pieces.push(String::new()),
            ':' if !quoted => {
                value = Some(text[place + 1..].to_owned());
                break;
            }
            c => pieces.last_mut().unwrap().push(c),
        }
    }
    let mut pieces = pieces.into_iter();
    let name = pieces.next().unwrap();
    let parameters = pieces.map(|p| p.split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned())).unwrap()).collect();
    Property { name, parameters, value: value.unwrap_or_else(|| panic!("no value in {text:?}")) }
}

fn value(lines: &[Property], name: &str) -> String {
    let found: Vec<_> = lines.iter().filter(|line| line.name == name).collect();
    assert_eq!(found.len(), 1, "{name}");
    found[0].value.clone()
}

fn file(message: &Message) -> String {
    parts(message, &sender()).unwrap().calendar
}

#[test]
fn the_entry_has_time_place_and_link() {
    let lines = lines(&file(&message(MessageKind::Confirmed, Role::Guest, WordingPack::Clinic)));
    let property = |name| value(&lines, name);
    assert_eq!((property("METHOD"), property("STATUS")), ("REQUEST".into(), "CONFIRMED".into()));
    assert_eq!((property("DTSTART"), property("DTEND")), ("20261120T100000Z".into(), "20261120T103000Z".into()));
    assert_eq!((property("URL"), property("LOCATION")), (LINK.into(), LINK.into()));
    assert_eq!(property("ORGANIZER"), "mailto:empfang@praxis.example");
    assert_eq!(property("ATTENDEE"), "mailto:nour@guest.example");
}

#[test]
fn a_cancellation_has_the_uid_of_the_confirmation() {
    for role in [Role::Host, Role::Guest] {
        let store = lines(&file(&message(MessageKind::Confirmed, role, WordingPack::Clinic)));
        let taken = lines(&file(&message(MessageKind::Cancelled, role, WordingPack::Clinic)));
        assert_eq!(value(&store, "UID"), value(&taken, "UID"));
        assert_eq!(value(&store, "ORGANIZER"), value(&taken, "ORGANIZER"));
        let number = |lines: &[Property]| value(lines, "SEQUENCE").parse::<i64>().unwrap();
        assert!(number(&store) < number(&taken));
        assert_eq!((value(&taken, "METHOD"), value(&taken, "STATUS")), ("CANCEL".into(), "CANCELLED".into()));
    }
}

#[test]
fn host_and_guest_entries_have_different_uids() {
    let of = |role| lines(&file(&message(MessageKind::Confirmed, role, WordingPack::Clinic)));
    assert_ne!(value(&of(Role::Host), "UID"), value(&of(Role::Guest), "UID"));
}

#[test]
fn a_hosts_entry_does_not_name_the_guest() {
    for subject in [MessageKind::Confirmed, MessageKind::Cancelled] {
        let file = file(&message(subject, Role::Host, WordingPack::Clinic)).replace("\r\n ", "");
        assert!(!file.contains("Nour") && !file.contains("Haddad") && !file.contains("nour@"));
        let title = value(&lines(&file), "SUMMARY");
        assert!(["Video appointment", "Appointment"].contains(&title.as_str()));
    }
}

#[test]
fn long_lines_are_folded_and_unfold_unchanged() {
    for (length, letter_of_the_link) in (0..400).flat_map(|length| [(length, "a"), (length, "ä")]) {
        let link = format!("https://video.praxis.example/{}", letter_of_the_link.repeat(length));
        let file = file(&Message {
            link: Some(link.clone().into()),
            ..message(MessageKind::Confirmed, Role::Guest, WordingPack::Clinic)
        });
        assert!(file.split("\r\n").all(|line| line.len() <= 75), "{length}");
        assert_eq!(value(&lines(&file), "URL"), link);
    }
}

proptest! {
    #[test]
    fn names_cannot_inject_calendar_properties(message in any_letter()) {
        let Ok(parts) = parts(&message, &sender()) else { return Ok(()) };
        let file = parts.calendar;
        for line in file.split_terminator("\r\n") {
            prop_assert!(line.len() <= 75, "{} octets", line.len());
            prop_assert!(!line.contains(['\r', '\n']));
        }
        let plain = parts_of_the_plain(&message);
        let names = |file: &str| lines(file).into_iter().map(|line| line.name).collect::<Vec<_>>();
        prop_assert_eq!(names(&file), names(&plain));
        for line in lines(&file) {
            prop_assert!(OURS.contains(&line.name.as_str()), "{}", line.name);
            for (name, _) in line.parameters {
                prop_assert!(["CN", "CUTYPE", "ROLE", "PARTSTAT", "RSVP"].contains(&name.as_str()), "{}", name);
            }
        }
    }
}

/// The same message with harmless texts.
fn parts_of_the_plain(like: &Message) -> String {
    let plain = message(like.kind, like.role, like.pack);
    let link = like.link.as_ref().map(|_| LINK.to_owned().into());
    let kind = like.appointment.kind;
    let appointment = anteroom_domain::Appointment { kind, ..plain.appointment };
    file(&Message { link, appointment, ..plain })
}
