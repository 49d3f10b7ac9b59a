//! Personal data cannot add headers, parts or recipients to a mail.

use std::collections::BTreeMap;

use anteroom_app::{Message, MessageKind};
use anteroom_domain::{Appointment, AppointmentKind, EmailAddress, PersonName, Private, Role, WordingPack};
use mail_parser::{MessageParser, MimeHeaders};
use proptest::prelude::*;
use proptest::sample::select;

use super::samples::{email, message, sender};
use crate::email::{self, Sender};

/// Hostile and international text.
fn nasty() -> impl Strategy<Value = String> {
    let bits = select(vec![
        "\r\n",
        "\n",
        "\r",
        "\0",
        "\t",
        "Bcc: x@evil.example",
        "\r\n\r\n",
        "\n.\n",
        "\r\n.\r\n",
        "MAIL FROM:<x>",
        "=?utf-8?q?=0d=0aBcc:x?=",
        "\"",
        "\\",
        "<",
        ">",
        "@",
        ",",
        ";",
        ":",
        "%0d%0a",
        "\u{2028}",
        "\u{85}",
        "(",
        ")",
        "END:VEVENT",
        "BEGIN:VALARM",
        "\\n",
        "ATTENDEE:mailto:x@evil.example",
        "Ärztin",
        "د. سمير",
        "山田",
        "👩‍⚕️",
        " ",
        "  ",
        "a",
        "--",
        "Content-Type: text/html",
        "=",
        "^",
        "'",
    ]);
    let piece = prop_oneof![bits.prop_map(str::to_owned), "\\PC{0,30}", ".{0,12}", "[ \u{a0}\u{2003}é]{70,90}"];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn person() -> impl Strategy<Value = Private<PersonName>> {
    nasty().prop_filter_map("a name", |text| text.chars().take(100).collect::<String>().parse().ok().map(Private::new))
}

fn address() -> impl Strategy<Value = Private<EmailAddress>> {
    let odd = "[!#$%&'*+/=?^_`{|}~a-z0-9-]{1,20}".prop_map(|local| format!("{local}@guest.example"));
    let wide = "[a-zäé山]{1,10}@[a-zäé山]{1,10}\\.example";
    prop_oneof![Just("nour@guest.example".to_owned()), odd, wide]
        .prop_filter_map("an address", |text| text.parse().ok().map(Private::new))
}

pub(super) fn any_letter() -> impl Strategy<Value = Message> {
    let shape = (
        select(vec![MessageKind::Confirmed, MessageKind::Cancelled]),
        select(vec![Role::Host, Role::Guest]),
        select(WordingPack::ALL.to_vec()),
        select(vec![AppointmentKind::Video, AppointmentKind::InPerson]),
    );
    let words = (nasty(), person(), person(), address(), nasty(), prop::option::of(nasty()), 0..60_u16);
    (shape, words).prop_map(
        |((subject, role, pack, kind), (practice, name, other, email, idempotency_key, link, opens_before))| {
            let plain = message(subject, role, pack);
            let appointment = Appointment { kind, ..plain.appointment };
            let link = link.map(Private::new);
            Message { practice, name, other, email, idempotency_key, link, opens_before, appointment, ..plain }
        },
    )
}

/// Name and decoded value of every header.
fn headers(raw: &[u8]) -> BTreeMap<String, String> {
    let message = MessageParser::default().parse(raw).unwrap();
    let all: Vec<_> = message.headers_raw().map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
    let map: BTreeMap<_, _> = all.iter().cloned().collect();
    assert_eq!(map.len(), all.len(), "a header came twice");
    map
}

proptest! {
    #[test]
    fn names_cannot_inject_headers_parts_or_recipients(message in any_letter()) {
        let Ok(mail) = email::write(&message, &sender()) else { return Ok(()) };
        let raw = mail.formatted();
        let names: Vec<_> = headers(&raw).into_keys().collect();
        prop_assert_eq!(names, [
            "Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Reply-To", "Subject", "To",
        ]);

        let parsed = MessageParser::default().parse(&raw).unwrap();
        prop_assert_eq!(parsed.parts.len(), 6);
        let to: Vec<_> = parsed.to().unwrap().iter().collect();
        prop_assert_eq!(to.len(), 1);
        prop_assert_eq!(parsed.from().unwrap().first().unwrap().address(), Some("video@praxis.example"));
        prop_assert_eq!(mail.envelope().to().len(), 1);

        // Accepted by every server: lines of at most 998 bytes, CR LF line ends, ASCII except in addresses.
        for line in raw.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            prop_assert!(line.len() <= 998);
        }
        let text = String::from_utf8(raw).unwrap();
        let stray = text.replace("\r\n", "");
        prop_assert!(!stray.contains(['\r', '\n', '\0']));
        if message.email.reveal().as_str().is_ascii() {
            prop_assert!(text.is_ascii());
        }
    }

    #[test]
    fn message_ids_are_stable_and_unique(a in nasty(), b in nasty()) {
        let id = |idempotency_key: &str| {
            let message = Message { idempotency_key: idempotency_key.to_owned(), ..message(MessageKind::Confirmed, Role::Guest, WordingPack::Clinic) };
            headers(&email::write(&message, &sender()).unwrap().formatted())["Message-ID"].clone()
        };
        prop_assert_eq!(id(&a), id(&a));
        prop_assert_eq!(id(&a) == id(&b), a == b);
        prop_assert!(id(&a).ends_with("@praxis.example>"));
    }
}

