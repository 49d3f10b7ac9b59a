//! The API and its OpenAPI document.

use anteroom_domain::KeyScope;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, Server};
use crate::site::{PASSWORD, TestSite};

#[test]
fn openapi_document_matches_snapshot() {
    insta::assert_snapshot!("openapi", anteroom_web::openapi().to_pretty_json().unwrap());
}

#[tokio::test]
async fn api_client_books_confirms_starts_and_ends() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let api_client = server.api_client(site.key(&KeyScope::ALL).await);

    let booking = json!({
        "host": site.host.id.to_string(), "guest_name": "Mara Lindt", "guest_email": "mara@mail.example",
        "guest_zone": "Africa/Cairo", "starts_at": "2026-11-20T10:05:00+01:00", "minutes": 30, "kind": "video",
    });
    let booked = api_client.json(Method::POST, "/api/v1/appointments", booking).await;
    assert_eq!(booked.status, StatusCode::CREATED);
    let place = booked.header("location").to_owned();
    assert_eq!(booked.value()["local"], "Friday 20 November 2026, 10:05");
    assert_eq!(booked.value()["consultation"], Value::Null);

    let confirmed = api_client.json(Method::POST, &format!("{place}/confirmation"), json!({})).await.value();
    assert_eq!(confirmed["status"], "confirmed");
    let base = format!("/api/v1/consultations/{}", confirmed["consultation"]["id"].as_str().unwrap());
    let again = api_client.json(Method::POST, &format!("{place}/confirmation"), json!({})).await.value();
    assert_eq!(again["consultation"]["id"], confirmed["consultation"]["id"], "confirming twice changes nothing");

    let invited =
        api_client.json(Method::POST, &format!("{place}/invitations"), json!({ "role": "guest" })).await.value();
    let guest = server.api_client(invited["link"].as_str().unwrap().rsplit('/').next().unwrap());
    let entered = guest.json(Method::POST, &format!("{base}/entry"), json!({})).await.value();
    assert_eq!(entered["entry"], "waiting");
    let started = api_client.json(Method::POST, &format!("{base}/opening"), json!({})).await.value();
    assert_eq!(started["consultation"]["state"], "live");
    let ticket = guest.json(Method::POST, &format!("{base}/tickets"), json!({})).await.value();
    assert_eq!(ticket["url"], "ws://video.test");
    assert_eq!(ticket["identity"], entered["me"]["id"]);
    assert_eq!(ticket["expires_in"], 600);
    assert!(ticket["room_name"].as_str().unwrap().starts_with("room_"));
    let ended = api_client.json(Method::POST, &format!("{base}/closure"), json!({})).await.value();
    assert_eq!(
        (&ended["consultation"]["state"], &ended["consultation"]["ended_by"]),
        (&json!("ended"), &json!("host"))
    );
    let record = api_client.get(&place).await.value();
    assert_eq!((&record["status"], &record["outcome"]), (&json!("completed"), &json!("technical_failure")));
    assert_eq!((&record["consultation"]["ended_by"], &record["attendance"]), (&json!("host"), &json!([])));
    let outcome = json!({ "outcome": "took_place" });
    let recorded = api_client.json(Method::PUT, &format!("{place}/outcome"), outcome).await.value();
    assert_eq!(recorded["outcome"], "took_place");
    assert!(recorded["recorded"]["by"].as_str().unwrap().starts_with("key_"), "{recorded}");
}

