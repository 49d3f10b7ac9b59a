//! Who may use which route. The table is written by hand and used only here; a route that is missing from it fails
//! the test, so that no route is added without deciding who may use it.

use anteroom_app::sessions;
use anteroom_domain::{KeyScope, User};
use anteroom_web::{Config, Quota, listed_routes};
use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::json;

use crate::client::{Client, Reply, Server};
use crate::site::{Booked, PASSWORD, TestSite};

/// The columns of the table, in order. `stranger` has no credentials, `other` is the guest of another appointment, `key`
/// has an API key.
const ACTORS: [&str; 7] = ["stranger", "guest", "other", "host", "colleague", "admin", "key"];

/// For a confirmed appointment inside its join window. One letter per actor: `y` allowed, `l` redirected to login or 401,
/// `h` 404, `f` 403, `r` refused by a rule (409), `-` not applicable.
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
    ("GET",    "/password/{secret}",                         "y y y y y y y"), // the link is the credential
    ("POST",   "/password/{secret}",                         "y y y y y y y"),
    ("GET",    "/account",                                   "l l l y y y l"),
    ("POST",   "/account/password",                          "l l l y y y l"),
    ("POST",   "/account/sessions/revocation",               "l l l y y y l"),
    ("POST",   "/account/sessions/{id}/revocation",          "l l l y y y l"),
    ("GET",    "/staff",                                     "l l l f f y l"),
    ("POST",   "/staff",                                     "l l l f f y l"),
    ("GET",    "/staff/{id}",                                "l l l f f y l"),
    ("POST",   "/staff/{id}/role",                           "l l l f f y l"),
    ("POST",   "/staff/{id}/deactivation",                   "l l l f f y l"),
    ("POST",   "/staff/{id}/reactivation",                   "l l l f f y l"),
    ("POST",   "/staff/{id}/password-links",                 "l l l f f y l"),
    ("POST",   "/staff/{id}/sessions/revocation",            "l l l f f y l"),
    ("GET",    "/keys",                                      "l l l f f y l"),
    ("POST",   "/keys",                                      "l l l f f y l"),
    ("POST",   "/keys/{id}/revocation",                      "l l l f f y l"),
    ("GET",    "/practice",                                  "l l l f f y l"),
    ("POST",   "/practice",                                  "l l l f f y l"),
    ("GET",    "/healthz",                                   "y y y y y y y"),
    ("GET",    "/metrics",                                   "l l l l l l y"),
    ("GET",    "/favicon.svg",                               "y y y y y y y"),
    ("GET",    "/favicon.ico",                               "y y y y y y y"),
    ("GET",    "/assets/{*file}",                            "h h h h h h h"), // a missing file; files are public

    // The personal link is the only credential; actors without one use a wrong one.
    ("GET",    "/join/{secret}",                             "h y - y - - -"),
    ("GET",    "/join/{secret}/state",                       "h y - y - - -"),
    ("GET",    "/join/{secret}/live",                        "h y - y - - -"),
    ("POST",   "/join/{secret}/presence",                    "h h - h - - -"), // needs the token of an open stream
    ("POST",   "/join/{secret}/entry",                       "h y - f - - -"),
    ("DELETE", "/join/{secret}/entry",                       "h y - f - - -"),
    ("POST",   "/join/{secret}/opening",                     "h f - y - - -"),
    ("POST",   "/join/{secret}/admissions",                  "h f - r - - -"),
    ("POST",   "/join/{secret}/refusals",                    "h f - r - - -"),
    ("POST",   "/join/{secret}/closure",                     "h f - r - - -"),
    ("POST",   "/join/{secret}/tickets",                     "h r - r - - -"),

    // The host's page. An administrator does not take part in other hosts' consultations.
    ("GET",    "/appointments/{id}/consultation",            "l l l y h h l"),
    ("GET",    "/appointments/{id}/consultation/state",      "l l l y h h l"),
    ("GET",    "/appointments/{id}/consultation/live",       "l l l y h h l"),
    ("POST",   "/appointments/{id}/consultation/presence",   "h h h h h h h"), // needs the token of an open stream
    ("POST",   "/appointments/{id}/consultation/entry",      "l l l f h h l"),
    ("DELETE", "/appointments/{id}/consultation/entry",      "l l l f h h l"),
    ("POST",   "/appointments/{id}/consultation/opening",    "l l l y h h l"),
    ("POST",   "/appointments/{id}/consultation/admissions", "l l l r h h l"),
    ("POST",   "/appointments/{id}/consultation/refusals",   "l l l r h h l"),
    ("POST",   "/appointments/{id}/consultation/closure",    "l l l r h h l"),
    ("POST",   "/appointments/{id}/consultation/tickets",    "l l l r h h l"),

    // The API. A guest's token is the secret of their link: valid for their consultation only.
    ("GET",    "/api/v1/openapi.json",                       "y y y y y y y"),
    ("POST",   "/api/v1/sessions",                           "l l l l l l l"),
    ("DELETE", "/api/v1/sessions",                           "l y y y y y y"),
    ("GET",    "/api/v1/account",                            "l f f y y y f"),
    ("POST",   "/api/v1/account/password",                   "l f f y y y f"),
    ("GET",    "/api/v1/account/sessions",                   "l f f y y y f"),
    ("DELETE", "/api/v1/account/sessions",                   "l f f y y y f"),
    ("DELETE", "/api/v1/account/sessions/{id}",              "l f f y y y f"),
    ("GET",    "/api/v1/practice",                           "l f f y y y y"),
    ("GET",    "/api/v1/users",                              "l f f y y y y"),
    ("POST",   "/api/v1/users",                              "l f f f f y y"),
    ("POST",   "/api/v1/users/{id}/role",                    "l f f f f y f"), // nor accounts
    ("POST",   "/api/v1/users/{id}/deactivation",            "l f f f f y f"),
    ("DELETE", "/api/v1/users/{id}/deactivation",            "l f f f f y f"),
    ("POST",   "/api/v1/users/{id}/password-links",          "l f f f f y f"),
    ("POST",   "/api/v1/password-links",                     "y y y y y y y"), // the link is the credential
    ("DELETE", "/api/v1/users/{id}/sessions",                "l f f f f y f"),
    ("GET",    "/api/v1/keys",                               "l f f f f y f"), // no key manages keys
    ("POST",   "/api/v1/keys",                               "l f f f f y f"),
    ("DELETE", "/api/v1/keys/{id}",                          "l f f f f y f"),
    ("GET",    "/api/v1/appointments",                       "l f f y y y y"),
    ("POST",   "/api/v1/appointments",                       "l f f y y y y"),
    ("GET",    "/api/v1/appointments/{id}",                  "l f f y h y y"),
    ("POST",   "/api/v1/appointments/{id}/confirmation",     "l f f y h y y"),
    ("POST",   "/api/v1/appointments/{id}/cancellation",     "l f f y h y y"),
    ("POST",   "/api/v1/appointments/{id}/invitations",      "l f f y h y y"),
    ("GET",    "/api/v1/appointments/{id}/messages",         "l f f y h y y"),
    ("GET",    "/api/v1/consultations/{id}/state",           "l y h y h h y"),
    ("GET",    "/api/v1/consultations/{id}/live",            "l y h y h h y"),
    ("POST",   "/api/v1/consultations/{id}/presence",        "h h h h h h h"), // needs the token of an open stream
    ("POST",   "/api/v1/consultations/{id}/entry",           "l y h f h h f"),
    ("DELETE", "/api/v1/consultations/{id}/entry",           "l y h f h h f"),
    ("POST",   "/api/v1/consultations/{id}/opening",         "l f h y h h y"),
    ("POST",   "/api/v1/consultations/{id}/admissions",      "l f h r h h r"),
    ("POST",   "/api/v1/consultations/{id}/refusals",        "l f h r h h r"),
    ("POST",   "/api/v1/consultations/{id}/closure",         "l f h r h h r"),
    ("POST",   "/api/v1/consultations/{id}/tickets",         "l r h r h h r"),
];

