//! Appointments: book, confirm, cancel, list.

use std::sync::Arc;

use anteroom_domain::{
    Address, Appointment, AppointmentChange, AppointmentId, AppointmentKind, AppointmentStatus, AuditEvent,
    Consultation, ConsultationId, Contact, EmailAddress, FieldError, FieldErrors, Length, MessageKind, Participant,
    ParticipantId, Person, PersonId, PersonName, Phase, Phone, Practice, Private, Refusal, Role, RoomName,
    ScheduledTime, StillThere, User, UserId, Zone,
};
use anteroom_store::Wake;
use jiff::Timestamp;

use crate::{Actor, App, Error, Result, Staff, messages};

/// The start, as entered.
#[derive(Debug, Clone)]
pub enum Start {
    /// Local time from a form: `2026-11-20T11:00`.
    Local(String),
    /// Instant from an API client: RFC 3339 with offset.
    Instant(String),
}

/// A person who comes with the guest, as entered.
#[derive(Debug, Clone)]
pub struct NewCompanion {
    /// Their name.
    pub name: Private<String>,
    /// Receives their own personal link. May be empty if there is a phone number: staff then pass the link on.
    pub email: Private<String>,
    /// Their phone number; may be empty.
    pub phone: Private<String>,
}

impl NewCompanion {
    /// The texts of a form.
    pub fn new(name: impl Into<String>, email: impl Into<String>, phone: impl Into<String>) -> Self {
        Self { name: name.into().into(), email: email.into().into(), phone: phone.into().into() }
    }
}

/// Names of a companion's fields in errors, as in a JSON body.
#[derive(Debug, Clone, Copy)]
pub struct CompanionFields {
    /// Their name.
    pub name: &'static str,
    /// Their e-mail address.
    pub email: &'static str,
    /// Their phone number.
    pub phone: &'static str,
}

/// The fields of all companions that an appointment can have.
pub const COMPANION_FIELDS: [CompanionFields; Appointment::MAX_COMPANIONS] = [
    CompanionFields { name: "companions[0].name", email: "companions[0].email", phone: "companions[0].phone" },
    CompanionFields { name: "companions[1].name", email: "companions[1].email", phone: "companions[1].phone" },
    CompanionFields { name: "companions[2].name", email: "companions[2].email", phone: "companions[2].phone" },
];

/// Fields of the booking form.
#[derive(Debug, Clone)]
pub struct Booking {
    /// The host's user id; the actor if none is given.
    pub host: Option<String>,
    /// The guest's name.
    pub guest_name: Private<String>,
    /// The guest's e-mail address.
    pub guest_email: Private<String>,
    /// The guest's phone number; may be empty. Without country code it is a number of the practice's country.
    pub guest_phone: Private<String>,
    /// The guest's IANA zone; empty means the host's.
    pub guest_zone: String,
    /// Who comes with the guest: at most [`Appointment::MAX_COMPANIONS`].
    pub companions: Vec<NewCompanion>,
    /// Planned start.
    pub starts: Start,
    /// The zone of `starts`; empty means the host's.
    pub zone: String,
    /// Length in minutes.
    pub minutes: i64,
    /// `video` or `in_person`.
    pub kind: String,
}

/// An appointment with its consultation and host.
#[derive(Debug, Clone)]
pub struct AppointmentDetails {
    /// The appointment.
    pub appointment: Appointment,
    /// Its consultation, once confirmed.
    pub consultation: Option<Consultation>,
    /// The host, shared by all rows of a list.
    pub host: Arc<User>,
}

impl AppointmentDetails {
    /// Grows with every change that staff see in a list: as [`crate::Standing::version`].
    pub fn version(&self, practice: &Practice) -> i64 {
        let consultation = self.consultation.as_ref().map_or(0, |consultation| consultation.version);
        consultation + self.appointment.version + practice.version + self.host.version
    }
}

