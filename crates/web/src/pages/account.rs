//! One's own account: password, language and sessions.

use anteroom_app::accounts::PasswordChange;
use anteroom_app::sessions::OwnSession;
use anteroom_app::{accounts, sessions};
use anteroom_domain::Zone;
use anteroom_l10n::Catalogue;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::load_practice;
use crate::WebState;
use crate::problem::Problem;
use crate::request::auth::StaffLogin;
use crate::request::browser_name::{BROWSER_ON_SYSTEM, OTHER_BROWSER};
use crate::request::client_address::ClientAddress;
use crate::request::extract::{Form, Path, Query};
use crate::request::login;
use crate::request::login::LoginBrowser;
use crate::view::account::{AccountPage, SessionLine};
use crate::view::{FormRejection, Html, PageFrame};

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct AccountQuery {
    saved: String,
}

/// `GET /account`
pub(crate) async fn show(
    State(web): State<WebState>,
    staff: StaffLogin,
    Query(query): Query<AccountQuery>,
) -> Result<Response, Problem> {
    let page = page(&web, &staff, FormRejection::default()).await?;
    let saved = match &*query.saved {
        "password" => page.frame.words.account_password_changed(),
        "language" => page.frame.words.account_language_changed(),
        _ => String::new(),
    };
    Ok(Html(AccountPage { saved, ..page }).into_response())
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct PasswordForm {
    current_password: String,
    new_password: String,
}

/// `POST /account/password`
pub(crate) async fn change_password(
    State(web): State<WebState>,
    from: ClientAddress,
    staff: StaffLogin,
    LoginBrowser(client): LoginBrowser,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Problem> {
    let change = PasswordChange { current: form.current_password.into(), new: form.new_password.into() };
    match login::change_password(&web, from, &client, &staff.actor, &staff.session, change).await? {
        Ok(()) => Ok(Redirect::to("/account?saved=password").into_response()),
        Err(error) => {
            let (status, rejection) = FormRejection::of(error)?;
            Ok((status, Html(page(&web, &staff, rejection).await?)).into_response())
        }
    }
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct LanguageForm {
    language: String,
}

/// `POST /account/language`
pub(crate) async fn set_language(
    State(web): State<WebState>,
    staff: StaffLogin,
    Form(form): Form<LanguageForm>,
) -> Result<Redirect, Problem> {
    accounts::set_language(&web.app, &staff.actor, &form.language).await?;
    Ok(Redirect::to("/account?saved=language"))
}

/// `POST /account/sessions/{id}/revocation`
pub(crate) async fn end_session(
    State(web): State<WebState>,
    staff: StaffLogin,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    sessions::end(&web.app, &staff.actor, &id).await?;
    Ok(Redirect::to("/account"))
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct EndedSessions {
    /// `current`: all others.
    keep: String,
}

/// `POST /account/sessions/revocation`: all sessions, or all others.
pub(crate) async fn end_sessions(
    State(web): State<WebState>,
    staff: StaffLogin,
    Form(form): Form<EndedSessions>,
) -> Result<Redirect, Problem> {
    if form.keep == "current" {
        sessions::end_others(&web.app, &staff.actor, &staff.session).await?;
        return Ok(Redirect::to("/account"));
    }
    sessions::end_all(&web.app, &staff.actor).await?;
    Ok(Redirect::to("/")) // from there to the login page
}

async fn page(web: &WebState, staff: &StaffLogin, rejection: FormRejection) -> Result<AccountPage, Problem> {
    let practice = load_practice(web).await?;
    let words = staff.words(&practice);
    let own = sessions::own(&web.app, &staff.actor, &staff.session).await?;
    Ok(AccountPage {
        frame: PageFrame::staff(&web.app, &practice, staff, "account"),
        email: staff.user.email.reveal().as_str().to_owned(),
        rejection,
        sessions: own.into_iter().map(|session| line(session, words, &staff.user.zone)).collect(),
        language: staff.user.language.as_ref().map(|tag| tag.as_str().to_owned()).unwrap_or_default(),
        saved: String::new(),
    })
}

fn line(session: OwnSession, words: &Catalogue, zone: &Zone) -> SessionLine {
    SessionLine {
        id: session.id,
        device: device(session.browser, words),
        opened: words.date_time_in_zone(session.created_at, zone),
        used: words.date_time_in_zone(session.used_at, zone),
        is_current: session.is_current,
    }
}

/// The name that `request::browser_name` gave it at login, in the language of the page.
fn device(browser: Option<String>, words: &Catalogue) -> String {
    match browser {
        None => words.account_unknown_device(),
        Some(name) if name == OTHER_BROWSER => words.account_other_browser(),
        Some(name) => match name.split_once(BROWSER_ON_SYSTEM) {
            Some((browser, system)) => words.account_device(browser, system),
            None => name,
        },
    }
}
