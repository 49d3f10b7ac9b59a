//! The day page: appointments of one day and who is waiting. Updates: `day_live.rs`.

use anteroom_app::appointment_lists::{self, Cursor, DayPart, ParseCursorError, Part, PlaceInDay};
use anteroom_app::appointments::AppointmentDetails;
use anteroom_domain::{AppointmentKind, Practice, User, Zone};
use anteroom_l10n::Catalogue;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::appointment::agreed_time;
use super::load_practice;
use super::status_label::StatusContext;
use crate::WebState;
use crate::problem::Problem;
use crate::request::auth::StaffLogin;
use crate::request::extract::Query;
use crate::view::day::{
    DayFrame, DayList, DayPage, DayParts, MoreUpcoming, PlaceInList, RoomLink, Row, Undelivered, UndeliveredRow,
    UpcomingList, UpcomingRow,
};
use crate::view::{Html, PageFrame};

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct DayQuery {
    date: String,
    /// The place in the list after which the shown part begins.
    after: String,
    /// The place in the list before which it ends.
    before: String,
}

impl DayQuery {
    /// The requested date, or today in the user's time zone.
    pub(super) fn day(&self, web: &WebState, zone: &Zone) -> Date {
        self.date.parse().unwrap_or_else(|_| zone.local(web.app.clock.now()).date())
    }

    /// The requested part of the list.
    pub(super) fn part(&self) -> Result<Part, Problem> {
        let cursor = |text: &str| text.parse::<Cursor>();
        let part = match (&*self.after, &*self.before) {
            ("", "") => Ok(Part::First),
            (after, "") => cursor(after).map(Part::After),
            ("", before) => cursor(before).map(Part::Before),
            _ => Err(ParseCursorError), // one place at a time
        };
        part.map_err(|_| Problem::bad_request("bad_cursor", Catalogue::problem_bad_cursor))
    }
}

/// `GET /day?date=2026-11-20`, or a part of a long day: `&after=…` or `&before=…`
pub(crate) async fn show(
    State(web): State<WebState>,
    staff: StaffLogin,
    Query(query): Query<DayQuery>,
) -> Result<Response, Problem> {
    let practice = load_practice(&web).await?;
    let (date, zone, part) = (query.day(&web, &staff.user.zone), &staff.user.zone, query.part()?);
    let found = appointment_lists::day(&web.app, &staff.actor, bounds(date, zone)?, part).await?;
    let (list, _) = list(&web, &staff, &practice, date, &found);
    let DayParts { day, list, upcoming } = parts(&web, &staff, &practice, (date, part), list).await?;
    let frame = PageFrame::staff(&web.app, &practice, &staff, "day");
    Ok(Html(DayPage { frame, day, list, upcoming }).into_response())
}

/// All parts of the page that change.
pub(super) async fn parts(
    web: &WebState,
    staff: &StaffLogin,
    practice: &Practice,
    (date, part): (Date, Part),
    list: DayList,
) -> Result<DayParts, Problem> {
    let upcoming = upcoming(web, staff, practice, date).await?;
    Ok(DayParts { day: frame(web, staff, practice, date, part), list, upcoming })
}

