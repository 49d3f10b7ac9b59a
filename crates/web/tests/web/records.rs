//! The record of an appointment on its page and in the API, and the question whether people are still there.

use anteroom_app::jobs;
use anteroom_domain::KeyScope;
use anteroom_testkit::{TestParticipant, hours, minutes};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::Server;
use crate::site::{Booked, TestSite};

/// Host and guest of an appointment in five minutes, both connected.
async fn call(site: &TestSite) -> (Booked, TestParticipant, TestParticipant) {
    let booked = site.confirmed_in(5).await;
    let open = async |secret: &str| site.open_link(&format!("/join/{secret}")).await.unwrap();
    let (host, guest) = (open(&booked.host_secret).await, open(&booked.guest_secret).await);
    guest.enters().await.unwrap();
    host.starts().await.unwrap();
    host.connects().await.unwrap();
    guest.connects().await.unwrap();
    (booked, host, guest)
}

#[tokio::test]
async fn page_and_api_show_who_was_there_and_for_how_long() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let (booked, host, guest) = call(&site).await;
    site.clock.advance(minutes(12));
    guest.loses_connection().await;
    site.clock.advance(minutes(3));
    guest.connects().await.unwrap();
    site.clock.advance(minutes(10));
    guest.loses_connection().await;
    site.clock.advance(minutes(5));
    host.ends().await.unwrap();

    let page = server.logged_in(&site, &site.host).await.get(&format!("/appointments/{}", booked.appointment)).await;
    for text in ["22 min", "10:00 to 10:30", "10:00 to 10:12, 10:15 to 10:25", "Took place", "All times: Berlin time"] {
        page.shows(text);
    }
    server.anonymous().get(&format!("/join/{}", booked.guest_secret)).await.shows("22 min");
    server.logged_in(&site, &site.host).await.get("/day").await.shows("Completed, 22 min");

    let api_client = server.api_client(site.key(&[KeyScope::Record]).await);
    let found = api_client.get(&format!("/api/v1/appointments/{}", booked.appointment)).await.value();
    assert_eq!(found["consultation"]["ended_by"], "host");
    assert_eq!(found["consultation"]["duration_seconds"], 22 * 60);
    let periods = found["attendance"][1]["periods"].as_array().unwrap();
    assert_eq!((&found["attendance"][1]["role"], periods.len()), (&json!("guest"), 2));
    assert_eq!(periods[1]["left_at"], "2026-11-20T09:25:00Z");
    assert_eq!((&found["outcome"], &found["recorded"]), (&json!("took_place"), &Value::Null));
}

#[tokio::test]
async fn staff_correct_what_became_of_it() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let path = format!("/appointments/{}", booked.appointment);
    let (host, admin) = (server.logged_in(&site, &site.host).await, server.logged_in(&site, &site.admin).await);
    host.get(&path).await.hides("What became of it");
    let early = host.post(&format!("{path}/outcome"), &[("outcome", "took_place")]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    early.shows("This can be recorded once it is over.");

    site.clock.advance(hours(2));
    host.get(&path).await.shows("Did not take place");
    let recorded = admin.post(&format!("{path}/outcome"), &[("outcome", "guest_did_not_come")]).await;
    assert_eq!(recorded.status, StatusCode::SEE_OTHER);
    let page = host.get(&path).await;
    page.shows("Patient did not come");
    page.shows("Recorded by <bdi>Ines Brandt</bdi>, Friday 20 November 2026, 12:00 (Berlin time)");
    host.get("/day").await.shows("Patient did not come");
    let unknown = host.post(&format!("{path}/outcome"), &[("outcome", "whatever")]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn both_are_asked_and_one_answers() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let (booked, ..) = call(&site).await;
    site.clock.advance(minutes(5 + 30 + 60));
    jobs::run_due(&site.app).await.unwrap();
    let base = format!("/join/{}", booked.guest_secret);
    let guest = server.anonymous();
    let state = async || guest.get(&format!("{base}/state")).await.value();
    assert_eq!(state().await["consultation"]["answer_until"], "2026-11-20T10:40:00Z");
    let answered = guest.json(Method::POST, &format!("{base}/still-there"), json!({})).await;
    assert_eq!((answered.status, &answered.value()["consultation"]["answer_until"]), (StatusCode::OK, &Value::Null));

    site.clock.advance(minutes(60));
    jobs::run_due(&site.app).await.unwrap();
    site.clock.advance(minutes(5));
    jobs::run_due(&site.app).await.unwrap();
    let ended = state().await["consultation"].clone();
    assert_eq!((&ended["ended_by"], &ended["end_reason"]), (&json!("system"), &json!("unanswered")));
    let page = server.logged_in(&site, &site.host).await.get(&format!("/appointments/{}", booked.appointment)).await;
    page.shows("because nobody answered whether they were still there");
}
