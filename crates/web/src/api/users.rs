//! `/api/v1/users`: staff of the practice.

use anteroom_app::users;
use anteroom_app::users::NewUser;
use anteroom_domain::User;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::JsonResult;
use crate::WebState;
use crate::problem::{Problem, ProblemBody};
use crate::request::auth::BearerToken;
use crate::request::extract::Json;

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
    /// Hard to guess: three or four unrelated words, at most 128 characters.
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

impl From<&User> for UserBody {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            name: user.name.reveal().as_str().to_owned(),
            email: user.email.reveal().as_str().to_owned(),
            role: user.role.as_str(),
            zone: user.zone.name().to_owned(),
        }
    }
}
