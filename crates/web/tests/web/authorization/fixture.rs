//! An appointment, and a request of an actor to a route about it.

use anteroom_app::sessions;
use anteroom_domain::{KeyScope, User};
use axum::http::Method;
use jiff::SignedDuration;
use serde_json::json;

use super::scopes::SCOPES;
use crate::client::{Client, Reply, Server};
use crate::site::{Booked, PASSWORD, TestSite};

/// One appointment inside its join window, and a second one for the other guest.
pub(super) struct Fixture {
    booked: Booked,
    /// The secret of the other guest's link.
    other: String,
}

impl Fixture {
    pub(super) async fn set(site: &TestSite) -> Self {
        Self { booked: site.confirmed_in(5).await, other: site.confirmed_in(40).await.guest_secret }
    }

    /// A new fixture, two hours later.
    pub(super) async fn later(site: &TestSite) -> Self {
        site.clock.advance(SignedDuration::from_hours(2));
        Self::set(site).await
    }

    pub(super) async fn ask(&self, site: &TestSite, server: &Server, actor: &str, method: &str, path: &str) -> Reply {
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
            "/account/language" => form(&[("language", "en")]),
            "/api/v1/account/language" => json(json!({ "language": "en" })),
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
            path if path.ends_with("/host") || path.ends_with("/handover") => {
                let host = site.colleague.id.to_string();
                if path.starts_with("/api/") { json(json!({ "host": host })) } else { form(&[("host", &host)]) }
            }
            path if path.ends_with("/outcome") => {
                if path.starts_with("/api/") {
                    json(json!({ "outcome": "took_place" }))
                } else {
                    form(&[("outcome", "took_place")])
                }
            }
            path if path.ends_with("/presence") => json(json!({ "page": "0".repeat(32), "visible": true })),
            path if ["/admissions", "/refusals", "/expulsions"].iter().any(|end| path.ends_with(end)) => {
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
