//! What people read, word for word.

use anteroom_app::{Letter, Subject};
use anteroom_domain::{Appointment, Kind, Pack, Role};

use super::samples::{LINK, letter, name, sender, zone};
use crate::email::{Parts, parts};

const ALL: [(Subject, Role); 4] = [
    (Subject::Confirmed, Role::Guest),
    (Subject::Confirmed, Role::Host),
    (Subject::Cancelled, Role::Guest),
    (Subject::Cancelled, Role::Host),
];

fn read(letter: &Letter) -> Parts {
    parts(letter, &sender()).unwrap()
}

/// The body of the page is enough: its head is the same in every letter.
fn whole(letter: &Letter) -> String {
    let Parts { subject, text, html, calendar } = read(letter);
    let page = html.split_once("</head>\n").unwrap().1;
    let calendar = calendar.replace("\r\n", "\n");
    format!("Subject: {subject}\n\n{text}\n---- page ----\n{page}\n---- calendar ----\n{calendar}")
}

fn in_person(subject: Subject, role: Role) -> Letter {
    let letter = letter(subject, role, Pack::Beauty);
    let appointment = Appointment { kind: Kind::InPerson, ..letter.appointment };
    Letter { link: None, appointment, ..letter }
}

#[test]
fn every_letter_says_what_was_agreed() {
    for (subject, role) in ALL {
        for pack in Pack::ALL {
            let file = format!("{}-{}-{pack}", subject.as_str(), role.as_str());
            insta::assert_snapshot!(file, whole(&letter(subject, role, pack)));
        }
        let file = format!("{}-{}-in-person", subject.as_str(), role.as_str());
        insta::assert_snapshot!(file, whole(&in_person(subject, role)));
    }
}

#[test]
fn a_subject_names_neither_a_person_nor_a_trade() {
    for (subject, role) in ALL {
        for pack in Pack::ALL {
            let letter = letter(subject, role, pack);
            let said = read(&letter).subject.to_lowercase();
            let words = pack.words();
            for telling in [words.host, words.guest, words.consultation, "weber", "haddad", "praxis", "video", "park"] {
                assert!(!said.contains(telling), "{telling} in {said}");
            }
        }
    }
}

#[test]
fn everyone_reads_their_own_time_and_the_others_if_it_differs() {
    let guest = letter(Subject::Confirmed, Role::Guest, Pack::Clinic);
    let text = read(&guest).text;
    assert!(text.contains("When: Friday 20 November 2026, 12:00 (Africa/Cairo)\n"), "{text}");
    assert!(text.contains("For your doctor: Friday 20 November 2026, 11:00 (Europe/Berlin)\n"), "{text}");

    let across_midnight = Letter { zone: zone("Pacific/Auckland"), ..guest.clone() };
    assert!(read(&across_midnight).text.contains("Friday 20 November 2026, 23:00 (Pacific/Auckland)"));
    let the_day_before = Letter { zone: zone("Pacific/Honolulu"), ..guest.clone() };
    assert!(read(&the_day_before).subject.ends_with("Friday 20 November 2026, 00:00 (Pacific/Honolulu)"));

    let same_clock = Letter { zone: zone("Europe/Paris"), ..guest };
    assert!(!read(&same_clock).text.contains("For your"));
}

#[test]
fn a_link_is_in_the_letter_of_whoever_meets_by_video_and_in_no_other() {
    for role in [Role::Host, Role::Guest] {
        let Parts { text, html, calendar, .. } = read(&letter(Subject::Confirmed, role, Pack::Therapy));
        assert!(text.contains(LINK) && html.matches(LINK).count() == 3 && calendar.replace("\r\n ", "").contains(LINK));
        for none in [in_person(Subject::Confirmed, role), letter(Subject::Cancelled, role, Pack::Therapy)] {
            let Parts { text, html, calendar, .. } = read(&none);
            assert!(![text, html, calendar].concat().contains("http"));
        }
    }
}

#[test]
fn a_letter_loads_nothing_and_runs_nothing() {
    for (subject, role) in ALL {
        let html = read(&letter(subject, role, Pack::Clinic)).html.to_lowercase();
        for fetching in ["src=", "<link", "<script", "url(", "@import", "<img", "<iframe", "onclick"] {
            assert!(!html.contains(fetching), "{fetching}");
        }
    }
}

#[test]
fn a_name_is_text_on_the_page_whatever_is_in_it() {
    let letter = letter(Subject::Confirmed, Role::Guest, Pack::General);
    let names = Letter {
        name: name("<b onload=x>\"Ada\" & 'Co'</b>"),
        other: name("</td><script>alert(1)</script>"),
        practice: "<img src=x>".to_owned(),
        ..letter
    };
    let Parts { html, text, .. } = read(&names);
    for tag in ["<b onload", "<script", "<img"] {
        assert!(!html.contains(tag), "{tag}");
    }
    assert!(text.contains("<b onload=x>\"Ada\" & 'Co'</b>"));
}

#[test]
fn nobody_is_asked_to_answer_a_letter_whose_answers_nobody_reads() {
    let letter = letter(Subject::Confirmed, Role::Guest, Pack::Clinic);
    let silent = crate::email::Sender { reply_to: None, ..sender() };
    assert!(parts(&letter, &sender()).unwrap().text.contains("Just answer this letter."));
    let said = parts(&letter, &silent).unwrap().text;
    assert!(said.contains("Please tell your doctor.") && !said.contains("answer"));
}
