//! `/api/v1/password-links`: links with which members of staff set their password.

use anteroom_app::{Error, password_links};
use anteroom_domain::UserId;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::WebState;
use crate::problem::{Problem, ProblemBody};
use crate::request::auth::BearerToken;
use crate::request::client_address::ClientAddress;
use crate::request::extract::{Json, Path};

#[derive(Serialize, ToSchema)]
#[schema(as = PasswordLink)]
pub(super) struct PasswordLinkBody {
    /// For the person. It cannot be read again.
    #[schema(example = "https://meet.example.org/password/…")]
    link: String,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

#[derive(Default, Deserialize, ToSchema)]
#[schema(as = NewPassword)]
#[serde(default)]
pub(super) struct NewPasswordBody {
    /// The last part of the link.
    secret: String,
    /// Hard to guess: three or four unrelated words, at most 128 characters.
    new_password: String,
}

/// Creates a link with which a user sets their password: valid for 24 hours, and once. For administrators. Earlier
/// links of the user end; the password stays until the link is used.
#[utoipa::path(
    post, path = "/users/{id}/password-links", tag = "practice", operation_id = "createPasswordLink",
    params(("id" = String, Path, description = "`usr_…`")),
    responses((status = 201, body = PasswordLinkBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn create(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<UserId>,
) -> Result<(StatusCode, axum::Json<PasswordLinkBody>), Problem> {
    let issued = password_links::issue(&web.app, &bearer.actor, id).await?;
    let body = PasswordLinkBody { link: issued.url.reveal().clone(), expires_at: issued.expires_at };
    Ok((StatusCode::CREATED, axum::Json(body)))
}

/// Sets the password with a link, and ends all sessions of its user. The link is the credential.
#[utoipa::path(
    post, path = "/password-links", tag = "session", operation_id = "setPassword", request_body = NewPasswordBody, security(()),
    responses((status = 204), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn use_link(
    State(web): State<WebState>,
    from: ClientAddress,
    Json(body): Json<NewPasswordBody>,
) -> Result<StatusCode, Problem> {
    let set = match body.secret.parse() {
        Ok(secret) => password_links::set_password(&web.app, &secret, &body.new_password.into()).await,
        Err(_) => Err(Error::NotFound),
    };
    if let Err(Error::NotFound) = set {
        web.limits.wrong_secret(from)?;
        return Err(Problem::unknown_link());
    }
    set?;
    Ok(StatusCode::NO_CONTENT)
}
