//! A router that records its routes. A route that is missing from the authorization table fails a test, so no route
//! can be added without deciding who may use it.

use axum::handler::Handler;
use axum::http::Method;
use axum::{Router, routing};
use utoipa::openapi::{OpenApi, PathItem};
use utoipa_axum::router::OpenApiRouter;

use crate::WebState;

/// The router and the list of its routes.
#[derive(Default)]
pub(crate) struct RouteTable {
    pub router: Router<WebState>,
    pub listed: Vec<(Method, String)>,
}

impl RouteTable {
    pub(crate) fn get<T: 'static>(self, path: &str, handler: impl Handler<T, WebState>) -> Self {
        self.on(Method::GET, path, routing::get(handler))
    }

    pub(crate) fn post<T: 'static>(self, path: &str, handler: impl Handler<T, WebState>) -> Self {
        self.on(Method::POST, path, routing::post(handler))
    }

    fn on(mut self, method: Method, path: &str, handler: routing::MethodRouter<WebState>) -> Self {
        self.listed.push((method, path.to_owned()));
        Self { router: self.router.route(path, handler), ..self }
    }

    /// Adds routes with OpenAPI descriptions and returns the document.
    pub(crate) fn described(mut self, routes: OpenApiRouter<WebState>) -> (Self, OpenApi) {
        let (router, description) = routes.split_for_parts();
        for (path, item) in &description.paths.paths {
            self.listed.extend(methods(item).map(|method| (method, path.clone())));
        }
        (Self { router: self.router.merge(router), ..self }, description)
    }
}

fn methods(item: &PathItem) -> impl Iterator<Item = Method> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let known = [
        (get.is_some(), Method::GET),
        (put.is_some(), Method::PUT),
        (post.is_some(), Method::POST),
        (delete.is_some(), Method::DELETE),
        (patch.is_some(), Method::PATCH),
    ];
    known.into_iter().filter_map(|(there, method)| there.then_some(method))
}
