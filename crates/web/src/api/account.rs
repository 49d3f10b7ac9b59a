//! `/api/v1/account`: the account of the person who is logged in, and its sessions.

use anteroom_app::accounts::PasswordChange;
use anteroom_app::sessions::{LoginClient, OwnSession};
use anteroom_app::{accounts, sessions};
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::JsonResult;
use super::users::UserBody;
use crate::WebState;
use crate::problem::{Problem, ProblemBody};
use crate::request::auth::BearerToken;
use crate::request::client_address::ClientAddress;
use crate::request::extract::{Json, Path, Query};
use crate::request::login;

#[derive(Default, Deserialize, ToSchema)]
#[schema(as = PasswordChange)]
#[serde(default)]
pub(super) struct PasswordChangeBody {
    current_password: String,
    /// Hard to guess: three or four unrelated words, at most 128 characters.
    new_password: String,
}

#[derive(Default, Deserialize, ToSchema)]
#[schema(as = LanguageChoice)]
#[serde(default)]
pub(super) struct LanguageBody {
    /// A tag of BCP 47 that the pages have, or empty.
    #[schema(example = "de")]
    language: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OwnSession)]
pub(super) struct OwnSessionBody {
    /// `ses_…`. It opens nothing.
    id: String,
    /// Such as `Firefox on Windows`; null for an API client.
    browser: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    used_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Whether this request uses it.
    current: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OwnSessions)]
pub(super) struct OwnSessionsBody {
    sessions: Vec<OwnSessionBody>,
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct KeptSessions {
    /// `current`: ends all but the session of this request.
    keep: String,
}

/// The person who is logged in.
#[utoipa::path(
    get, path = "/account", tag = "session", operation_id = "readAccount",
    responses((status = 200, body = UserBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn show(bearer: BearerToken) -> JsonResult<UserBody> {
    Ok(axum::Json(UserBody::from(bearer.actor.person()?)))
}

/// Changes one's own password and ends all other sessions. A wrong current password counts as a failed login.
#[utoipa::path(
    post, path = "/account/password", tag = "session", operation_id = "changePassword", request_body = PasswordChangeBody,
    responses((status = 204), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn change_password(
    State(web): State<WebState>,
    from: ClientAddress,
    bearer: BearerToken,
    Json(body): Json<PasswordChangeBody>,
) -> Result<StatusCode, Problem> {
    let form = PasswordChange { current: body.current_password.into(), new: body.new_password.into() };
    login::change_password(&web, from, &LoginClient::ApiClient, &bearer.actor, &bearer.session()?, form).await??;
    Ok(StatusCode::NO_CONTENT)
}

/// Chooses the language of one's own pages and messages. Empty: that of the browser, for messages that of the practice.
#[utoipa::path(
    post, path = "/account/language", tag = "session", operation_id = "chooseLanguage", request_body = LanguageBody,
    responses((status = 200, body = UserBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn set_language(
    State(web): State<WebState>,
    bearer: BearerToken,
    Json(body): Json<LanguageBody>,
) -> JsonResult<UserBody> {
    Ok(axum::Json(UserBody::from(&accounts::set_language(&web.app, &bearer.actor, &body.language).await?)))
}

/// One's own sessions: the current one first, then by their last use.
#[utoipa::path(
    get, path = "/account/sessions", tag = "session", operation_id = "listSessions",
    responses((status = 200, body = OwnSessionsBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn sessions(State(web): State<WebState>, bearer: BearerToken) -> JsonResult<OwnSessionsBody> {
    let own = sessions::own(&web.app, &bearer.actor, &bearer.session()?).await?;
    Ok(axum::Json(OwnSessionsBody { sessions: own.into_iter().map(OwnSessionBody::from).collect() }))
}

/// Ends all of one's own sessions, or all others.
#[utoipa::path(
    delete, path = "/account/sessions", tag = "session", operation_id = "endSessions", params(KeptSessions),
    responses((status = 204), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn end_sessions(
    State(web): State<WebState>,
    bearer: BearerToken,
    Query(KeptSessions { keep }): Query<KeptSessions>,
) -> Result<StatusCode, Problem> {
    match keep.as_str() {
        "" => sessions::end_all(&web.app, &bearer.actor).await?,
        "current" => sessions::end_others(&web.app, &bearer.actor, &bearer.session()?).await?,
        _ => return Err(super::malformed("keep")),
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of one's own sessions.
#[utoipa::path(
    delete, path = "/account/sessions/{id}", tag = "session", operation_id = "endSession",
    params(("id" = String, Path, description = "`ses_…`")),
    responses((status = 204), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn end_session(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    sessions::end(&web.app, &bearer.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<OwnSession> for OwnSessionBody {
    fn from(session: OwnSession) -> Self {
        Self {
            id: session.id,
            browser: session.browser,
            created_at: session.created_at,
            used_at: session.used_at,
            expires_at: session.expires_at,
            current: session.is_current,
        }
    }
}
