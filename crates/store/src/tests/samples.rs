//! Sample values: a practice, users, appointments, consultations.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use anteroom_domain::{
    Address, ApiKey, ApiKeyId, Appointment, AppointmentId, AppointmentKind, AppointmentStatus, Author, Consultation,
    ConsultationId, Contact, CredentialId, Invitation, InvitationId, KeyScope, KeyScopes, Language, Length,
    Participant, ParticipantId, PasswordCredential, Person, PersonId, Phase, Policy, Practice, Private, Role, RoomName,
    ScheduledTime, Secret, StaffRole, StillThere, User, UserId, WhoMayEnd, WordingPack,
};
use jiff::{SignedDuration, Timestamp};

use crate::{AppointmentRange, Error, Snapshot, Store};

/// Friday 20 November 2026, 09:00 UTC.
pub(super) fn now() -> Timestamp {
    "2026-11-20T09:00:00.123Z".parse().unwrap()
}

pub(super) fn in_minutes(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

/// Unique bytes, instead of random ones.
pub(super) fn unique_bytes<const N: usize>() -> [u8; N] {
    static DRAWN: AtomicU64 = AtomicU64::new(1);
    let drawn = DRAWN.fetch_add(1, Relaxed).to_be_bytes();
    let mut bytes = [0; N];
    bytes[N - 8..].copy_from_slice(&drawn);
    bytes
}

pub(super) fn practice() -> Practice {
    Practice {
        name: "Praxis am Park".into(),
        pack: WordingPack::Clinic,
        language: Language::De,
        zone: "Europe/Berlin".parse().unwrap(),
        policy: Policy::new(10, 45, WhoMayEnd::Either).unwrap(),
        version: 0,
    }
}

pub(super) fn user(email: &str) -> User {
    User {
        id: UserId::new(now(), unique_bytes()),
        name: Private::new("Dr. Ada Łukasz".parse().unwrap()),
        email: Private::new(email.parse().unwrap()),
        role: StaffRole::Host,
        zone: "Europe/Berlin".parse().unwrap(),
        created_at: now(),
        language: None,
        deactivated_at: None,
        version: 0,
    }
}

pub(super) fn api_key(name: &str) -> ApiKey {
    ApiKey {
        id: ApiKeyId::new(unique_bytes()),
        hash: Secret::new(unique_bytes()).hash(),
        name: name.into(),
        scopes: KeyScopes::from_iter([KeyScope::Booking, KeyScope::Media]),
        created_at: now(),
        created_by: Some(Author::User(UserId::new(now(), unique_bytes()))),
        used_at: None,
        revoked_at: None,
    }
}

pub(super) fn password(user: UserId) -> PasswordCredential {
    let hash = Private::new(format!("$argon2id$v=19${:?}", unique_bytes::<8>()));
    PasswordCredential { id: CredentialId::new(now(), unique_bytes()), user, hash, set_at: now() }
}

/// A stored host.
pub(super) async fn host(store: &Store) -> UserId {
    let [.., a, b] = unique_bytes::<8>();
    let user = user(&format!("host-{a}-{b}@example.org"));
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&user).await.unwrap();
    tx.commit().await.unwrap();
    user.id
}

pub(super) fn person(name: &str, email: &str, phone: Option<&str>) -> Person {
    let email = Contact::Email(Private::new(email.parse().unwrap()));
    let phone = phone.map(|phone| Contact::Phone(Private::new(phone.parse().unwrap())));
    let contacts = [Some(email), phone].into_iter().flatten();
    Person {
        id: PersonId::new(now(), unique_bytes()),
        name: Private::new(name.parse().unwrap()),
        language: Some("de".parse().unwrap()),
        zone: "America/Los_Angeles".parse().unwrap(),
        addresses: contacts.map(|contact| Address::given_at_booking(contact, now())).collect(),
        created_at: now(),
        version: 0,
    }
}

pub(super) fn appointment(host: UserId, starts_at: Timestamp, minutes: i64) -> Appointment {
    Appointment {
        id: AppointmentId::new(now(), unique_bytes()),
        host,
        guest: person("李 Grace O’Hara", "Grace@Example.org", Some("+49 30 1234567")),
        companions: vec![person("Bo O’Hara", "Bo@Example.org", None)],
        starts: ScheduledTime::from_instant(starts_at, "Europe/Berlin".parse().unwrap()),
        length: Length::from_minutes(minutes).unwrap(),
        kind: AppointmentKind::Video,
        status: AppointmentStatus::Booked,
        booked_at: now(),
        booked_by: Author::User(host),
        version: 0,
    }
}

impl Snapshot {
    /// The first appointments of a list.
    pub(super) async fn appointments_between(
        &mut self,
        host: Option<UserId>,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> Result<Vec<Appointment>, Error> {
        Ok(self.appointments_after(&AppointmentRange { host, from, to }, None, limit).await?.appointments)
    }
}

/// A stored, confirmed appointment.
pub(super) async fn confirmed(store: &Store) -> Appointment {
    let host = host(store).await;
    let mut appointment = appointment(host, in_minutes(5), 30);
    appointment.status = AppointmentStatus::Confirmed { at: now(), by: Author::User(host) };
    let mut tx = store.begin().await.unwrap();
    tx.insert_appointment(&appointment).await.unwrap();
    tx.commit().await.unwrap();
    appointment
}

pub(super) fn consultation(appointment: AppointmentId) -> Consultation {
    let participant = |role, name: &str| {
        Participant::new(ParticipantId::new(now(), unique_bytes()), role, None, Private::new(name.parse().unwrap()))
    };
    Consultation {
        id: ConsultationId::new(now(), unique_bytes()),
        appointment,
        room: RoomName::new(unique_bytes()),
        phase: Phase::Planned,
        participants: vec![participant(Role::Host, "Dr. Ada Łukasz"), participant(Role::Guest, "李 Grace O’Hara")],
        still_there: StillThere::NotAsked,
        recorded: None,
        version: 0,
    }
}

/// A stored consultation with its appointment.
pub(super) async fn planned(store: &Store) -> Consultation {
    let appointment = confirmed(store).await;
    let consultation = consultation(appointment.id);
    let mut tx = store.begin().await.unwrap();
    tx.insert_consultation(&consultation).await.unwrap();
    tx.commit().await.unwrap();
    consultation
}

pub(super) fn invitation(participant: ParticipantId) -> (Secret, Invitation) {
    let secret = Secret::new(unique_bytes());
    let id = InvitationId::new(now(), unique_bytes());
    let hash = secret.hash();
    (secret, Invitation { id, participant, hash, created_at: now(), revoked_at: None })
}
