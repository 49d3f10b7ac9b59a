//! Sample messages.

use anteroom_app::{Message, MessageKind};
use anteroom_domain::{
    Address, Appointment, AppointmentId, AppointmentKind, AppointmentStatus, Author, Contact, Language, Length,
    ParticipantId, Person, PersonId, Role, ScheduledTime, UserId, WordingPack, Zone,
};
use jiff::Timestamp;

use crate::email::Sender;

pub(super) const LINK: &str = "https://video.praxis.example/join/Vq3nT0cJm2yX7w9LrB5uKpZsE1aHdGfo";

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn appointment() -> Appointment {
    let written = at("2026-11-12T09:30:00Z");
    Appointment {
        id: AppointmentId::new(written, [7; 10]),
        host: UserId::new(written, [1; 10]),
        guest: Person {
            id: PersonId::new(written, [3; 10]),
            name: name("Nour Haddad"),
            language: None,
            zone: zone("Africa/Cairo"),
            addresses: vec![Address::given_at_booking(Contact::Email(email("nour@guest.example")), written)],
            created_at: written,
            version: 0,
        },
        companions: Vec::new(),
        starts: ScheduledTime::from_instant(at("2026-11-20T10:00:00Z"), zone("Europe/Berlin")),
        length: Length::from_minutes(30).unwrap(),
        kind: AppointmentKind::Video,
        status: AppointmentStatus::Confirmed { at: written, by: Author::System },
        booked_at: written,
        booked_by: Author::System,
        version: 1,
    }
}

/// A message about a video appointment in Berlin at 11:00, with a guest in Cairo.
pub(super) fn message(kind: MessageKind, role: Role, pack: WordingPack) -> Message {
    let appointment = appointment();
    let host = (name("Dr. Jana Weber"), email("jana@praxis.example"), zone("Europe/Berlin"));
    let guest = &appointment.guest;
    let guest = (guest.name.clone(), guest.email().unwrap().clone(), guest.zone.clone());
    let (me, other) = if role == Role::Host { (host.clone(), guest) } else { (guest, host.clone()) };
    Message {
        kind,
        practice: "Praxis am Park".to_owned(),
        language: Language::En,
        pack,
        recipient: ParticipantId::new(at("2026-11-12T09:30:00Z"), [role as u8; 10]),
        role,
        name: me.0,
        email: me.1,
        zone: me.2,
        other: other.0,
        other_zone: other.2,
        link: (kind != MessageKind::Cancelled).then(|| LINK.to_owned().into()),
        opens_before: pack.opens_before(),
        idempotency_key: format!("par_0190f5fe7f1c7000a5c30707070707.{}", kind.as_str()),
        at: at("2026-11-12T09:31:02Z"),
        appointment: match kind {
            MessageKind::Confirmed => appointment,
            MessageKind::HostChanged => Appointment { version: 2, ..appointment },
            MessageKind::Cancelled => {
                let status = AppointmentStatus::Cancelled { at: at("2026-11-13T08:00:00Z"), by: Author::System };
                Appointment { status, version: 2, ..appointment }
            }
        },
    }
}

pub(super) fn sender() -> Sender {
    Sender { from: "video@praxis.example".parse().unwrap(), reply_to: Some("empfang@praxis.example".parse().unwrap()) }
}

pub(super) fn name(text: &str) -> anteroom_domain::Private<anteroom_domain::PersonName> {
    text.parse::<anteroom_domain::PersonName>().unwrap().into()
}

pub(super) fn email(text: &str) -> anteroom_domain::Private<anteroom_domain::EmailAddress> {
    text.parse::<anteroom_domain::EmailAddress>().unwrap().into()
}

pub(super) fn zone(text: &str) -> Zone {
    text.parse().unwrap()
}
