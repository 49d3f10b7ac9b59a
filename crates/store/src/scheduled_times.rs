//! Planned starts alone, for checks of all upcoming appointments.

use anteroom_domain::{AppointmentId, ScheduledTime, UserId};
use jiff::Timestamp;

use crate::columns::{instant, millis, parse};
use crate::engine::fetch_list;
use crate::rows::readable;
use crate::{Error, Snapshot};

/// The planned start of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStart {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Its host.
    pub host: UserId,
    /// When it starts.
    pub starts: ScheduledTime,
}

#[derive(sqlx::FromRow)]
struct PlannedStartRow {
    id: String,
    host_id: String,
    starts_at: i64,
    starts_local: String,
    starts_zone: String,
}

impl TryFrom<PlannedStartRow> for PlannedStart {
    type Error = Error;

    fn try_from(row: PlannedStartRow) -> Result<Self, Error> {
        let at = instant("appointments.starts_at", row.starts_at)?;
        Ok(Self {
            appointment: parse("appointments.id", &row.id)?,
            host: parse("appointments.host_id", &row.host_id)?,
            starts: ScheduledTime::from_store(at, &row.starts_zone, &row.starts_local),
        })
    }
}

impl Snapshot {
    /// Starts of appointments that are to take place, from an instant on, in order, at most `limit`. The next page
    /// begins after the last appointment of the previous one, at its start. Unreadable ones are skipped and logged.
    pub async fn planned_starts(
        &mut self,
        from: Timestamp,
        after: Option<AppointmentId>,
        limit: i64,
    ) -> Result<Vec<PlannedStart>, Error> {
        let rows = fetch_list!(self, PlannedStartRow; "
            SELECT id, host_id, starts_at, starts_local, starts_zone
              FROM appointments
             WHERE (starts_at, id) > ($1, $2)
               AND status IN ('booked', 'confirmed')
             ORDER BY starts_at, id
             LIMIT $3"; millis(from), after.map(|id| id.to_string()).unwrap_or_default(), limit)?;
        Ok(readable(rows))
    }
}
