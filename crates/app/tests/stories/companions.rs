//! Companions: people who come with the guest, each with a link, a message and an admission of their own.

use std::collections::BTreeSet;

use anteroom_app::appointments::{Booking, NewCompanion};
use anteroom_app::{MessageKind, Standing, invitations, messages};
use anteroom_domain::FieldError::*;
use anteroom_domain::{Entry, Role};
use anteroom_testkit::{Persona, TestParticipant, TestSite, hours, minutes};

use crate::{error_code, wrong_fields};

/// A confirmed appointment with this many companions whose messages were sent: everybody has opened their link, the host
/// first, then the guest.
async fn party_of(companions: usize) -> (TestSite, Vec<(Persona, TestParticipant)>) {
    let (site, host) = TestSite::start().await;
    let names = ["Jamie", "Robin", "Kim", "Sam"];
    let people: Vec<Persona> = names[..=companions].iter().map(|name| site.persona(name)).collect();
    let booking = host.booking_with(&people[0], &people[1..], minutes(5));
    let id = host.books(booking).await.expect("a free slot").appointment.id;
    host.confirms(id).await.expect("it is booked");
    assert_eq!(site.run_due_jobs().await, companions + 2, "one message each");
    let mut party = Vec::new();
    for person in std::iter::once(host.persona().clone()).chain(people) {
        let link = site.messenger.link_to(&person.email).expect("a message with a link");
        party.push((person, site.open_link(&link).await.expect("a personal link")));
    }
    (site, party)
}

fn names(standing: &Standing) -> BTreeSet<String> {
    standing.people.iter().map(|person| person.name.reveal().as_str().to_owned()).collect()
}

/// For every number of companions and every set of admitted people.
#[tokio::test]
async fn nobody_receives_what_belongs_to_another() {
    for companions in 0..=3 {
        let (site, party) = party_of(companions).await;
        check_messages(&site, &party);
        let host = &party[0].1;
        for (_, participant) in &party[1..] {
            check_standings(&party, |_| false).await;
            participant.enters().await.unwrap();
        }
        host.starts().await.unwrap();
        for set in 0..1_u32 << (companions + 1) {
            let is_in = |n: usize| n > 0 && set >> (n - 1) & 1 == 1;
            for (n, (_, participant)) in party.iter().enumerate().skip(1) {
                if is_in(n) {
                    host.admits(participant).await.unwrap()
                } else {
                    host.declines(participant).await.unwrap()
                };
            }
            check_standings(&party, is_in).await;
            for (n, (_, participant)) in party.iter().enumerate() {
                assert_eq!(participant.requests_ticket().await.is_ok(), n == 0 || is_in(n));
            }
        }
        site.run_due_jobs().await; // Declined participants are removed from the room.
    }
}

/// Everybody has their own name, and sees the host and those who are in with them.
async fn check_standings(party: &[(Persona, TestParticipant)], is_in: impl Fn(usize) -> bool) {
    for (n, (person, participant)) in party.iter().enumerate() {
        let standing = participant.standing().await;
        assert_eq!(standing.name.reveal().as_str(), person.name);
        let visible = |other: usize| other != n && (n == 0 || other == 0 || (is_in(n) && is_in(other)));
        let expected = (0..party.len()).filter(|other| visible(*other)).map(|other| party[other].0.name.clone());
        assert_eq!(names(&standing), expected.collect(), "{n}");
    }
}

/// One message to each address, with their own name and link, and the name of the one the appointment is with.
fn check_messages(site: &TestSite, party: &[(Persona, TestParticipant)]) {
    let mut links = BTreeSet::new();
    for (n, (person, participant)) in party.iter().enumerate() {
        let messages = site.messenger.messages_to(&person.email);
        let [message] = &messages[..] else { panic!("{} messages", messages.len()) };
        assert_eq!((message.name.reveal().as_str(), message.recipient), (person.name.as_str(), participant.me));
        let other = if n == 0 { &party[1].0 } else { &party[0].0 };
        assert_eq!(message.other.reveal().as_str(), other.name);
        assert!(links.insert(message.link.as_ref().expect("a link").reveal().clone()), "a link of their own");
        let role = [Role::Host, Role::Guest, Role::Companion][n.min(2)];
        assert_eq!(
            (message.role, message.zone.name()),
            (role, if n == 0 { "Europe/Berlin" } else { "America/New_York" })
        );
    }
    assert_eq!(site.messenger.messages().len(), party.len());
}

#[tokio::test]
async fn a_companion_waits_in_a_row_of_their_own() {
    let (site, party) = party_of(2).await;
    let [host, guest, robin, kim] = [0, 1, 2, 3].map(|n| &party[n].1);
    for participant in [guest, robin] {
        participant.enters().await.unwrap();
    }
    host.starts().await.unwrap();
    let seen = host.standing().await;
    let entries: Vec<_> = seen.people.iter().map(|person| (person.id, person.role, person.entry.as_str())).collect();
    let mut expected = vec![
        (guest.me, Role::Guest, "admitted"),
        (robin.me, Role::Companion, "waiting"),
        (kim.me, Role::Companion, "outside"),
    ];
    expected[1..].sort_by_key(|(id, ..)| *id);
    assert_eq!(entries, expected, "the start admits the guest only");
    host.declines(robin).await.unwrap();
    assert_eq!(error_code(robin.connects().await), "declined");
    host.admits(robin).await.unwrap();
    robin.connects().await.unwrap();
    assert_eq!(error_code(robin.ends().await), "host_only");
    assert_eq!(error_code(robin.starts().await), "host_only");
    assert!(matches!(robin.leaves().await.unwrap().entry, Entry::Left { .. }));
    site.run_due_jobs().await;
}

