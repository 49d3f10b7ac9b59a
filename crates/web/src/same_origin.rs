//! Whether a write comes from our own pages (CSRF). The `Host` header does not count: the name of a foreign page can
//! resolve to this server (DNS rebinding), and then `Host` and `Origin` agree.

use std::net::SocketAddr;

use axum::http::header;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;

use crate::LOGIN_COOKIE;
use crate::config::{Config, Origin};
use crate::problem::Problem;

/// The address at which the connection of a request was accepted, in its extensions.
#[derive(Debug, Clone, Copy)]
pub struct ListenAddress(pub SocketAddr);

/// Refuses a write that a page of another origin makes a browser send.
pub(crate) fn check(parts: &Parts, config: &Config) -> Result<(), Problem> {
    if is_own(parts, config) {
        return Ok(());
    }
    let (origin, host) = (text(parts, "origin").unwrap_or_default(), text(parts, "host").unwrap_or_default());
    if origin.split_once("://").is_some_and(|(_, authority)| authority == host) {
        tracing::warn!(
            origin,
            public_url = %config.origin,
            "a write was refused: the page has another address than the public URL. If it is a page of this server, set \
             --public-url to its address"
        );
    }
    if parts.uri.path() != "/setup" && parts.uri.path() != "/login" && is_without_login(parts, config) {
        return Err(Problem::not_logged_in());
    }
    Err(Problem::foreign_origin())
}

/// Whether it may be a form of ours whose login cookie has expired: over plain HTTP nothing else distinguishes it from a form of
/// another site. Either is refused; a person is sent to the login page.
fn is_without_login(parts: &Parts, config: &Config) -> bool {
    let is_anonymous = !parts.headers.contains_key("sec-fetch-site") && text(parts, "origin") == Some("null");
    is_anonymous && !config.origin.is_secure() && !has_login_cookie(parts)
}

fn is_own(parts: &Parts, config: &Config) -> bool {
    if let Some(site) = text(parts, "sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match text(parts, "origin") {
        // Because of our `no-referrer`, browsers send `Origin: null` for our own forms, and without TLS no
        // `Sec-Fetch-Site`. So does a sandboxed frame of another site. What is written with a login cookie is ours:
        // SameSite=Lax keeps it from such a frame. A personal link and a password link are secrets of their own. The
        // pages for set-up and login, which need neither, let browsers send the origin.
        Some("null") => !config.origin.is_secure() && (has_login_cookie(parts) || has_secret_address(parts)),
        Some(origin) => is_ours(origin, parts, config),
        // Not a browser: may write, but not with a login cookie.
        None => !parts.headers.contains_key(header::COOKIE),
    }
}

fn has_login_cookie(parts: &Parts) -> bool {
    CookieJar::from_headers(&parts.headers).get(LOGIN_COOKIE).is_some()
}

fn has_secret_address(parts: &Parts) -> bool {
    ["/join/", "/password/"].iter().any(|start| parts.uri.path().starts_with(start))
}

fn is_ours(origin: &str, parts: &Parts, config: &Config) -> bool {
    let Ok(origin) = origin.parse::<Origin>() else { return false };
    let listen = parts.extensions.get::<ListenAddress>().filter(|_| config.accepts_listen_address);
    origin == config.origin || listen.is_some_and(|ListenAddress(address)| origin.is_at(*address))
}