/// Books an appointment. The slot is taken from here on.
pub async fn book(app: &App, actor: &Actor, form: Booking) -> Result<AppointmentDetails> {
    let staff = actor.staff()?;
    let mut tx = app.store.read().await?;
    let practice = tx.find_practice().await?.ok_or(Error::NotFound)?;
    let host = match named_host(&staff, form.host.as_deref()) {
        Ok(id) => tx.find_user(id).await?.filter(User::is_active).ok_or(FieldError::UnknownChoice),
        Err(error) => Err(error),
    };
    drop(tx);
    let now = app.clock.now();
    let (appointment, host) = parse(app, form, host, practice.zone.country(), actor, now)?;

    let mut tx = actor.begin_with_users(app, &[host.id]).await?;
    if !tx.find_user(host.id).await?.is_some_and(|host| host.is_active()) {
        return Err(Error::field("host", FieldError::UnknownChoice)); // Deactivated since it was read above.
    }
    if tx.overlapping(host.id, appointment.starts.at, appointment.ends_at(), None).await? {
        return Err(Refusal::DoubleBooked.into());
    }
    tx.insert_appointment(&appointment).await?;
    tx.record(&appointment.booked_by, now, &event(&appointment, AppointmentChange::Booked)).await?;
    tx.commit().await?;
    Ok(AppointmentDetails { appointment, consultation: None, host: Arc::new(host) })
}

/// The host: a user whose appointments the actor sees, or the actor if none is given.
fn named_host(staff: &Staff<'_>, named: Option<&str>) -> std::result::Result<UserId, FieldError> {
    let id = match (named, staff.user()) {
        (Some(text), _) if !text.is_empty() => text.parse().map_err(|_| FieldError::UnknownChoice)?,
        (_, Some(user)) => user.id,
        (_, None) => return Err(FieldError::Empty),
    };
    if staff.sees(id) { Ok(id) } else { Err(FieldError::UnknownChoice) }
}

fn parse(
    app: &App,
    form: Booking,
    host: std::result::Result<User, FieldError>,
    country: Option<&str>,
    actor: &Actor,
    now: Timestamp,
) -> Result<(Appointment, User)> {
    let mut errors = FieldErrors::default();
    let host = errors.take("host", host);
    let or_host = |zone: &str| match &host {
        Some(host) if zone.trim().is_empty() => Ok(host.zone.clone()),
        None if zone.trim().is_empty() => Ok(Zone::UTC), // Already refused; parsed for the other fields' errors.
        _ => zone.parse::<Zone>(),
    };
    let name = errors.take("guest_name", form.guest_name.reveal().parse::<PersonName>());
    let email = errors.take("guest_email", form.guest_email.reveal().parse::<EmailAddress>());
    let phone = match form.guest_phone.reveal().trim() {
        "" => None,
        text => errors.take("guest_phone", Phone::parse(text, country)),
    };
    let taken = email.iter().chain(host.iter().map(|host| host.email.reveal()));
    let companions = parse_companions(form.companions, taken, country, &mut errors);
    let guest_zone = errors.take("guest_zone", or_host(&form.guest_zone));
    let starts = errors
        .take("zone", or_host(&form.zone))
        .and_then(|zone| errors.take("starts_at", scheduled(&form.starts, zone, now)));
    let length = errors.take("minutes", Length::from_minutes(form.minutes));
    let kind = errors.take("kind", form.kind.parse::<AppointmentKind>());
    let (Some(host), Some(name), Some(email), Some(guest_zone), Some(starts), Some(length), Some(kind), true) =
        (host, name, email, guest_zone, starts, length, kind, errors.is_empty())
    else {
        return Err(Error::Invalid(errors));
    };
    let with_guest = companions
        .into_iter()
        .map(|(name, contacts)| new_person(app, name, guest_zone.clone(), contacts.into_iter(), now));
    let companions = with_guest.collect();
    let contacts = [Some(Contact::Email(email.into())), phone.map(|phone| Contact::Phone(phone.into()))];
    let appointment = Appointment {
        id: AppointmentId::new(now, app.random_bytes()),
        host: host.id,
        guest: new_person(app, name, guest_zone, contacts.into_iter().flatten(), now),
        companions,
        starts,
        length,
        kind,
        status: AppointmentStatus::Booked,
        booked_at: now,
        booked_by: actor.author(),
        version: 0,
    };
    Ok((appointment, host))
}

