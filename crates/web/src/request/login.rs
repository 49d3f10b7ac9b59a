//! Logging in with a password, within the limits of failed logins.

use std::convert::Infallible;
use std::time::Duration;

use anteroom_app::accounts::PasswordChange;
use anteroom_app::sessions::{Login, LoginClient};
use anteroom_app::{Actor, Error, accounts, devices, sessions};
use anteroom_domain::{Private, Refusal, Secret};
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::WebState;
use crate::problem::Problem;
use crate::request::browser_name::browser_name;
use crate::request::client_address::ClientAddress;
use crate::request::login_limits::AttemptSource;

/// Browsers keep no cookie longer than 400 days (RFC 6265bis, section 5.5).
const DEVICE_COOKIE_AGE: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// The browser of a request that logs in.
pub(crate) struct LoginBrowser(pub(crate) LoginClient);

/// Logs in. A problem is a limit that was reached; errors of the use case are the inner result.
pub(crate) async fn log_in(
    web: &WebState,
    from: ClientAddress,
    client: LoginClient,
    email: &Private<String>,
    password: &Private<String>,
) -> Result<Result<Login, Error>, Problem> {
    let source = source(web, from, &client, email).await?;
    let attempt = web.login_limits.begin(&web.app, email.reveal(), source).await?;
    let outcome = sessions::log_in(&web.app, email, password, client).await;
    match outcome {
        Err(Error::Refused(Refusal::WrongLogin)) => attempt.failed(&web.app).await?,
        _ => attempt.give_back(),
    }
    Ok(outcome)
}

/// Changes one's own password. A wrong current password counts as a failed login: who has found an open browser could
/// otherwise try passwords without a limit.
pub(crate) async fn change_password(
    web: &WebState,
    from: ClientAddress,
    client: &LoginClient,
    actor: &Actor,
    session: &Secret,
    form: PasswordChange,
) -> Result<Result<(), Error>, Problem> {
    let email = actor.person()?.email.reveal().as_str().to_owned();
    let source = source(web, from, client, &Private::new(email.clone())).await?;
    let attempt = web.login_limits.begin(&web.app, &email, source).await?;
    let outcome = accounts::change_password(&web.app, actor, session, form).await;
    match outcome {
        Err(Error::Refused(Refusal::WrongPassword)) => attempt.failed(&web.app).await?,
        _ => attempt.give_back(),
    }
    Ok(outcome)
}

/// What a failure counts for.
async fn source(
    web: &WebState,
    from: ClientAddress,
    client: &LoginClient,
    email: &Private<String>,
) -> Result<AttemptSource, Problem> {
    Ok(match client {
        LoginClient::Browser { device: Some(device), .. } if devices::is_known(&web.app, device, email).await? => {
            AttemptSource::device(&device.hash())
        }
        LoginClient::Browser { .. } | LoginClient::ApiClient => AttemptSource::address(from),
    })
}

impl FromRequestParts<WebState> for LoginBrowser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &WebState) -> Result<Self, Infallible> {
        let jar = CookieJar::from_headers(&parts.headers);
        let device = jar.get(web.device_cookie_name()).and_then(|cookie| cookie.value().parse().ok());
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self(LoginClient::Browser { device, name: browser_name(agent.unwrap_or_default()) }))
    }
}

/// Adds the cookies of a login.
pub(crate) fn with_login(web: &WebState, jar: CookieJar, login: &Login) -> CookieJar {
    let jar = jar.add(cookie(web, web.cookie_name(), &login.secret));
    let Some(device) = &login.device else { return jar };
    let age = DEVICE_COOKIE_AGE.try_into().expect("400 days are not too long");
    let device = Cookie::build(cookie(web, web.device_cookie_name(), device)).max_age(age);
    jar.add(device)
}

/// Lax, not Strict: with Strict, a link in a mail to an appointment would open without the login.
fn cookie(web: &WebState, name: &'static str, secret: &Secret) -> Cookie<'static> {
    Cookie::build((name, secret.reveal().to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(web.config.origin.is_secure())
        .build()
}
