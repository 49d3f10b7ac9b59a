//! `/healthz` and `/metrics`.

use anteroom_domain::KeyScope;
use anteroom_web::{Config, MetricsSource};
use axum::http::StatusCode;

use crate::client::{Client, Server};
use crate::site::TestSite;

#[tokio::test]
async fn health_check_names_the_media_server_when_it_does_not_work() {
    let site = TestSite::start().await;
    let client = Server::of(&site).anonymous();
    assert_eq!(client.get("/healthz").await.body, "ok\n");
    site.video.set_down(true);
    let reply = client.get("/healthz").await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(reply.header("content-type").starts_with("application/problem+json"), "not a page");
    assert!(reply.body.contains("media_unhealthy"), "{}", reply.body);
    site.video.set_down(false);
    assert_eq!(client.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn metrics_are_those_of_media_server_and_listener() {
    let site = TestSite::start().await;
    let key = site.key(&[KeyScope::Metrics]).await;
    let mut config = Config::new("http://anteroom.test".parse().unwrap());
    config.metrics = MetricsSource::new(|| "connections 7\n".to_owned());
    let client = Server::with(&site, config).api_client(key);
    let reply = client.get("/metrics").await;
    assert!(reply.body.starts_with("connected 0\n") && reply.body.ends_with("\nconnections 7\n"), "{}", reply.body);
    assert!(reply.body.contains("\nanteroom_jobs_due{lane=\"messages\"} 0\n"), "{}", reply.body);
    assert!(reply.body.contains("\nanteroom_jobs_given_up{lane=\"rooms\"} 0\n"), "{}", reply.body);
    assert_eq!(Server::of(&site).anonymous().get("/metrics").await.status, StatusCode::UNAUTHORIZED);
    assert!(reply.header("content-type").starts_with("text/plain; version=0.0.4"));
}

/// Without it, all clients of the proxy share one limit, and nobody knows why.
#[tokio::test]
async fn untrusted_proxy_is_logged_with_the_setting_for_it() {
    let site = TestSite::start().await;
    let client = Client { forwarded: Some(("x-forwarded-for", "198.51.100.7")), ..Server::of(&site).anonymous() };
    for _ in 0..3 {
        client.get("/login").await;
    }
    let lines = site.logs.lines();
    let [line] = lines.iter().filter(|line| line.contains("trusted")).collect::<Vec<_>>()[..] else {
        panic!("{lines:?}")
    };
    for part in [
        "peer=203.0.113.9",
        "X-Forwarded-For",
        "all its clients share one rate limit",
        "set --trusted-proxies 203.0.113.9 (ANTEROOM_TRUSTED_PROXIES, trusted_proxies)",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
}