fn frame(web: &WebState, staff: &StaffLogin, practice: &Practice, date: Date, part: Part) -> DayFrame {
    let (zone, words) = (&staff.user.zone, staff.words(practice));
    let is_today = date == zone.local(web.app.clock.now()).date();
    let date_field = (!is_today).then(|| format!("date={date}"));
    let part_field = match part {
        Part::First => None,
        Part::After(cursor) => Some(format!("after={cursor}")),
        Part::Before(cursor) => Some(format!("before={cursor}")),
    };
    let fields: Vec<String> = date_field.into_iter().chain(part_field).collect();
    // What replaces parts of the page is in its language, whatever the practice or the browser ask for meanwhile.
    let query = [format!("?lang={}", words.lang())].into_iter().chain(fields.clone()).collect::<Vec<_>>().join("&");
    DayFrame {
        words,
        practice: practice.name.clone(),
        title: words.date(date),
        date: date.to_string(),
        previous: date.saturating_sub(1.day()).to_string(),
        next: date.saturating_add(1.day()).to_string(),
        is_today,
        zone: words.zone(zone),
        live: format!("/day/live{query}"),
        page: format!("/day{query}"),
        reload: if fields.is_empty() { "/day".to_owned() } else { format!("/day?{}", fields.join("&")) },
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
) -> Result<UpcomingList, Problem> {
    let (zone, now, words) = (&staff.user.zone, web.app.clock.now(), staff.words(practice));
    let last = date.saturating_add(UPCOMING_DAYS.days());
    let (_, from) = bounds(date, zone)?;
    let (_, to) = bounds(last, zone)?;
    let found = appointment_lists::upcoming(&web.app, &staff.actor, (from.max(now), to), UPCOMING_ROWS).await?;
    let context = StatusContext { app: &web.app, words, policy: &practice.policy, zone, now };
    let row = |found: &AppointmentDetails| UpcomingRow {
        id: found.appointment.id.to_string(),
        when: words.short_date_time(found.appointment.starts.at, zone),
        guest: found.appointment.guest.name.reveal().as_str().to_owned(),
        is_video: found.appointment.kind == AppointmentKind::Video,
        status: context.of(found).0,
    };
    let more = found.next_at.map(|at| MoreUpcoming {
        words: words.day_coming_up_more(found.total - found.appointments.len(), words.date(last)),
        day: words.date_in(at, zone),
        href: format!("/day?date={}", zone.local(at).date()),
    });
    Ok(UpcomingList { rows: found.appointments.iter().map(row).collect(), more })
}

/// The instants at which a day begins and ends.
pub(super) fn bounds(date: Date, zone: &Zone) -> Result<(Timestamp, Timestamp), Problem> {
    let midnight = |date: Date| date.to_zoned(zone.as_jiff().clone()).map(|zoned| zoned.timestamp());
    let day = midnight(date).and_then(|from| Ok((from, midnight(date.saturating_add(1.day()))?)));
    day.map_err(|_| Problem::bad_request("malformed", Catalogue::problem_unsupported_date))
}

/// The list of these appointments, and when time alone changes it.
pub(super) fn list(
    web: &WebState,
    staff: &StaffLogin,
    practice: &Practice,
    date: Date,
    found: &DayPart,
) -> (DayList, Option<Timestamp>) {
    let (now, words) = (web.app.clock.now(), staff.words(practice));
    let context = StatusContext { app: &web.app, words, policy: &practice.policy, zone: &staff.user.zone, now };
    let row = |found: &AppointmentDetails| row(found, practice, &staff.user, &context);
    let (rows, mut times): (Vec<Row>, Vec<_>) = found.appointments.iter().map(row).unzip();
    let mut planned = rows.iter().filter(|row| row.status.tone != "off").count();
    let mut place = None;
    if let Some(here) = &found.place {
        let (waiting, changes): (Vec<Row>, Vec<_>) = here.waiting_elsewhere.iter().map(row).unzip();
        times.extend(changes);
        planned = here.planned;
        place = Some(place_in_list(here, date, waiting, words));
    }
    let elsewhere = place.iter().flat_map(|place| &place.waiting);
    let waiting = rows.iter().chain(elsewhere).map(Row::waiting_people).sum();
    let summary = summary(planned, waiting, words);
    let undelivered = undelivered(found, &context);
    let list = DayList { words, summary, waiting, now: now.to_string(), rows, place, undelivered };
    (list, times.into_iter().flatten().min())
}

fn undelivered(found: &DayPart, context: &StatusContext<'_>) -> Undelivered {
    let row = |found: &AppointmentDetails| UndeliveredRow {
        id: found.appointment.id.to_string(),
        when: context.words.short_date_time(found.appointment.starts.at, context.zone),
        guest: found.appointment.guest.name.reveal().as_str().to_owned(),
    };
    Undelivered { rows: found.undelivered.iter().map(row).collect(), has_more: found.has_more_undelivered }
}

/// Rows that wait for a guest who has gone are not shown a second time.
fn place_in_list(here: &PlaceInDay, date: Date, mut waiting: Vec<Row>, words: &Catalogue) -> PlaceInList {
    waiting.retain(|row| row.status.tone == "waiting");
    PlaceInList {
        shown: words.day_part_shown(here.before + 1, here.before + here.rows, here.total),
        earlier: here.earlier.map(|cursor| format!("/day?date={date}&before={cursor}")),
        later: here.later.map(|cursor| format!("/day?date={date}&after={cursor}")),
        waiting,
    }
}

fn summary(planned: usize, waiting: usize, words: &Catalogue) -> String {
    match (planned, waiting) {
        (0, _) => String::new(),
        (_, 0) => words.day_appointments(planned),
        _ => words.day_appointments_waiting(words.day_appointments(planned), waiting),
    }
}

fn row(
    found: &AppointmentDetails,
    practice: &Practice,
    viewer: &User,
    context: &StatusContext<'_>,
) -> (Row, Option<Timestamp>) {
    let (appointment, zone, words) = (&found.appointment, &viewer.zone, context.words);
    let (status, changes_at) = context.of(found);
    let own = appointment.host == viewer.id;
    let open = matches!(status.tone, "calm" | "waiting" | "live") && appointment.kind == AppointmentKind::Video;
    let room = (open && own && found.consultation.is_some()).then(|| RoomLink {
        label: if status.tone == "live" { words.day_go_back_in() } else { words.day_open_room() },
        is_urgent: status.tone != "calm",
    });
    let row = Row {
        id: appointment.id.to_string(),
        version: found.version(practice),
        time: words.time_in(appointment.starts.at, zone),
        until: words.time_in(appointment.ends_at(), zone),
        guest: appointment.guest.name.reveal().as_str().to_owned(),
        host: (!own).then(|| found.host.name.reveal().as_str().to_owned()),
        is_video: appointment.kind == AppointmentKind::Video,
        length: words.length(appointment.length.minutes()),
        agreed: agreed_time(&appointment.starts, words).filter(|_| appointment.occupies_slot()),
        waiting: if status.tone == "waiting" { context.waiting_people(found) } else { Vec::new() },
        status,
        room,
    };
    (row, changes_at)
}
