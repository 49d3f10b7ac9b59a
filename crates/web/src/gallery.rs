//! Serves every page with sample data, without database and login. Only with the feature `gallery`, which the program
//! does not enable.

use anteroom_domain::Language;
use axum::Router;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::problem::Problem;
use crate::{assets, view};

/// Every sample page at `/{name}`, in other languages at `/{language}/{name}`, and a list of them at `/`.
pub fn gallery() -> Router {
    Router::new()
        .route("/", get(list))
        .route("/{page}", get(async |Path(name)| page(Language::En, name)))
        .route("/{language}/{page}", get(translated))
        .route("/favicon.svg", get(assets::favicon))
        .route("/assets/{*file}", get(assets::show))
}

async fn list() -> Html<String> {
    let link = |prefix: &str, name| format!("<p><a href=\"{prefix}/{name}\">{prefix}/{name}</a></p>");
    let links = |language: Language| {
        let prefix = if language == Language::En { String::new() } else { format!("/{language}") };
        let pages = view::samples(view::samples_words(language)).into_iter();
        pages.map(|(name, _)| link(&prefix, name)).collect::<String>()
    };
    Html(Language::ALL.into_iter().map(links).collect())
}

async fn translated(Path((language, name)): Path<(String, String)>) -> Response {
    match language.parse() {
        Ok(language) => page(language, name),
        Err(_) => Problem::not_found().into_response(),
    }
}

fn page(language: Language, wanted: String) -> Response {
    let page = view::samples(view::samples_words(language)).into_iter().find(|(name, _)| *name == wanted);
    page.map_or_else(|| Problem::not_found().into_response(), |(_, text)| Html(text).into_response())
}