#[tokio::test]
async fn a_cancellation_goes_to_everybody() {
    let (site, host) = TestSite::start().await;
    let people = ["Jamie", "Robin"].map(|name| site.persona(name));
    let id = host.books(host.booking_with(&people[0], &people[1..], hours(1))).await.unwrap().appointment.id;
    host.confirms(id).await.unwrap();
    site.run_due_jobs().await;
    host.cancels(id).await.unwrap();
    assert_eq!(site.run_due_jobs().await, 3);
    for person in &people {
        let kinds: Vec<_> = site.messenger.messages_to(&person.email).iter().map(|message| message.kind).collect();
        assert_eq!(kinds, [MessageKind::Confirmed, MessageKind::Cancelled]);
    }
}

#[tokio::test]
async fn staff_create_a_link_for_one_companion() {
    let (site, host) = TestSite::start().await;
    let people = ["Jamie", "Robin", "Kim"].map(|name| site.persona(name));
    let booked = host.books(host.booking_with(&people[0], &people[1..], minutes(5))).await.unwrap().appointment;
    let consultation = host.confirms(booked.id).await.unwrap().consultation.unwrap();
    site.run_due_jobs().await;
    let kim = consultation.participants.iter().find(|one| one.person == Some(booked.companions[1].id)).unwrap();
    let link = invitations::reissue_to(&site.app, &host.actor, booked.id, kim.id).await.unwrap();
    let opened = site.open_link(&link).await.unwrap();
    assert_eq!(opened.standing().await.name.reveal().as_str(), people[2].name);
    let other = host.books_and_confirms(&site.persona("Alex"), hours(3)).await.appointment.id;
    site.run_due_jobs().await;
    assert_eq!(error_code(invitations::reissue_to(&site.app, &host.actor, other, kim.id).await), "not_found");
}

#[tokio::test]
async fn companions_have_names_and_addresses_of_their_own() {
    let (site, host) = TestSite::start().await;
    let guest = site.persona("Jamie");
    let companion = |name: &str, email: &str| NewCompanion::new(name, email, "");
    let with = |companions| Booking { companions, ..host.booking(&guest, hours(1)) };
    let wrong = with(vec![
        companion("", &guest.email.to_uppercase()),
        companion("Robin", "robin@"),
        companion("Kim", &host.persona().email),
    ]);
    let expected = [
        ("companions[0].email", Taken),
        ("companions[0].name", Empty),
        ("companions[1].email", Malformed),
        ("companions[2].email", Taken),
    ];
    assert_eq!(wrong_fields(host.books(wrong).await), expected);
    let twice = with(vec![companion("Robin", "robin@mail.example"), companion("Kim", "Robin@MAIL.example")]);
    assert_eq!(wrong_fields(host.books(twice).await), [("companions[1].email", Taken)]);
    let four = (0..4).map(|n| companion("Robin", &format!("robin{n}@mail.example"))).collect();
    assert_eq!(wrong_fields(host.books(with(four)).await), [("companions", TooMany)]);
}

/// Staff pass the link on: nothing is sent, and nothing counts as failed.
#[tokio::test]
async fn a_companion_may_have_a_phone_number_only() {
    let (site, host) = TestSite::start().await;
    let guest = site.persona("Jamie");
    let with = |companions| Booking { companions, ..host.booking(&guest, minutes(5)) };
    let unreachable = with(vec![NewCompanion::new("Robin", " ", "")]);
    assert_eq!(wrong_fields(host.books(unreachable).await), [("companions[0].email", Empty)]);
    let wrong = with(vec![NewCompanion::new("Robin", "", "030 90")]);
    assert_eq!(wrong_fields(host.books(wrong).await), [("companions[0].phone", NoSuchNumber)]);
    let booking = with(vec![NewCompanion::new("Robin", "", "+49 30 901820")]);
    let booked = host.books(booking).await.unwrap().appointment;
    assert_eq!(booked.companions[0].phone().unwrap().reveal().as_str(), "+4930901820");
    let consultation = host.confirms(booked.id).await.unwrap().consultation.unwrap();
    assert_eq!(site.run_due_jobs().await, 2, "host and guest");
    assert_eq!(messages::deliveries(&site.app, &host.actor, booked.id).await.unwrap().len(), 2);
    let robin = consultation.participants.iter().find(|one| one.role == Role::Companion).unwrap();
    let link = invitations::reissue_to(&site.app, &host.actor, booked.id, robin.id).await.unwrap();
    site.open_link(&link).await.unwrap().enters().await.unwrap();
    host.cancels(booked.id).await.unwrap();
    assert_eq!(site.run_due_jobs().await, 2);
}
