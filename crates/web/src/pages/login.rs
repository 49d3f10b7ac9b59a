//! Logging in and logging out.

use anteroom_app::sessions::Login;
use anteroom_app::{Error, practices, sessions};
use anteroom_domain::Refusal;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use crate::Web;
use crate::problem::Problem;
use crate::request::auth::{Staff, login_secret};
use crate::request::client_address::ClientAddress;
use crate::request::extract::{Form, Query};
use crate::view::login::{LoginForm, LoginPage};
use crate::view::{Frame, Html};

/// `GET /`
pub(crate) async fn root(State(web): State<Web>, staff: Result<Staff, Problem>) -> Result<Redirect, Problem> {
    let founded = practices::find(&web.app).await?.is_some();
    Ok(Redirect::to(match (founded, staff) {
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
pub(crate) async fn login(State(web): State<Web>, Query(query): Query<LoginQuery>) -> Result<Response, Problem> {
    let Some(practice) = practices::find(&web.app).await? else { return Ok(Redirect::to("/setup").into_response()) };
    let form = LoginForm { next: query.next, ..LoginForm::default() };
    Ok(Html(LoginPage { frame: Frame::porch(&practice.name), form, problem: String::new() }).into_response())
}

/// `POST /login`
pub(crate) async fn log_in(
    State(web): State<Web>,
    from: ClientAddress,
    jar: CookieJar,
    Form(form): Form<LoginForm>,
) -> Result<Response, Problem> {
    web.limits.login(from, &form.email)?;
    let LoginForm { email, password, next } = form;
    match sessions::log_in(&web.app, &email.clone().into(), &password.into()).await {
        Ok(login) => Ok((jar.add(cookie(&web, &login)), Redirect::to(own_address(&next))).into_response()),
        Err(Error::Refused(refusal @ Refusal::WrongLogin)) => {
            let practice = practices::find(&web.app).await?.map_or_else(|| "Anteroom".to_owned(), |p| p.name);
            let form = LoginForm { email, password: String::new(), next };
            let page = LoginPage { frame: Frame::porch(&practice), form, problem: refusal.to_string() };
            Ok((StatusCode::UNAUTHORIZED, Html(page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /logout`
pub(crate) async fn log_out(State(web): State<Web>, headers: HeaderMap, jar: CookieJar) -> Result<Response, Problem> {
    if let Some(secret) = login_secret(&headers, &web) {
        sessions::log_out(&web.app, &secret).await?;
    }
    let mut gone = Cookie::build((web.cookie_name(), "")).path("/").build();
    gone.set_secure(web.config.origin.is_secure());
    // What the browser kept of our pages goes too: the next person at this desk presses "back".
    let forget = (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    Ok((jar.remove(gone), [forget], Redirect::to("/login")).into_response())
}

/// Lax, not Strict: whoever follows a link from their mail to an appointment is still logged in.
pub(super) fn cookie(web: &Web, login: &Login) -> Cookie<'static> {
    Cookie::build((web.cookie_name(), login.secret.reveal().to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(web.config.origin.is_secure())
        .build()
}

/// Where to go after logging in: a path of ours, or the day. Anything else would let a link lead elsewhere.
fn own_address(next: &str) -> &str {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if ours { next } else { "/day" }
}

#[cfg(test)]
mod tests {
    use super::own_address;

    #[test]
    fn after_logging_in_one_stays_in_this_house() {
        assert_eq!(own_address("/appointments/apt_1?x=y"), "/appointments/apt_1?x=y");
        for elsewhere in ["", "https://evil.example", "//evil.example", "/\\evil.example", "day", "/a\r\nset-cookie: b"]
        {
            assert_eq!(own_address(elsewhere), "/day", "{elsewhere}");
        }
    }
}