/// API keys with one scope each.
const SCOPES: [&str; 4] = ["booking", "record", "media", "metrics"];

/// The same for them. No key manages keys or accounts.
#[rustfmt::skip]
const TABLE_OF_SCOPES: &[(&str, &str, &str)] = &[
    //                                                        b r m x
    ("GET",    "/metrics",                                   "f f f y"),
    ("GET",    "/api/v1/account",                            "f f f f"),
    ("POST",   "/api/v1/account/password",                   "f f f f"),
    ("GET",    "/api/v1/account/sessions",                   "f f f f"),
    ("DELETE", "/api/v1/account/sessions",                   "f f f f"),
    ("DELETE", "/api/v1/account/sessions/{id}",              "f f f f"),
    ("GET",    "/api/v1/practice",                           "y y f f"),
    ("GET",    "/api/v1/users",                              "y y f f"),
    ("POST",   "/api/v1/users",                              "y f f f"),
    ("POST",   "/api/v1/users/{id}/role",                    "f f f f"),
    ("POST",   "/api/v1/users/{id}/deactivation",            "f f f f"),
    ("DELETE", "/api/v1/users/{id}/deactivation",            "f f f f"),
    ("POST",   "/api/v1/users/{id}/password-links",          "f f f f"),
    ("DELETE", "/api/v1/users/{id}/sessions",                "f f f f"),
    ("GET",    "/api/v1/keys",                               "f f f f"),
    ("POST",   "/api/v1/keys",                               "f f f f"),
    ("DELETE", "/api/v1/keys/{id}",                          "f f f f"),
    ("GET",    "/api/v1/appointments",                       "y y f f"),
    ("POST",   "/api/v1/appointments",                       "y f f f"),
    ("GET",    "/api/v1/appointments/{id}",                  "y y f f"),
    ("POST",   "/api/v1/appointments/{id}/confirmation",     "y f f f"),
    ("POST",   "/api/v1/appointments/{id}/cancellation",     "y f f f"),
    ("POST",   "/api/v1/appointments/{id}/invitations",      "y f f f"),
    ("GET",    "/api/v1/appointments/{id}/messages",         "y y f f"),
    ("GET",    "/api/v1/consultations/{id}/state",           "f y y f"),
    ("GET",    "/api/v1/consultations/{id}/live",            "f y y f"),
    ("POST",   "/api/v1/consultations/{id}/entry",           "f f f f"),
    ("DELETE", "/api/v1/consultations/{id}/entry",           "f f f f"),
    ("POST",   "/api/v1/consultations/{id}/opening",         "f f y f"),
    ("POST",   "/api/v1/consultations/{id}/admissions",      "f f r f"),
    ("POST",   "/api/v1/consultations/{id}/refusals",        "f f r f"),
    ("POST",   "/api/v1/consultations/{id}/closure",         "f f r f"),
    ("POST",   "/api/v1/consultations/{id}/tickets",         "f f r f"),
];

