//! API keys of the practice, for administrators: list, create, revoke.

use anteroom_app::api_keys;
use anteroom_app::api_keys::{ListedKey, NewKey};
use anteroom_domain::{ApiKeyId, Author, KeyScope, Zone};
use anteroom_l10n::Catalogue;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::load_practice;
use crate::WebState;
use crate::problem::Problem;
use crate::request::auth::{AdminLogin, StaffLogin};
use crate::request::extract::{Form, Path};
use crate::view::keys::{KeyForm, KeyLine, KeysPage};
use crate::view::{FormRejection, Html, PageFrame, names};

/// `GET /keys`
pub(crate) async fn list(State(web): State<WebState>, AdminLogin(staff): AdminLogin) -> Result<Response, Problem> {
    Ok(Html(page(&web, &staff, KeyForm::default(), FormRejection::default()).await?).into_response())
}

/// `POST /keys`: the new key is shown only in this response.
pub(crate) async fn create(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Form(form): Form<KeyForm>,
) -> Result<Response, Problem> {
    let new_key = NewKey { name: form.name.clone(), scopes: form.scopes() };
    match api_keys::create(&web.app, &staff.actor, new_key).await {
        Ok((key, secret)) => {
            let page = page(&web, &staff, KeyForm::default(), FormRejection::default()).await?;
            let token = Some(format!("{}.{}", key.id, secret.reveal()));
            Ok((StatusCode::CREATED, Html(KeysPage { token, ..page })).into_response())
        }
        Err(error) => {
            let (status, rejection) = FormRejection::of(error)?;
            Ok((status, Html(page(&web, &staff, form, rejection).await?)).into_response())
        }
    }
}

/// `POST /keys/{id}/revocation`
pub(crate) async fn revoke(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    api_keys::revoke(&web.app, &staff.actor, &ApiKeyId::from_text(id)).await?;
    Ok(Redirect::to("/keys"))
}

async fn page(
    web: &WebState,
    staff: &StaffLogin,
    form: KeyForm,
    rejection: FormRejection,
) -> Result<KeysPage, Problem> {
    let practice = load_practice(web).await?;
    let keys = api_keys::list(&web.app, &staff.actor).await?;
    let keys = keys.into_iter().map(|listed| line(listed, staff.words(&practice), &staff.user.zone)).collect();
    let frame = PageFrame::staff(&web.app, &practice, staff, "practice");
    Ok(KeysPage { frame, form, rejection, keys, token: None })
}

fn line(listed: ListedKey, words: &Catalogue, zone: &Zone) -> KeyLine {
    let ListedKey { key, created_by, used_at } = listed;
    let created_at = words.date_time_in_zone(key.created_at, zone);
    let created = match (created_by, &key.created_by) {
        (Some(user), _) => words.keys_created_by_person(names::name(user.name.reveal().as_str()), created_at),
        (None, Some(Author::Key(_))) => words.keys_created_by_command(created_at),
        (None, _) => words.keys_created_by_earlier_version(created_at),
    };
    KeyLine {
        id: key.id.to_string(),
        name: key.name,
        scopes: key.scopes.iter().map(KeyScope::as_str).collect(),
        created,
        used: used_at.map(|at| words.date_time_in_zone(at, zone)),
        revoked: key.revoked_at.map(|at| words.date_time_in_zone(at, zone)),
    }
}