fn text<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn is_accepted(config: &Config, path: &str, headers: &[(&'static str, &'static str)], listen: &str) -> bool {
        let mut request = Request::post(path).extension(ListenAddress(listen.parse().unwrap()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(&request.body(()).unwrap().into_parts().0, config).is_ok()
    }

    #[test]
    fn cross_site_write_is_refused() {
        let https = Config::new("https://meet.example.org".parse().unwrap());
        for (expected, headers) in [
            (true, &[("sec-fetch-site", "same-origin")][..]),
            (true, &[("sec-fetch-site", "none")]),
            (false, &[("sec-fetch-site", "cross-site")]),
            (false, &[("sec-fetch-site", "same-site")]),
            (false, &[("sec-fetch-site", "cross-site"), ("origin", "https://meet.example.org")]),
            (true, &[("origin", "https://meet.example.org")]),
            (true, &[("origin", "https://meet.example.org:443"), ("host", "other.name")]),
            (false, &[("origin", "https://other.name"), ("host", "other.name")]),
            (false, &[("origin", "http://meet.example.org")]),
            (false, &[("origin", "https://evil.example"), ("host", "meet.example.org")]),
            (false, &[("origin", "null")]),
            (true, &[]),
            (false, &[("cookie", "anteroom=x")]),
        ] {
            assert_eq!(is_accepted(&https, "/staff", headers, "192.168.1.5:8080"), expected, "{headers:?}");
        }
    }

    #[test]
    fn without_public_url_the_listen_address_counts_but_no_name() {
        let mut config = Config::new("http://127.0.0.1:8080".parse().unwrap());
        config.accepts_listen_address = true;
        for (expected, origin, listen) in [
            (true, "http://127.0.0.1:8080", "127.0.0.1:8080"),
            (true, "http://localhost:8080", "127.0.0.1:8080"),
            (true, "http://192.168.1.5:8080", "192.168.1.5:8080"),
            (true, "http://192.168.1.5:8080", "[::ffff:192.168.1.5]:8080"),
            (true, "http://[fd00::5]:8080", "[fd00::5]:8080"),
            (true, "http://192.168.1.5", "192.168.1.5:80"),
            (false, "http://192.168.1.6:8080", "192.168.1.5:8080"),
            (false, "http://192.168.1.5:3000", "192.168.1.5:8080"),
            (false, "http://localhost:8080", "192.168.1.5:8080"),
            (false, "http://rebind.evil:8080", "192.168.1.5:8080"),
            (false, "https://192.168.1.5:8080", "192.168.1.5:8080"),
        ] {
            assert_eq!(is_accepted(&config, "/staff", &[("origin", origin)], listen), expected, "{origin} at {listen}");
        }
        config.accepts_listen_address = false;
        assert!(!is_accepted(&config, "/staff", &[("origin", "http://192.168.1.5:8080")], "192.168.1.5:8080"));
    }

    #[test]
    fn who_is_logged_in_no_longer_is_sent_to_the_login_page() {
        let code = |url: &str, path: &str, site: Option<&str>, cookie: Option<&str>| {
            let headers = [("origin", Some("null")), ("sec-fetch-site", site), ("cookie", cookie)];
            let request = headers.into_iter().filter_map(|(name, value)| Some((name, value?)));
            let request = request.fold(Request::post(path), |request, (name, value)| request.header(name, value));
            let parts = request.body(()).unwrap().into_parts().0;
            check(&parts, &Config::new(url.parse().unwrap())).map_err(|problem| problem.code)
        };
        let (http, https) = ("http://192.168.1.5:8080", "https://meet.example.org");
        for (expected, url, path, site, cookie) in [
            (Err("not_logged_in"), http, "/staff", None, None),
            (Err("not_logged_in"), http, "/account/password", None, Some("other=x")),
            (Ok(()), http, "/staff", None, Some("anteroom=x")),
            (Err("foreign_origin"), http, "/login", None, None),
            (Err("foreign_origin"), http, "/setup", None, None),
            (Err("foreign_origin"), http, "/staff", Some("cross-site"), None),
            (Err("foreign_origin"), https, "/staff", None, None),
        ] {
            assert_eq!(code(url, path, site, cookie), expected, "{url}{path} {site:?} {cookie:?}");
        }
    }

    /// A sandboxed frame sends `null` as our own forms do, but no cookie.
    #[test]
    fn sandboxed_frame_neither_sets_up_nor_logs_in() {
        let config = Config::new("http://192.168.1.5:8080".parse().unwrap());
        let cookie = ("cookie", "a=b; anteroom=x");
        for (expected, path, headers) in [
            (false, "/setup", &[("origin", "null")][..]),
            (false, "/login", &[("origin", "null")]),
            (false, "/login", &[("origin", "null"), ("cookie", "other=x")]),
            (false, "/logout", &[("origin", "null")]),
            (false, "/staff", &[("origin", "null")]),
            (true, "/login", &[("origin", "http://192.168.1.5:8080")]),
            (true, "/login", &[("origin", "null"), ("sec-fetch-site", "same-origin")]),
            (false, "/login", &[("origin", "null"), ("sec-fetch-site", "cross-site"), cookie]),
            (true, "/staff", &[("origin", "null"), cookie]),
            (true, "/join/secret/entry", &[("origin", "null")]),
            (true, "/password/secret", &[("origin", "null")]),
        ] {
            assert_eq!(is_accepted(&config, path, headers, "192.168.1.5:8080"), expected, "{path} {headers:?}");
        }
        let https = Config::new("https://meet.example.org".parse().unwrap());
        assert!(!is_accepted(&https, "/staff", &[("origin", "null"), cookie], "192.168.1.5:8080"));
    }
}
