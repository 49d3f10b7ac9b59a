//! Lists of appointments in parts: by time, and by id where several start at the same instant.
//!
//! A part begins after or ends before the position of a row (keyset paging), so each part costs the same, and what is
//! booked or cancelled meanwhile shifts nothing.

use anteroom_domain::{Appointment, AppointmentId, UserId};
use jiff::Timestamp;

use crate::appointments::{AppointmentRow, appointments};
use crate::columns::{instant, millis, parse};
use crate::engine::{fetch_list, fetch_optional};
use crate::rows::{ListRow, without_unreadable};
use crate::{Error, Snapshot};

/// The appointments that start within `[from, to)`: of one host, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AppointmentRange {
    /// `None` for all hosts.
    pub host: Option<UserId>,
    /// Inclusive.
    pub from: Timestamp,
    /// Exclusive.
    pub to: Timestamp,
}

/// The place of an appointment in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListPosition {
    /// When it starts.
    pub starts_at: Timestamp,
    /// Its id.
    pub id: AppointmentId,
}

/// The outermost row of a part whose position can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartEdge {
    /// Its position.
    pub position: ListPosition,
    /// Number of rows of the part beyond it.
    pub unreadable: usize,
}

/// A part of a list, in order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentRows {
    /// Unreadable ones are skipped and logged.
    pub appointments: Vec<Appointment>,
    /// Number of rows, with the unreadable ones.
    pub rows: usize,
    /// Where it begins.
    pub first: Option<PartEdge>,
    /// Where it ends.
    pub last: Option<PartEdge>,
    /// Whether there are more rows in the direction of reading.
    pub has_more: bool,
}

impl AppointmentRows {
    /// Rows that were read backwards.
    fn reversed(mut self) -> Self {
        self.appointments.reverse();
        (self.first, self.last) = (self.last, self.first);
        self
    }
}

fn position(row: &AppointmentRow) -> Result<ListPosition, Error> {
    let starts_at = instant("appointments.starts_at", row.starts_at)?;
    Ok(ListPosition { starts_at, id: parse("appointments.id", &row.id)? })
}

/// Looks for the first row whose position can be read.
fn edge<'a>(mut rows: impl Iterator<Item = &'a ListRow<AppointmentRow>>) -> Option<PartEdge> {
    let position = |row: &ListRow<AppointmentRow>| position(row.row.as_ref().ok()?).ok();
    let (unreadable, position) = (0..).zip(&mut rows).find_map(|(n, row)| Some((n, position(row)?)))?;
    Some(PartEdge { position, unreadable })
}

/// A position in the order of the rows.
pub(crate) fn order_of(position: ListPosition) -> (i64, String) {
    (millis(position.starts_at), position.id.to_string())
}

/// The place before all rows of an instant: no id is as small as the empty text.
fn before_all(at: Timestamp) -> (i64, String) {
    (millis(at), String::new())
}

/// One row more than asked for shows whether there are more.
fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

/// Ids of appointments with a message that failed for good and is still to be passed on: no later one was accepted, and
/// no link was made for the person afterwards.
macro_rules! of_failed_messages {
    () => {
        "SELECT d.appointment_id
                            FROM deliveries d
                            JOIN appointments a ON a.id = d.appointment_id
                           WHERE d.state = 'failed'
                             AND a.status = CASE d.message WHEN 'cancelled' THEN 'cancelled' ELSE 'confirmed' END
                             AND NOT EXISTS (SELECT 1
                                               FROM deliveries l
                                              WHERE l.participant_id = d.participant_id
                                                AND l.state = 'accepted' AND l.changed_at > d.changed_at)
                             AND NOT EXISTS (SELECT 1
                                               FROM invitations i
                                              WHERE i.participant_id = d.participant_id
                                                AND i.created_at > d.changed_at)"
    };
}

impl Snapshot {
    /// `rows` is one more than `limit`, if there are that many.
    async fn appointment_rows(
        &mut self,
        mut rows: Vec<ListRow<AppointmentRow>>,
        limit: usize,
    ) -> Result<AppointmentRows, Error> {
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        Ok(AppointmentRows {
            rows: rows.len(),
            first: edge(rows.iter()),
            last: edge(rows.iter().rev()),
            has_more,
            appointments: without_unreadable(self.with_people(rows).await?),
        })
    }

