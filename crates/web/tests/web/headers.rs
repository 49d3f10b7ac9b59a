//! Security headers, rate limits, same-origin check, and GET without side effects.

use std::net::IpAddr;
use std::time::Duration;

use anteroom_domain::KeyScope;
use anteroom_web::{Config, Quota, RequestLimits, Web, listed_routes};
use axum::http::{Method, StatusCode};
use axum::routing::{any, get};
use axum::{Extension, Router};
use jiff::SignedDuration;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::client::{Client, Reply, Server};
use crate::site::TestSite;
use crate::states::consultation_in;

const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' ws://anteroom.test; object-src 'none'; \
    base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

#[track_caller]
fn is_protected(reply: &Reply, route: &str) {
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        // The form to log in is refused without an origin; its address is no secret.
        ("referrer-policy", if route == "GET /login 200 OK" { "same-origin" } else { "no-referrer" }),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(reply.header(name), value, "{route}");
    }
    assert!(reply.header("permissions-policy").contains("camera=(self), microphone=(self)"), "{route}");
    let keeps = reply.header("cache-control");
    assert!(keeps == "no-store" || route.contains("/assets/") || route.contains("favicon"), "{route}: {keeps}");
}

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    for client in [server.anonymous(), server.logged_in(&site, &site.admin).await] {
        for (method, path) in listed_routes() {
            if path.ends_with("/live") {
                continue; // a stream does not end; its headers are tested in `live`
            }
            let reply = client.send(method.clone(), &path, "", String::new()).await;
            is_protected(&reply, &format!("{method} {path} {}", reply.status));
        }
        for (method, path) in [(Method::GET, "/no/such/page"), (Method::PATCH, "/day"), (Method::POST, "/healthz")] {
            is_protected(&client.send(method, path, "", String::new()).await, path);
        }
    }
}

/// A server with a route of another crate for callers with tokens, and a page of another crate.
fn with_other_routes(site: &TestSite, config: Config) -> Server {
    let shutdown = CancellationToken::new();
    let web = Web::new(site.app.clone(), config, shutdown.clone());
    let media = Router::new()
        .route("/media", any(async |Extension(address): Extension<IpAddr>| address.to_string()))
        .route("/media/slow", get(async || std::future::pending::<()>().await));
    let media = web.guard(media, RequestLimits { max_body: 100, ..RequestLimits::default() });
    let pages = Router::new()
        .route("/demo", any(async || "demo"))
        .route("/demo/slow", get(async || std::future::pending::<()>().await));
    Server { router: web.router(pages, media), shutdown }
}

