//! First run: sets up the practice and its first administrator, with the setup link.

use anteroom_app::practices::Setup;
use anteroom_app::{Error, practices, sessions};
use anteroom_domain::{Language, Refusal, WordingPack};
use anteroom_l10n::Catalogue;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;

use crate::WebState;
use crate::problem::Problem;
use crate::request::client_address::ClientAddress;
use crate::request::extract::{Form, Query};
use crate::request::language::RequestedLanguage;
use crate::request::login;
use crate::request::login::LoginBrowser;
use crate::setup_code::SetupCode;
use crate::view::setup::{SetupForm, SetupPage};
use crate::view::{FormRejection, Html};

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct SetupQuery {
    code: String,
}

/// `GET /setup`, with the code of the setup link.
pub(crate) async fn show(
    State(web): State<WebState>,
    from: ClientAddress,
    language: RequestedLanguage,
    Query(SetupQuery { code }): Query<SetupQuery>,
) -> Result<Response, Problem> {
    if practices::find(&web.app).await?.is_some() {
        return Ok(Redirect::to("/login").into_response());
    }
    if !is_right(&web, &code) {
        // Without any code it is a visitor, not an attempt.
        if !code.is_empty() {
            web.limits.setup(from)?;
        }
        return Err(Problem::wrong_setup_code());
    }
    let words = words(language);
    let (pack, language) = (words.pack().to_string(), words.language().to_string());
    let form = SetupForm { code, pack, language, ..SetupForm::default() };
    Ok(page(StatusCode::OK, form, FormRejection::default(), words))
}

/// `POST /setup`
pub(crate) async fn submit(
    State(web): State<WebState>,
    from: ClientAddress,
    language: RequestedLanguage,
    LoginBrowser(client): LoginBrowser,
    jar: CookieJar,
    Form(form): Form<SetupForm>,
) -> Result<Response, Problem> {
    if practices::find(&web.app).await?.is_some() {
        return Ok(Redirect::to("/login").into_response());
    }
    web.limits.setup(from)?;
    if !is_right(&web, &form.code) {
        return Err(Problem::wrong_setup_code());
    }
    let setup = Setup {
        practice: form.practice.clone(),
        pack: form.pack.clone(),
        language: form.language.clone(),
        zone: form.zone.clone(),
        name: form.name.clone().into(),
        email: form.email.clone().into(),
        password: form.password.clone().into(),
    };
    let form = SetupForm { password: String::new(), ..form };
    match practices::set_up(&web.app, setup).await {
        Ok(admin) => {
            web.config.setup_code.iter().for_each(SetupCode::set_used);
            let login = sessions::open_for(&web.app, admin, client).await?;
            Ok((login::with_login(&web, jar, &login), Redirect::to("/day")).into_response())
        }
        Err(Error::Refused(Refusal::AlreadySetUp)) => Ok(Redirect::to("/login").into_response()),
        Err(error) => {
            let (status, rejection) = FormRejection::of(error)?;
            Ok(page(status, form, rejection, words(language)))
        }
    }
}

/// There is no practice yet that has a language.
fn words(requested: RequestedLanguage) -> &'static Catalogue {
    requested.words(Language::default(), WordingPack::General)
}

fn is_right(web: &WebState, code: &str) -> bool {
    web.config.setup_code.as_ref().is_some_and(|expected| expected.is(code))
}

/// Browsers send the origin with this form, which `no-referrer` would keep from them: set-up is refused without it.
fn page(status: StatusCode, form: SetupForm, rejection: FormRejection, words: &'static Catalogue) -> Response {
    (status, [(header::REFERRER_POLICY, "same-origin")], Html(SetupPage::new(form, rejection, words))).into_response()
}