#[tokio::test]
async fn a_key_may_do_what_its_scope_lists() {
    allows(TABLE_OF_SCOPES, &SCOPES).await;
}

/// Public, or with another credential than a scope.
const WITHOUT_SCOPE: [&str; 4] =
    ["/api/v1/openapi.json", "/api/v1/sessions", "/api/v1/password-links", "/api/v1/consultations/{id}/presence"];

#[test]
fn table_of_scopes_lists_every_route_of_the_api() {
    let api_routes = |table: &[(&str, &str, &str)]| -> Vec<String> {
        let rows = table.iter().filter(|(_, path, _)| path.starts_with("/api/") && !WITHOUT_SCOPE.contains(path));
        rows.map(|(method, path, _)| format!("{method} {path}")).collect()
    };
    assert_eq!(api_routes(TABLE_OF_SCOPES), api_routes(TABLE));
}

#[test]
fn table_lists_exactly_the_existing_routes() {
    let mut routes: Vec<(String, String)> =
        listed_routes().into_iter().map(|(method, path)| (method.to_string(), path)).collect();
    let mut lines: Vec<(String, String)> =
        TABLE.iter().map(|(method, path, _)| (method.to_string(), path.to_string())).collect();
    routes.sort();
    lines.sort();
    assert_eq!(routes, lines);
}

