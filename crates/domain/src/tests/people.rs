//! People and participants: each has their own name and address, and sees others by the rules only.

use proptest::prelude::*;

use super::samples::{
    COMPANION, GUEST, HOST, OTHER, UNKNOWN, after, author_of, booked, host, live, participant_id, person, planned,
};
use crate::*;

fn doctor() -> User {
    User {
        id: booked().host,
        name: Private::new("Dr. Sofia Rossi".parse().unwrap()),
        email: Private::new("sofia@practice.example".parse().unwrap()),
        role: StaffRole::Host,
        zone: "Europe/Rome".parse().unwrap(),
        created_at: after(-9999),
        language: None,
        deactivated_at: None,
        version: 0,
    }
}

fn any_role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Host), Just(Role::Guest), Just(Role::Companion), Just(Role::Unknown)]
}

fn any_entry() -> impl Strategy<Value = Entry> {
    prop_oneof![
        Just(Entry::Outside),
        Just(Entry::Waiting { since: after(-5) }),
        Just(Entry::Admitted { by: author_of(HOST), at: after(1) }),
        Just(Entry::Declined { by: author_of(HOST), at: after(1) }),
        Just(Entry::Left { at: after(2) }),
    ]
}

proptest! {
    /// Of any set of participants, whose people are in any order.
    #[test]
    fn nobody_has_the_profile_of_another(
        participants in proptest::collection::vec((any_role(), proptest::option::of(0_u8..6)), 1..6),
        order in Just([1_u8, 2, 3, 4]).prop_shuffle(),
    ) {
        let people: Vec<Person> = order.iter().map(|n| person(*n, &format!("Person {n}"))).collect();
        let appointment = Appointment { guest: people[0].clone(), companions: people[1..].to_vec(), ..booked() };
        let doctor = doctor();
        for (at, (role, n)) in (0_u8..).zip(participants) {
            let stored = n.map(|n| person(n, "x").id);
            let name = Private::new("Stored".parse().unwrap());
            let participant = Participant::new(participant_id(at), role, stored, name);
            let profile = Profile::of(&participant, &appointment, &doctor);
            let email = profile.and_then(|profile| profile.email).map(|email| email.reveal().as_str().to_owned());
            let expected = match (n, role) {
                (Some(n @ 1..=4), _) => Some(format!("person-{n}@guest.example")),
                (None, Role::Host) => Some("sofia@practice.example".to_owned()),
                (None, Role::Guest) => Some(format!("person-{}@guest.example", order[0])),
                (Some(_), _) | (None, Role::Companion | Role::Unknown) => None,
            };
            prop_assert_eq!(email, expected);
            prop_assert_eq!(profile.is_none(), matches!((n, role), (Some(0 | 5), _) | (None, Role::Companion | Role::Unknown)));
        }
    }

    #[test]
    fn names_of_others_are_seen_after_admission_only(me in (any_role(), any_entry()), other in (any_role(), any_entry())) {
        let of = |n, (role, entry): (Role, Entry)| {
            let name = Private::new("Jamie".parse().unwrap());
            Participant { entry, ..Participant::new(participant_id(n), role, None, name) }
        };
        let (me, other) = (of(1, me), of(2, other));
        let both_admitted = me.role.waits() && other.role.waits() && me.entry.is_admitted() && other.entry.is_admitted();
        let expected = me.role == Role::Host || (me.role.waits() && other.role == Role::Host) || both_admitted;
        prop_assert_eq!(me.sees(&other), expected);
    }
}

