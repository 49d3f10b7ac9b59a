//! Limits of logins: failures are limited, right passwords and known devices are not.

use std::collections::BTreeMap;

use anteroom_app::users::NewUser;
use anteroom_app::{Actor, sweep, users};
use anteroom_testkit::hours;
use anteroom_web::{Config, Quota};
use axum::http::{Method, StatusCode};
use futures_util::future::join_all;
use serde_json::json;

use crate::client::{Client, Reply, Server};
use crate::site::{PASSWORD, TestSite};

/// A server that accepts three failed logins of an account at once, and then refuses without delay.
fn strict(site: &TestSite) -> Server {
    let mut config = Config::new("http://anteroom.test".parse().unwrap());
    config.quotas.failed_logins = Quota::new(3, 1);
    Server::with(site, config)
}

fn at(client: &Client, last: u8) -> Client {
    Client { address: [198, 51, 100, last], ..client.clone() }
}

async fn log_in(client: &Client, email: &str, password: &str) -> Reply {
    client.post("/login", &[("email", email), ("password", password)]).await
}

async fn status(client: &Client, email: &str, password: &str) -> StatusCode {
    log_in(client, email, password).await.status
}

#[tokio::test]
async fn strangers_failures_neither_lock_the_owner_out_nor_delay_them() {
    let site = TestSite::start().await;
    let client = strict(&site).anonymous();
    for stranger in 1..=3 {
        for _ in 0..3 {
            assert_eq!(status(&at(&client, stranger), "tom@praxis.example", "wrong").await, StatusCode::UNAUTHORIZED);
        }
        let refused = log_in(&at(&client, stranger), "tom@praxis.example", "wrong").await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    }
    assert_eq!(status(&at(&client, 9), "tom@praxis.example", PASSWORD).await, StatusCode::SEE_OTHER);
}

/// Over plain HTTP a page of another site could otherwise log a browser in to an account of its own, or out.
#[tokio::test]
async fn another_site_can_log_nobody_in_or_out() {
    let site = TestSite::start().await;
    let client = Server::of(&site).anonymous();
    for page in [client.get("/login").await, log_in(&client, "tom@praxis.example", "wrong").await] {
        assert_eq!(page.header("referrer-policy"), "same-origin", "without it, browsers hide the origin of the form");
    }
    assert_eq!(client.post("/logout", &[]).await.cookies(), "", "a browser would forget its login");
}

/// Each has limits of its own in memory; a restart is the same.
#[tokio::test]
async fn failures_at_one_program_count_at_the_others_on_its_database() {
    let site = TestSite::start().await;
    let (here, there) = (strict(&site).anonymous(), strict(&site).anonymous());
    let known = log_in(&there, "tom@praxis.example", PASSWORD).await;
    let known = Client { cookie: Some(known.cookies()), ..there.clone() };
    assert_eq!(status(&here, "tom@praxis.example", "wrong").await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&there, "tom@praxis.example", "wrong").await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&here, "TOM@praxis.example", "wrong").await, StatusCode::UNAUTHORIZED);
    for client in [&here, &there] {
        let refused = log_in(client, "tom@praxis.example", PASSWORD).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(status(&at(&there, 9), "tom@praxis.example", PASSWORD).await, StatusCode::SEE_OTHER, "another address");
    assert_eq!(status(&known, "tom@praxis.example", PASSWORD).await, StatusCode::SEE_OTHER, "a known device");
    site.clock.advance(hours(1));
    sweep::run(&site.app).await.unwrap();
    assert_eq!(status(&there, "tom@praxis.example", PASSWORD).await, StatusCode::SEE_OTHER, "forgotten");
}

