//! Invalid input: an error at its field, nothing stored, the submitted values kept.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, Reply, Server};
use crate::site::TestSite;

/// A valid booking form.
const RIGHT: [(&str, &str); 9] = [
    ("guest_name", "Mara Lindt"),
    ("guest_email", "mara@mail.example"),
    ("guest_phone", "+49 30 901820"),
    ("guest_zone", "Africa/Cairo"),
    ("date", "2026-12-01"),
    ("time", "11:00"),
    ("zone", "Europe/Berlin"),
    ("minutes", "30"),
    ("kind", "video"),
];

/// Field, submitted value, and the error sentence on the page.
#[rustfmt::skip]
const WRONG: &[(&str, &str, &str)] = &[
    ("guest_name",  "",                     "Please fill this in."),
    ("guest_name",  "  \u{a0} ",            "Please fill this in."),
    ("guest_name",  "Mara\r\nBcc: x@y.z",   "This contains characters that cannot be used here"),
    ("guest_name",  "Mara\0",               "This contains characters that cannot be used here"),
    ("guest_name",  "Ma\u{202e}ar",         "invisible direction marks"),
    ("guest_email", "",                     "Please fill this in."),
    ("guest_email", "mara",                 "This does not look right."),
    ("guest_email", "mara@mail..example",   "This does not look right."),
    ("guest_phone", "030 90",               "There is no such phone number."),
    ("guest_phone", "+999 123456",          "No country has this code."),
    ("guest_phone", "+49 call me",          "This does not look right."),
    ("guest_zone",  "Moon/Tycho",           "We do not know this time zone."),
    ("zone",        "../etc/passwd",        "We do not know this time zone."),
    ("date",        "",                     "Please fill this in."),
    ("time",        "",                     "Please fill this in."),
    ("date",        "tomorrow",             "This does not look right."),
    ("time",        "25:00",                "This does not look right."),
    ("date",        "2026-02-30",           "This does not look right."),
    ("date",        "2026-11-19",           "This time has already passed."),
    ("date",        "2099-01-01",           "This is too far in the future."),
    ("minutes",     "",                     "Please fill this in."),
    ("minutes",     "half an hour",         "This does not look right."),
    ("minutes",     "-30",                  "This number is outside what is possible here."),
    ("minutes",     "100000",               "This number is outside what is possible here."),
    ("minutes",     "99999999999999999999", "This does not look right."),
    ("kind",        "telepathy",            "Please choose one of the options."),
];

fn with(changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let changed = |name: &str| changes.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
    RIGHT.iter().map(|(name, value)| (*name, changed(name).unwrap_or(value))).collect()
}

async fn host(site: &TestSite) -> Client {
    Server::of(site).logged_in(site, &site.host).await
}

#[track_caller]
fn names(reply: &Reply, sentence: &str) {
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{sentence}");
    reply.shows("Nothing was saved yet.");
    let error = reply.body.split("field__error").nth(1).unwrap_or_default();
    assert!(error.contains(sentence), "`{sentence}` is not the first error: {}", &error[..error.len().min(200)]);
}