#[test]
fn a_companion_is_admitted_singly() {
    let waiting = [GUEST, COMPANION].into_iter().fold(planned(), |waiting, who| {
        waiting.enter_waiting_room(participant_id(who), JoinWindow::Open, after(-5)).unwrap()
    });
    let host = host(&waiting);
    let live = waiting.start(&host, JoinWindow::Open, after(0)).unwrap();
    assert!(live.may_connect(participant_id(GUEST), JoinWindow::Open).is_ok());
    assert_eq!(live.may_connect(participant_id(COMPANION), JoinWindow::Open), Err(Refusal::NotAdmitted));
    let both = live.admit(&host, participant_id(COMPANION), after(1)).unwrap();
    assert!(both.may_connect(participant_id(COMPANION), JoinWindow::Open).is_ok());
    assert!(
        both.participant(participant_id(COMPANION)).unwrap().sees(both.participant(participant_id(GUEST)).unwrap())
    );
    assert!(
        !both.participant(participant_id(COMPANION)).unwrap().sees(both.participant(participant_id(OTHER)).unwrap())
    );
    let everybody = Policy::new(15, 30, WhoMayEnd::Either).unwrap();
    assert_eq!(both.may_end(participant_id(COMPANION), &everybody), Err(Refusal::HostOnly));
    assert_eq!(both.may_end(participant_id(GUEST), &everybody), Ok(()));
}

#[test]
fn a_role_of_a_newer_version_is_no_guest() {
    for text in ["interpreter", "Guest", "guest ", ""] {
        assert_eq!(Role::from_store(text), Role::Unknown, "{text}");
    }
    for role in [Role::Host, Role::Guest, Role::Companion] {
        assert_eq!(Role::from_store(role.as_str()), role);
    }
    let entered = live().enter_waiting_room(participant_id(UNKNOWN), JoinWindow::Open, after(1));
    assert_eq!(entered, Err(Refusal::GuestOnly));
}

#[test]
fn a_revoked_address_receives_nothing() {
    let email = |text: &str| Contact::Email(Private::new(text.parse().unwrap()));
    let mut jamie = person(GUEST, "Jamie Lee");
    jamie.addresses = ["first@guest.example", "second@guest.example"]
        .map(|text| Address::given_at_booking(email(text), after(0)))
        .to_vec();
    jamie
        .addresses
        .push(Address::given_at_booking(Contact::Phone(Private::new("+4930123456".parse().unwrap())), after(0)));
    let used = |person: &Person| person.email().map(|email| email.reveal().as_str().to_owned());
    assert_eq!(used(&jamie).as_deref(), Some("first@guest.example"));
    let revoked = |address: &mut Address| address.consent = Consent::Revoked { at: after(1), by: Author::System };
    revoked(&mut jamie.addresses[0]);
    assert_eq!(used(&jamie).as_deref(), Some("second@guest.example"));
    jamie.addresses.iter_mut().for_each(revoked);
    assert_eq!((used(&jamie), jamie.phone()), (None, None));
}

#[test]
fn spellings_of_one_address_are_normalised_to_one() {
    let normalised = |text: &str| Contact::Email(Private::new(text.parse().unwrap())).normalised().reveal().clone();
    assert_eq!(normalised("Jamie@GUEST.example"), normalised("jamie@guest.example"));
    let phone = Contact::Phone(Private::new("+49 (0)30 123456".parse().unwrap()));
    assert_eq!((phone.channel(), phone.normalised().reveal().as_str()), ("phone", "+4930123456"));
    assert_eq!(Contact::from_store("carrier pigeon", "coo"), None);
}

#[test]
fn a_language_is_a_tag() {
    for tag in ["de", "pt-BR", "zh-Hans-CN", "yue"] {
        assert_eq!(tag.parse::<LanguageTag>().unwrap().as_str(), tag);
    }
    for text in ["", "d", "german!", "de_DE", "-de", "de-", "deutsch"] {
        assert_eq!(text.parse::<LanguageTag>(), Err(FieldError::Malformed), "{text}");
    }
    let ours = |tag: &str| tag.parse::<LanguageTag>().unwrap().in_catalogue();
    assert_eq!([ours("de-AT"), ours("EN"), ours("tlh")], [Some(Language::De), Some(Language::En), None]);
}
