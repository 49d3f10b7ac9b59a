//! One member of staff, for administrators: role, sessions, deactivation.

use anteroom_app::{Error, password_links, sessions, users};
use anteroom_domain::{StaffRole, User, UserId};
use anteroom_l10n::Catalogue;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

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
}

/// `GET /staff/{id}`
pub(crate) async fn show(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Path(id): Path<UserId>,
    Query(query): Query<PersonQuery>,
) -> Result<Response, Problem> {
    let page = page(&web, &staff, id, None).await?;
    Ok(Html(PersonPage { done: done(&query.done, page.frame.words), ..page }).into_response())
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
    redirect_or_refusal(&web, &staff, id, "role", changed.map(drop)).await
}

/// `POST /staff/{id}/deactivation`
pub(crate) async fn deactivate(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Path(id): Path<UserId>,
) -> Result<Response, Problem> {
    let changed = users::deactivate(&web.app, &staff.actor, id).await;
    redirect_or_refusal(&web, &staff, id, "deactivated", changed.map(drop)).await
}

/// `POST /staff/{id}/reactivation`
pub(crate) async fn reactivate(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Path(id): Path<UserId>,
) -> Result<Response, Problem> {
    let changed = users::reactivate(&web.app, &staff.actor, id).await;
    redirect_or_refusal(&web, &staff, id, "reactivated", changed.map(drop)).await
}

/// `POST /staff/{id}/sessions/revocation`
pub(crate) async fn end_sessions(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Path(id): Path<UserId>,
) -> Result<Response, Problem> {
    let ended = sessions::end_of_user(&web.app, &staff.actor, id).await;
    redirect_or_refusal(&web, &staff, id, "sessions", ended).await
}

/// `POST /staff/{id}/password-links`: the link is shown only in this response.
pub(crate) async fn issue_password_link(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Path(id): Path<UserId>,
) -> Result<Response, Problem> {
    match with_password_link(&web, &staff, id).await? {
        Ok(page) => Ok((StatusCode::CREATED, Html(page)).into_response()),
        Err(error) => redirect_or_refusal(&web, &staff, id, "", Err(error)).await,
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
    let until = page.frame.words.date_time(issued.expires_at, &staff.user.zone);
    let link = Some(OneTimeLink { url: issued.url.reveal().clone(), until });
    Ok(Ok(PersonPage { link, ..page }))
}

/// Redirects to the page; a refusal is shown on it.
async fn redirect_or_refusal(
    web: &WebState,
    staff: &StaffLogin,
    id: UserId,
    done: &str,
    outcome: Result<(), Error>,
) -> Result<Response, Problem> {
    let Err(error) = outcome else { return Ok(Redirect::to(&format!("/staff/{id}?done={done}")).into_response()) };
    let (status, rejection) = FormRejection::of(error)?;
    Ok((status, Html(page(web, staff, id, rejection.problem).await?)).into_response())
}

/// What was done, for the notice above the page.
fn done(query: &str, words: &Catalogue) -> String {
    match query {
        "role" => words.person_role_changed(),
        "deactivated" => words.person_deactivated(),
        "reactivated" => words.person_reactivated(),
        "sessions" => words.person_logged_out(),
        _ => String::new(),
    }
}

async fn page(web: &WebState, staff: &StaffLogin, id: UserId, problem: Option<Detail>) -> Result<PersonPage, Problem> {
    let practice = load_practice(web).await?;
    let user = users::fetch(&web.app, &staff.actor, id).await?;
    let words = staff.words(&practice);
    let User { name, email, role, deactivated_at, .. } = &user;
    Ok(PersonPage {
        frame: PageFrame::staff(&web.app, &practice, staff, "staff"),
        id: id.to_string(),
        name: name.reveal().as_str().to_owned(),
        email: email.reveal().as_str().to_owned(),
        is_self: staff.user.id == id,
        is_admin: *role == StaffRole::Admin,
        deactivated: deactivated_at.map(|at| words.date_time(at, &staff.user.zone)),
        upcoming: users::upcoming(&web.app, &staff.actor, id).await?,
        link: None,
        done: String::new(),
        problem,
    })
}