#[tokio::test]
async fn routes_of_other_crates_have_the_same_protection() {
    let site = TestSite::start().await;
    let mut config = Config::new("http://anteroom.test".parse().unwrap());
    config.quotas.requests = Quota::new(4, 1);
    config.trusted_proxies = vec!["203.0.113.0/24".parse().unwrap()];
    let server = with_other_routes(&site, config);
    let client = Client { forwarded: Some(("x-forwarded-for", "198.51.100.1:99")), ..server.anonymous() };
    for path in ["/media", "/demo"] {
        let reply = client.get(path).await;
        is_protected(&reply, path);
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        assert!(path == "/demo" || reply.body == "198.51.100.1", "{}", reply.body);
        let large = client.send(Method::POST, path, "text/plain", "x".repeat(70_000)).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
    let refused = client.get("/media").await;
    is_protected(&refused, "429");
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"));
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(client.get("/demo").await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn foreign_page_cannot_write_on_pages_of_other_crates() {
    let site = TestSite::start().await;
    let server = with_other_routes(&site, Config::new("http://anteroom.test".parse().unwrap()));
    let lured = |path| {
        let request = axum::http::Request::post(path).header("origin", "http://evil.example");
        let request = request.header("host", "anteroom.test").body(axum::body::Body::empty()).unwrap();
        tower::ServiceExt::oneshot(server.router.clone(), request)
    };
    assert_eq!(lured("/demo").await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(lured("/media").await.unwrap().status(), StatusCode::OK, "its callers have tokens, not cookies");
}

#[tokio::test]
async fn request_that_is_not_handled_in_time_is_answered_503() {
    let site = TestSite::start().await;
    let server = with_other_routes(&site, Config::new("http://anteroom.test".parse().unwrap()));
    let client = Client { accept: "*/*", ..server.anonymous() };
    tokio::time::pause();
    for path in ["/demo/slow", "/media/slow"] {
        let reply = tokio::time::timeout(Duration::from_secs(60), client.get(path)).await;
        let reply = reply.expect("every request has a deadline");
        assert_eq!((reply.status, reply.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "overloaded"), "{path}");
        assert_eq!(reply.header("retry-after"), "5");
        is_protected(&reply, path);
    }
}

#[tokio::test]
async fn unavailable_database_is_answered_503() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let (browser, api) =
        (server.logged_in(&site, &site.admin).await, server.api_client(site.key(&[KeyScope::Booking]).await));
    site.app.store.close().await;
    for (client, path) in [(&browser, "/day"), (&browser, "/healthz"), (&api, "/api/v1/practice")] {
        let reply = client.get(path).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(reply.header("retry-after"), "5", "{path}");
    }
    let reply = api.get("/api/v1/practice").await;
    assert_eq!(reply.code(), "overloaded");
}

#[tokio::test]
async fn https_responses_have_hsts_and_host_bound_cookie() {
    let site = TestSite::start().await;
    let server = Server::with(&site, Config::new("https://anteroom.test".parse().unwrap()));
    let form = [("email", "tom@praxis.example"), ("password", crate::site::PASSWORD)];
    let reply = server.anonymous().post("/login", &form).await;
    assert_eq!(reply.header("strict-transport-security"), "max-age=31536000");
    assert!(reply.header("content-security-policy").contains("connect-src 'self' wss://anteroom.test;"));
    let mut names = Vec::new();
    for cookie in reply.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        for part in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"] {
            assert!(cookie.contains(part), "{part} is missing in {cookie}");
        }
        assert!(!cookie.contains("Domain"));
        names.push(cookie.split('=').next().unwrap().to_owned());
    }
    names.sort();
    assert_eq!(names, ["__Host-anteroom", "__Host-anteroom-device"]);
}

#[tokio::test]
async fn requests_with_get_write_nothing() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    for state in ["open", "waiting", "live", "ended", "cancelled"] {
        site.clock.advance(SignedDuration::from_hours(3));
        let booked = consultation_in(&site, state).await;
        let host = server.logged_in(&site, &site.host).await;
        let admin = server.logged_in(&site, &site.admin).await;
        let api_client = server.api_client(&booked.guest_secret);
        let before = site.app.store.counts().transactions;
        for (method, path) in listed_routes() {
            if method != Method::GET {
                continue;
            }
            let id = if path.contains("/consultations/") {
                booked.consultation.to_string()
            } else {
                booked.appointment.to_string()
            };
            let path = path.replace("{id}", &id).replace("{secret}", &booked.guest_secret);
            for client in [&server.anonymous(), &host, &admin, &api_client] {
                drop(client.send_streaming(Method::GET, &path, "", String::new()).await);
                drop(client.send_streaming(Method::HEAD, &path, "", String::new()).await);
            }
        }
        assert_eq!(site.app.store.counts().transactions, before, "something was written while {state}");
    }
}

#[tokio::test]
async fn cross_site_write_is_refused() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let host = server.logged_in(&site, &site.host).await;
    let id = site.booked_in(60).await;
    // The test client sends `sec-fetch-site: same-origin` unless it has a token; this one has a cookie and a token.
    let lured = Client { bearer: Some("nothing".to_owned()), ..host.clone() };
    let refused = lured.post(&format!("/appointments/{id}/confirmation"), &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.shows("Nothing was done");
    let page = host.get(&format!("/appointments/{id}")).await;
    page.shows("Not confirmed yet");
}

