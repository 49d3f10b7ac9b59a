//! The host's day: who comes when, who waits, live.

use anteroom_app::appointments::Found;
use anteroom_app::{Topic, Watch, appointments, users};
use anteroom_domain::{AppointmentStatus, Entry, Kind, Participant, Phase, Role, StaffRole, User, Zone};
use askama::Template;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::practice_of;
use crate::problem::Problem;
use crate::request::auth::Staff;
use crate::request::client_address::ClientAddress;
use crate::request::extract::Query;
use crate::sse::Watching;
use crate::view::day::{DayList, DayPage, Later, Room, Row, Status};
use crate::view::{Frame, Html, format};
use crate::{Web, sse};

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct DayQuery {
    date: String,
}

impl DayQuery {
    /// The day asked for, or today where this person works.
    fn day(&self, web: &Web, zone: &Zone) -> Date {
        self.date.parse().unwrap_or_else(|_| zone.local(web.app.clock.now()).date())
    }
}

/// `GET /day?date=2026-11-20`
pub(crate) async fn show(
    State(web): State<Web>,
    staff: Staff,
    Query(query): Query<DayQuery>,
) -> Result<Response, Problem> {
    let practice = practice_of(&web).await?;
    let zone = &staff.user.zone;
    let date = query.day(&web, zone);
    let list = list(&web, &staff, date).await?;
    let later = later(&web, &staff, date).await?;
    let page = DayPage {
        frame: Frame::desk(&practice, &staff.user, "day"),
        title: format::day(date),
        date: date.to_string(),
        previous: date.saturating_sub(1.day()).to_string(),
        next: date.saturating_add(1.day()).to_string(),
        is_today: date == zone.local(web.app.clock.now()).date(),
        zone: format::zone(zone),
        list,
        later,
    };
    Ok(Html(page).into_response())
}

/// `GET /day/live?date=…`: the list anew at each change, as `event: day`.
pub(crate) async fn watch(
    State(web): State<Web>,
    from: ClientAddress,
    staff: Staff,
    Query(query): Query<DayQuery>,
    parts: Parts,
) -> Result<Response, Problem> {
    let place = web.limits.stream(from)?;
    let watching = Watching { watches: watches(&web, &staff).await?, place, closing: web.closing.clone() };
    let date = query.day(&web, &staff.user.zone);
    Ok(sse::told(watching, move || {
        let (web, mut parts) = (web.clone(), parts.clone());
        async move {
            // Asked anew at each event: whoever has logged out is told nothing more.
            let staff = Staff::from_request_parts(&mut parts, &web).await.ok()?;
            let page = list(&web, &staff, date).await.ok()?.render().ok()?;
            Some(Event::default().event("day").data(page))
        }
    }))
}

/// One's own day; an admin watches everybody's.
async fn watches(web: &Web, staff: &Staff) -> Result<Vec<Watch>, Problem> {
    let watch = |user: &User| web.app.hub.watch(Topic::Day(user.id));
    if staff.user.role == StaffRole::Host {
        return Ok(vec![watch(&staff.user)]);
    }
    Ok(users::list(&web.app, &staff.actor).await?.iter().map(watch).collect())
}

/// What a look ahead covers, and how much of it is shown.
const AHEAD_DAYS: i64 = 14;
const AHEAD_ROWS: usize = 5;

async fn later(web: &Web, staff: &Staff, date: Date) -> Result<Vec<Later>, Problem> {
    let zone = &staff.user.zone;
    let from = midnight(date.saturating_add(1.day()), zone)?;
    let to = midnight(date.saturating_add((AHEAD_DAYS + 1).days()), zone)?;
    let found = appointments::between(&web.app, &staff.actor, None, from, to).await?;
    let now = web.app.clock.now();
    let one = |found: &Found| Later {
        id: found.appointment.id.to_string(),
        when: format::soon(found.appointment.starts.at, zone),
        guest: found.appointment.guest.name.reveal().as_str().to_owned(),
        is_video: found.appointment.kind == Kind::Video,
        status: status(found, now),
    };
    Ok(found.iter().map(one).filter(|one| one.status.tone != "off").take(AHEAD_ROWS).collect())
}