/// Names and addresses of the companions. An e-mail address is their own, also unlike those of guest and host in
/// `taken`: a shared mailbox would show the link of one to the other.
fn parse_companions<'a>(
    forms: Vec<NewCompanion>,
    taken: impl Iterator<Item = &'a EmailAddress>,
    country: Option<&str>,
    errors: &mut FieldErrors,
) -> Vec<(PersonName, Vec<Contact>)> {
    if forms.len() > COMPANION_FIELDS.len() {
        errors.add("companions", FieldError::TooMany);
        return Vec::new();
    }
    let mut taken: Vec<String> = taken.map(EmailAddress::folded).collect();
    let mut companions = Vec::new();
    for (form, fields) in forms.into_iter().zip(COMPANION_FIELDS) {
        let name = errors.take(fields.name, form.name.reveal().parse::<PersonName>());
        let phone = match form.phone.reveal().trim() {
            "" => None,
            text => errors.take(fields.phone, Phone::parse(text, country)),
        };
        let may_lack_email = !form.phone.reveal().trim().is_empty() && form.email.reveal().trim().is_empty();
        let email = match may_lack_email {
            true => None,
            false => errors.take(fields.email, form.email.reveal().parse::<EmailAddress>()),
        };
        if let Some(folded) = email.as_ref().map(EmailAddress::folded) {
            if taken.contains(&folded) {
                errors.add(fields.email, FieldError::Taken);
            }
            taken.push(folded);
        }
        let contacts =
            [email.map(|email| Contact::Email(email.into())), phone.map(|phone| Contact::Phone(phone.into()))];
        companions.extend(name.map(|name| (name, contacts.into_iter().flatten().collect())));
    }
    companions
}

/// A person for one appointment. Nobody is recognised as the same person as before: that is a decision of staff.
fn new_person(
    app: &App,
    name: PersonName,
    zone: Zone,
    contacts: impl Iterator<Item = Contact>,
    now: Timestamp,
) -> Person {
    Person {
        id: PersonId::new(now, app.random_bytes()),
        name: name.into(),
        language: None,
        zone,
        addresses: contacts.map(|contact| Address::given_at_booking(contact, now)).collect(),
        created_at: now,
        version: 0,
    }
}

fn scheduled(start: &Start, zone: Zone, now: Timestamp) -> std::result::Result<ScheduledTime, FieldError> {
    let scheduled_time = match start {
        Start::Local(text) | Start::Instant(text) if text.trim().is_empty() => {
            return Err(FieldError::Empty);
        }
        Start::Local(text) => ScheduledTime::parse_local(text, zone)?,
        Start::Instant(text) => {
            ScheduledTime::from_instant(text.trim().parse::<Timestamp>().map_err(|_| FieldError::Malformed)?, zone)
        }
    };
    Appointment::check_bookable(&scheduled_time, now)?;
    Ok(scheduled_time)
}