#[tokio::test]
async fn rate_limit_applies_per_address() {
    let site = TestSite::start().await;
    let mut config = Config::new("http://anteroom.test".parse().unwrap());
    config.quotas.requests = Quota::new(20, 1);
    let server = Server::with(&site, config);
    let flood = server.anonymous();
    for _ in 0..20 {
        assert_eq!(flood.get("/login").await.status, StatusCode::OK);
    }
    let refused = flood.get("/login").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    refused.shows("One moment, please");
    is_protected(&refused, "429");
    let other = Client { address: [203, 0, 113, 10], ..flood };
    assert_eq!(other.get("/login").await.status, StatusCode::OK);
}

#[tokio::test]
async fn assets_have_a_limit_of_their_own() {
    let site = TestSite::start().await;
    let mut config = Config::new("http://anteroom.test".parse().unwrap());
    config.quotas.assets = Quota::new(3, 1);
    let client = Server::with(&site, config).anonymous();
    for _ in 0..3 {
        assert_eq!(client.get("/assets/no-such.js").await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(client.get("/assets/no-such.js").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(client.get("/login").await.status, StatusCode::OK);
}

#[tokio::test]
async fn refusal_is_problem_json_unless_html_is_accepted() {
    let site = TestSite::start().await;
    let booked = site.confirmed_in(5).await;
    let mut config = Config::new("http://anteroom.test".parse().unwrap());
    config.quotas.requests = Quota::new(1, 1);
    let client = Client { accept: "*/*", ..Server::with(&site, config).anonymous() };
    let state = format!("/join/{}/state", booked.guest_secret);
    assert_eq!(client.get(&state).await.status, StatusCode::OK);
    let refused = client.get(&state).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"));
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(client.post("/login", &[]).await.code(), "too_many_requests");
}

#[tokio::test]
async fn clients_behind_a_trusted_proxy_have_separate_limits() {
    let site = TestSite::start().await;
    let mut config = Config::new("http://anteroom.test".parse().unwrap());
    config.quotas.requests = Quota::new(1, 1);
    config.trusted_proxies = vec!["203.0.113.0/24".parse().unwrap()];
    let server = Server::with(&site, config);
    for (name, address) in [
        ("x-forwarded-for", "198.51.100.1:4711"),
        ("x-forwarded-for", "[2001:db8::1]:99"),
        ("x-forwarded-for", "[2001:db8:0:1::1]"),
        ("forwarded", "for=\"198.51.100.2:4711\";proto=https"),
    ] {
        let client = Client { forwarded: Some((name, address)), ..server.anonymous() };
        assert_eq!(client.get("/login").await.status, StatusCode::OK, "{address}");
        assert_eq!(client.get("/login").await.status, StatusCode::TOO_MANY_REQUESTS, "{address}");
    }
}

#[tokio::test]
async fn wrong_links_are_rate_limited_valid_links_are_not() {
    let site = TestSite::start().await;
    let mut config = Config::new("http://anteroom.test".parse().unwrap());
    config.quotas.wrong_secrets = Quota::new(3, 1);
    let server = Server::with(&site, config);
    let booked = site.confirmed_in(5).await;
    let wrong = format!("/join/{}/state", "A".repeat(32));
    let guesser = server.anonymous();
    for _ in 0..3 {
        assert_eq!(guesser.get(&wrong).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(guesser.get(&wrong).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(guesser.get(&format!("/join/{}", booked.guest_secret)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn oversized_body_is_refused() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let long = "x".repeat(70_000);
    let page = server.logged_in(&site, &site.host).await.post("/appointments", &[("guest_name", &long)]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    page.shows("That was too much at once");
    let api = server.api_client("x").json(Method::POST, "/api/v1/sessions", json!({ "email": long })).await;
    assert_eq!((api.status, api.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    // Without `Content-Length` the bytes are counted while they arrive.
    let request = axum::http::Request::post("/login")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(axum::body::Body::from_stream(futures_util::stream::iter(
            (0..100).map(|_| Ok::<_, std::io::Error>("y".repeat(1000))),
        )))
        .unwrap();
    let response = tower::ServiceExt::oneshot(server.router.clone(), request).await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}
