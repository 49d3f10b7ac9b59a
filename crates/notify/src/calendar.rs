//! The calendar file of a message (RFC 5545, sent as in RFC 5546 and 6047).
//!
//! Times are UTC, so no VTIMEZONE can be missing or wrong. `SEQUENCE` is the appointment's version: a calendar ignores
//! an update unless the number is higher.

use anteroom_app::{Message, MessageKind};
use anteroom_domain::{AppointmentKind, Role};
use icalendar::{Calendar, Component, Event, Property};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lettre::message::Mailbox;

use crate::wording::CalendarEntry;

/// File name of the attachment.
pub(crate) const FILE: &str = "appointment.ics";

/// iTIP method (RFC 5546).
pub(crate) const fn method(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Confirmed | MessageKind::HostChanged => "REQUEST",
        MessageKind::Cancelled => "CANCEL",
    }
}

/// The file for the recipient of this message.
pub(crate) fn file(message: &Message, entry: &CalendarEntry, organizer: &Mailbox, reader: &Mailbox) -> String {
    let mut calendar = Calendar::empty();
    for (name, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Anteroom//Anteroom//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", method(message.kind)),
    ] {
        calendar.append_property(Property::new(name, value));
    }
    calendar.push(event(message, entry, organizer, reader));
    folded(&calendar.to_string())
}

/// Folds lines at 75 octets (RFC 5545, section 3.1); the library lets the last part of a long line be one octet longer.
fn folded(file: &str) -> String {
    let mut folded = String::with_capacity(file.len());
    for line in file.replace("\r\n ", "").split_terminator("\r\n") {
        let mut length = 0;
        for c in line.chars() {
            if length + c.len_utf8() > 75 {
                folded.push_str("\r\n ");
                length = 1;
            }
            folded.push(c);
            length += c.len_utf8();
        }
        folded.push_str("\r\n");
    }
    folded
}

fn event(message: &Message, entry: &CalendarEntry, organizer: &Mailbox, reader: &Mailbox) -> Event {
    let appointment = &message.appointment;
    let mut event = Event::new();
    event
        .add_property("UID", uid(message))
        .add_property("SEQUENCE", appointment.version.to_string())
        .add_property("DTSTAMP", utc(message.at))
        .add_property("DTSTART", utc(appointment.starts.at))
        .add_property("DTEND", utc(appointment.ends_at()))
        .add_property("SUMMARY", &entry.title)
        .add_property("DESCRIPTION", &entry.description)
        .add_property("CLASS", "PRIVATE") // in shared calendars others see "busy" only
        .add_property("STATUS", if message.kind == MessageKind::Cancelled { "CANCELLED" } else { "CONFIRMED" })
        .append_property(person("ORGANIZER", organizer))
        .append_property(attendee(reader));
    if let Some(link) = &message.link {
        event.add_property("LOCATION", link.reveal()).add_property("URL", link.reveal());
    } else if appointment.kind == AppointmentKind::InPerson && message.kind != MessageKind::Cancelled {
        event.add_property("LOCATION", &message.practice);
    }
    event.done()
}

/// One UID per recipient, not per appointment: each file holds the recipient's own link, and a calendar server that
/// merges files with one UID would show the guest the host's link.
fn uid(message: &Message) -> String {
    let reader = match message.role {
        Role::Host => "host".to_owned(),
        Role::Guest => "guest".to_owned(),
        Role::Companion | Role::Unknown => message.recipient.to_string(),
    };
    format!("{}.{reader}", message.appointment.id)
}

/// Already accepted, no reply requested: nothing here processes a reply from a calendar.
fn attendee(reader: &Mailbox) -> Property {
    let mut attendee = person("ATTENDEE", reader);
    for (name, value) in
        [("CUTYPE", "INDIVIDUAL"), ("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "ACCEPTED"), ("RSVP", "FALSE")]
    {
        attendee.add_parameter(name, value);
    }
    attendee
}

/// A calendar address. A parameter cannot contain a double quote (RFC 5545, section 3.2); `%`, `?` and `#` are escaped
/// in `mailto:` (RFC 6068).
fn person(property: &str, who: &Mailbox) -> Property {
    let address = who.email.to_string().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    let mut person = Property::new(property, format!("mailto:{address}"));
    if let Some(name) = &who.name {
        person.add_parameter("CN", &name.replace('"', "'"));
    }
    person
}

fn utc(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}
