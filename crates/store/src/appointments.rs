//! Appointments, and the search for overlaps.

use anteroom_domain::{
    Appointment, AppointmentId, AppointmentStatus, Author, Length, Person, Role, ScheduledTime, UserId,
};
use jiff::{SignedDuration, Timestamp};

use crate::columns::{instant, millis, parse, present};
use crate::engine::{execute, fetch_optional, locking};
use crate::people::{Party, guest_of_previous_version};
use crate::rows::ListRow;
use crate::{Error, Snapshot, Tx};

/// Maximum length, checked by the schema. An appointment that started earlier than this before a slot cannot overlap
/// it, so the search reads one day of a host instead of all their appointments.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

#[derive(sqlx::FromRow)]
pub(crate) struct AppointmentRow {
    pub(crate) id: String,
    host_id: String,
    guest_name: String,
    guest_email: String,
    guest_phone: Option<String>,
    guest_zone: String,
    pub(crate) starts_at: i64,
    starts_local: String,
    starts_zone: String,
    minutes: i64,
    kind: String,
    status: String,
    booked_at: i64,
    booked_by: String,
    confirmed_at: Option<i64>,
    confirmed_by: Option<String>,
    cancelled_at: Option<i64>,
    cancelled_by: Option<String>,
    completed_at: Option<i64>,
    version: i64,
}

impl AppointmentRow {
    /// The appointment with its people.
    fn with(self, party: Party) -> Result<Appointment, Error> {
        let id = parse("appointments.id", &self.id)?;
        let booked_at = instant("appointments.booked_at", self.booked_at)?;
        let of_role = |role| party.iter().filter(move |(of, _)| *of == role).map(|(_, person)| person.clone());
        let guest: Option<Person> = of_role(Role::Guest).next();
        let companions = of_role(Role::Companion).collect();
        let columns = (&*self.guest_name, &*self.guest_email, self.guest_phone.as_deref(), &*self.guest_zone);
        Ok(Appointment {
            id,
            host: parse("appointments.host_id", &self.host_id)?,
            status: status(&self)?,
            guest: guest.map_or_else(|| guest_of_previous_version(id, columns, booked_at), Ok)?,
            companions,
            starts: ScheduledTime::from_store(
                instant("appointments.starts_at", self.starts_at)?,
                &self.starts_zone,
                &self.starts_local,
            ),
            length: Length::from_store(self.minutes),
            kind: parse("appointments.kind", &self.kind)?,
            booked_at,
            booked_by: parse("appointments.booked_by", &self.booked_by)?,
            version: self.version,
        })
    }
}

fn status(row: &AppointmentRow) -> Result<AppointmentStatus, Error> {
    let at = |column, at: Option<i64>| instant(column, present(column, at)?);
    let by = |column, by: &Option<String>| parse::<Author>(column, present(column, by.as_deref())?);
    Ok(match row.status.as_str() {
        "booked" => AppointmentStatus::Booked,
        "confirmed" => AppointmentStatus::Confirmed {
            at: at("appointments.confirmed_at", row.confirmed_at)?,
            by: by("appointments.confirmed_by", &row.confirmed_by)?,
        },
        "cancelled" => AppointmentStatus::Cancelled {
            at: at("appointments.cancelled_at", row.cancelled_at)?,
            by: by("appointments.cancelled_by", &row.cancelled_by)?,
        },
        "completed" => AppointmentStatus::Completed { at: at("appointments.completed_at", row.completed_at)? },
        _ => return Err(Error::Corrupt { column: "appointments.status" }),
    })
}

/// The columns of a status. Columns of earlier statuses keep their values: a cancelled appointment still records its
/// confirmation.
#[derive(Default)]
struct StatusColumns {
    confirmed_at: Option<i64>,
    confirmed_by: Option<String>,
    cancelled_at: Option<i64>,
    cancelled_by: Option<String>,
    completed_at: Option<i64>,
}

impl From<&AppointmentStatus> for StatusColumns {
    fn from(status: &AppointmentStatus) -> Self {
        let mut columns = Self::default();
        match status {
            AppointmentStatus::Booked => {}
            AppointmentStatus::Confirmed { at, by } => {
                (columns.confirmed_at, columns.confirmed_by) = (Some(millis(*at)), Some(by.to_string()));
            }
            AppointmentStatus::Cancelled { at, by } => {
                (columns.cancelled_at, columns.cancelled_by) = (Some(millis(*at)), Some(by.to_string()));
            }
            AppointmentStatus::Completed { at } => columns.completed_at = Some(millis(*at)),
        }
        columns
    }
}

/// The columns of the guest, for the previous version of the server.
struct GuestColumns<'a> {
    name: &'a str,
    email: &'a str,
    phone: Option<&'a str>,
    zone: &'a str,
}

impl<'a> From<&'a Person> for GuestColumns<'a> {
    fn from(person: &'a Person) -> Self {
        Self {
            name: person.name.reveal().as_str(),
            email: person.email().map_or("", |email| email.reveal().as_str()),
            phone: person.phone().map(|phone| phone.reveal().as_str()),
            zone: person.zone.name(),
        }
    }
}

/// The columns of an [`AppointmentRow`], named once; the rest of the query follows.
macro_rules! appointments {
    ($($rest:expr),+) => {
        concat!(
            "
            SELECT id, host_id, guest_name, guest_email, guest_phone, guest_zone, starts_at, starts_local,
                   starts_zone, minutes, kind, status, booked_at, booked_by, confirmed_at, confirmed_by,
                   cancelled_at, cancelled_by, completed_at, version
              FROM appointments",
            $($rest),+
        )
    };
}
pub(crate) use appointments;

