//! Serves every page with sample data, without database and login. Only with the feature `gallery`, which the program
//! does not enable.

use axum::Router;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::problem::Problem;
use crate::{assets, view};

/// Every sample page at `/{name}`, and a list of them at `/`.
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
