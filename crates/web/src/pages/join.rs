//! The page of a consultation, by personal link or by login: the call element, or an explanation when it is closed.

use anteroom_app::{Standing, consultations};
use anteroom_domain::{AppointmentId, Phase, Refusal, Role};
use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};

use crate::WebState;
use crate::consultation::standing::StandingBody;
use crate::problem::Problem;
use crate::request::auth::{AuthMethod, RequestCaller};
use crate::request::extract::Path;
use crate::view::appointment::Record;
use crate::view::join::{AppointmentFacts, ClosedPage, JoinPage};
use crate::view::{Html, PageFrame, format};

/// `GET /join/{secret}`: the page for the owner of the link, guest or host. Opening it changes nothing.
pub(crate) async fn by_link(
    State(web): State<WebState>,
    Path(secret): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = authenticate(&web, AuthMethod::Link, request).await?;
    page(&web, &caller, format!("/join/{secret}"), None).await
}

/// `GET /appointments/{id}/consultation`: the host's page, by login.
pub(crate) async fn by_login(
    State(web): State<WebState>,
    Path(id): Path<AppointmentId>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = authenticate(&web, AuthMethod::Login, request).await?;
    let appointment = format!("/appointments/{id}");
    page(&web, &caller, format!("{appointment}/consultation"), Some(appointment)).await
}

async fn authenticate(web: &WebState, method: AuthMethod, request: Request) -> Result<RequestCaller, Problem> {
    let (mut parts, _) = request.into_parts();
    parts.extensions.insert(method);
    RequestCaller::from_request_parts(&mut parts, web).await
}

async fn page(web: &WebState, caller: &RequestCaller, base: String, back: Option<String>) -> Result<Response, Problem> {
    let standing = consultations::standing(&web.app, &caller.actor, caller.consultation).await?;
    let frame = PageFrame::public(&standing.practice);
    let facts = facts(&standing);
    match standing.closed() {
        None => {
            let (role, standing) = (standing.role.as_str(), StandingBody::from(&standing));
            Ok(Html(JoinPage { frame: frame.with_call(), facts, base, role, standing, back }).into_response())
        }
        Some(refusal) => {
            let text = closed_text(&standing, refusal);
            let next_link = back.map(|href| (href, "Back to the appointment"));
            let record = record(&standing);
            let page = ClosedPage {
                frame,
                code: refusal.code(),
                heading: text.0,
                detail: text.1,
                advice: text.2,
                facts,
                record,
                next_link,
            };
            Ok(Html(page).into_response())
        }
    }
}

fn facts(standing: &Standing) -> AppointmentFacts {
    let zone = &standing.zone;
    let other = standing.people.iter().find(|person| (person.role == Role::Host) != (standing.role == Role::Host));
    AppointmentFacts {
        with: other.map(|person| person.name.reveal().as_str().to_owned()).unwrap_or_else(|| standing.practice.clone()),
        consultation: standing.words.consultation,
        day: format::date_in(standing.starts_at, zone),
        time: format::time(standing.starts_at, zone),
        until: format::time(standing.ends_at, zone),
        length: format::minutes(standing.minutes),
        zone: format::zone_name(zone),
        opens_at: format::time(standing.opens_at, zone),
    }
}

/// Heading, detail and advice for a consultation that cannot be joined.
fn closed_text(standing: &Standing, refusal: Refusal) -> (String, String, String) {
    let (what, practice) = (standing.words.consultation, &standing.practice);
    let is_guest = standing.role != Role::Host;
    let contact = if is_guest {
        format!("For a new appointment or a question, please contact {practice}.")
    } else {
        String::new()
    };
    let text = |heading: String, detail: String, advice: String| (heading, detail, advice);
    match refusal {
        Refusal::Ended => text(
            format!("Your {what} has ended"),
            if is_guest { "Thank you for coming.".to_owned() } else { "The record is below.".to_owned() },
            if is_guest { format!("You can close this page. {contact}") } else { String::new() },
        ),
        Refusal::Cancelled => text(
            "This appointment was cancelled".to_owned(),
            format!("The {what} will not take place at this time."),
            contact,
        ),
        Refusal::TooLate { closed_at } => text(
            "The time for this appointment has passed".to_owned(),
            format!("The room closed at {}.", format::time(closed_at, &standing.zone)),
            contact,
        ),
        Refusal::InPerson => text(
            "This appointment is in person".to_owned(),
            format!("There is no video room for it. You are expected at {practice}."),
            contact,
        ),
        other => text("This room is not open".to_owned(), other.to_string(), contact),
    }
}

fn record(standing: &Standing) -> Option<Record> {
    let Phase::Ended { started_at, ended_at, .. } = &standing.phase else { return None };
    Some(Record {
        started: format::time(*started_at, &standing.zone),
        ended: format::time(*ended_at, &standing.zone),
        duration: format::duration(ended_at.duration_since(*started_at)),
        ended_by: String::new(),
    })
}
