//! The requests that are measured.

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::web::{Access, LoginAccess, WebClient, WebRequest};

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageKind {
    DayOfHost,
    DayOfAdmin,
    List,
    DeepList,
    Appointment,
    AppointmentPage,
    Booking,
    GuestPage,
}

impl PageKind {
    pub(crate) const ALL: [Self; 8] = [
        Self::DayOfHost,
        Self::DayOfAdmin,
        Self::List,
        Self::DeepList,
        Self::Appointment,
        Self::AppointmentPage,
        Self::Booking,
        Self::GuestPage,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DayOfHost => "day page, host",
            Self::DayOfAdmin => "day page, administrator",
            Self::List => "list (API), first page",
            Self::DeepList => "list (API), deep page",
            Self::Appointment => "appointment (API)",
            Self::AppointmentPage => "appointment page",
            Self::Booking => "booking (API)",
            Self::GuestPage => "guest's page",
        }
    }
}

/// Makes requests, each for other rows than the one before.
pub(crate) struct Requests {
    access: Access,
    /// The query of a page deep in the list of all appointments.
    deep: String,
}

impl Requests {
    /// Asks the server where a deep page begins.
    pub(crate) async fn new(access: Access, client: &mut WebClient) -> Result<Self> {
        let three_quarters = access.first_start + (access.last_start - access.first_start) / 4 * 3;
        let deep = range(three_quarters, access.last_start)?;
        let list = client.ask(&list(&access, &deep)).await?;
        let list: Value = serde_json::from_slice(&list).context("the list is no JSON")?;
        let deep = match list["next"].as_str() {
            Some(cursor) => format!("{}&after={cursor}", range(access.first_start, access.last_start)?),
            None => deep,
        };
        Ok(Self { access, deep })
    }

    /// Request `number` of this kind.
    pub(crate) fn request(&self, kind: PageKind, number: usize) -> Result<WebRequest> {
        let access = &self.access;
        let host = cycled(&access.hosts, number)?;
        // By a prime, so that neighbours are not asked for one after the other.
        let appointment = cycled(&access.appointments, number.wrapping_mul(7_919));
        Ok(match kind {
            PageKind::DayOfHost => day_page(host),
            PageKind::DayOfAdmin => day_page(&access.admin),
            PageKind::List => list(access, &range(access.first_start, access.last_start)?),
            PageKind::DeepList => list(access, &self.deep),
            PageKind::Appointment => {
                WebRequest::get(format!("/api/v1/appointments/{}", appointment?)).bearer(&access.api_key)
            }
            PageKind::AppointmentPage => {
                WebRequest::get(format!("/appointments/{}", appointment?)).session(&access.admin.session)
            }
            PageKind::Booking => {
                let body = booking(&host.id, free_slot(access, number)?);
                WebRequest::post("/api/v1/appointments").bearer(&access.api_key).json(&body)
            }
            PageKind::GuestPage => {
                WebRequest::get(format!("/join/{}", cycled(&access.guests, number.wrapping_mul(7_919))?.link))
            }
        })
    }
}

fn cycled<T>(all: &[T], number: usize) -> Result<&T> {
    all.get(number.checked_rem(all.len()).unwrap_or_default()).context("the database has no such rows")
}

fn day_page(of: &LoginAccess) -> WebRequest {
    WebRequest::get("/day").session(&of.session)
}

fn list(access: &Access, query: &str) -> WebRequest {
    WebRequest::get(format!("/api/v1/appointments?{query}")).bearer(&access.api_key)
}

fn range(from: i64, to: i64) -> Result<String> {
    Ok(format!("from={}&to={}", Timestamp::from_millisecond(from)?, Timestamp::from_millisecond(to)?))
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// Bookings of a host on one day, five minutes each.
const BOOKINGS_A_DAY: i64 = 120;

/// A time at which the host of request `number` is free, if each number is used once.
fn free_slot(access: &Access, number: usize) -> Result<Timestamp> {
    let slot = i64::try_from(number / access.hosts.len().max(1))?;
    let at = access.free_from + slot / BOOKINGS_A_DAY * DAY + slot % BOOKINGS_A_DAY * 5 * MINUTE;
    Ok(Timestamp::from_millisecond(at)?)
}

fn booking(host: &str, starts_at: Timestamp) -> Value {
    json!({
        "host": host,
        "guest_name": "Guest of the benchmark",
        "guest_email": "guest@example.org",
        "guest_phone": "+49 30 1234567",
        "guest_zone": "Europe/Berlin",
        "starts_at": starts_at.to_string(),
        "zone": "Europe/Berlin",
        "minutes": 5,
        "kind": "video",
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_host_is_booked_twice() {
        let login = |id: &str| LoginAccess { id: id.to_owned(), session: String::new() };
        let access = Access {
            api_key: String::new(),
            admin: login("0"),
            hosts: vec![login("1"), login("2"), login("3")],
            appointments: Vec::new(),
            guests: Vec::new(),
            first_start: 0,
            last_start: 0,
            free_from: 8 * 60 * MINUTE,
        };
        let slot =
            |number: usize| (cycled(&access.hosts, number).unwrap().id.clone(), free_slot(&access, number).unwrap());
        let slots: BTreeSet<_> = (0..2_000).map(slot).collect();
        assert_eq!(slots.len(), 2_000);
        assert_eq!(slot(3 * 120 + 4).1.to_string(), "1970-01-02T08:05:00Z");
        assert!(cycled::<()>(&[], 7).is_err());
    }
}