#[test]
fn an_independent_parser_reads_the_mail_unchanged() {
    let message = Message {
        name: "\"Ada\" Müller-Öztürk, 山田 <x@evil.example>".parse::<PersonName>().unwrap().into(),
        ..message(MessageKind::Confirmed, Role::Guest, WordingPack::Clinic)
    };
    let raw = email::write(&message, &sender()).unwrap().formatted();
    let parsed = MessageParser::default().parse(&raw).unwrap();
    let to = parsed.to().unwrap().first().unwrap();
    assert_eq!(to.name(), Some("\"Ada\" Müller-Öztürk, 山田 <x@evil.example>"));
    assert_eq!(to.address(), Some("nour@guest.example"));
    assert_eq!(parsed.from().unwrap().first().unwrap().name(), Some("Praxis am Park"));
    assert_eq!(parsed.reply_to().unwrap().first().unwrap().address(), Some("empfang@praxis.example"));
    assert_eq!(parsed.date().unwrap().to_rfc3339(), "2026-11-12T09:31:02Z");
    assert_eq!(parsed.header_raw("Auto-Submitted").unwrap().trim(), "auto-generated");
    let kinds: Vec<_> = parsed
        .parts
        .iter()
        .map(|part| {
            let kind = part.content_type().unwrap();
            (kind.ctype().to_owned(), kind.subtype().unwrap().to_owned(), kind.attribute("method").map(str::to_owned))
        })
        .collect();
    let kind = |a: &str, b: &str, method: Option<&str>| (a.to_owned(), b.to_owned(), method.map(str::to_owned));
    assert_eq!(
        kinds,
        [
            kind("multipart", "mixed", None),
            kind("multipart", "alternative", None),
            kind("text", "plain", None),
            kind("text", "html", None),
            kind("text", "calendar", Some("REQUEST")),
            kind("application", "ics", None),
        ]
    );
}

#[test]
fn domains_are_encoded_in_ascii() {
    let message = Message {
        email: email("nour@münze.example"),
        ..message(MessageKind::Confirmed, Role::Guest, WordingPack::Clinic)
    };
    let mail = email::write(&message, &sender()).unwrap();
    assert_eq!(mail.envelope().to()[0].to_string(), "nour@xn--mnze-0ra.example");
    assert!(mail.formatted().is_ascii());
}

fn named(name: PersonName) -> Message {
    Message { name: name.into(), ..message(MessageKind::Confirmed, Role::Guest, WordingPack::Clinic) }
}

/// A dot is no part of an atom (RFC 5322, section 3.2.3).
#[test]
fn a_name_with_dots_is_quoted() {
    for (name, header) in [
        (".", "\".\" <nour@guest.example>"),
        ("..-_", "\"..-_\" <nour@guest.example>"),
        ("Dr.No", "\"Dr.No\" <nour@guest.example>"),
        ("Dr. No", "\"Dr. No\" <nour@guest.example>"),
        ("Nour", "Nour <nour@guest.example>"),
    ] {
        let message = Message { practice: name.to_owned(), ..named(name.parse().unwrap()) };
        let sender = Sender { from: "video@praxis.example".parse().unwrap(), reply_to: None };
        let mail = email::write(&message, &sender).unwrap();
        let raw = mail.formatted();
        let headers = headers(&raw);
        assert_eq!(headers["To"], header, "{name}");
        assert_eq!(headers["From"], header.replace("nour@guest", "video@praxis"), "{name}");
        let parsed = MessageParser::default().parse(&raw).unwrap();
        assert_eq!(parsed.to().unwrap().first().unwrap().name(), Some(name));
        assert_eq!(mail.envelope().to()[0].to_string(), "nour@guest.example");
    }
}

/// Input with control characters is refused. These come from a database that another program has written.
#[test]
fn a_line_break_in_a_name_adds_no_header() {
    for name in ["Nour\r\nBcc: eve@evil.example", "Nour\nBcc: eve@evil.example", "Nour\rBcc: eve@evil.example", "\r\n"]
    {
        let message = Message {
            practice: name.to_owned(),
            other: PersonName::from_store(name).into(),
            ..named(PersonName::from_store(name))
        };
        let mail = email::write(&message, &sender()).unwrap();
        let raw = String::from_utf8(mail.formatted()).unwrap();
        assert!(!headers(raw.as_bytes()).contains_key("Bcc"), "{raw}");
        assert!(!raw.replace("\r\n", "").contains(['\r', '\n']), "{raw}");
        assert_eq!(mail.envelope().to().len(), 1, "{name:?}");
        let parsed = MessageParser::default().parse(raw.as_bytes()).unwrap();
        let subject = parsed.subject().unwrap();
        assert!(!subject.contains("Bcc") || !subject.contains(['\r', '\n']), "{subject}");
    }
}
