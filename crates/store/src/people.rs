//! People who come to appointments, and their addresses.

use std::collections::HashMap;

use anteroom_domain::{
    Address, Appointment, AppointmentId, Author, Consent, Contact, EmailAddress, Person, PersonId, PersonName, Phone,
    Private, Role, Zone,
};
use jiff::Timestamp;

use crate::columns::{instant, instant_of, millis, parse, present};
use crate::engine::{self, execute, fetch_all, fetch_list};
use crate::rows::{ListRow, without_unreadable};
use crate::{Error, Snapshot, Tx};

/// One address of one person of one appointment; a person without addresses has one row.
#[derive(sqlx::FromRow)]
struct PersonRow {
    role: String,
    id: String,
    name: String,
    language: Option<String>,
    zone: String,
    created_at: i64,
    version: i64,
    channel: Option<String>,
    value: Option<String>,
    consent_at: Option<i64>,
    consent_by: Option<String>,
    consent_text: Option<String>,
    revoked_at: Option<i64>,
    revoked_by: Option<String>,
    added_at: Option<i64>,
}

impl PersonRow {
    fn person(&self, id: PersonId) -> Result<Person, Error> {
        Ok(Person {
            id,
            name: Private::new(PersonName::from_store(&self.name)),
            language: self.language.as_deref().and_then(|tag| tag.parse().ok()),
            zone: Zone::from_store(&self.zone),
            addresses: Vec::new(),
            created_at: instant("people.created_at", self.created_at)?,
            version: self.version,
        })
    }

    /// None for a person without addresses, and for a channel of a newer version.
    fn address(&self) -> Result<Option<Address>, Error> {
        let (Some(channel), Some(value), Some(added_at)) = (&self.channel, &self.value, self.added_at) else {
            return Ok(None);
        };
        let Some(contact) = Contact::from_store(channel, value) else { return Ok(None) };
        Ok(Some(Address { contact, consent: self.consent()?, added_at: instant("addresses.added_at", added_at)? }))
    }

    /// The later of both counts.
    fn consent(&self) -> Result<Consent, Error> {
        let by = |column, by: &Option<String>| parse::<Author>(column, present(column, by.as_deref())?);
        let given = instant_of("addresses.consent_at", self.consent_at)?;
        Ok(match (given, instant_of("addresses.revoked_at", self.revoked_at)?) {
            (None, None) => Consent::NotAsked,
            (given, Some(at)) if given.is_none_or(|given| given <= at) => {
                Consent::Revoked { at, by: by("addresses.revoked_by", &self.revoked_by)? }
            }
            (given, _) => Consent::Given {
                at: present("addresses.consent_at", given)?,
                by: by("addresses.consent_by", &self.consent_by)?,
                text: present("addresses.consent_text", self.consent_text.clone())?,
            },
        })
    }
}

/// The people of one appointment. A role of a newer version is left out: it has no place in this one.
pub(crate) type Party = Vec<(Role, Person)>;

/// Groups rows by appointment, in order. With one unreadable row the people of an appointment are unreadable.
fn assemble(rows: &[ListRow<PersonRow>]) -> HashMap<String, Result<Party, Error>> {
    let mut parties: HashMap<String, Result<Party, Error>> = HashMap::new();
    for ListRow { id, row } in rows {
        let party = parties.entry(id.clone()).or_insert_with(|| Ok(Vec::new()));
        if let Ok(people) = party
            && let Err(error) = row.as_ref().map_err(Error::clone).and_then(|row| add(people, row))
        {
            *party = Err(error);
        }
    }
    parties
}

fn add(people: &mut Party, row: &PersonRow) -> Result<(), Error> {
    let id: PersonId = parse("people.id", &row.id)?;
    if people.last().is_none_or(|(_, last)| last.id != id) {
        people.push((Role::from_store(&row.role), row.person(id)?));
    }
    let (_, person) = people.last_mut().expect("one was added");
    person.addresses.extend(row.address()?);
    Ok(())
}

/// The columns of a [`PersonRow`], named once; the condition follows.
macro_rules! people {
    ($condition:literal) => {
        concat!(
            "
            SELECT l.appointment_id, l.role, p.id, p.name, p.language, p.zone, p.created_at, p.version,
                   a.channel, a.value, a.consent_at, a.consent_by, a.consent_text, a.revoked_at, a.revoked_by,
                   a.added_at
              FROM appointment_people l
              JOIN people p ON p.id = l.person_id
              LEFT JOIN addresses a ON a.person_id = p.id
             WHERE ",
            $condition,
            "
             ORDER BY l.appointment_id, l.place, p.id, a.added_at, a.channel, a.value"
        )
    };
}
pub(crate) use people;

/// The guest of an appointment that the previous version booked, from the columns that it wrote.
pub(crate) fn guest_of_previous_version(
    appointment: AppointmentId,
    (name, email, phone, zone): (&str, &str, Option<&str>, &str),
    booked_at: Timestamp,
) -> Result<Person, Error> {
    let email = Contact::Email(Private::new(EmailAddress::from_store(email)));
    let phone = phone.map(|phone| Contact::Phone(Private::new(Phone::from_store(phone))));
    let contacts = [Some(email), phone].into_iter().flatten();
    Ok(Person {
        // As in the migration, so that two programs make one person of one appointment.
        id: parse("appointments.id", &appointment.to_string().replacen("apt_", "prs_", 1))?,
        name: Private::new(PersonName::from_store(name)),
        language: None,
        zone: Zone::from_store(zone),
        addresses: contacts.map(|contact| Address::given_at_booking(contact, booked_at)).collect(),
        created_at: booked_at,
        version: 0,
    })
}

