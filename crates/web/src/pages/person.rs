//! One member of staff, for administrators: role, sessions, deactivation.

use anteroom_app::{Error, handovers, password_links, sessions, users};
use anteroom_domain::{StaffRole, User, UserId};
use anteroom_l10n::Catalogue;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::handovers::{NewHostForm, handed_over, successors};
use super::load_practice;
use crate::WebState;
use crate::problem::{Detail, Problem};
use crate::request::auth::{AdminLogin, StaffLogin};
use crate::request::extract::{Form, Path, Query};
use crate::view::person::{OneTimeLink, PersonPage};
use crate::view::{FormRejection, Html, PageFrame};

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct PersonQuery {
    done: String,
    moved: String,
    kept: String,
}

/// `GET /staff/{id}`
pub(crate) async fn show(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Path(id): Path<UserId>,
    Query(query): Query<PersonQuery>,
) -> Result<Response, Problem> {
    let page = page(&web, &staff, id, None).await?;
    Ok(Html(PersonPage { done: done(&query, page.frame.words), ..page }).into_response())
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct RoleForm {
    role: String,
}

/// `POST /staff/{id}/role`
pub(crate) async fn change_role(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Path(id): Path<UserId>,
    Form(form): Form<RoleForm>,
) -> Result<Response, Problem> {
    let changed = users::change_role(&web.app, &staff.actor, id, &form.role).await;
    redirect_or_refusal(&web, &staff, id, changed.map(|_| "role".to_owned())).await
}

/// `POST /staff/{id}/deactivation`: with a host, who gets what is still to come.
pub(crate) async fn deactivate(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Path(id): Path<UserId>,
    Form(form): Form<NewHostForm>,
) -> Result<Response, Problem> {
    let done = if form.host.is_empty() {
        users::deactivate(&web.app, &staff.actor, id).await.map(|_| "deactivated".to_owned())
    } else {
        handovers::deactivate(&web.app, &staff.actor, id, &form.host).await.map(handed_over)
    };
    redirect_or_refusal(&web, &staff, id, done).await
}

/// `POST /staff/{id}/reactivation`
pub(crate) async fn reactivate(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Path(id): Path<UserId>,
) -> Result<Response, Problem> {
    let changed = users::reactivate(&web.app, &staff.actor, id).await;
    redirect_or_refusal(&web, &staff, id, changed.map(|_| "reactivated".to_owned())).await
}

/// `POST /staff/{id}/sessions/revocation`
pub(crate) async fn end_sessions(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Path(id): Path<UserId>,
) -> Result<Response, Problem> {
    let ended = sessions::end_of_user(&web.app, &staff.actor, id).await;
    redirect_or_refusal(&web, &staff, id, ended.map(|()| "sessions".to_owned())).await
}

/// `POST /staff/{id}/password-links`: the link is shown only in this response.
pub(crate) async fn issue_password_link(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Path(id): Path<UserId>,
) -> Result<Response, Problem> {
    match with_password_link(&web, &staff, id).await? {
        Ok(page) => Ok((StatusCode::CREATED, Html(page)).into_response()),
        Err(error) => redirect_or_refusal(&web, &staff, id, Err(error)).await,
    }
}

/// The page with a new link to set the password.
pub(super) async fn with_password_link(
    web: &WebState,
    staff: &StaffLogin,
    id: UserId,
) -> Result<Result<PersonPage, Error>, Problem> {
    let issued = match password_links::issue(&web.app, &staff.actor, id).await {
        Ok(issued) => issued,
        Err(error) => return Ok(Err(error)),
    };
    let page = page(web, staff, id, None).await?;
    let until = page.frame.words.date_time_in_zone(issued.expires_at, &staff.user.zone);
    let link = Some(OneTimeLink { url: issued.url.reveal().clone(), until });
    Ok(Ok(PersonPage { link, ..page }))
}

/// Redirects to the page, which shows what was done; a refusal is shown on it.
pub(super) async fn redirect_or_refusal(
    web: &WebState,
    staff: &StaffLogin,
    id: UserId,
    outcome: Result<String, Error>,
) -> Result<Response, Problem> {
    let error = match outcome {
        Ok(done) => return Ok(Redirect::to(&format!("/staff/{id}?done={done}")).into_response()),
        // A host who has been deactivated since the page was opened: the page lists those who are left.
        Err(Error::Invalid(fields)) if fields.of("host").is_some() => {
            return Ok(Redirect::to(&format!("/staff/{id}")).into_response());
        }
        Err(error) => error,
    };
    let (status, rejection) = FormRejection::of(error)?;
    Ok((status, Html(page(web, staff, id, rejection.problem).await?)).into_response())
}

/// What was done, for the notice above the page.
fn done(query: &PersonQuery, words: &Catalogue) -> String {
    match &*query.done {
        "role" => words.person_role_changed(),
        "deactivated" => words.person_deactivated(),
        "reactivated" => words.person_reactivated(),
        "sessions" => words.person_logged_out(),
        "handed-over" => handed_over_in_words(query, words),
        _ => String::new(),
    }
}

fn handed_over_in_words(query: &PersonQuery, words: &Catalogue) -> String {
    let count = |text: &str| text.parse::<u16>().unwrap_or_default();
    let moved = words.person_handed_over(count(&query.moved));
    match count(&query.kept) {
        0 => moved,
        kept => format!("{moved} {}", words.person_not_handed_over(kept)),
    }
}

async fn page(web: &WebState, staff: &StaffLogin, id: UserId, problem: Option<Detail>) -> Result<PersonPage, Problem> {
    let practice = load_practice(web).await?;
    let user = users::fetch(&web.app, &staff.actor, id).await?;
    let words = staff.words(&practice);
    let upcoming = users::upcoming(&web.app, &staff.actor, id).await?;
    let User { name, email, role, deactivated_at, .. } = &user;
    Ok(PersonPage {
        frame: PageFrame::staff(&web.app, &practice, staff, "staff"),
        id: id.to_string(),
        name: name.reveal().as_str().to_owned(),
        email: email.reveal().as_str().to_owned(),
        is_self: staff.user.id == id,
        is_admin: *role == StaffRole::Admin,
        deactivated: deactivated_at.map(|at| words.date_time_in_zone(at, &staff.user.zone)),
        upcoming,
        successors: if upcoming > 0 { successors(web, staff, id).await? } else { Vec::new() },
        link: None,
        done: String::new(),
        problem,
    })
}
