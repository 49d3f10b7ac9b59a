//! Lists of appointments, in parts: no list is loaded whole, and none ends in silence.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use anteroom_domain::{Appointment, AppointmentId, UserId};
use anteroom_store::{AppointmentRange, AppointmentRows, ListPosition, PartEdge, Snapshot, Store};
use jiff::{SignedDuration, Timestamp};

use crate::appointments::AppointmentDetails;
use crate::{Actor, App, Error, Result, Staff};

/// Maximum length of a part.
pub const MAX_PART: usize = 200;

/// How far ahead of a day failed messages are shown on it, and how many appointments.
const UNDELIVERED_AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);
const MAX_UNDELIVERED: usize = 5;

/// The place of an appointment in a list; opaque as text, so that it can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor(ListPosition);

/// Which part of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Part {
    /// The beginning.
    #[default]
    First,
    /// What follows.
    After(Cursor),
    /// What precedes.
    Before(Cursor),
}

/// The appointments of a list that one client asked for.
#[derive(Debug, Clone)]
pub struct AppointmentList {
    /// In order of time.
    pub appointments: Vec<AppointmentDetails>,
    /// Where the next part begins, if there is one.
    pub next: Option<Cursor>,
}

/// A part of the list of a day.
#[derive(Debug, Clone, Default)]
pub struct DayPart {
    /// In order of time.
    pub appointments: Vec<AppointmentDetails>,
    /// Set if the list has other parts.
    pub place: Option<PlaceInDay>,
    /// Appointments of this day and the two weeks after it with a message that failed for good; the first few.
    pub undelivered: Vec<AppointmentDetails>,
    /// Whether there are more of them.
    pub has_more_undelivered: bool,
}

/// Where a part is in the list of its day.
#[derive(Debug, Clone)]
pub struct PlaceInDay {
    /// Number of rows in earlier parts.
    pub before: usize,
    /// Number of rows of this part.
    pub rows: usize,
    /// Number of rows of the day.
    pub total: usize,
    /// Number of those that are not cancelled.
    pub planned: usize,
    /// The end of the part before, if there is one.
    pub earlier: Option<Cursor>,
    /// The beginning of the next part, if there is one.
    pub later: Option<Cursor>,
    /// Appointments of other parts with a guest in the waiting room.
    pub waiting_elsewhere: Vec<AppointmentDetails>,
}

/// The next appointments that are not cancelled.
#[derive(Debug, Clone)]
pub struct Upcoming {
    /// In order of time.
    pub appointments: Vec<AppointmentDetails>,
    /// Start of the first one that is not among them.
    pub next_at: Option<Timestamp>,
    /// Number of all of them.
    pub total: usize,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.0.id.to_string();
        write!(f, "{:016x}{}", self.0.starts_at.as_millisecond(), id.trim_start_matches(ID_PREFIX))
    }
}

impl From<PartEdge> for Cursor {
    fn from(edge: PartEdge) -> Self {
        Self(edge.position)
    }
}

const ID_PREFIX: &str = "apt_";

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of this list")]
pub struct ParseCursorError;

impl FromStr for Cursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> std::result::Result<Self, ParseCursorError> {
        let (starts_at, id) = text.split_at_checked(16).ok_or(ParseCursorError)?;
        // In two's complement: there are instants before 1970.
        let millis = u64::from_str_radix(starts_at, 16).map_err(|_| ParseCursorError)?.cast_signed();
        let starts_at = Timestamp::from_millisecond(millis).map_err(|_| ParseCursorError)?;
        let id: AppointmentId = format!("{ID_PREFIX}{id}").parse().map_err(|_| ParseCursorError)?;
        let cursor = Self(ListPosition { starts_at, id });
        if cursor.to_string() == text { Ok(cursor) } else { Err(ParseCursorError) }
    }
}

/// A part of the appointments that start within `[from, to)`, by time: of one host, or of all hosts if the actor sees
/// them. At most `limit`, which is at most [`MAX_PART`].
pub async fn part(
    app: &App,
    actor: &Actor,
    host: Option<UserId>,
    (from, to): (Timestamp, Timestamp),
    after: Option<Cursor>,
    limit: usize,
) -> Result<AppointmentList> {
    let range = AppointmentRange { host: whose(&actor.reader()?, host)?, from, to };
    let mut tx = app.store.read().await?;
    let after = after.map(|cursor| cursor.0);
    let rows = tx.appointments_after(&range, after, limit.clamp(1, MAX_PART)).await?;
    let next = rows.last.filter(|_| rows.has_more).map(Cursor::from);
    Ok(AppointmentList { appointments: with_details(&mut tx, rows.appointments).await?, next })
}

/// A part of the appointments of a day, `[from, to)`, that an actor sees.
pub async fn day(app: &App, actor: &Actor, (from, to): (Timestamp, Timestamp), part: Part) -> Result<DayPart> {
    let range = AppointmentRange { host: whose(&actor.staff()?, None)?, from, to };
    Ok(read_day(app.store.clone(), range, part).await?)
}

/// The next appointments that an actor sees and that start within `[from, to)`.
pub async fn upcoming(app: &App, actor: &Actor, (from, to): (Timestamp, Timestamp), limit: usize) -> Result<Upcoming> {
    let range = AppointmentRange { host: whose(&actor.staff()?, None)?, from, to };
    let mut tx = app.store.read().await?;
    let mut found = tx.planned_appointments(&range, limit + 1).await?.appointments;
    let next_at = found.get(limit).map(|next| next.starts.at);
    found.truncate(limit);
    let total = if next_at.is_some() { count(tx.count_appointments(&range).await?.1) } else { found.len() };
    Ok(Upcoming { appointments: with_details(&mut tx, found).await?, next_at, total })
}

