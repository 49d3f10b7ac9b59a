//! A practice, an appointment, a consultation with one host, two guests, a companion, and one in a role
//! of a newer version.

use jiff::{SignedDuration, Timestamp};

use crate::*;

/// 11:00 in Berlin.
pub(super) fn eleven() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

/// `minutes` after 11:00.
pub(super) fn after(minutes: i64) -> Timestamp {
    eleven() + SignedDuration::from_mins(minutes)
}

/// Opens 15 minutes before, closes 30 minutes after.
pub(super) fn policy() -> Policy {
    Policy::default_for(WordingPack::Clinic)
}

/// A participant as the author of a change.
pub(super) fn author_of(n: u8) -> Author {
    Author::Participant(participant_id(n))
}

pub(super) fn everybody_may_end() -> Policy {
    Policy::new(15, 30, WhoMayEnd::Either).unwrap()
}

pub(super) fn practice_author() -> Author {
    Author::Key(ApiKeyId::new([7; 8]))
}

/// The person of the `n`th participant, with a mail address of their own.
pub(super) fn person(n: u8, name: &str) -> Person {
    let email: EmailAddress = format!("person-{n}@guest.example").parse().unwrap();
    Person {
        id: person_id(n),
        name: Private::new(name.parse().unwrap()),
        language: None,
        zone: "Europe/Berlin".parse().unwrap(),
        addresses: vec![Address::given_at_booking(Contact::Email(Private::new(email)), after(-24 * 60))],
        created_at: after(-24 * 60),
        version: 0,
    }
}

pub(super) fn person_id(n: u8) -> PersonId {
    PersonId::new(eleven(), [n; 10])
}

/// Half an hour from 11:00, booked the day before.
pub(super) fn booked() -> Appointment {
    let zone: Zone = "Europe/Berlin".parse().unwrap();
    Appointment {
        id: AppointmentId::new(eleven(), [1; 10]),
        host: UserId::new(eleven(), [2; 10]),
        guest: person(GUEST, "Jamie Lee"),
        companions: vec![person(COMPANION, "Robin Lee")],
        starts: ScheduledTime::from_instant(eleven(), zone),
        length: Length::from_minutes(30).unwrap(),
        kind: AppointmentKind::Video,
        status: AppointmentStatus::Booked,
        booked_at: after(-24 * 60),
        booked_by: practice_author(),
        version: 0,
    }
}

pub(super) fn confirmed() -> Appointment {
    booked().confirm(practice_author(), after(-60)).unwrap()
}

/// Id of the `n`th participant; 0 is the host, [`STRANGER`] is not a participant.
pub(super) fn participant_id(n: u8) -> ParticipantId {
    ParticipantId::new(eleven(), [n; 10])
}

pub(super) const HOST: u8 = 0;
pub(super) const GUEST: u8 = 1;
pub(super) const OTHER: u8 = 2;
pub(super) const STRANGER: u8 = 3;
pub(super) const COMPANION: u8 = 4;
/// In a role of a newer version.
pub(super) const UNKNOWN: u8 = 5;

pub(super) fn planned() -> Consultation {
    let participant = |n, role, name: &str| {
        let person = (role != Role::Host).then(|| person_id(n));
        Participant::new(participant_id(n), role, person, Private::new(name.parse().unwrap()))
    };
    Consultation {
        id: ConsultationId::new(eleven(), [4; 10]),
        appointment: booked().id,
        room: RoomName::new([5; 16]),
        phase: Phase::Planned,
        participants: vec![
            participant(HOST, Role::Host, "Dr. Sofia Rossi"),
            participant(GUEST, Role::Guest, "Jamie Lee"),
            participant(OTHER, Role::Guest, "Kim Lee"),
            participant(COMPANION, Role::Companion, "Robin Lee"),
            participant(UNKNOWN, Role::Unknown, "Sam Lee"),
        ],
        still_there: StillThere::NotAsked,
        recorded: None,
        version: 0,
    }
}

/// Evidence of the host.
pub(super) fn host(of: &Consultation) -> Host {
    of.host(participant_id(HOST), author_of(HOST)).unwrap()
}

/// Started at 11:00; one guest waited since 10:55, the other has not entered.
pub(super) fn live() -> Consultation {
    let waiting = planned().enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(-5)).unwrap();
    let host = host(&waiting);
    waiting.start(&host, JoinWindow::Open, eleven()).unwrap()
}

pub(super) fn ended() -> Consultation {
    live().end(author_of(HOST), Some(participant_id(HOST)), &policy(), after(25)).unwrap()
}

pub(super) fn entry(of: &Consultation, n: u8) -> Entry {
    of.participant(participant_id(n)).unwrap().entry.clone()
}
