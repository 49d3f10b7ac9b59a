//! Message texts, as snapshots.

use std::fmt::Write;

use anteroom_app::{Message, MessageKind};
use anteroom_domain::{Appointment, AppointmentKind, Language, Role, WordingPack};
use anteroom_l10n::Catalogue;

use super::samples::{LINK, message, name, sender, zone};
use crate::email::{Parts, parts};

const ALL: [(MessageKind, Role); 5] = [
    (MessageKind::Confirmed, Role::Guest),
    (MessageKind::Confirmed, Role::Host),
    (MessageKind::Cancelled, Role::Guest),
    (MessageKind::Cancelled, Role::Host),
    (MessageKind::HostChanged, Role::Guest),
];

fn read(message: &Message) -> Parts {
    parts(message, &sender()).unwrap()
}

/// Only the body of the HTML: the head is the same in every message.
fn render(message: &Message) -> String {
    let Parts { subject, text, html, calendar } = read(message);
    let page = html.split_once("</head>\n").unwrap().1;
    let calendar = calendar.replace("\r\n", "\n");
    format!("Subject: {subject}\n\n{text}\n---- page ----\n{page}\n---- calendar ----\n{calendar}")
}

fn in_person(kind: MessageKind, role: Role) -> Message {
    let message = message(kind, role, WordingPack::Beauty);
    let appointment = Appointment { kind: AppointmentKind::InPerson, ..message.appointment };
    Message { link: None, appointment, ..message }
}

#[test]
fn every_message_matches_its_snapshot() {
    for (kind, role) in ALL {
        for pack in WordingPack::ALL {
            let file = format!("{}-{}-{pack}", kind.as_str(), role.as_str());
            insta::assert_snapshot!(file, render(&message(kind, role, pack)));
        }
        let file = format!("{}-{}-in-person", kind.as_str(), role.as_str());
        insta::assert_snapshot!(file, render(&in_person(kind, role)));
    }
}

/// The texts of all German messages; their layout is that of the English ones.
#[test]
fn every_german_message_matches_its_snapshot() {
    let mut all = String::new();
    for (kind, role) in ALL {
        let in_person = (in_person(kind, role), "in person");
        let by_video = WordingPack::ALL.map(|pack| (message(kind, role, pack), pack.as_str()));
        for (message, what) in by_video.into_iter().chain([in_person]) {
            let Parts { subject, text, html, calendar } = read(&Message { language: Language::De, ..message });
            assert!(html.starts_with("<!doctype html>\n<html lang=\"de\" dir=\"ltr\">"), "{html}");
            let calendar = calendar.replace("\r\n ", "");
            let calendar = calendar.lines().filter(|line| line.starts_with("SUMMARY") || line.starts_with("DESC"));
            let calendar = calendar.collect::<Vec<_>>().join("\n");
            let _ = writeln!(all, "==== {} {} {what}\n{subject}\n\n{text}\n{calendar}\n", kind.as_str(), role.as_str());
        }
    }
    insta::assert_snapshot!("german", all);
}

#[test]
fn a_subject_names_neither_a_person_nor_a_trade() {
    for (kind, role) in ALL {
        for pack in WordingPack::ALL {
            for language in Language::ALL {
                let text = read(&Message { language, ..message(kind, role, pack) }).subject.to_lowercase();
                let words = Catalogue::of(language, pack);
                let nouns = [words.noun_host(), words.noun_guest(), words.noun_consultation()];
                let nouns = nouns.into_iter().filter(|noun| noun != "Termin"); // an appointment of any kind
                let names = ["weber", "haddad", "praxis", "video", "park"].map(str::to_owned);
                for revealing in nouns.chain(names) {
                    assert!(!text.contains(&revealing.to_lowercase()), "{revealing} in {text}");
                }
            }
        }
    }
}

#[test]
fn times_are_in_the_recipients_zone() {
    let guest = message(MessageKind::Confirmed, Role::Guest, WordingPack::Clinic);
    let text = read(&guest).text;
    assert!(text.contains("When: Friday 20 November 2026, 12:00 (Africa/Cairo)\n"), "{text}");
    assert!(text.contains("For your doctor: Friday 20 November 2026, 11:00 (Europe/Berlin)\n"), "{text}");

    let across_midnight = Message { zone: zone("Pacific/Auckland"), ..guest.clone() };
    assert!(read(&across_midnight).text.contains("Friday 20 November 2026, 23:00 (Pacific/Auckland)"));
    let the_day_before = Message { zone: zone("Pacific/Honolulu"), ..guest.clone() };
    assert!(read(&the_day_before).subject.ends_with("Friday 20 November 2026, 00:00 (Pacific/Honolulu)"));

    let same_clock = Message { zone: zone("Europe/Paris"), ..guest };
    assert!(!read(&same_clock).text.contains("For your"));
}

#[test]
fn only_video_confirmations_contain_a_link() {
    for role in [Role::Host, Role::Guest] {
        let Parts { text, html, calendar, .. } = read(&message(MessageKind::Confirmed, role, WordingPack::Therapy));
        assert!(text.contains(LINK) && html.matches(LINK).count() == 3 && calendar.replace("\r\n ", "").contains(LINK));
        for none in
            [in_person(MessageKind::Confirmed, role), message(MessageKind::Cancelled, role, WordingPack::Therapy)]
        {
            let Parts { text, html, calendar, .. } = read(&none);
            assert!(![text, html, calendar].concat().contains("http"));
        }
    }
}

#[test]
fn html_has_no_remote_content_and_no_scripts() {
    for (kind, role) in ALL {
        let html = read(&message(kind, role, WordingPack::Clinic)).html.to_lowercase();
        for fetching in ["src=", "<link", "<script", "url(", "@import", "<img", "<iframe", "onclick"] {
            assert!(!html.contains(fetching), "{fetching}");
        }
    }
}

#[test]
fn names_are_escaped_in_html() {
    let message = message(MessageKind::Confirmed, Role::Guest, WordingPack::General);
    let names = Message {
        name: name("<b onload=x>\"Ada\" & 'Co'</b>"),
        other: name("</td><script>alert(1)</script>"),
        practice: "<img src=x>".to_owned(),
        ..message
    };
    let Parts { html, text, .. } = read(&names);
    for tag in ["<b onload", "<script", "<img"] {
        assert!(!html.contains(tag), "{tag}");
    }
    assert!(text.contains("<b onload=x>\"Ada\" & 'Co'</b>"));
}

#[test]
fn without_reply_to_no_reply_is_requested() {
    let message = message(MessageKind::Confirmed, Role::Guest, WordingPack::Clinic);
    let silent = crate::email::Sender { reply_to: None, ..sender() };
    assert!(parts(&message, &sender()).unwrap().text.contains("Just answer this e-mail."));
    let text = parts(&message, &silent).unwrap().text;
    assert!(text.contains("Please tell your doctor.") && !text.contains("answer"));
}