#[tokio::test]
async fn every_invalid_booking_field_is_reported_and_nothing_is_stored() {
    let site = TestSite::start().await;
    let host = host(&site).await;
    for (field, typed, sentence) in WRONG {
        let reply = host.post("/appointments", &with(&[(field, typed)])).await;
        names(&reply, sentence);
        reply.shows(r#"aria-invalid="true""#);
    }
    let long = "x".repeat(101);
    let mut fields: Vec<(&str, &str)> = with(&[]);
    fields[0].1 = &long;
    names(&host.post("/appointments", &fields).await, "This is too long.");
    assert!(host.get("/day?date=2026-12-01").await.body.contains("A free day"));
}

#[tokio::test]
async fn what_was_typed_is_kept() {
    let site = TestSite::start().await;
    let reply = host(&site)
        .await
        .post("/appointments", &with(&[("minutes", "0"), ("guest_zone", "Moon/Tycho"), ("kind", "in_person")]))
        .await;
    for kept in [
        r#"value="Mara Lindt""#,
        r#"value="mara@mail.example""#,
        r#"value="&#43;49 30 901820""#,
        r#"<option value="Moon/Tycho" selected>"#,
        r#"value="2026-12-01""#,
        r#"value="11:00""#,
        r#"value="in_person" checked"#,
    ] {
        let plain = kept.replace("&#43;", "+");
        assert!(reply.body.contains(kept) || reply.body.contains(&plain), "{kept} is gone:\n{}", reply.body);
    }
}

#[tokio::test]
async fn skipped_or_repeated_local_time_is_explained() {
    let site = TestSite::start().await;
    let host = host(&site).await;
    let skipped = host.post("/appointments", &with(&[("date", "2027-03-28"), ("time", "02:30")])).await;
    names(&skipped, "The clocks go forward that night");
    let twice = host.post("/appointments", &with(&[("date", "2027-10-31"), ("time", "02:30")])).await;
    names(&twice, "The clocks go back that night");
}

#[tokio::test]
async fn double_booking_is_reported_on_the_form() {
    let site = TestSite::start().await;
    let host = host(&site).await;
    assert_eq!(host.post("/appointments", &with(&[])).await.status, StatusCode::SEE_OTHER);
    let again = host.post("/appointments", &with(&[("time", "11:15")])).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    again.shows("There is already an appointment at that time.");
    again.shows(r#"value="Mara Lindt""#);
}

#[tokio::test]
async fn broken_forms_and_json_are_refused_with_a_code() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let page = host(&site).await.send(Method::POST, "/appointments", "text/plain", "hello".to_owned()).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);

    let api_client = server.api_client("x");
    for (kind, body, status, code) in [
        ("application/json", "{\"email\": \"a\", ", StatusCode::BAD_REQUEST, "broken_json"),
        ("application/json", "{} {}", StatusCode::BAD_REQUEST, "broken_json"),
        ("application/json", "[1, 2]", StatusCode::BAD_REQUEST, "malformed"),
        ("application/json", "", StatusCode::BAD_REQUEST, "broken_json"),
        ("text/plain", "{}", StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
    ] {
        let reply = api_client.send(Method::POST, "/api/v1/sessions", kind, body.to_owned()).await;
        assert_eq!((reply.status, reply.code().as_str()), (status, code), "{body}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
    }
    let deep = format!("{{\"email\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let reply = api_client.send(Method::POST, "/api/v1/sessions", "application/json", deep).await;
    assert!(reply.status.is_client_error(), "{}", reply.status);
}

#[tokio::test]
async fn api_reports_invalid_fields_and_ignores_unknown_ones() {
    let site = TestSite::start().await;
    let login = anteroom_app::sessions::open(&site.app, site.host.clone()).await.unwrap();
    let api_client = Server::of(&site).api_client(login.secret.reveal());
    let right = json!({
        "guest_name": "Mara Lindt", "guest_email": "mara@mail.example", "starts_at": "2026-12-01T11:00",
        "minutes": 30, "kind": "video", "moon_phase": { "full": true },
    });
    let change = |field: &str, value: Value| {
        let mut changed = right.clone();
        changed[field] = value;
        changed
    };
    for (field, value, code) in [
        ("guest_name", json!(5), "malformed"),
        ("guest_name", json!("\u{7}"), "control_characters"),
        ("guest_email", json!(["a@b.example"]), "malformed"),
        ("minutes", json!("thirty"), "malformed"),
        ("minutes", json!(-30), "out_of_range"),
        ("minutes", json!(null), "empty"),
        ("minutes", json!(30.5), "malformed"),
        ("starts_at", json!(""), "empty"),
        ("starts_at", json!("2027-03-28T02:30"), "time_skipped"),
        ("starts_at", json!("2020-01-01T00:00:00Z"), "in_the_past"),
        ("zone", json!("Mars/Olympus"), "unknown_zone"),
        ("kind", json!("fax"), "unknown_choice"),
        ("host", json!("usr_nobody"), "unknown_choice"),
    ] {
        let reply = api_client.json(Method::POST, "/api/v1/appointments", change(field, value.clone())).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}");
        let body = reply.value();
        assert_eq!(body["code"], "invalid");
        assert_eq!(body["fields"][field]["code"], code, "{field} {value}: {body}");
        assert!(!body["fields"][field]["message"].as_str().unwrap().is_empty());
    }
    let several = json!({ "guest_name": "", "guest_email": "x", "minutes": 1, "kind": "", "starts_at": "soon" });
    let reply = api_client.json(Method::POST, "/api/v1/appointments", several).await.value();
    assert_eq!(reply["fields"].as_object().unwrap().len(), 5, "all errors at once: {reply}");
    assert_eq!(api_client.json(Method::POST, "/api/v1/appointments", right).await.status, StatusCode::CREATED);
}

/// Ignoring the filter would answer with the appointments of everybody.
#[tokio::test]
async fn a_query_with_a_name_twice_is_refused() {
    let site = TestSite::start().await;
    site.confirmed_in(5).await;
    let host = Server::of(&site).logged_in(&site, &site.admin).await;
    assert_eq!(host.get("/day?date=2026-11-20&date=2026-11-21").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(host.get("/day?date=2026-11-20&utm_source=x").await.status, StatusCode::OK);
}