#[tokio::test]
async fn every_actor_is_allowed_what_the_table_lists() {
    allows(TABLE, &ACTORS).await;
}

async fn allows(table: &[(&str, &str, &str)], actors: &[&str]) {
    let site = TestSite::start().await;
    let mut config = Config::new("http://anteroom.test".parse().unwrap());
    config.quotas.setups = Quota::new(1_000, 1_000); // rate limits are tested elsewhere
    config.quotas.failed_logins = Quota::new(1_000, 1_000);
    let server = Server::with(&site, config);
    let mut wrong = Vec::new();
    // Reads and refusals change nothing and share one fixture; every allowed write gets a new one.
    let shared = Fixture::set(&site).await;
    for changes in [false, true] {
        for (method, path, cells) in table {
            let cells = actors.iter().zip(cells.split(' ')).filter(|(_, expected)| *expected != "-");
            for (actor, expected) in cells.filter(|(_, expected)| (*method != "GET" && *expected == "y") == changes) {
                let fresh = if changes { Some(Fixture::later(&site).await) } else { None };
                let reply = fresh.as_ref().unwrap_or(&shared).ask(&site, &server, actor, method, path).await;
                if outcome(&reply) != expected {
                    wrong.push(format!(
                        "{actor} {method} {path}: {} instead of {expected}: {}",
                        reply.status, reply.body
                    ));
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

/// One appointment inside its join window, and a second one for the other guest.
struct Fixture {
    booked: Booked,
    /// The secret of the other guest's link.
    other: String,
}

impl Fixture {
    async fn set(site: &TestSite) -> Self {
        Self { booked: site.confirmed_in(5).await, other: site.confirmed_in(40).await.guest_secret }
    }

    /// A new fixture, two hours later.
    async fn later(site: &TestSite) -> Self {
        site.clock.advance(SignedDuration::from_hours(2));
        Self::set(site).await
    }

    async fn ask(&self, site: &TestSite, server: &Server, actor: &str, method: &str, path: &str) -> Reply {
        let client = self.client(site, server, actor, path).await;
        let password_link = if path.ends_with("/password-links") || path.starts_with("/password/") {
            site.password_link().await
        } else {
            String::new()
        };
        let secret = match actor {
            _ if path.starts_with("/password/") => &password_link,
            "guest" => &self.booked.guest_secret,
            "host" => &self.booked.host_secret,
            _ => "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        };
        let id = match path {
            path if path.starts_with("/api/v1/consultations") => self.booked.consultation.to_string(),
            path if path.contains("/keys/") => {
                let token = site.key(&[KeyScope::Metrics]).await;
                token.split('.').next().unwrap().to_owned()
            }
            path if path.contains("/users/") || path.starts_with("/staff/") => site.another_host().await.id.to_string(),
            path if path.contains("/sessions/") => self.session_of(site, actor).await,
            _ => self.booked.appointment.to_string(),
        };
        let full = path.replace("{secret}", secret).replace("{id}", &id).replace("{*file}", "no-such.js");
        let method: Method = method.parse().unwrap();
        if path.ends_with("/live") {
            // A stream does not end, so only its status is read.
            let response = client.send_streaming(method, &full, "", String::new()).await;
            return Reply { status: response.status(), headers: response.headers().clone(), body: String::new() };
        }
        let (kind, body) = match path {
            "/api/v1/password-links" => {
                let body = json!({ "secret": password_link, "new_password": PASSWORD });
                ("application/json", body.to_string())
            }
            path => self.body(site, actor, path).await,
        };
        client.send(method, &full, kind, body).await
    }

    /// A client with the credentials of this actor for this path.
    async fn client(&self, site: &TestSite, server: &Server, actor: &str, path: &str) -> Client {
        let staff = |user: &User| (user.clone(), path.starts_with("/api/"));
        let (user, is_api) = match actor {
            "guest" | "other" if path.starts_with("/api/") => {
                let secret = if actor == "guest" { &self.booked.guest_secret } else { &self.other };
                return server.api_client(secret);
            }
            "key" => {
                let api_client = server.api_client(site.key(&KeyScope::ALL).await);
                return Client { accept: "text/html", ..api_client };
            }
            scope if scope.parse::<KeyScope>().is_ok() => {
                return server.api_client(site.key(&[scope.parse().unwrap()]).await);
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

    /// The id of a session of this actor, if they are staff.
    async fn session_of(&self, site: &TestSite, actor: &str) -> String {
        let user = match actor {
            "host" => &site.host,
            "colleague" => &site.colleague,
            _ => &site.admin,
        };
        let login = sessions::open(&site.app, user.clone()).await.unwrap();
        let own = sessions::own(&site.app, &anteroom_app::Actor::Staff(user.clone()), &login.secret).await.unwrap();
        own[0].id.clone()
    }

    /// A valid body for this path, so that only authorization decides.
    async fn body(&self, site: &TestSite, actor: &str, path: &str) -> (&'static str, String) {
        let form = |fields: &[(&str, &str)]| {
            ("application/x-www-form-urlencoded", serde_urlencoded::to_string(fields).unwrap())
        };
        let json = |value: serde_json::Value| ("application/json", value.to_string());
        let starts = site.app.clock.now() + SignedDuration::from_mins(26 * 60 + 75); // between the times of later fixtures
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
                ("language", "en"),
                ("zone", "UTC"),
                ("name", "Eve"),
                ("email", "eve@x.example"),
                ("password", "seven quiet herons"),
            ]),
            "/login" => form(&[("email", "ines@praxis.example"), ("password", "not this one")]),
            "/appointments" => form(&[&guest[..], &[("date", date), ("time", time)]].concat()),
            "/staff" => form(&user),
            path if path.starts_with("/api/") && path.ends_with("/role") => json(json!({ "role": "admin" })),
            path if path.ends_with("/role") => form(&[("role", "admin")]),
            "/password/{secret}" => form(&[("new_password", PASSWORD)]),
            "/account/password" => form(&[("current_password", PASSWORD), ("new_password", PASSWORD)]),
            "/api/v1/account/password" => json(json!({ "current_password": PASSWORD, "new_password": PASSWORD })),
            "/keys" => form(&[("name", "booking site"), ("booking", "yes")]),
            "/api/v1/keys" => json(json!({ "name": "booking site", "scopes": ["booking"] })),
            "/practice" => form(&[
                ("name", "Praxis"),
                ("pack", "clinic"),
                ("language", "en"),
                ("zone", "UTC"),
                ("opens_before", "15"),
                ("closes_after", "30"),
                ("who_may_end", "host"),
            ]),
            "/api/v1/sessions" => json(json!({ "email": "ines@praxis.example", "password": "not this one" })),
            // A key sets nobody's password.
            "/api/v1/users" if actor == "key" || SCOPES.contains(&actor) => json(user[..4].iter().copied().collect()),
            "/api/v1/users" => json(user.into_iter().collect()),
            "/api/v1/appointments" => {
                let host =
                    if actor == "key" || SCOPES.contains(&actor) { site.host.id.to_string() } else { String::new() };
                json(
                    json!({ "host": host, "guest_name": "Jo", "guest_email": "jo@mail.example", "kind": "video", "minutes": 30, "starts_at": starts_at }),
                )
            }
            path if path.starts_with("/api/") && path.ends_with("/invitations") => json(json!({ "role": "guest" })),
            path if path.ends_with("/presence") => json(json!({ "page": "0".repeat(32), "visible": true })),
            path if path.ends_with("/admissions") || path.ends_with("/refusals") => {
                json(json!({ "participant": self.guest_participant(site).await }))
            }
            _ => form(&[]),
        }
    }

    async fn guest_participant(&self, site: &TestSite) -> String {
        let secret = self.booked.guest_secret.parse().unwrap();
        match anteroom_app::invitations::open(&site.app, &secret).await.unwrap() {
            anteroom_app::Actor::Participant { participant, .. } => participant.to_string(),
            other => panic!("a link belongs to a participant, not {other:?}"),
        }
    }
}
