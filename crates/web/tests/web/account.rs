//! One's own account, by page and by API.

use anteroom_app::sessions;
use anteroom_web::{Config, Quota};
use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::client::Server;
use crate::site::{PASSWORD, TestSite};

const NEW: &str = "eleven tidy walruses";

#[tokio::test]
async fn password_is_changed_on_the_page() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let (here, phone) = (server.logged_in(&site, &site.host).await, server.logged_in(&site, &site.host).await);
    let change = |current, new| [("current_password", current), ("new_password", new)];
    let refused = here.post("/account/password", &change("not this one", NEW)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.shows("This is not your current password.");
    let weak = here.post("/account/password", &change(PASSWORD, "password1")).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    weak.shows(r#"id="new_password-error""#);
    let changed = here.post("/account/password", &change(PASSWORD, NEW)).await;
    assert_eq!(changed.header("location"), "/account?saved=password");
    here.get("/account?saved=password").await.shows("Your password is changed.");
    assert_eq!(phone.get("/account").await.header("location"), "/login?next=%2Faccount");
    let login = server.anonymous().post("/login", &[("email", "tom@praxis.example"), ("password", NEW)]).await;
    assert_eq!(login.status, StatusCode::SEE_OTHER);
}

/// In a browser that was left open, a stranger could otherwise try passwords without a limit.
#[tokio::test]
async fn wrong_current_passwords_are_limited_like_logins() {
    let site = TestSite::start().await;
    let mut config = Config::new("http://anteroom.test".parse().unwrap());
    config.quotas.failed_logins = Quota::new(3, 1);
    let server = Server::with(&site, config);
    let login = sessions::open(&site.app, site.host.clone()).await.unwrap();
    let (page, api) = (server.logged_in(&site, &site.host).await, server.api_client(login.secret.reveal()));
    for _ in 0..2 {
        let form = [("current_password", "wrong"), ("new_password", NEW)];
        assert_eq!(page.post("/account/password", &form).await.status, StatusCode::FORBIDDEN);
    }
    let body = |current: &str| json!({ "current_password": current, "new_password": NEW });
    let path = "/api/v1/account/password";
    let refused = api.json(Method::POST, path, body("wrong")).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "wrong_password"));
    let refused = api.json(Method::POST, path, body(PASSWORD)).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "the right one too, until the failures are forgotten");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_page_and_api() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let browser = server.anonymous().post("/login", &[("email", "tom@praxis.example"), ("password", PASSWORD)]).await;
    let lost = crate::client::Client { cookie: Some(browser.cookies()), ..server.anonymous() };
    let login = sessions::open(&site.app, site.host.clone()).await.unwrap();
    let api = server.api_client(login.secret.reveal());
    let listed = api.get("/api/v1/account/sessions").await.value();
    let listed = listed["sessions"].as_array().unwrap();
    assert_eq!(listed.iter().map(|session| &session["current"]).collect::<Vec<_>>(), [&json!(true), &json!(false)]);
    assert_eq!(lost.get("/account").await.status, StatusCode::OK);

    let here = server.logged_in(&site, &site.host).await;
    let page = here.get("/account").await;
    page.shows("This device");
    let id = listed[1]["id"].as_str().unwrap();
    page.shows(&format!(r#"action="/account/sessions/{id}/revocation""#));
    assert_eq!(here.post(&format!("/account/sessions/{id}/revocation"), &[]).await.header("location"), "/account");
    assert_eq!(lost.get("/account").await.status, StatusCode::SEE_OTHER);
    let gone = api.json(Method::DELETE, &format!("/api/v1/account/sessions/{id}"), json!({})).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);

    let others = api.json(Method::DELETE, "/api/v1/account/sessions?keep=current", json!({})).await;
    assert_eq!(others.status, StatusCode::NO_CONTENT);
    assert_eq!(here.get("/account").await.status, StatusCode::SEE_OTHER);
    let misspelt = api.json(Method::DELETE, "/api/v1/account/sessions?keep=curent", json!({})).await;
    assert_eq!(misspelt.status, StatusCode::UNPROCESSABLE_ENTITY, "it would have ended all");
    api.json(Method::DELETE, "/api/v1/account/sessions", json!({})).await;
    assert_eq!(api.get("/api/v1/account").await.status, StatusCode::UNAUTHORIZED);
}