impl Snapshot {
    /// The people of some appointments.
    pub(crate) async fn parties(
        &mut self,
        appointments: impl Iterator<Item = &str>,
    ) -> Result<HashMap<String, Result<Party, Error>>, Error> {
        let ids: Vec<_> = appointments.map(serde_json::Value::from).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let ids = serde_json::Value::from(ids).to_string();
        let sql = engine::people_of(self);
        Ok(assemble(&fetch_list!(self, PersonRow, by "appointment_id"; sql; ids)?))
    }

    /// The people of one appointment; empty if the previous version booked it.
    pub(crate) async fn party(&mut self, appointment: AppointmentId) -> Result<Party, Error> {
        let id = appointment.to_string();
        let rows = fetch_list!(self, PersonRow, by "appointment_id"; people!("l.appointment_id = $1"); id.as_str())?;
        assemble(&rows).remove(&id).unwrap_or_else(|| Ok(Vec::new()))
    }
}

impl Tx {
    /// Inserts the people of an appointment who are not stored yet. The appointment must be stored.
    pub async fn insert_people(&mut self, appointment: &Appointment) -> Result<(), Error> {
        for (place, person) in (0_i64..).zip(appointment.people()) {
            execute!(self; "
                INSERT INTO people (id, name, language, zone, created_at, version)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (id) DO NOTHING";
                person.id.to_string(), person.name.reveal().as_str(),
                person.language.as_ref().map(|language| language.as_str()), person.zone.name(),
                millis(person.created_at), person.version)?;
            for address in &person.addresses {
                self.save_address(person.id, address).await?;
            }
            let role = if place == 0 { Role::Guest } else { Role::Companion };
            execute!(self; "
                INSERT INTO appointment_people (appointment_id, person_id, role, place)
                VALUES ($1, $2, $3, $4)
                ON CONFLICT (appointment_id, person_id) DO NOTHING";
                appointment.id.to_string(), person.id.to_string(), role.as_str(), place)?;
        }
        Ok(())
    }

    /// Inserts or updates an address. What was recorded of an earlier consent is kept.
    pub async fn save_address(&mut self, person: PersonId, address: &Address) -> Result<(), Error> {
        let columns = ConsentColumns::from(&address.consent);
        execute!(self; "
            INSERT INTO addresses (person_id, channel, value, normalised, consent_at, consent_by, consent_text,
                                   revoked_at, revoked_by, added_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (person_id, channel, value) DO UPDATE
               SET normalised = excluded.normalised,
                   consent_at = COALESCE(excluded.consent_at, addresses.consent_at),
                   consent_by = COALESCE(excluded.consent_by, addresses.consent_by),
                   consent_text = COALESCE(excluded.consent_text, addresses.consent_text),
                   revoked_at = COALESCE(excluded.revoked_at, addresses.revoked_at),
                   revoked_by = COALESCE(excluded.revoked_by, addresses.revoked_by)";
            person.to_string(), address.contact.channel(), address.contact.value().reveal().as_str(),
            address.contact.normalised().reveal().as_str(), columns.consent_at, columns.consent_by,
            columns.consent_text, columns.revoked_at, columns.revoked_by, millis(address.added_at))?;
        Ok(())
    }
}

/// Whether a person has no appointment any more. Not with EXISTS: PostgreSQL would read both tables to answer it for a
/// page of people.
macro_rules! unused {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "(SELECT l.person_id FROM appointment_people l WHERE l.person_id = people.id LIMIT 1) IS NULL
               AND (SELECT p.person_id FROM participants p WHERE p.person_id = people.id LIMIT 1) IS NULL",
            $after
        )
    };
}

impl Snapshot {
    /// The next people after one, by id, at most 500: each with whether no appointment is left of them.
    pub async fn people_after(&mut self, after: Option<PersonId>) -> Result<Vec<(PersonId, bool)>, Error> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let rows = fetch_all!(self, (String, i64); unused!("
            SELECT id, CASE WHEN ", " THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END
              FROM people
             WHERE id > $1
             ORDER BY id
             LIMIT 500"); after)?;
        Ok(without_unreadable(rows.into_iter().map(|(id, unused)| {
            let row = parse("people.id", &id).map(|person| (person, unused == 1));
            ListRow { id, row }
        })))
    }
}

impl Tx {
    /// Deletes a person of whom no appointment is left, with their addresses. Returns whether there was one.
    pub async fn delete_unused_person(&mut self, person: PersonId) -> Result<bool, Error> {
        let deleted = execute!(self; unused!("
            DELETE FROM people
             WHERE id = $1
               AND ", ""); person.to_string())?;
        Ok(deleted > 0)
    }
}

/// The columns of a consent.
#[derive(Default)]
struct ConsentColumns {
    consent_at: Option<i64>,
    consent_by: Option<String>,
    consent_text: Option<String>,
    revoked_at: Option<i64>,
    revoked_by: Option<String>,
}

impl From<&Consent> for ConsentColumns {
    fn from(consent: &Consent) -> Self {
        match consent {
            Consent::NotAsked => Self::default(),
            Consent::Given { at, by, text } => Self {
                consent_at: Some(millis(*at)),
                consent_by: Some(by.to_string()),
                consent_text: Some(text.clone()),
                ..Self::default()
            },
            Consent::Revoked { at, by } => {
                Self { revoked_at: Some(millis(*at)), revoked_by: Some(by.to_string()), ..Self::default() }
            }
        }
    }
}
