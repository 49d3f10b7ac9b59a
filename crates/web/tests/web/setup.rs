//! The first set-up over HTTP.

use anteroom_app::practices;
use anteroom_domain::Secret;
use anteroom_testkit::TestSite;
use anteroom_web::{Config, SetupCode};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use tower::ServiceExt;

use crate::client::{Client, Server};
use crate::site::PASSWORD;

const CODE: [u8; 24] = [7; 24];

fn code() -> String {
    Secret::new(CODE).reveal().to_owned()
}

fn server(site: &TestSite) -> Server {
    let mut config = Config::new("http://anteroom.test".parse().unwrap());
    config.setup_code = Some(SetupCode::new(&Secret::new(CODE)));
    Server::with(site, config)
}

fn form<'a>(code: &'a str, password: &'a str) -> [(&'a str, &'a str); 8] {
    [
        ("code", code),
        ("practice", "Okafor & Brandt"),
        ("pack", "therapy"),
        ("language", "en"),
        ("zone", "Europe/Berlin"),
        ("name", "Mira"),
        ("email", "mira@p.example"),
        ("password", password),
    ]
}

#[tokio::test]
async fn setup_link_sets_up_the_practice_and_logs_in() {
    let (site, code) = (TestSite::empty().await, code());
    let client = server(&site).anonymous();
    assert_eq!(client.get("/").await.header("location"), "/setup");
    assert_eq!(client.get("/login").await.header("location"), "/setup");
    let page = client.get(&format!("/setup?code={code}")).await;
    page.shows("Set up the practice");
    page.shows(&format!("name=\"code\" value=\"{code}\""));
    assert_eq!(page.header("referrer-policy"), "same-origin", "without it, browsers hide the origin of the form");

    let refused = client.post("/setup", &form(&code, "short")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("This could be guessed.");
    refused.shows("value=\"Okafor &#38; Brandt\"");
    refused.shows(&format!("value=\"{code}\""));
    assert!(!refused.body.contains("value=\"short\""), "the password is not rendered");

    let founded = client.post("/setup", &form(&code, PASSWORD)).await;
    assert_eq!((founded.status, founded.header("location")), (StatusCode::SEE_OTHER, "/day"));
    let admin = Client { cookie: Some(founded.cookies()), ..client.clone() };
    admin.get("/day").await.shows("A free day");
    for code in [code.as_str(), "", "wrong"] {
        assert_eq!(client.get(&format!("/setup?code={code}")).await.header("location"), "/login");
        assert_eq!(client.post("/setup", &form(code, PASSWORD)).await.header("location"), "/login");
    }
}

#[tokio::test]
async fn stranger_without_the_code_cannot_set_up() {
    let site = TestSite::empty().await;
    let stranger = server(&site).anonymous();
    for wrong in ["", "x", &"A".repeat(32), &format!("{} ", code())] {
        let reply = stranger.get(&format!("/setup?code={}", wrong.replace(' ', "%20"))).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{wrong:?}");
        reply.shows("This server is not set up yet");
        let reply = stranger.post("/setup", &form(wrong, PASSWORD)).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{wrong:?}");
    }
    let without_link = Server::with(&site, Config::new("http://anteroom.test".parse().unwrap())).anonymous();
    assert_eq!(without_link.post("/setup", &form(&code(), PASSWORD)).await.status, StatusCode::FORBIDDEN);
    assert!(practices::find(&site.app).await.unwrap().is_none());
}

#[tokio::test]
async fn wrong_codes_are_limited_but_visits_are_not() {
    let site = TestSite::empty().await;
    let guesser = server(&site).anonymous();
    for _ in 0..30 {
        assert_eq!(guesser.get("/setup").await.status, StatusCode::FORBIDDEN);
    }
    let wrong = format!("/setup?code={}", "A".repeat(32));
    let statuses: Vec<StatusCode> = futures_util::future::join_all((0..30).map(|_| guesser.get(&wrong)))
        .await
        .into_iter()
        .map(|reply| reply.status)
        .collect();
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
    assert_eq!(guesser.post("/setup", &form("", PASSWORD)).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(guesser.get(&format!("/setup?code={}", code())).await.status, StatusCode::OK);
}

#[tokio::test]
async fn foreign_page_cannot_set_up_even_with_the_code() {
    let site = TestSite::empty().await;
    let server = server(&site);
    let body = serde_urlencoded::to_string(form(&code(), PASSWORD)).unwrap();
    for (origin, host) in
        [("http://rebind.evil", "rebind.evil"), ("null", "anteroom.test"), ("http://evil.example", "anteroom.test")]
    {
        let request = Request::post("/setup").header("origin", origin).header("host", host);
        let request =
            request.header("content-type", "application/x-www-form-urlencoded").body(Body::from(body.clone()));
        let status = server.router.clone().oneshot(request.unwrap()).await.unwrap().status();
        assert_eq!(status, StatusCode::FORBIDDEN, "{origin}");
    }
    assert!(practices::find(&site.app).await.unwrap().is_none());
}
