//! Who may pass which door. The table is written by hand and read by nothing but this test; a route that is not in
//! it fails, so that nobody adds a door without saying who may pass.

use anteroom_app::{api_keys, sessions};
use anteroom_domain::User;
use anteroom_web::{Config, Quota, listed_routes};
use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::json;

use crate::client::{Client, Reply, Server};
use crate::site::{Booked, TestSite};

/// The columns of the table, in order. `other` is the guest of another appointment, `key` a program of the practice.
const ACTORS: [&str; 7] = ["stranger", "guest", "other", "host", "colleague", "admin", "key"];

/// While the appointment is confirmed and its door is open. One letter an actor:
/// `y` passes, `l` is sent to log in (or told 401), `h` finds nothing there (404), `f` is told it is not theirs (403),
/// `r` is refused for a reason of the matter (409), `-` has no way to ask.
#[rustfmt::skip]
const TABLE: &[(&str, &str, &str)] = &[
    //                                                        s g o h c a k
    ("GET",    "/",                                          "l l l y y y l"),
    ("GET",    "/setup",                                     "l l l l l l l"),
    ("POST",   "/setup",                                     "l l l l l l l"),
    ("GET",    "/login",                                     "y y y y y y y"),
    ("POST",   "/login",                                     "l l l l l l l"),
    ("POST",   "/logout",                                    "l l l l l l l"),
    ("GET",    "/day",                                       "l l l y y y l"),
    ("GET",    "/day/live",                                  "l l l y y y l"),
    ("GET",    "/appointments/new",                          "l l l y y y l"),
    ("POST",   "/appointments",                              "l l l y y y l"),
    ("GET",    "/appointments/{id}",                         "l l l y h y l"),
    ("POST",   "/appointments/{id}/confirmation",            "l l l y h y l"),
    ("POST",   "/appointments/{id}/cancellation",            "l l l y h y l"),
    ("POST",   "/appointments/{id}/invitations",             "l l l y h y l"),
    ("GET",    "/staff",                                     "l l l f f y l"),
    ("POST",   "/staff",                                     "l l l f f y l"),
    ("GET",    "/practice",                                  "l l l f f y l"),
    ("POST",   "/practice",                                  "l l l f f y l"),
    ("GET",    "/healthz",                                   "y y y y y y y"),
    ("GET",    "/favicon.svg",                               "y y y y y y y"),
    ("GET",    "/favicon.ico",                               "y y y y y y y"),
    ("GET",    "/assets/{*file}",                            "h h h h h h h"), // no such file; none is secret

    // The personal link is the whole proof: whoever has none has a wrong one.
    ("GET",    "/join/{secret}",                             "h y - y - - -"),
    ("GET",    "/join/{secret}/state",                       "h y - y - - -"),
    ("GET",    "/join/{secret}/live",                        "h y - y - - -"),
    ("POST",   "/join/{secret}/entry",                       "h y - f - - -"),
    ("DELETE", "/join/{secret}/entry",                       "h y - f - - -"),
    ("POST",   "/join/{secret}/opening",                     "h f - y - - -"),
    ("POST",   "/join/{secret}/admissions",                  "h f - r - - -"),
    ("POST",   "/join/{secret}/refusals",                    "h f - r - - -"),
    ("POST",   "/join/{secret}/closure",                     "h f - r - - -"),
    ("POST",   "/join/{secret}/tickets",                     "h r - r - - -"),

    // The host's page. An admin runs the practice but does not sit in other people's consultations.
    ("GET",    "/appointments/{id}/consultation",            "l l l y h h l"),
    ("GET",    "/appointments/{id}/consultation/state",      "l l l y h h l"),
    ("GET",    "/appointments/{id}/consultation/live",       "l l l y h h l"),
    ("POST",   "/appointments/{id}/consultation/entry",      "l l l f h h l"),
    ("DELETE", "/appointments/{id}/consultation/entry",      "l l l f h h l"),
    ("POST",   "/appointments/{id}/consultation/opening",    "l l l y h h l"),
    ("POST",   "/appointments/{id}/consultation/admissions", "l l l r h h l"),
    ("POST",   "/appointments/{id}/consultation/refusals",   "l l l r h h l"),
    ("POST",   "/appointments/{id}/consultation/closure",    "l l l r h h l"),
    ("POST",   "/appointments/{id}/consultation/tickets",    "l l l r h h l"),

    // The API. A guest's token is their link's secret: it opens their consultation and nothing else.
    ("GET",    "/api/v1/openapi.json",                       "y y y y y y y"),
    ("POST",   "/api/v1/sessions",                           "l l l l l l l"),
    ("DELETE", "/api/v1/sessions",                           "l y y y y y y"),
    ("GET",    "/api/v1/practice",                           "l f f y y y y"),
    ("GET",    "/api/v1/users",                              "l f f y y y y"),
    ("POST",   "/api/v1/users",                              "l f f f f y y"),
    ("GET",    "/api/v1/appointments",                       "l f f y y y y"),
    ("POST",   "/api/v1/appointments",                       "l f f y y y y"),
    ("GET",    "/api/v1/appointments/{id}",                  "l f f y h y y"),
    ("POST",   "/api/v1/appointments/{id}/confirmation",     "l f f y h y y"),
    ("POST",   "/api/v1/appointments/{id}/cancellation",     "l f f y h y y"),
    ("POST",   "/api/v1/appointments/{id}/invitations",      "l f f y h y y"),
    ("GET",    "/api/v1/consultations/{id}/state",           "l y h y h h y"),
    ("GET",    "/api/v1/consultations/{id}/live",            "l y h y h h y"),
    ("POST",   "/api/v1/consultations/{id}/entry",           "l y h f h h f"),
    ("DELETE", "/api/v1/consultations/{id}/entry",           "l y h f h h f"),
    ("POST",   "/api/v1/consultations/{id}/opening",         "l f h y h h y"),
    ("POST",   "/api/v1/consultations/{id}/admissions",      "l f h r h h r"),
    ("POST",   "/api/v1/consultations/{id}/refusals",        "l f h r h h r"),
    ("POST",   "/api/v1/consultations/{id}/closure",         "l f h r h h r"),
    ("POST",   "/api/v1/consultations/{id}/tickets",         "l r h r h h r"),
];

