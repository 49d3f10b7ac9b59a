//! `/api/v1/keys`: API keys of the practice. For administrators; no key manages keys.

use anteroom_app::api_keys;
use anteroom_app::api_keys::{ListedKey, NewKey};
use anteroom_domain::{ApiKeyId, FieldError, KeyScope, KeyScopes, UnknownScope};
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
#[schema(as = Key)]
pub(super) struct KeyBody {
    /// `key_…`
    id: String,
    name: String,
    /// `booking`, `record`, `media`, `metrics`.
    scopes: Vec<&'static str>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Who created it: `usr_…`, or `key_console` for a command. Null if an earlier version did.
    created_by: Option<String>,
    /// Null until the first use.
    #[schema(value_type = Option<String>, format = DateTime)]
    used_at: Option<Timestamp>,
    /// Null while it is valid.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Keys)]
pub(super) struct KeysBody {
    keys: Vec<KeyBody>,
}

#[derive(Default, Deserialize, ToSchema)]
#[schema(as = NewKey)]
#[serde(default)]
pub(super) struct NewKeyBody {
    /// The program that will use it.
    name: String,
    /// Any of `booking`, `record`, `media`, `metrics`.
    scopes: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CreatedKey)]
pub(super) struct CreatedKeyBody {
    /// `key_…`
    id: String,
    /// For `Authorization: Bearer …`. It cannot be read again.
    token: String,
}

/// All API keys, with their scopes and last use. For administrators.
#[utoipa::path(
    get, path = "/keys", tag = "key", operation_id = "listKeys",
    responses((status = 200, body = KeysBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn list(State(web): State<WebState>, bearer: BearerToken) -> JsonResult<KeysBody> {
    let keys = api_keys::list(&web.app, &bearer.actor).await?;
    Ok(axum::Json(KeysBody { keys: keys.into_iter().map(KeyBody::from).collect() }))
}

/// Creates an API key. For administrators.
#[utoipa::path(
    post, path = "/keys", tag = "key", operation_id = "createKey", request_body = NewKeyBody,
    responses((status = 201, body = CreatedKeyBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn create(
    State(web): State<WebState>,
    bearer: BearerToken,
    Json(body): Json<NewKeyBody>,
) -> Result<(StatusCode, axum::Json<CreatedKeyBody>), Problem> {
    let form = NewKey { name: body.name, scopes: scopes(&body.scopes)? };
    let (key, secret) = api_keys::create(&web.app, &bearer.actor, form).await?;
    let token = format!("{}.{}", key.id, secret.reveal());
    Ok((StatusCode::CREATED, axum::Json(CreatedKeyBody { id: key.id.to_string(), token })))
}

/// Revokes an API key at once; open streams, and calls joined with it, end. For administrators.
#[utoipa::path(
    delete, path = "/keys/{id}", tag = "key", operation_id = "revokeKey",
    params(("id" = String, Path, description = "`key_…`")),
    responses((status = 204), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn revoke(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    api_keys::revoke(&web.app, &bearer.actor, &ApiKeyId::from_text(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Each unknown scope is an error with its name.
fn scopes(names: &[String]) -> Result<KeyScopes, Problem> {
    let (known, unknown): (Vec<_>, Vec<_>) =
        names.iter().map(|name| name.parse::<KeyScope>()).partition(std::result::Result::is_ok);
    if unknown.is_empty() {
        return Ok(known.into_iter().flatten().collect());
    }
    let error = |UnknownScope(name)| (format!("scopes.{name}").into(), FieldError::UnknownChoice);
    Err(Problem::invalid(unknown.into_iter().filter_map(std::result::Result::err).map(error).collect()))
}

impl From<ListedKey> for KeyBody {
    fn from(ListedKey { key, used_at, .. }: ListedKey) -> Self {
        Self {
            id: key.id.to_string(),
            scopes: key.scopes.iter().map(KeyScope::as_str).collect(),
            created_at: key.created_at,
            created_by: key.created_by.map(|author| author.to_string()),
            used_at,
            revoked_at: key.revoked_at,
            name: key.name,
        }
    }
}