#[tokio::test]
async fn api_client_books_with_companions() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let api_client = server.api_client(site.key(&KeyScope::ALL).await);
    let booking = |companions: Value| {
        json!({
            "host": site.host.id.to_string(), "guest_name": "Mara Lindt", "guest_email": "mara@mail.example",
            "companions": companions, "starts_at": "2026-11-20T10:05:00+01:00", "minutes": 30, "kind": "video",
        })
    };
    let robin = |n: usize| json!({ "name": "Robin Lindt", "email": format!("robin{n}@mail.example") });
    let refused =
        api_client.json(Method::POST, "/api/v1/appointments", booking((0..4).map(robin).collect())).await.value();
    assert_eq!(refused["fields"]["companions"]["code"], "too_many");
    let refused = api_client
        .json(Method::POST, "/api/v1/appointments", booking(json!([robin(1), { "name": "Kim" }])))
        .await
        .value();
    assert_eq!(refused["fields"]["companions[1].email"]["code"], "empty");

    let booked = api_client.json(Method::POST, "/api/v1/appointments", booking(json!([robin(1)]))).await;
    assert_eq!(booked.status, StatusCode::CREATED);
    assert_eq!(booked.value()["companions"][0]["participant"], Value::Null);
    let place = booked.header("location").to_owned();
    let confirmed = api_client.json(Method::POST, &format!("{place}/confirmation"), json!({})).await.value();
    let companion = &confirmed["companions"][0];
    assert_eq!((&companion["name"], &companion["email"]), (&json!("Robin Lindt"), &json!("robin1@mail.example")));
    let request = json!({ "participant": companion["participant"] });
    let invited = api_client.json(Method::POST, &format!("{place}/invitations"), request).await.value();
    let link = invited["link"].as_str().unwrap().rsplit('/').next().unwrap();
    let base = format!("/api/v1/consultations/{}", confirmed["consultation"]["id"].as_str().unwrap());
    let entered = server.api_client(link).json(Method::POST, &format!("{base}/entry"), json!({})).await.value();
    assert_eq!((&entered["role"], &entered["entry"]), (&json!("companion"), &json!("waiting")));
    assert_eq!(entered["me"]["id"], companion["participant"]);
    let day = server.logged_in(&site, &site.admin).await.get("/day?date=2026-11-20").await.body;
    assert!(day.contains("1 person is waiting"), "a companion who waits is seen on the day: {day}");
}

#[tokio::test]
async fn too_early_refusal_contains_opening_time() {
    let site = TestSite::start().await;
    let booked = site.confirmed_in(60).await;
    let guest = Server::of(&site).api_client(&booked.guest_secret);
    let refused =
        guest.json(Method::POST, &format!("/api/v1/consultations/{}/entry", booked.consultation), json!({})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(
        refused.value(),
        json!({
            "type": "about:blank", "title": "Conflict", "status": 409, "code": "too_early",
            "detail": "The room is not open yet.", "opens_at": "2026-11-20T09:45:00Z",
        })
    );
}

#[tokio::test]
async fn session_token_works_until_logout() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let nobody = server.api_client("none");
    let session = nobody
        .json(Method::POST, "/api/v1/sessions", json!({ "email": "tom@praxis.example", "password": PASSWORD }))
        .await;
    assert_eq!(session.status, StatusCode::CREATED);
    assert_eq!(session.value()["expires_at"], "2026-11-20T21:00:00Z");
    let api_client = server.api_client(session.value()["token"].as_str().unwrap());
    assert_eq!(api_client.get("/api/v1/practice").await.value()["words"]["guest"], "patient");
    assert_eq!(api_client.get("/api/v1/users").await.value()["users"].as_array().unwrap().len(), 3);
    assert_eq!(
        api_client.send(Method::DELETE, "/api/v1/sessions", "", String::new()).await.status,
        StatusCode::NO_CONTENT
    );
    let refused = api_client.get("/api/v1/practice").await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNAUTHORIZED, "not_logged_in"));
    assert_eq!(refused.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn login_cookie_is_ignored_by_the_api() {
    let site = TestSite::start().await;
    let host = Server::of(&site).logged_in(&site, &site.host).await;
    let reply = Client { accept: "application/json", ..host }.get("/api/v1/appointments").await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn appointment_list_covers_the_requested_range() {
    let site = TestSite::start().await;
    let login = anteroom_app::sessions::open(&site.app, site.host.clone()).await.unwrap();
    let api_client = Server::of(&site).api_client(login.secret.reveal());
    site.booked_in(60).await;
    let count = async |query: &str| {
        let reply = api_client.get(&format!("/api/v1/appointments{query}")).await;
        reply.value()["appointments"].as_array().map(Vec::len).ok_or_else(|| reply.value()["fields"].to_string())
    };
    assert_eq!(count("").await, Ok(1));
    assert_eq!(count("?from=2026-11-21T00:00:00Z").await, Ok(0));
    assert_eq!(count("?from=2026-11-20T00:00:00Z&to=2026-11-20T10:00:00Z").await, Ok(0), "the end is not included");
    assert_eq!(count("?from=2026-11-20T00:00:00Z&to=2026-11-20T10:00:01Z").await, Ok(1));
    assert!(count("?from=yesterday").await.unwrap_err().contains("malformed"));
    assert!(count("?host=me").await.unwrap_err().contains("malformed"));
}
