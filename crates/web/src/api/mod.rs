//! The API, `/api/v1`: the same use cases as the pages. JSON in, JSON or `problem+json` out, described by OpenAPI.

mod account;
mod appointments;
mod handovers;
mod keys;
mod messages;
mod password_links;
mod practice;
mod sessions;
mod users;

use std::sync::Arc;

use anteroom_app::Error;
use anteroom_domain::FieldError;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::Problem;
use crate::request::auth::AuthMethod;
use crate::routes::RouteTable;
use crate::{WebState, consultation};

type JsonResult<T> = Result<axum::Json<T>, Problem>;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Anteroom",
        description = "Appointments that become video consultations.\n\n\
            Every call needs `Authorization: Bearer …`: a token from `POST /api/v1/sessions`, an API key as `KEY.SECRET` \
            within its scopes (`booking`, `record`, `media`, `metrics`), or, for one consultation alone, the secret of a personal link. Refusals are `application/problem+json` \
            with a stable `code`.",
    ),
    security(("bearer" = [])),
    modifiers(&BearerAuth),
    tags(
        (name = "session", description = "Log in and out, one's own account and sessions"),
        (name = "appointment", description = "Booking, confirmation, cancellation, links"),
        (name = "consultation", description = "The video consultation of a confirmed appointment"),
        (name = "practice", description = "Settings and staff of the practice"),
        (name = "key", description = "API keys and their scopes"),
    )
)]
struct ApiDoc;

struct BearerAuth;

impl Modify for BearerAuth {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        description.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

pub(crate) fn routes(routes: RouteTable) -> (RouteTable, utoipa::openapi::OpenApi) {
    let v1 = OpenApiRouter::new()
        .routes(routes!(sessions::create, sessions::delete))
        .routes(routes!(account::show))
        .routes(routes!(account::change_password))
        .routes(routes!(account::set_language))
        .routes(routes!(account::sessions, account::end_sessions))
        .routes(routes!(account::end_session))
        .routes(routes!(appointments::list, appointments::create))
        .routes(routes!(appointments::show))
        .routes(routes!(appointments::confirm))
        .routes(routes!(appointments::cancel))
        .routes(routes!(appointments::record_outcome))
        .routes(routes!(handovers::change_host))
        .routes(routes!(appointments::invite))
        .routes(routes!(messages::list))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::change_role))
        .routes(routes!(users::deactivate, users::reactivate))
        .routes(routes!(handovers::hand_over))
        .routes(routes!(users::end_sessions))
        .routes(routes!(password_links::create))
        .routes(routes!(password_links::use_link))
        .routes(routes!(practice::show))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::revoke))
        .nest("/consultations/{id}", consultation::endpoints(AuthMethod::Token));
    let (routes, description) = routes.described(OpenApiRouter::with_openapi(ApiDoc::openapi()).nest("/api/v1", v1));
    (routes.get("/api/v1/openapi.json", openapi), description)
}

pub(crate) fn openapi_json(description: utoipa::openapi::OpenApi) -> Arc<str> {
    description.to_pretty_json().expect("an OpenAPI document is serialisable").into()
}

/// `GET /api/v1/openapi.json`
async fn openapi(State(web): State<WebState>) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], web.openapi_json.to_string()).into_response()
}

/// A malformed query parameter.
fn malformed(field: &'static str) -> Problem {
    Error::field(field, FieldError::Malformed).into()
}
