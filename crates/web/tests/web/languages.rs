//! The language of pages and errors: of the address, else of the browser, else of the practice.

use anteroom_app::{Actor, accounts, password_links, practices};
use axum::http::Method;
use serde_json::json;

use crate::client::{Client, Server};
use crate::site::TestSite;

/// The practice in German.
async fn german_site() -> TestSite {
    let site = TestSite::start().await;
    let practice = practices::fetch(&site.app).await.unwrap();
    let changes = practices::Changes {
        name: practice.name.clone(),
        pack: practice.pack.to_string(),
        language: "de".to_owned(),
        zone: practice.zone.name().to_owned(),
        opens_before: 15,
        closes_after: 30,
        who_may_end: "host".to_owned(),
        version: None,
    };
    practices::change(&site.app, &Actor::Staff(site.admin.clone()), changes).await.unwrap();
    site
}

#[tokio::test]
async fn guest_reads_the_language_of_the_address_then_of_the_browser_then_of_the_practice() {
    let site = german_site().await;
    let server = Server::of(&site);
    let path = format!("/join/{}", site.confirmed_in(120).await.guest_secret);
    let (english, german) = ("Your consultation with", "Ihr Termin mit");
    for (browser, query, shown, tag) in [
        (None, "", german, "de"),
        (None, "?lang=en", english, "en"),
        (Some("en-GB,en;q=0.9"), "", english, "en"),
        (Some("en-GB,en;q=0.9"), "?lang=de", german, "de"),
        (Some("de-AT"), "?lang=tlh", german, "de"),
        (Some("fr, it;q=0.5"), "", german, "de"),
    ] {
        let guest = Client { language: browser, ..server.anonymous() };
        let page = guest.get(&format!("{path}{query}")).await;
        page.shows(&format!("<html lang=\"{tag}\" dir=\"ltr\">"));
        page.shows(&format!("<h1>{shown} <bdi>Tom Okafor</bdi></h1>"));
        let other = if tag == "de" { "en" } else { "de" };
        page.shows(&format!("<a href=\"{path}?lang={other}\" hreflang=\"{other}\" lang=\"{other}\">"));
    }
}

#[tokio::test]
async fn german_pages_have_german_dates_and_the_zone() {
    let site = german_site().await;
    let guest = Server::of(&site).anonymous();
    let page = guest.get(&format!("/join/{}", site.confirmed_in(120).await.guest_secret)).await;
    for text in ["Freitag, 20. November 2026", "13:00", "bis 13:30 Uhr", "Ortszeit Kairo", "30 Minuten", "um 12:45 Uhr"]
    {
        page.shows(text);
    }
}

#[tokio::test]
async fn staff_read_errors_in_the_language_of_their_account() {
    let site = TestSite::start().await;
    let host = accounts::set_language(&site.app, &site.as_host(), "de").await.unwrap();
    let server = Server::of(&site);
    let browser = Client { language: Some("en-GB"), ..server.logged_in(&site, &host).await };
    for path in ["/nothing-here", "/keys", "/appointments/apt_none"] {
        let page = browser.get(path).await;
        assert!(page.status.is_client_error(), "{path}: {}", page.status);
        page.shows("<html lang=\"de\"");
    }
    browser.get("/nothing-here?lang=en").await.shows("<html lang=\"en\"");
    let stranger = Client { cookie: Some("anteroom=expired".to_owned()), ..browser };
    stranger.get("/nothing-here").await.shows("<html lang=\"en\"");
}

#[tokio::test]
async fn errors_are_in_the_language_of_the_request_with_the_same_code() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let early = site.confirmed_in(120).await;
    let path = format!("/join/{}/entry", early.guest_secret);
    for (language, tag, title, detail) in [
        (None, "en", "Conflict", "The room is not open yet."),
        (Some("de"), "de", "Konflikt", "Der Raum ist noch nicht geöffnet."),
    ] {
        let guest = Client { language, ..server.anonymous() };
        let refused = guest.json(Method::POST, &path, json!({})).await;
        assert_eq!(refused.header("content-language"), tag);
        let body = refused.value();
        assert_eq!(
            (&body["code"], &body["title"], &body["detail"]),
            (&json!("too_early"), &json!(title), &json!(detail))
        );
    }
    let page = Client { language: Some("de"), ..server.anonymous() }.get("/join/unknown").await;
    page.shows("Dieser Link ist nicht gültig");
    assert_eq!((page.header("content-language"), page.header("vary")), ("de", "accept-language"));
}

