//! Every page on show, filled in: no database, no login. Only with the feature `gallery`, never in the program.

use axum::Router;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::problem::Problem;
use crate::{assets, view};

/// The pages under their names, and a list of them.
pub fn gallery() -> Router {
    Router::new()
        .route("/", get(list))
        .route("/{page}", get(page))
        .route("/favicon.svg", get(assets::favicon))
        .route("/assets/{*file}", get(assets::show))
}

async fn list() -> Html<String> {
    Html(view::samples().iter().map(|(name, _)| format!("<p><a href=\"/{name}\">{name}</a></p>")).collect())
}

async fn page(Path(wanted): Path<String>) -> Response {
    let page = view::samples().into_iter().find(|(name, _)| *name == wanted);
    page.map_or_else(|| Problem::not_found().into_response(), |(_, text)| Html(text).into_response())
}