    /// The first part of a list, or the part after a position.
    pub async fn appointments_after(
        &mut self,
        range: &AppointmentRange,
        after: Option<ListPosition>,
        limit: usize,
    ) -> Result<AppointmentRows, Error> {
        let (starts_at, id) = before_all(range.from).max(after.map_or_else(|| before_all(range.from), order_of));
        let rows = match range.host {
            Some(host) => fetch_list!(self, AppointmentRow; appointments!("
             WHERE host_id = $1 AND (starts_at, id) > ($2, $3) AND starts_at < $4
             ORDER BY starts_at, id
             LIMIT $5"); host.to_string(), starts_at, id, millis(range.to), one_more(limit))?,
            None => fetch_list!(self, AppointmentRow; appointments!("
             WHERE (starts_at, id) > ($1, $2) AND starts_at < $3
             ORDER BY starts_at, id
             LIMIT $4"); starts_at, id, millis(range.to), one_more(limit))?,
        };
        self.appointment_rows(rows, limit).await
    }

    /// The part of a list that ends before a position.
    pub async fn appointments_before(
        &mut self,
        range: &AppointmentRange,
        before: ListPosition,
        limit: usize,
    ) -> Result<AppointmentRows, Error> {
        let (starts_at, id) = before_all(range.to).min(order_of(before));
        let rows = match range.host {
            Some(host) => fetch_list!(self, AppointmentRow; appointments!("
             WHERE host_id = $1 AND (starts_at, id) < ($2, $3) AND starts_at >= $4
             ORDER BY starts_at DESC, id DESC
             LIMIT $5"); host.to_string(), starts_at, id, millis(range.from), one_more(limit))?,
            None => fetch_list!(self, AppointmentRow; appointments!("
             WHERE (starts_at, id) < ($1, $2) AND starts_at >= $3
             ORDER BY starts_at DESC, id DESC
             LIMIT $4"); starts_at, id, millis(range.from), one_more(limit))?,
        };
        Ok(self.appointment_rows(rows, limit).await?.reversed())
    }

    /// The first appointments of a list that are not cancelled.
    pub async fn planned_appointments(
        &mut self,
        range: &AppointmentRange,
        limit: usize,
    ) -> Result<AppointmentRows, Error> {
        let (from, to) = (millis(range.from), millis(range.to));
        let rows = match range.host {
            Some(host) => fetch_list!(self, AppointmentRow; appointments!("
             WHERE host_id = $1 AND starts_at >= $2 AND starts_at < $3 AND status <> 'cancelled'
             ORDER BY starts_at, id
             LIMIT $4"); host.to_string(), from, to, one_more(limit))?,
            None => fetch_list!(self, AppointmentRow; appointments!("
             WHERE starts_at >= $1 AND starts_at < $2 AND status <> 'cancelled'
             ORDER BY starts_at, id
             LIMIT $3"); from, to, one_more(limit))?,
        };
        self.appointment_rows(rows, limit).await
    }

    /// Those of a list with a participant in the waiting room.
    pub async fn appointments_with_waiting(
        &mut self,
        range: &AppointmentRange,
        limit: usize,
    ) -> Result<AppointmentRows, Error> {
        let (from, to) = (millis(range.from), millis(range.to));
        let rows = match range.host {
            Some(host) => fetch_list!(self, AppointmentRow; appointments!("
             WHERE host_id = $1 AND starts_at >= $2 AND starts_at < $3
               AND EXISTS (SELECT 1
                             FROM consultations c
                             JOIN participants p ON p.consultation_id = c.id
                            WHERE c.appointment_id = appointments.id AND p.entry = 'waiting')
             ORDER BY starts_at, id
             LIMIT $4"); host.to_string(), from, to, one_more(limit))?,
            None => fetch_list!(self, AppointmentRow; appointments!("
             WHERE starts_at >= $1 AND starts_at < $2
               AND EXISTS (SELECT 1
                             FROM consultations c
                             JOIN participants p ON p.consultation_id = c.id
                            WHERE c.appointment_id = appointments.id AND p.entry = 'waiting')
             ORDER BY starts_at, id
             LIMIT $3"); from, to, one_more(limit))?,
        };
        self.appointment_rows(rows, limit).await
    }

    /// Those of a list with a message that failed for good and is still to be passed on.
    pub async fn appointments_with_failed_messages(
        &mut self,
        range: &AppointmentRange,
        limit: usize,
    ) -> Result<AppointmentRows, Error> {
        let (from, to) = (millis(range.from), millis(range.to));
        let rows = match range.host {
            Some(host) => fetch_list!(self, AppointmentRow; appointments!("
             WHERE host_id = $1 AND starts_at >= $2 AND starts_at < $3
               AND id IN (", of_failed_messages!(), ")
             ORDER BY starts_at, id
             LIMIT $4"); host.to_string(), from, to, one_more(limit))?,
            None => fetch_list!(self, AppointmentRow; appointments!("
             WHERE starts_at >= $1 AND starts_at < $2
               AND id IN (", of_failed_messages!(), ")
             ORDER BY starts_at, id
             LIMIT $3"); from, to, one_more(limit))?,
        };
        self.appointment_rows(rows, limit).await
    }

    /// Length of a list: of all rows, and of those that are not cancelled.
    pub async fn count_appointments(&mut self, range: &AppointmentRange) -> Result<(i64, i64), Error> {
        let (from, to) = (millis(range.from), millis(range.to));
        let counts = match range.host {
            Some(host) => fetch_optional!(self, (i64, i64); "
            SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN status = 'cancelled' THEN 0 ELSE 1 END), 0) AS BIGINT)
              FROM appointments
             WHERE host_id = $1 AND starts_at >= $2 AND starts_at < $3"; host.to_string(), from, to)?,
            None => fetch_optional!(self, (i64, i64); "
            SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN status = 'cancelled' THEN 0 ELSE 1 END), 0) AS BIGINT)
              FROM appointments
             WHERE starts_at >= $1 AND starts_at < $2"; from, to)?,
        };
        Ok(counts.unwrap_or_default())
    }

    /// Number of rows of a list before a part, which begins with `first`.
    pub async fn count_appointments_before(&mut self, range: &AppointmentRange, first: PartEdge) -> Result<i64, Error> {
        let (from, (starts_at, id)) = (millis(range.from), before_all(range.to).min(order_of(first.position)));
        let count = match range.host {
            Some(host) => fetch_optional!(self, (i64,); "
            SELECT COUNT(*)
              FROM appointments
             WHERE host_id = $1 AND starts_at >= $2 AND (starts_at, id) < ($3, $4)"; host.to_string(), from, starts_at, id)?,
            None => fetch_optional!(self, (i64,); "
            SELECT COUNT(*)
              FROM appointments
             WHERE starts_at >= $1 AND (starts_at, id) < ($2, $3)"; from, starts_at, id)?,
        };
        let unreadable = i64::try_from(first.unreadable).unwrap_or(i64::MAX); // Rows of the part itself.
        Ok(count.map_or(0, |(count,)| count - unreadable))
    }
}
