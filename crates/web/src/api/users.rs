//! `/api/v1/users`: staff of the practice.

use anteroom_app::users::NewUser;
use anteroom_app::{sessions, users};
use anteroom_domain::{User, UserId};
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::JsonResult;
use crate::WebState;
use crate::problem::{Problem, ProblemBody};
use crate::request::auth::BearerToken;
use crate::request::extract::{Json, Path};

#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserBody {
    /// `usr_…`
    id: String,
    name: String,
    email: String,
    /// `admin` or `host`.
    role: &'static str,
    zone: String,
    /// Of their pages and messages, as they have chosen it (BCP 47); null: that of the browser, for messages that of the
    /// practice.
    language: Option<String>,
    /// Since when they cannot log in; null while they can.
    #[schema(value_type = Option<String>, format = DateTime)]
    deactivated_at: Option<Timestamp>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DeactivatedUser)]
pub(super) struct DeactivatedBody {
    user: UserBody,
    /// Appointments that are still to come. They stay as they are.
    upcoming_appointments: i64,
}

#[derive(Default, Deserialize, ToSchema)]
#[schema(as = RoleChange)]
#[serde(default)]
pub(super) struct RoleBody {
    /// `admin` or `host`.
    #[schema(example = "host")]
    role: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Users)]
pub(super) struct UsersBody {
    users: Vec<UserBody>,
}

#[derive(Default, Deserialize, ToSchema)]
#[schema(as = NewUser)]
#[serde(default)]
pub(super) struct NewUserBody {
    name: String,
    email: String,
    /// `admin` or `host`.
    #[schema(example = "host")]
    role: String,
    /// IANA zone.
    #[schema(example = "Europe/Berlin")]
    zone: String,
    /// Hard to guess: three or four unrelated words, at most 128 characters. Without it, the person sets it with a
    /// link of `createPasswordLink`.
    password: String,
}

/// All staff.
#[utoipa::path(
    get, path = "/users", tag = "practice", operation_id = "listUsers",
    responses((status = 200, body = UsersBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn list(State(web): State<WebState>, bearer: BearerToken) -> JsonResult<UsersBody> {
    let users = users::list(&web.app, &bearer.actor).await?;
    Ok(axum::Json(UsersBody { users: users.iter().map(UserBody::from).collect() }))
}

/// Adds a member of staff. For administrators; with an API key only hosts.
#[utoipa::path(
    post, path = "/users", tag = "practice", operation_id = "addUser", request_body = NewUserBody,
    responses((status = 201, body = UserBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn create(
    State(web): State<WebState>,
    bearer: BearerToken,
    Json(body): Json<NewUserBody>,
) -> Result<(StatusCode, axum::Json<UserBody>), Problem> {
    let new_user = NewUser {
        name: body.name.into(),
        email: body.email.into(),
        role: body.role,
        zone: body.zone,
        password: body.password.into(),
    };
    let user = users::add(&web.app, &bearer.actor, new_user).await?;
    Ok((StatusCode::CREATED, axum::Json(UserBody::from(&user))))
}

/// Changes the role. For administrators. The last active administrator stays one: `last_admin`.
#[utoipa::path(
    post, path = "/users/{id}/role", tag = "practice", operation_id = "changeRole", request_body = RoleBody,
    params(("id" = String, Path, description = "`usr_…`")),
    responses((status = 200, body = UserBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn change_role(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<UserId>,
    Json(body): Json<RoleBody>,
) -> JsonResult<UserBody> {
    Ok(axum::Json(UserBody::from(&users::change_role(&web.app, &bearer.actor, id, &body.role).await?)))
}

/// Deactivates a user: they cannot log in, and their sessions, links and calls as host end at once. For administrators.
#[utoipa::path(
    post, path = "/users/{id}/deactivation", tag = "practice", operation_id = "deactivateUser",
    params(("id" = String, Path, description = "`usr_…`")),
    responses((status = 200, body = DeactivatedBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn deactivate(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<UserId>,
) -> JsonResult<DeactivatedBody> {
    let user = UserBody::from(&users::deactivate(&web.app, &bearer.actor, id).await?);
    let upcoming_appointments = users::upcoming(&web.app, &bearer.actor, id).await?;
    Ok(axum::Json(DeactivatedBody { user, upcoming_appointments }))
}

/// Reactivates a user. For administrators.
#[utoipa::path(
    delete, path = "/users/{id}/deactivation", tag = "practice", operation_id = "reactivateUser",
    params(("id" = String, Path, description = "`usr_…`")),
    responses((status = 200, body = UserBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn reactivate(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<UserId>,
) -> JsonResult<UserBody> {
    Ok(axum::Json(UserBody::from(&users::reactivate(&web.app, &bearer.actor, id).await?)))
}

/// Ends all sessions of a user. For administrators.
#[utoipa::path(
    delete, path = "/users/{id}/sessions", tag = "practice", operation_id = "endSessionsOfUser",
    params(("id" = String, Path, description = "`usr_…`")),
    responses((status = 204), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn end_sessions(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Problem> {
    sessions::end_of_user(&web.app, &bearer.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<&User> for UserBody {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            name: user.name.reveal().as_str().to_owned(),
            email: user.email.reveal().as_str().to_owned(),
            role: user.role.as_str(),
            zone: user.zone.name().to_owned(),
            language: user.language.as_ref().map(|tag| tag.as_str().to_owned()),
            deactivated_at: user.deactivated_at,
        }
    }
}