#[test]
fn every_route_is_in_the_table_and_every_line_is_a_route() {
    let mut routes: Vec<(String, String)> =
        listed_routes().into_iter().map(|(method, path)| (method.to_string(), path)).collect();
    let mut lines: Vec<(String, String)> =
        TABLE.iter().map(|(method, path, _)| (method.to_string(), path.to_string())).collect();
    routes.sort();
    lines.sort();
    assert_eq!(routes, lines);
}

#[tokio::test]
async fn everybody_passes_the_doors_that_are_theirs_and_no_other() {
    let site = TestSite::start().await;
    let mut config = Config::new("http://anteroom.test".parse().unwrap());
    config.quotas.logins = Quota::new(1_000, 1_000); // who may is the question here, not how often
    let server = Server::with(&site, config);
    let mut wrong = Vec::new();
    // What is read or refused changes nothing and shares one stage; what is done gets a fresh one each time.
    let shared = Fixture::set(&site).await;
    for changes in [false, true] {
        for (method, path, cells) in TABLE {
            let cells = ACTORS.iter().zip(cells.split(' ')).filter(|(_, expected)| *expected != "-");
            for (actor, expected) in cells.filter(|(_, expected)| (*method != "GET" && *expected == "y") == changes) {
                let fresh = if changes { Some(Fixture::later(&site).await) } else { None };
                let reply = fresh.as_ref().unwrap_or(&shared).ask(&site, &server, actor, method, path).await;
                if outcome(&reply) != expected {
                    wrong.push(format!("{actor} {method} {path}: {} and not {expected}: {}", reply.status, reply.body));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn outcome(reply: &Reply) -> &'static str {
    match reply.status {
        StatusCode::SEE_OTHER if reply.header("location").starts_with("/login") => "l",
        StatusCode::UNAUTHORIZED => "l",
        StatusCode::NOT_FOUND => "h",
        StatusCode::FORBIDDEN => "f",
        StatusCode::CONFLICT => "r",
        status if status.is_success() || status.is_redirection() => "y",
        _ => "?",
    }
}

/// One appointment with its door open, and a second one for the other guest.
struct Fixture {
    booked: Booked,
    /// The tail of the other guest's link.
    other: String,
}

impl Fixture {
    async fn set(site: &TestSite) -> Self {
        Self { booked: site.confirmed_in(5).await, other: site.confirmed_in(40).await.guest_secret }
    }

    /// Two hours later, the same anew.
    async fn later(site: &TestSite) -> Self {
        site.clock.advance(SignedDuration::from_hours(2));
        Self::set(site).await
    }

    async fn ask(&self, site: &TestSite, server: &Server, actor: &str, method: &str, path: &str) -> Reply {
        let client = self.client(site, server, actor, path).await;
        let secret = match actor {
            "guest" => &self.booked.guest_secret,
            "host" => &self.booked.host_secret,
            _ => "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        };
        let id = match path {
            path if path.starts_with("/api/v1/consultations") => self.booked.consultation.to_string(),
            _ => self.booked.appointment.to_string(),
        };
        let full = path.replace("{secret}", secret).replace("{id}", &id).replace("{*file}", "no-such.js");
        let method: Method = method.parse().unwrap();
        if path.ends_with("/live") {
            // A stream never ends by itself: its first answer says everything.
            let response = client.send_streaming(method, &full, "", String::new()).await;
            return Reply { status: response.status(), headers: response.headers().clone(), body: String::new() };
        }
        let (kind, body) = self.body(site, actor, path).await;
        client.send(method, &full, kind, body).await
    }

    /// With everything this actor can hold, whatever the door asks for.
    async fn client(&self, site: &TestSite, server: &Server, actor: &str, path: &str) -> Client {
        let staff = |user: &User| (user.clone(), path.starts_with("/api/"));
        let (user, is_api) = match actor {
            "guest" | "other" if path.starts_with("/api/") => {
                let secret = if actor == "guest" { &self.booked.guest_secret } else { &self.other };
                return server.api_client(secret);
            }
            "key" => {
                let (key, secret) = api_keys::create(&site.app, "table").await.unwrap();
                let program = server.api_client(format!("{key}.{}", secret.reveal()));
                return Client { accept: "text/html", ..program };
            }
            "host" => staff(&site.host),
            "colleague" => staff(&site.colleague),
            "admin" => staff(&site.admin),
            _ => return server.anonymous(),
        };
        if is_api {
            let login = sessions::open(&site.app, user).await.unwrap();
            return server.api_client(login.secret.reveal());
        }
        server.logged_in(site, &user).await
    }

    /// What a right request carries, so that only the right to make it is in question.
    async fn body(&self, site: &TestSite, actor: &str, path: &str) -> (&'static str, String) {
        let form = |fields: &[(&str, &str)]| {
            ("application/x-www-form-urlencoded", serde_urlencoded::to_string(fields).unwrap())
        };
        let json = |value: serde_json::Value| ("application/json", value.to_string());
        let starts = site.app.clock.now() + SignedDuration::from_mins(26 * 60 + 75); // between the hours of later stages
        let starts_at = starts.to_string();
        let local = site.host.zone.local(starts).strftime("%Y-%m-%d %H:%M").to_string();
        let (date, time) = local.split_once(' ').unwrap();
        let fresh = format!("{}@praxis.example", starts.as_second());
        let user = [
            ("name", "New Person"),
            ("email", &fresh),
            ("role", "host"),
            ("zone", "UTC"),
            ("password", "seven quiet herons"),
        ];
        let guest =
            [("guest_name", "Jo Ferber"), ("guest_email", "jo@mail.example"), ("kind", "video"), ("minutes", "30")];
        match path {
            "/setup" => form(&[
                ("practice", "Mine now"),
                ("pack", "clinic"),
                ("zone", "UTC"),
                ("name", "Eve"),
                ("email", "eve@x.example"),
                ("password", "seven quiet herons"),
            ]),
            "/login" => form(&[("email", "ines@praxis.example"), ("password", "not this one")]),
            "/appointments" => form(&[&guest[..], &[("date", date), ("time", time)]].concat()),
            "/staff" => form(&user),
            "/practice" => form(&[
                ("name", "Praxis"),
                ("pack", "clinic"),
                ("zone", "UTC"),
                ("opens_before", "15"),
                ("closes_after", "30"),
                ("who_may_end", "host"),
            ]),
            "/api/v1/sessions" => json(json!({ "email": "ines@praxis.example", "password": "not this one" })),
            "/api/v1/users" => json(user.into_iter().collect()),
            "/api/v1/appointments" => {
                let host = if actor == "key" { site.host.id.to_string() } else { String::new() };
                json(
                    json!({ "host": host, "guest_name": "Jo", "guest_email": "jo@mail.example", "kind": "video", "minutes": 30, "starts_at": starts_at }),
                )
            }
            path if path.starts_with("/api/") && path.ends_with("/invitations") => json(json!({ "role": "guest" })),
            path if path.ends_with("/admissions") || path.ends_with("/refusals") => {
                json(json!({ "participant": self.guest_seat(site).await }))
            }
            _ => form(&[]),
        }
    }

    async fn guest_seat(&self, site: &TestSite) -> String {
        let secret = self.booked.guest_secret.parse().unwrap();
        match anteroom_app::invitations::open(&site.app, &secret).await.unwrap() {
            anteroom_app::Actor::Participant { participant, .. } => participant.to_string(),
            other => panic!("a link opens a seat, not {other:?}"),
        }
    }
}