/// Confirms an appointment: creates the consultation with its participants and room, and posts both confirmations.
/// Confirming twice changes and sends nothing.
pub async fn confirm(app: &App, actor: &Actor, id: AppointmentId) -> Result<AppointmentDetails> {
    let staff = actor.staff()?;
    let now = app.clock.now();
    let mut tx = actor.begin(app).await?;
    tx.lock_appointment(id).await?;
    let appointment = tx.find_appointment(id).await?.ok_or(Error::NotFound)?;
    if !staff.sees(appointment.host) {
        return Err(Error::NotFound);
    }
    let host = tx.find_user(appointment.host).await?.ok_or(Error::NotFound)?;
    if let Some(consultation) = tx.consultation_of_appointment(id).await? {
        let appointment = appointment.confirm(staff.author(), now)?;
        tx.unchanged().await?;
        return Ok(AppointmentDetails { appointment, consultation: Some(consultation), host: Arc::new(host) });
    }
    let appointment = appointment.confirm(staff.author(), now)?;
    let consultation = new_consultation(app, &appointment, &host, now);
    tx.save_appointment(&appointment).await?;
    tx.insert_people(&appointment).await?; // The previous version may have booked it.
    tx.insert_consultation(&consultation).await?;
    messages::post(&mut tx, &consultation, &appointment, MessageKind::Confirmed, now).await?;
    tx.record(&staff.author(), now, &event(&appointment, AppointmentChange::Confirmed)).await?;
    tx.commit().await?;
    fetch(app, actor, id).await
}

const fn event(appointment: &Appointment, change: AppointmentChange) -> AuditEvent {
    AuditEvent::Appointment { id: appointment.id, host: appointment.host, change }
}

fn new_consultation(app: &App, appointment: &Appointment, host: &User, now: Timestamp) -> Consultation {
    let participant = |role, person, name: &Private<PersonName>| {
        Participant::new(ParticipantId::new(now, app.random_bytes()), role, person, name.clone())
    };
    let of_person = |role, person: &Person| participant(role, Some(person.id), &person.name);
    let mut participants = vec![participant(Role::Host, None, &host.name), of_person(Role::Guest, &appointment.guest)];
    participants.extend(appointment.companions.iter().map(|person| of_person(Role::Companion, person)));
    Consultation {
        id: ConsultationId::new(now, app.random_bytes()),
        appointment: appointment.id,
        room: RoomName::new(app.random_bytes()),
        phase: Phase::Planned,
        participants,
        still_there: StillThere::NotAsked,
        recorded: None,
        version: 0,
    }
}

/// Cancels an appointment. Participants who got a confirmation get a cancellation. Cancelling twice changes nothing.
pub async fn cancel(app: &App, actor: &Actor, id: AppointmentId) -> Result<AppointmentDetails> {
    let staff = actor.staff()?;
    let now = app.clock.now();
    let mut tx = actor.begin(app).await?;
    tx.lock_appointment(id).await?;
    let appointment = tx.find_appointment(id).await?.ok_or(Error::NotFound)?;
    if !staff.sees(appointment.host) {
        return Err(Error::NotFound);
    }
    let consultation = tx.consultation_of_appointment(id).await?;
    let was_cancelled = matches!(appointment.status, AppointmentStatus::Cancelled { .. });
    let appointment = appointment.cancel(consultation.as_ref(), staff.author(), now)?;
    if was_cancelled {
        tx.unchanged().await?;
    } else {
        tx.save_appointment(&appointment).await?;
        if let Some(consultation) = &consultation {
            messages::post_cancellation(&mut tx, consultation, &appointment, now).await?;
        }
        tx.record(&staff.author(), now, &event(&appointment, AppointmentChange::Cancelled)).await?;
        tx.wake(consultation.iter().map(|consultation| Wake::Consultation(consultation.id)));
        tx.commit().await?;
    }
    fetch(app, actor, id).await
}

/// One appointment. One the actor may not see is not found.
pub async fn fetch(app: &App, actor: &Actor, id: AppointmentId) -> Result<AppointmentDetails> {
    let staff = actor.reader()?;
    let mut tx = app.store.read().await?;
    let appointment = tx.find_appointment(id).await?.ok_or(Error::NotFound)?;
    if !staff.sees(appointment.host) {
        return Err(Error::NotFound);
    }
    let consultation = tx.consultation_of_appointment(id).await?;
    let host = tx.find_user(appointment.host).await?.ok_or(Error::NotFound)?;
    Ok(AppointmentDetails { appointment, consultation, host: Arc::new(host) })
}
