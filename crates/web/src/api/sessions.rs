//! `/api/v1/sessions`: login for API clients that act for a person.

use anteroom_app::sessions;
use anteroom_app::sessions::LoginClient;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::WebState;
use crate::problem::{Problem, ProblemBody};
use crate::request::auth::BearerToken;
use crate::request::client_address::ClientAddress;
use crate::request::extract::Json;
use crate::request::login;

#[derive(Default, Deserialize, ToSchema)]
#[schema(as = Credentials)]
#[serde(default)]
pub(super) struct CredentialsBody {
    email: String,
    password: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionBody {
    /// For `Authorization: Bearer …`.
    token: String,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Logs in with e-mail address and password.
#[utoipa::path(
    post, path = "/sessions", tag = "session", operation_id = "logIn", request_body = CredentialsBody, security(()),
    responses((status = 201, body = SessionBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn create(
    State(web): State<WebState>,
    from: ClientAddress,
    Json(body): Json<CredentialsBody>,
) -> Result<(StatusCode, axum::Json<SessionBody>), Problem> {
    let login = login::log_in(&web, from, LoginClient::ApiClient, &body.email.into(), &body.password.into()).await??;
    let session = SessionBody { token: login.secret.reveal().to_owned(), expires_at: login.expires_at };
    Ok((StatusCode::CREATED, axum::Json(session)))
}

/// Logs out: revokes the token.
#[utoipa::path(
    delete, path = "/sessions", tag = "session", operation_id = "logOut",
    responses((status = 204), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn delete(State(web): State<WebState>, bearer: BearerToken) -> Result<StatusCode, Problem> {
    if let Ok(secret) = bearer.token.parse() {
        sessions::log_out(&web.app, &secret).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