impl Snapshot {
    /// One appointment.
    pub async fn find_appointment(&mut self, id: AppointmentId) -> Result<Option<Appointment>, Error> {
        let row = fetch_optional!(self, AppointmentRow; appointments!("
             WHERE id = $1"); id.to_string())?;
        let Some(row) = row else { return Ok(None) };
        let party = self.party(id).await?;
        row.with(party).map(Some)
    }

    /// Whether an appointment of this host overlaps `[from, to)`. Adjacent appointments do not overlap; cancelled and
    /// completed ones do not count; `except` is the appointment being moved.
    pub async fn overlapping(
        &mut self,
        host: UserId,
        from: Timestamp,
        to: Timestamp,
        except: Option<AppointmentId>,
    ) -> Result<bool, Error> {
        let earliest = from.saturating_sub(LONGEST).unwrap_or(Timestamp::MIN);
        let taken = fetch_optional!(self, (i64,); "
            SELECT starts_at
              FROM appointments
             WHERE host_id = $1
               AND starts_at >= $2 AND starts_at < $3
               AND ends_at > $4
               AND status IN ('booked', 'confirmed')
               AND id <> $5
             LIMIT 1";
            host.to_string(), millis(earliest), millis(to), millis(from),
            except.map(|id| id.to_string()).unwrap_or_default())?;
        Ok(taken.is_some())
    }

    /// The appointments of some rows, with their people.
    pub(crate) async fn with_people(
        &mut self,
        rows: Vec<ListRow<AppointmentRow>>,
    ) -> Result<impl Iterator<Item = ListRow<Appointment>>, Error> {
        let mut parties = self.parties(rows.iter().map(|row| row.id.as_str())).await?;
        Ok(rows.into_iter().map(move |ListRow { id, row }| {
            let party = parties.remove(&id).unwrap_or_else(|| Ok(Party::new()));
            ListRow { id, row: row.and_then(|row| row.with(party?)) }
        }))
    }
}

impl Tx {
    /// Locks this appointment and its consultation until the end of the transaction. Load both after it: cancelling the
    /// one and starting the other touch different rows, so neither would see the other's change. Returns whether the
    /// appointment exists.
    pub async fn lock_appointment(&mut self, id: AppointmentId) -> Result<bool, Error> {
        let sql = locking!(
            self,
            "
            SELECT id
              FROM appointments
             WHERE id = $1"
        );
        Ok(fetch_optional!(self, (String,); sql; id.to_string())?.is_some())
    }

    /// Inserts an appointment with its people. Check for overlaps before, after [`Tx::lock_user`].
    pub async fn insert_appointment(&mut self, appointment: &Appointment) -> Result<(), Error> {
        let guest = GuestColumns::from(&appointment.guest);
        let columns = StatusColumns::from(&appointment.status);
        execute!(self; "
            INSERT INTO appointments (id, host_id, guest_name, guest_email, guest_phone, guest_zone, starts_at,
                                      starts_local, starts_zone, ends_at, minutes, kind, status, booked_at,
                                      booked_by, confirmed_at, confirmed_by, cancelled_at, cancelled_by,
                                      completed_at, version)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
            appointment.id.to_string(), appointment.host.to_string(), guest.name, guest.email, guest.phone,
            guest.zone, millis(appointment.starts.at), appointment.starts.local.to_string(),
            appointment.starts.zone.name(), millis(appointment.ends_at()),
            i64::from(appointment.length.minutes()), appointment.kind.as_str(), appointment.status.as_str(),
            millis(appointment.booked_at), appointment.booked_by.to_string(), columns.confirmed_at,
            columns.confirmed_by, columns.cancelled_at, columns.cancelled_by, columns.completed_at,
            appointment.version)?;
        self.insert_people(appointment).await
    }

    /// Saves an appointment. [`Error::Busy`] if it was changed since it was loaded.
    pub async fn save_appointment(&mut self, appointment: &Appointment) -> Result<(), Error> {
        let guest = GuestColumns::from(&appointment.guest);
        let columns = StatusColumns::from(&appointment.status);
        let rows = execute!(self; "
            UPDATE appointments
               SET host_id = $2, guest_name = $3, guest_email = $4, guest_phone = $5, guest_zone = $6,
                   starts_at = $7, starts_local = $8, starts_zone = $9, ends_at = $10, minutes = $11, kind = $12,
                   status = $13,
                   confirmed_at = COALESCE($14, confirmed_at), confirmed_by = COALESCE($15, confirmed_by),
                   cancelled_at = COALESCE($16, cancelled_at), cancelled_by = COALESCE($17, cancelled_by),
                   completed_at = COALESCE($18, completed_at),
                   version = version + 1
             WHERE id = $1 AND version = $19";
            appointment.id.to_string(), appointment.host.to_string(), guest.name, guest.email, guest.phone,
            guest.zone, millis(appointment.starts.at), appointment.starts.local.to_string(),
            appointment.starts.zone.name(), millis(appointment.ends_at()),
            i64::from(appointment.length.minutes()), appointment.kind.as_str(), appointment.status.as_str(),
            columns.confirmed_at, columns.confirmed_by, columns.cancelled_at, columns.cancelled_by, columns.completed_at,
            appointment.version)?;
        self.saved(rows)
    }
}