#[tokio::test]
async fn hosts_read_the_language_of_their_browser() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let host = Client { language: Some("de"), ..server.logged_in(&site, &site.host).await };
    let standing = site.confirmed_in(5).await;
    let state = host.get(&format!("/appointments/{}/consultation/state", standing.appointment)).await.value();
    assert_eq!(
        state["words"],
        json!({ "host": "Ärztin oder Arzt", "guest": "Patientin oder Patient", "consultation": "Termin" })
    );
    Client { language: Some("de"), ..server.anonymous() }
        .get("/login")
        .await
        .shows("<h1 class=\"card__title\">Anmelden</h1>");
}

#[tokio::test]
async fn staff_read_the_language_of_the_address_then_of_the_browser_then_of_the_practice() {
    let site = german_site().await;
    let server = Server::of(&site);
    site.booked_in(5).await;
    for (browser, query, tag) in [
        (None, "", "de"),
        (None, "?lang=en", "en"),
        (Some("en-GB,en;q=0.9"), "", "en"),
        (Some("en-GB,en;q=0.9"), "?lang=de", "de"),
        (Some("fr, it;q=0.5"), "", "de"),
    ] {
        let host = Client { language: browser, ..server.logged_in(&site, &site.host).await };
        let page = host.get(&format!("/day{query}")).await;
        page.shows(&format!("<html lang=\"{tag}\" dir=\"ltr\">"));
        page.shows(&format!("data-live=\"/day/live?lang={tag}\""));
        page.shows("<a class=\"button button--small\" href=\"/day\">"); // the link carries no language
        page.shows(if tag == "de" { "Freitag, 20. November 2026" } else { "Friday 20 November 2026" });
        page.shows(if tag == "de" { "Zu bestätigen" } else { "Not confirmed yet" });
    }
}

#[tokio::test]
async fn pages_before_login_are_offered_in_other_languages() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let stranger = server.anonymous();
    let page = stranger.get("/login?next=/day?date=2026-11-20%26after=x&lang=de").await;
    page.shows("<html lang=\"de\"");
    page.shows("action=\"/login?lang=de\"");
    page.shows("href=\"/login?next=%2Fday%3Fdate%3D2026-11-20%26after%3Dx&#38;lang=en\" hreflang=\"en\"");
    let form = [("email", "ines@practice.example"), ("password", "wrong"), ("next", "/keys")];
    let refused = stranger.post("/login?lang=de", &form).await;
    refused.shows("<html lang=\"de\"");
    refused.shows("href=\"/login?next=%2Fkeys&#38;lang=en\"");
    let link = password_links::issue(&site.app, &Actor::Staff(site.admin.clone()), site.host.id).await.unwrap();
    let path = &link.url.reveal()[link.url.reveal().find("/password/").unwrap()..];
    stranger.get(path).await.shows(&format!("<a href=\"{path}?lang=de\" hreflang=\"de\""));
}

#[tokio::test]
async fn the_language_that_staff_choose_stays() {
    let site = TestSite::start().await;
    let host = Client { language: Some("en-GB"), ..Server::of(&site).logged_in(&site, &site.host).await };
    let choose = async |language| host.post("/account/language", &[("language", language)]).await;
    assert_eq!(choose("de").await.header("location"), "/account?saved=language");
    let account = host.get("/account?saved=language").await;
    account.shows("Ihre Sprache ist gespeichert.");
    account.shows("<option value=\"de\" lang=\"de\" selected>");
    host.get("/day").await.shows("data-live=\"/day/live?lang=de\"");
    host.get("/day?lang=en").await.shows("<html lang=\"en\"");
    let path = format!("/appointments/{}/consultation", site.confirmed_in(5).await.appointment);
    host.get(&path).await.shows("<html lang=\"de\"");
    let noun =
        async |query: &str| host.get(&format!("{path}/state{query}")).await.value()["words"]["consultation"].clone();
    assert_eq!((noun("").await, noun("?lang=en").await), (json!("Termin"), json!("consultation")));
    assert_eq!(choose("tlh").await.status, axum::http::StatusCode::UNPROCESSABLE_ENTITY);
    choose("").await;
    host.get("/account").await.shows("<html lang=\"en\"");
}

#[tokio::test]
async fn api_clients_choose_the_language_of_their_person() {
    let site = TestSite::start().await;
    let login = anteroom_app::sessions::open(&site.app, site.host.clone()).await.unwrap();
    let client = Server::of(&site).api_client(login.secret.reveal());
    let choose = async |body| client.json(Method::POST, "/api/v1/account/language", body).await.value();
    assert_eq!(choose(json!({ "language": "de" })).await["language"], "de");
    assert_eq!(choose(json!({ "language": "tlh" })).await["fields"]["language"]["code"], "unknown_choice");
    assert_eq!(choose(json!({})).await["language"], json!(null));
}