/// The host to whose appointments a list is limited, if to any.
pub(crate) fn whose(staff: &Staff<'_>, host: Option<UserId>) -> Result<Option<UserId>> {
    match (host, staff.user()) {
        (Some(host), _) if staff.sees(host) => Ok(Some(host)),
        (Some(_), _) => Err(Error::NotFound),
        (None, Some(user)) if !staff.sees_all() => Ok(Some(user.id)),
        (None, _) => Ok(None),
    }
}

pub(crate) async fn read_day(
    store: Store,
    range: AppointmentRange,
    part: Part,
) -> std::result::Result<DayPart, anteroom_store::Error> {
    let mut tx = store.read().await?;
    let mut rows = match part {
        Part::First => tx.appointments_after(&range, None, MAX_PART).await?,
        Part::After(cursor) => tx.appointments_after(&range, Some(cursor.0), MAX_PART).await?,
        Part::Before(cursor) => tx.appointments_before(&range, cursor.0, MAX_PART).await?,
    };
    if rows.rows == 0 && part != Part::First {
        rows = tx.appointments_after(&range, None, MAX_PART).await?; // the day has changed since
    }
    let place = if rows.has_more || part != Part::First { Some(place(&mut tx, &range, &rows).await?) } else { None };
    let ahead = AppointmentRange { to: range.to.saturating_add(UNDELIVERED_AHEAD).unwrap_or(range.to), ..range };
    let undelivered = tx.appointments_with_failed_messages(&ahead, MAX_UNDELIVERED).await?;
    Ok(DayPart {
        appointments: with_details(&mut tx, rows.appointments).await?,
        place,
        undelivered: with_details(&mut tx, undelivered.appointments).await?,
        has_more_undelivered: undelivered.has_more,
    })
}

async fn place(
    tx: &mut Snapshot,
    range: &AppointmentRange,
    rows: &AppointmentRows,
) -> std::result::Result<PlaceInDay, anteroom_store::Error> {
    let (total, planned) = tx.count_appointments(range).await?;
    let before = match rows.first {
        Some(first) => tx.count_appointments_before(range, first).await?,
        None => 0,
    };
    let (before, total) = (count(before), count(total));
    let waiting = tx.appointments_with_waiting(range, MAX_PART).await?.appointments;
    let is_here = |waiting: &Appointment| rows.appointments.iter().any(|here| here.id == waiting.id);
    let elsewhere = waiting.into_iter().filter(|waiting| !is_here(waiting)).collect();
    Ok(PlaceInDay {
        before,
        rows: rows.rows,
        total,
        planned: count(planned),
        earlier: rows.first.filter(|_| before > 0).map(Cursor::from),
        later: rows.last.filter(|_| before + rows.rows < total).map(Cursor::from),
        waiting_elsewhere: with_details(tx, elsewhere).await?,
    })
}

/// A number of rows.
fn count(rows: i64) -> usize {
    usize::try_from(rows).unwrap_or(0)
}

async fn with_details(
    tx: &mut Snapshot,
    appointments: Vec<Appointment>,
) -> std::result::Result<Vec<AppointmentDetails>, anteroom_store::Error> {
    if appointments.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<AppointmentId> = appointments.iter().map(|a| a.id).collect();
    let consultations = tx.consultations_of(&ids).await?.into_iter();
    let mut consultations: BTreeMap<_, _> = consultations.map(|found| (found.appointment, found)).collect();
    let hosts: BTreeSet<UserId> = appointments.iter().map(|appointment| appointment.host).collect();
    let hosts = tx.users_of(hosts).await?.into_iter();
    let hosts: BTreeMap<_, _> = hosts.map(|host| (host.id, Arc::new(host))).collect();
    let details = |appointment: Appointment| {
        // A host whose row cannot be read was logged, and does not hide the appointments of others.
        let host = Arc::clone(hosts.get(&appointment.host)?);
        Some(AppointmentDetails { consultation: consultations.remove(&appointment.id), appointment, host })
    };
    Ok(appointments.into_iter().filter_map(details).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_the_way_to_a_client_and_back() {
        for starts_at in ["2026-11-20T10:00:00.123Z", "1969-07-20T20:17:00Z", "9999-12-30T22:00:00Z"] {
            let starts_at: Timestamp = starts_at.parse().unwrap();
            let cursor = Cursor(ListPosition { starts_at, id: AppointmentId::new(starts_at, [7; 10]) });
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }

    #[test]
    fn texts_that_are_no_cursors_are_refused() {
        let good = Cursor(ListPosition {
            starts_at: Timestamp::UNIX_EPOCH,
            id: AppointmentId::new(Timestamp::UNIX_EPOCH, [0xab; 10]),
        });
        let good = good.to_string();
        assert_eq!(good.len(), 48);
        let upper = good.to_uppercase();
        let longer = format!("{good}0");
        let signed = format!("+{}", &good[1..]);
        let far = format!("7{}", &good[1..]);
        for text in
            ["", "x", "é", "aaaaaaaaaaaaaaaé", &good[..47], &longer, &upper, &signed, &far, "apt_0199f0c2b6d07a3e"]
        {
            assert_eq!(text.parse::<Cursor>(), Err(ParseCursorError), "{text}");
        }
    }
}
