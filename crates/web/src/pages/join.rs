//! The page of a consultation, by personal link or by login: the call element, or an explanation when it is closed.

use anteroom_app::{Standing, consultations};
use anteroom_domain::{AppointmentId, Phase, Refusal, Role};
use anteroom_l10n::Catalogue;
use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};

use crate::WebState;
use crate::consultation::standing::StandingBody;
use crate::problem::Problem;
use crate::request::auth::{AuthMethod, RequestCaller};
use crate::request::extract::Path;
use crate::view::appointment::Record;
use crate::view::join::{AppointmentFacts, ClosedPage, JoinPage};
use crate::view::{Html, PageFrame};

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
    let words = caller.words(&standing);
    let frame = PageFrame::public(&standing.practice, words).in_other_languages(&base);
    let facts = facts(&standing, words);
    match standing.closed() {
        None => {
            let (role, standing) = (standing.role.as_str(), StandingBody::of(&standing, words, None));
            Ok(Html(JoinPage { frame: frame.with_call(), facts, base, role, standing, back }).into_response())
        }
        Some(refusal) => {
            let (heading, detail, advice) = closed_text(&standing, refusal, words);
            let next_link = back.map(|href| (href, words.join_back()));
            let record = record(&standing, words);
            let page = ClosedPage { frame, code: refusal.code(), heading, detail, advice, facts, record, next_link };
            Ok(Html(page).into_response())
        }
    }
}

fn facts(standing: &Standing, words: &Catalogue) -> AppointmentFacts {
    let zone = &standing.zone;
    let other = standing.people.iter().find(|person| (person.role == Role::Host) != (standing.role == Role::Host));
    AppointmentFacts {
        with: other.map(|person| person.name.reveal().as_str().to_owned()).unwrap_or_else(|| standing.practice.clone()),
        day: words.date_in(standing.starts_at, zone),
        time: words.time_in(standing.starts_at, zone),
        until: words.time_in(standing.ends_at, zone),
        length: words.length(standing.minutes),
        zone: words.zone(zone),
        opens_at: words.time_with_zone(standing.opens_at, zone),
    }
}

/// Heading, detail and advice for a consultation that cannot be joined.
fn closed_text(standing: &Standing, refusal: Refusal, words: &Catalogue) -> (String, String, String) {
    let practice = &standing.practice;
    let is_guest = standing.role != Role::Host;
    let contact = if is_guest { words.closed_contact(practice) } else { String::new() };
    match refusal {
        Refusal::Ended if is_guest => {
            let advice = format!("{} {contact}", words.closed_may_close());
            (words.closed_ended(), words.closed_ended_guest(), advice)
        }
        Refusal::Ended => (words.closed_ended(), words.closed_ended_host(), String::new()),
        Refusal::Cancelled => (words.closed_cancelled(), words.closed_cancelled_detail(), contact),
        Refusal::TooLate { closed_at } => {
            let detail = words.closed_too_late_detail(words.time_with_zone(closed_at, &standing.zone));
            (words.closed_too_late(), detail, contact)
        }
        Refusal::InPerson => (words.closed_in_person(), words.closed_in_person_detail(practice), contact),
        other => (words.closed_not_open(), words.refusal(&other), contact),
    }
}

fn record(standing: &Standing, words: &Catalogue) -> Option<Record> {
    let Phase::Ended { started_at, ended_at, .. } = &standing.phase else { return None };
    Some(Record {
        started: words.time_in(*started_at, &standing.zone),
        ended: words.time_in(*ended_at, &standing.zone),
        duration: words.duration(standing.duration.unwrap_or_default()),
        ended_by: String::new(),
        zone: words.zone(&standing.zone),
        people: Vec::new(),
    })
}
