//! The page behind a personal link, and the host's own: the facts, the call, and a kind word where it is closed.

use anteroom_app::{Standing, consultations};
use anteroom_domain::{AppointmentId, Phase, Refusal, Role};
use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};

use crate::Web;
use crate::consultation::standing::StandingBody;
use crate::problem::Problem;
use crate::request::auth::{Caller, Door};
use crate::request::extract::Path;
use crate::view::appointment::Record;
use crate::view::join::{ClosedPage, Facts, JoinPage};
use crate::view::{Frame, Html, format};

/// `GET /join/{secret}`: of guest or host; whose link it is decides. Changes nothing, whoever opens it.
pub(crate) async fn personal(
    State(web): State<Web>,
    Path(secret): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = known(&web, Door::Link, request).await?;
    page(&web, &caller, format!("/join/{secret}"), None).await
}

/// `GET /appointments/{id}/consultation`: the host's, by login.
pub(crate) async fn host(
    State(web): State<Web>,
    Path(id): Path<AppointmentId>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = known(&web, Door::Login, request).await?;
    let appointment = format!("/appointments/{id}");
    page(&web, &caller, format!("{appointment}/consultation"), Some(appointment)).await
}

async fn known(web: &Web, door: Door, request: Request) -> Result<Caller, Problem> {
    let (mut parts, _) = request.into_parts();
    parts.extensions.insert(door);
    Caller::from_request_parts(&mut parts, web).await
}

async fn page(web: &Web, caller: &Caller, base: String, back: Option<String>) -> Result<Response, Problem> {
    let standing = consultations::stand(&web.app, &caller.actor, caller.consultation).await?;
    let frame = Frame::porch(&standing.practice);
    let facts = facts(&standing);
    // A running consultation stays open to whoever is in it, whatever the hour.
    match standing.door.open().err().filter(|_| !standing.may.ticket) {
        None | Some(Refusal::TooEarly { .. }) => {
            let (role, standing) = (standing.role.as_str(), StandingBody::from(&standing));
            Ok(Html(JoinPage { frame: frame.with_call(), facts, base, role, standing, back }).into_response())
        }
        Some(refusal) => {
            let words = closed(&standing, refusal);
            let way_on = back.map(|href| (href, "Back to the appointment"));
            let record = record(&standing);
            let page = ClosedPage {
                frame,
                code: refusal.code(),
                heading: words.0,
                detail: words.1,
                advice: words.2,
                facts,
                record,
                way_on,
            };
            Ok(Html(page).into_response())
        }
    }
}

fn facts(standing: &Standing) -> Facts {
    let zone = &standing.zone;
    let other = standing.people.iter().find(|person| person.role != standing.role);
    Facts {
        with: other.map(|person| person.name.reveal().as_str().to_owned()).unwrap_or_else(|| standing.practice.clone()),
        consultation: standing.words.consultation,
        day: format::day_of(standing.starts_at, zone),
        time: format::clock(standing.starts_at, zone),
        until: format::clock(standing.ends_at, zone),
        length: format::minutes(standing.minutes),
        zone: format::zone(zone),
        opens: format::clock(standing.opens_at, zone),
    }
}

/// What happened, what it means, what to do next: nobody is left at a closed door without a word.
fn closed(standing: &Standing, refusal: Refusal) -> (String, String, String) {
    let (what, practice) = (standing.words.consultation, &standing.practice);
    let is_guest = standing.role == Role::Guest;
    let ask = if is_guest {
        format!("For a new appointment or a question, please contact {practice}.")
    } else {
        String::new()
    };
    let said = |heading: String, detail: String, advice: String| (heading, detail, advice);
    match refusal {
        Refusal::Ended => said(
            format!("Your {what} has ended"),
            if is_guest { "Thank you for coming.".to_owned() } else { "The record is below.".to_owned() },
            if is_guest { format!("You can close this page. {ask}") } else { String::new() },
        ),
        Refusal::Cancelled => said(
            "This appointment was cancelled".to_owned(),
            format!("The {what} will not take place at this time."),
            ask,
        ),
        Refusal::TooLate { closed_at } => said(
            "The time for this appointment has passed".to_owned(),
            format!("The room closed at {}.", format::clock(closed_at, &standing.zone)),
            ask,
        ),
        Refusal::InPerson => said(
            "This appointment is in person".to_owned(),
            format!("There is no video room for it. You are expected at {practice}."),
            ask,
        ),
        other => said("This room is not open".to_owned(), other.to_string(), ask),
    }
}

fn record(standing: &Standing) -> Option<Record> {
    let Phase::Ended { started_at, ended_at, .. } = &standing.phase else { return None };
    Some(Record {
        started: format::clock(*started_at, &standing.zone),
        ended: format::clock(*ended_at, &standing.zone),
        lasted: format::lasted(ended_at.duration_since(*started_at)),
        ended_by: String::new(),
    })
}