#[tokio::test]
async fn all_spellings_of_an_address_count_together() {
    let site = TestSite::start().await;
    let client = strict(&site).anonymous();
    for email in ["tom@praxis.example", " TOM@praxis.example", "tom@\u{ff50}raxis.example"] {
        assert_eq!(status(&client, email, "wrong").await, StatusCode::UNAUTHORIZED, "{email}");
    }
    assert_eq!(status(&client, "Tom@Praxis.example ", "wrong").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(status(&client, "ada@praxis.example", "wrong").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn known_device_is_not_affected_by_failures_from_its_address() {
    let site = TestSite::start().await;
    let client = strict(&site).anonymous();
    let welcome = log_in(&client, "tom@praxis.example", PASSWORD).await;
    let known = Client { cookie: Some(welcome.cookies()), ..client.clone() };
    for _ in 0..4 {
        status(&client, "tom@praxis.example", "wrong").await;
    }
    assert_eq!(status(&client, "tom@praxis.example", PASSWORD).await, StatusCode::TOO_MANY_REQUESTS);
    let again = log_in(&known, "tom@praxis.example", PASSWORD).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);

    // It is known for this account only, and only if the server has issued its cookie.
    let device = |reply: &Reply| reply.cookies().split("anteroom-device=").nth(1).unwrap()[..32].to_owned();
    assert_eq!(device(&again), device(&welcome), "a known device keeps its cookie");
    for _ in 0..4 {
        status(&client, "ada@praxis.example", "wrong").await;
    }
    assert_eq!(status(&known, "ada@praxis.example", PASSWORD).await, StatusCode::TOO_MANY_REQUESTS);
    let planted = format!("anteroom-device={}", "A".repeat(32));
    let planted = Client { cookie: Some(planted), ..at(&client, 7) };
    let reply = log_in(&planted, "ada@praxis.example", PASSWORD).await;
    assert_ne!(device(&reply), "A".repeat(32), "a secret that was set by somebody else is replaced");
}

#[tokio::test]
async fn sixty_colleagues_behind_one_address_log_in_at_once() {
    let site = TestSite::start().await;
    let client = Server::of(&site).anonymous();
    let admin = Actor::Staff(site.admin.clone());
    let emails: Vec<String> = (0..60).map(|n| format!("colleague-{n}@praxis.example")).collect();
    join_all(emails.iter().map(async |email| {
        let person = NewUser {
            name: "New Colleague".to_owned().into(),
            email: email.clone().into(),
            role: "host".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            password: PASSWORD.to_owned().into(),
        };
        users::add(&site.app, &admin, person).await.unwrap()
    }))
    .await;
    let statuses = join_all(emails.iter().map(|email| status(&client, email, PASSWORD))).await;
    assert!(statuses.iter().all(|status| *status == StatusCode::SEE_OTHER), "{statuses:?}");
}

#[tokio::test]
async fn flood_of_logins_is_refused_with_a_name_instead_of_waiting() {
    let site = TestSite::start().await;
    let mut config = Config::new("http://anteroom.test".parse().unwrap());
    config.quotas.failed_logins_per_address = Quota::new(1_000, 1);
    let server = Server::with(&site, config);
    let owner = Client {
        cookie: Some(log_in(&server.anonymous(), "tom@praxis.example", PASSWORD).await.cookies()),
        ..server.anonymous()
    };
    let api_client = server.api_client("none");
    let wrong = |n: usize| json!({ "email": format!("nobody-{n}@praxis.example"), "password": "wrong" });
    let flood = join_all((0..300).map(|n| api_client.json(Method::POST, "/api/v1/sessions", wrong(n))));
    let (replies, owner) = tokio::join!(flood, status(&owner, "tom@praxis.example", PASSWORD));
    assert_eq!(owner, StatusCode::SEE_OTHER, "a known device has a place of its own");
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for reply in &replies {
        *counts.entry((reply.status.as_u16(), reply.code())).or_default() += 1;
    }
    let refused = counts.get(&(503, "login_queue_full".to_owned())).copied().unwrap_or_default();
    let checked = counts.get(&(401, "wrong_login".to_owned())).copied().unwrap_or_default();
    assert_eq!(refused + checked, 300, "{counts:?}");
    assert!(refused > 0, "{counts:?}");
    assert!(replies.iter().filter(|reply| reply.status == 503).all(|reply| !reply.header("retry-after").is_empty()));
}

#[tokio::test]
async fn refused_login_page_keeps_the_address() {
    let site = TestSite::start().await;
    let client = Server::of(&site).anonymous();
    let pages = join_all((0..300).map(|n| {
        let (client, email) = (at(&client, (n % 250) as u8), format!("nobody-{n}@praxis.example"));
        async move { log_in(&client, &email, "wrong").await }
    }))
    .await;
    let refused = pages.iter().find(|page| page.status == StatusCode::SERVICE_UNAVAILABLE).expect("the line is full");
    refused.shows("Many people are logging in at this moment.");
    refused.shows("value=\"nobody-");
    assert_eq!(refused.header("retry-after"), "2");
}

#[tokio::test]
async fn login_ends_the_session_that_the_browser_had() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let before = server.logged_in(&site, &site.host).await;
    assert_eq!(log_in(&before, "ada@praxis.example", "wrong").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(before.get("/account").await.status, StatusCode::OK);
    assert_eq!(log_in(&before, "ada@praxis.example", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(before.get("/account").await.status, StatusCode::SEE_OTHER, "its cookie has been replaced");
}

#[tokio::test]
async fn program_that_logs_in_for_each_call_is_not_refused() {
    let site = TestSite::start().await;
    let api_client = strict(&site).api_client("none");
    let right = json!({ "email": "tom@praxis.example", "password": PASSWORD });
    for n in 0..40 {
        let reply = api_client.json(Method::POST, "/api/v1/sessions", right.clone()).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{n}");
    }
}

#[tokio::test]
async fn failures_across_accounts_are_limited_per_address() {
    let site = TestSite::start().await;
    let mut config = Config::new("http://anteroom.test".parse().unwrap());
    config.quotas.failed_logins_per_address = Quota::new(3, 1);
    let client = Server::with(&site, config).anonymous();
    for n in 0..3 {
        assert_eq!(status(&client, &format!("{n}@x.example"), "wrong").await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(status(&client, "4@x.example", "wrong").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(status(&at(&client, 1), "4@x.example", "wrong").await, StatusCode::UNAUTHORIZED);
}
