//! API keys: the page, the API, and streams that a revocation ends.

use std::time::Duration;

use anteroom_app::presence::Presence;
use anteroom_app::{Actor, invitations, sessions};
use anteroom_domain::KeyScope;
use axum::http::{Method, StatusCode};
use serde_json::json;
use tokio::time::timeout;

use crate::client::Server;
use crate::live::next;
use crate::site::TestSite;

#[tokio::test]
async fn an_admin_creates_and_revokes_a_key_on_the_page() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let admin = server.logged_in(&site, &site.admin).await;
    let refused = admin.post("/keys", &[("name", "Monitoring")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows(r#"value="Monitoring""#);
    refused.shows(r#"id="scopes-error""#);
    let created = admin.post("/keys", &[("name", "Monitoring"), ("metrics", "yes")]).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let token = created.body.split_once("id=\"token\"").unwrap().1.split_once("value=\"").unwrap().1;
    let token = token.split('"').next().unwrap();
    site.logs.forbid(token);
    let client = server.api_client(token);
    assert_eq!(client.get("/metrics").await.status, StatusCode::OK);
    let refused = client.get("/api/v1/appointments").await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "scope_missing"));
    let list = admin.get("/keys").await;
    list.shows("by <bdi>Ines Brandt</bdi>");
    list.shows("Last used Friday 20 November 2026, 10:00");
    assert!(!list.body.contains(token), "it is shown once");
    let id = token.split('.').next().unwrap();
    assert_eq!(admin.post(&format!("/keys/{id}/revocation"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(client.get("/metrics").await.status, StatusCode::UNAUTHORIZED);
    admin.get("/keys").await.shows("Revoked");
}

#[tokio::test]
async fn an_unknown_scope_is_refused_by_name() {
    let site = TestSite::start().await;
    let login = sessions::open(&site.app, site.admin.clone()).await.unwrap();
    let admin = Server::of(&site).api_client(login.secret.reveal());
    let body = json!({ "name": "booking site", "scopes": ["booking", "payments"] });
    let refused = admin.json(Method::POST, "/api/v1/keys", body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.value()["fields"]["scopes.payments"]["code"], "unknown_choice");
    let created = admin.json(Method::POST, "/api/v1/keys", json!({ "name": "b", "scopes": ["booking"] })).await.value();
    site.logs.forbid(created["token"].as_str().unwrap());
    let listed = admin.get("/api/v1/keys").await.value();
    assert_eq!((&listed["keys"][0]["id"], &listed["keys"][0]["scopes"]), (&created["id"], &json!(["booking"])));
}

#[tokio::test]
async fn a_revocation_ends_open_streams_of_the_key() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let login = sessions::open(&site.app, site.admin.clone()).await.unwrap();
    let admin = server.api_client(login.secret.reveal());
    let (revoked, other) = (site.key(&[KeyScope::Record]).await, site.key(&[KeyScope::Record]).await);
    let path = format!("/api/v1/consultations/{}/live", booked.consultation);
    let mut streams = Vec::new();
    for token in [&revoked, &other] {
        let mut stream = server.api_client(token).send_streaming(Method::GET, &path, "", String::new()).await;
        assert_eq!(next(&mut stream).await.unwrap().0, "standing");
        streams.push(stream);
    }
    let path = format!("/api/v1/keys/{}", revoked.split('.').next().unwrap());
    assert_eq!(admin.json(Method::DELETE, &path, json!({})).await.status, StatusCode::NO_CONTENT);
    let end = timeout(Duration::from_secs(5), next(&mut streams[0])).await;
    assert!(end.expect("the stream ends at once").is_none());
    assert_eq!(next(&mut streams[1]).await.unwrap().0, "standing", "that of another key goes on");
}

/// A host would count as there although only a program watches.
#[tokio::test]
async fn a_key_that_only_reads_is_not_present_as_the_host() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let path = format!("/api/v1/consultations/{}", booked.consultation);
    let host = invitations::open(&site.app, &booked.host_secret.parse().unwrap()).await.unwrap();
    let Actor::Participant { participant: host, .. } = host else { panic!("a link belongs to a participant") };
    for (scope, expected) in [(KeyScope::Record, Presence::Unknown), (KeyScope::Media, Presence::Here)] {
        let client = server.api_client(site.key(&[scope]).await);
        let mut stream = client.send_streaming(Method::GET, &format!("{path}/live"), "", String::new()).await;
        next(&mut stream).await.unwrap();
        assert_eq!(site.app.hub.presence.of(host, site.app.clock.now()).0, expected, "{scope:?}");
    }
}