fn midnight(date: Date, zone: &Zone) -> Result<Timestamp, Problem> {
    let start = date.to_zoned(zone.as_jiff().clone()).map(|zoned| zoned.timestamp());
    start.map_err(|_| Problem::bad_request("malformed", "This day is beyond our calendar."))
}

async fn list(web: &Web, staff: &Staff, date: Date) -> Result<DayList, Problem> {
    let zone = &staff.user.zone;
    let (from, to) = (midnight(date, zone)?, midnight(date.saturating_add(1.day()), zone)?);
    let found = appointments::between(&web.app, &staff.actor, None, from, to).await?;
    let now = web.app.clock.now();
    let rows: Vec<Row> = found.iter().map(|found| row(found, &staff.user, now)).collect();
    let waiting = rows.iter().filter(|row| row.status.tone == "waiting").count();
    Ok(DayList { summary: summary(&rows, waiting), waiting, now: now.to_string(), rows })
}

fn summary(rows: &[Row], waiting: usize) -> String {
    let planned = rows.iter().filter(|row| row.status.tone != "off").count();
    let planned = match planned {
        0 => return String::new(),
        1 => "1 appointment".to_owned(),
        n => format!("{n} appointments"),
    };
    match waiting {
        0 => planned,
        1 => format!("{planned}, 1 person is waiting"),
        n => format!("{planned}, {n} people are waiting"),
    }
}

fn row(found: &Found, viewer: &User, now: Timestamp) -> Row {
    let (appointment, zone) = (&found.appointment, &viewer.zone);
    let status = status(found, now);
    let own = appointment.host == viewer.id;
    let open = matches!(status.tone, "calm" | "waiting" | "live") && appointment.kind == Kind::Video;
    let room = (open && own && found.consultation.is_some()).then(|| Room {
        label: if status.tone == "live" { "Go back in" } else { "Open the room" },
        is_urgent: status.tone != "calm",
    });
    Row {
        id: appointment.id.to_string(),
        time: format::clock(appointment.starts.at, zone),
        until: format::clock(appointment.ends_at(), zone),
        guest: appointment.guest.name.reveal().as_str().to_owned(),
        host: (!own).then(|| found.host.name.reveal().as_str().to_owned()),
        is_video: appointment.kind == Kind::Video,
        length: format::minutes(appointment.length.minutes()),
        status,
        room,
    }
}

/// How an appointment stands, in the few words a list has room for.
pub(super) fn status(found: &Found, now: Timestamp) -> Status {
    let said = |tone, words: &str, since: Option<Timestamp>| Status {
        tone,
        words: words.to_owned(),
        since: since.map(|at| at.to_string()),
        minutes: since.map(|at| format::waited(now.duration_since(at))).unwrap_or_default(),
    };
    let guest = found.consultation.iter().flat_map(|c| &c.participants).find(|p| p.role == Role::Guest);
    let is_live = found.consultation.as_ref().is_some_and(|c| c.is_live());
    match (&found.appointment.status, guest.map(|g| g.entry)) {
        (AppointmentStatus::Cancelled { .. }, _) => said("off", "Cancelled", None),
        (AppointmentStatus::Completed { .. }, _) => said("done", &completed(found), None),
        (AppointmentStatus::Booked, _) => said("todo", "Not confirmed yet", None),
        (_, Some(Entry::Waiting { since })) => said("waiting", "Waiting", Some(since)),
        (_, Some(_)) if is_live => {
            said("live", if guest.is_some_and(is_here) { "In session" } else { "In session, alone" }, None)
        }
        _ if found.appointment.ends_at() <= now => said("off", "Did not start", None),
        _ => said("calm", "Confirmed", None),
    }
}

fn is_here(guest: &Participant) -> bool {
    guest.connected_since.is_some()
}

fn completed(found: &Found) -> String {
    match found.consultation.as_ref().map(|c| &c.phase) {
        Some(Phase::Ended { started_at, ended_at, .. }) => {
            format!("Completed, {}", format::lasted(ended_at.duration_since(*started_at)))
        }
        _ => "Completed".to_owned(),
    }
}
