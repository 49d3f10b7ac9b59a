//! Who may use which route. The tables are written by hand and used only here; a route that is missing from them fails
//! the test, so that no route is added without deciding who may use it.

mod actors;
mod fixture;
mod scopes;

use anteroom_web::{Config, Quota, listed_routes};
use axum::http::StatusCode;

use self::actors::{ACTORS, TABLE};
use self::fixture::Fixture;
use self::scopes::{SCOPES, TABLE_OF_SCOPES, WITHOUT_SCOPE};
use crate::client::{Reply, Server};
use crate::site::TestSite;

#[tokio::test]
async fn a_key_may_do_what_its_scope_lists() {
    allows(TABLE_OF_SCOPES, &SCOPES).await;
}

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
