//! The day page: appointments of one day and who is waiting. Updates: `day_live.rs`.

use anteroom_app::appointments;
use anteroom_app::appointments::AppointmentDetails;
use anteroom_domain::{AppointmentKind, Practice, User, Zone};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::load_practice;
use super::status_label::StatusContext;
use crate::WebState;
use crate::problem::Problem;
use crate::request::auth::StaffLogin;
use crate::request::extract::Query;
use crate::view::day::{DayFrame, DayList, DayPage, DayParts, RoomLink, Row, UpcomingRow};
use crate::view::{Html, PageFrame, format};

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct DayQuery {
    date: String,
}

impl DayQuery {
    /// The requested date, or today in the user's time zone.
    pub(super) fn day(&self, web: &WebState, zone: &Zone) -> Date {
        self.date.parse().unwrap_or_else(|_| zone.local(web.app.clock.now()).date())
    }
}

/// `GET /day?date=2026-11-20`
pub(crate) async fn show(
    State(web): State<WebState>,
    staff: StaffLogin,
    Query(query): Query<DayQuery>,
) -> Result<Response, Problem> {
    let practice = load_practice(&web).await?;
    let (date, zone) = (query.day(&web, &staff.user.zone), &staff.user.zone);
    let (from, to) = (midnight(date, zone)?, midnight(date.saturating_add(1.day()), zone)?);
    let found = appointments::between(&web.app, &staff.actor, None, from, to).await?;
    let (list, _) = list(&web, &staff, &practice, &found);
    let DayParts { day, list, upcoming } = parts(&web, &staff, &practice, date, list).await?;
    let frame = PageFrame::staff(&web.app, &practice, &staff.user, "day");
    Ok(Html(DayPage { frame, day, list, upcoming }).into_response())
}

/// All parts of the page that change.
pub(super) async fn parts(
    web: &WebState,
    staff: &StaffLogin,
    practice: &Practice,
    date: Date,
    list: DayList,
) -> Result<DayParts, Problem> {
    Ok(DayParts { day: frame(web, staff, practice, date), list, upcoming: upcoming(web, staff, practice, date).await? })
}

fn frame(web: &WebState, staff: &StaffLogin, practice: &Practice, date: Date) -> DayFrame {
    let zone = &staff.user.zone;
    let is_today = date == zone.local(web.app.clock.now()).date();
    let query = if is_today { String::new() } else { format!("?date={date}") };
    DayFrame {
        practice: practice.name.clone(),
        title: format::date(date),
        date: date.to_string(),
        previous: date.saturating_sub(1.day()).to_string(),
        next: date.saturating_add(1.day()).to_string(),
        is_today,
        zone: format::zone_name(zone),
        live: format!("/day/live{query}"),
        page: format!("/day{query}"),
    }
}

/// Days covered by the list of upcoming appointments, and its maximum length.
const UPCOMING_DAYS: i64 = 14;
const UPCOMING_ROWS: usize = 5;

async fn upcoming(
    web: &WebState,
    staff: &StaffLogin,
    practice: &Practice,
    date: Date,
) -> Result<Vec<UpcomingRow>, Problem> {
    let zone = &staff.user.zone;
    let from = midnight(date.saturating_add(1.day()), zone)?;
    let to = midnight(date.saturating_add((UPCOMING_DAYS + 1).days()), zone)?;
    let found = appointments::between(&web.app, &staff.actor, None, from, to).await?;
    let context = StatusContext { app: &web.app, policy: &practice.policy, zone, now: web.app.clock.now() };
    let row = |found: &AppointmentDetails| UpcomingRow {
        id: found.appointment.id.to_string(),
        when: format::short_date_time(found.appointment.starts.at, zone),
        guest: found.appointment.guest.name.reveal().as_str().to_owned(),
        is_video: found.appointment.kind == AppointmentKind::Video,
        status: context.of(found).0,
    };
    Ok(found.iter().map(row).filter(|row| row.status.tone != "off").take(UPCOMING_ROWS).collect())
}

pub(super) fn midnight(date: Date, zone: &Zone) -> Result<Timestamp, Problem> {
    let start = date.to_zoned(zone.as_jiff().clone()).map(|zoned| zoned.timestamp());
    start.map_err(|_| Problem::bad_request("malformed", "This date is not supported."))
}

/// The list of these appointments, and when time alone changes it.
pub(super) fn list(
    web: &WebState,
    staff: &StaffLogin,
    practice: &Practice,
    found: &[AppointmentDetails],
) -> (DayList, Option<Timestamp>) {
    let now = web.app.clock.now();
    let context = StatusContext { app: &web.app, policy: &practice.policy, zone: &staff.user.zone, now };
    let (rows, times): (Vec<Row>, Vec<_>) = found.iter().map(|found| row(found, practice, &staff.user, &context)).unzip();
    let waiting = rows.iter().filter(|row| row.status.tone == "waiting").count();
    let list = DayList { summary: summary(&rows, waiting), waiting, now: now.to_string(), rows };
    (list, times.into_iter().flatten().min())
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

fn row(
    found: &AppointmentDetails,
    practice: &Practice,
    viewer: &User,
    context: &StatusContext<'_>,
) -> (Row, Option<Timestamp>) {
    let (appointment, zone) = (&found.appointment, &viewer.zone);
    let (status, changes_at) = context.of(found);
    let own = appointment.host == viewer.id;
    let open = matches!(status.tone, "calm" | "waiting" | "live") && appointment.kind == AppointmentKind::Video;
    let room = (open && own && found.consultation.is_some()).then(|| RoomLink {
        label: if status.tone == "live" { "Go back in" } else { "Open the room" },
        is_urgent: status.tone != "calm",
    });
    let row = Row {
        id: appointment.id.to_string(),
        version: found.version(practice),
        time: format::time(appointment.starts.at, zone),
        until: format::time(appointment.ends_at(), zone),
        guest: appointment.guest.name.reveal().as_str().to_owned(),
        host: (!own).then(|| found.host.name.reveal().as_str().to_owned()),
        is_video: appointment.kind == AppointmentKind::Video,
        length: format::minutes(appointment.length.minutes()),
        status,
        room,
    };
    (row, changes_at)
}
