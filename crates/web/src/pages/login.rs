//! Logging in and logging out.

use anteroom_app::{Error, practices, sessions};
use anteroom_domain::{Practice, Refusal};
use anteroom_l10n::Catalogue;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar};

use crate::WebState;
use crate::problem::Problem;
use crate::request::auth::{StaffLogin, login_secret};
use crate::request::client_address::ClientAddress;
use crate::request::extract::{Form, Query};
use crate::request::language::RequestedLanguage;
use crate::request::login;
use crate::request::login::LoginBrowser;
use crate::view::login::{LoginForm, LoginPage};
use crate::view::{Html, PageFrame};

/// `GET /`: redirects to setup, the day or the login page.
pub(crate) async fn root(State(web): State<WebState>, staff: Result<StaffLogin, Problem>) -> Result<Redirect, Problem> {
    let is_set_up = practices::find(&web.app).await?.is_some();
    Ok(Redirect::to(match (is_set_up, staff) {
        (false, _) => "/setup",
        (true, Ok(_)) => "/day",
        (true, Err(_)) => "/login",
    }))
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct LoginQuery {
    next: String,
}

/// `GET /login`
pub(crate) async fn show(
    State(web): State<WebState>,
    language: RequestedLanguage,
    Query(query): Query<LoginQuery>,
) -> Result<Response, Problem> {
    let Some(practice) = practices::find(&web.app).await? else { return Ok(Redirect::to("/setup").into_response()) };
    let form = LoginForm { next: query.next, ..LoginForm::default() };
    let frame = frame(&practice, language.words_of(&practice), &form);
    Ok(page(StatusCode::OK, LoginPage { frame, form, problem: String::new() }))
}

/// The address of the page in another language keeps what was opened before the login.
fn frame(practice: &Practice, words: &'static Catalogue, form: &LoginForm) -> PageFrame {
    let next = if form.next.is_empty() { None } else { Some(("next", &form.next)) };
    let query = serde_urlencoded::to_string(next.into_iter().collect::<Vec<_>>()).unwrap_or_default();
    let address = if query.is_empty() { "/login".to_owned() } else { format!("/login?{query}") };
    PageFrame::public(&practice.name, words).in_other_languages(&address)
}

/// `POST /login`
pub(crate) async fn log_in(
    State(web): State<WebState>,
    from: ClientAddress,
    language: RequestedLanguage,
    LoginBrowser(client): LoginBrowser,
    headers: HeaderMap,
    jar: CookieJar,
    Form(form): Form<LoginForm>,
) -> Result<Response, Problem> {
    let LoginForm { email, password, next } = form;
    match login::log_in(&web, from, client, &email.clone().into(), &password.into()).await? {
        Ok(login) => {
            // The browser forgets the session that it had.
            if let Some(replaced) = login_secret(&headers, &web)
                && let Err(error) = sessions::log_out(&web.app, &replaced).await
            {
                tracing::warn!(%error, "a session that a login has replaced goes on");
            }
            Ok((login::with_login(&web, jar, &login), Redirect::to(local_path(&next))).into_response())
        }
        Err(Error::Refused(refusal @ (Refusal::WrongLogin | Refusal::LoginQueueFull))) => {
            let practice = practices::fetch(&web.app).await?;
            let words = language.words_of(&practice);
            let form = LoginForm { email, password: String::new(), next };
            let frame = frame(&practice, words, &form);
            let page = LoginPage { frame, form, problem: words.refusal(&refusal) };
            let problem = Problem::from(refusal);
            Ok((problem.retry_after(), self::page(problem.status, page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Browsers send the origin with this form, which `no-referrer` would keep from them: without it, over plain HTTP, a page
/// of another site could log a browser in to an account of its own.
fn page(status: StatusCode, page: LoginPage) -> Response {
    (status, [(header::REFERRER_POLICY, "same-origin")], Html(page)).into_response()
}

/// `POST /logout`
pub(crate) async fn log_out(
    State(web): State<WebState>,
    headers: HeaderMap,
    jar: CookieJar,
) -> Result<Response, Problem> {
    // Without the cookie nobody is logged out: the form of another site sends none.
    let Some(secret) = login_secret(&headers, &web) else { return Ok(Redirect::to("/login").into_response()) };
    sessions::log_out(&web.app, &secret).await?;
    let mut expired = Cookie::build((web.cookie_name(), "")).path("/").build();
    expired.set_secure(web.config.origin.is_secure());
    // Clears the browser's cache, or the next person at this computer could press "back".
    let clear_cache = (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    Ok((jar.remove(expired), [clear_cache], Redirect::to("/login")).into_response())
}

/// The redirect target after login: a local path, otherwise `/day`. Anything else would be an open redirect.
fn local_path(next: &str) -> &str {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if ours { next } else { "/day" }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn login_redirects_only_to_local_paths() {
        assert_eq!(local_path("/appointments/apt_1?x=y"), "/appointments/apt_1?x=y");
        for elsewhere in ["", "https://evil.example", "//evil.example", "/\\evil.example", "day", "/a\r\nset-cookie: b"]
        {
            assert_eq!(local_path(elsewhere), "/day", "{elsewhere}");
        }
    }
}
