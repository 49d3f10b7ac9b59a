//! A test client (browser or API client) and the server under test.

use std::net::SocketAddr;

use anteroom_app::sessions;
use anteroom_domain::User;
use anteroom_testkit::TestSite;
use anteroom_web::{Config, router};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// The router of a site under test.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) router: Router,
    pub(crate) shutdown: CancellationToken,
}

impl Server {
    /// Over plain HTTP, with the default limits.
    pub(crate) fn of(site: &TestSite) -> Self {
        Self::with(site, Config::new("http://anteroom.test".parse().unwrap()))
    }

    pub(crate) fn with(site: &TestSite, config: Config) -> Self {
        let shutdown = CancellationToken::new();
        Self { router: router(site.app.clone(), config, shutdown.clone()), shutdown }
    }

    /// A browser without cookie or token.
    pub(crate) fn anonymous(&self) -> Client {
        Client {
            server: self.clone(),
            cookie: None,
            bearer: None,
            accept: "text/html",
            language: None,
            address: [203, 0, 113, 9],
            forwarded: None,
        }
    }

    /// A browser with a login cookie. Logging in by password is tested in `pages`.
    pub(crate) async fn logged_in(&self, site: &TestSite, user: &User) -> Client {
        let login = sessions::open(&site.app, user.clone()).await.unwrap();
        Client { cookie: Some(format!("anteroom={}", login.secret.reveal())), ..self.anonymous() }
    }

    /// An API client with this bearer token.
    pub(crate) fn api_client(&self, token: impl Into<String>) -> Client {
        Client { bearer: Some(token.into()), accept: "application/json", ..self.anonymous() }
    }
}

#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) server: Server,
    pub(crate) cookie: Option<String>,
    pub(crate) bearer: Option<String>,
    pub(crate) accept: &'static str,
    pub(crate) language: Option<&'static str>,
    pub(crate) address: [u8; 4],
    /// A header in which a proxy reports the client's address.
    pub(crate) forwarded: Option<(&'static str, &'static str)>,
}

/// A response with its body read.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Client {
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, "", String::new()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let form = serde_urlencoded::to_string(fields).unwrap();
        self.send(Method::POST, path, "application/x-www-form-urlencoded", form).await
    }

    pub(crate) async fn json(&self, method: Method, path: &str, body: Value) -> Reply {
        self.send(method, path, "application/json", body.to_string()).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, kind: &str, body: String) -> Reply {
        let response = self.send_streaming(method, path, kind, body).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Reply { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// Returns the response before its body is read, for SSE streams.
    pub(crate) async fn send_streaming(
        &self,
        method: Method,
        path: &str,
        kind: &str,
        body: String,
    ) -> axum::response::Response {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(header::HOST, "anteroom.test")
            .header(header::ACCEPT, self.accept)
            .extension(ConnectInfo(SocketAddr::from((self.address, 40_000))));
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind).header(header::CONTENT_LENGTH, body.len());
        }
        if method != Method::GET && self.bearer.is_none() {
            request = request.header("sec-fetch-site", "same-origin");
        }
        if let Some(language) = self.language {
            request = request.header(header::ACCEPT_LANGUAGE, language);
        }
        if let Some((name, value)) = self.forwarded {
            request = request.header(name, value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(bearer) = &self.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
        }
        let request = request.body(Body::from(body)).unwrap();
        self.server.router.clone().oneshot(request).await.unwrap()
    }
}

impl Reply {
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.body))
    }

    /// The stable code of a refusal.
    pub(crate) fn code(&self) -> String {
        self.value()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The cookies that the response sets, as a browser sends them back.
    pub(crate) fn cookies(&self) -> String {
        let set =
            self.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        set.collect::<Vec<_>>().join("; ")
    }

    /// Asserts that the page contains the text.
    #[track_caller]
    pub(crate) fn shows(&self, text: &str) {
        assert!(self.body.contains(text), "{} does not show `{text}`:\n{}", self.status, self.body);
    }

    pub(crate) fn hides(&self, text: &str) {
        assert!(!self.body.contains(text), "{} shows `{text}`:\n{}", self.status, self.body);
    }
}
