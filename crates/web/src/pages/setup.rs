//! First run: sets up the practice and its first administrator.

use anteroom_app::practices::Setup;
use anteroom_app::{Error, practices, sessions};
use anteroom_domain::Refusal;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;

use crate::WebState;
use crate::problem::Problem;
use crate::request::client_address::ClientAddress;
use crate::request::extract::Form;
use crate::request::login;
use crate::request::login::LoginBrowser;
use crate::view::setup::{SetupForm, SetupPage};
use crate::view::{FormRejection, Html};

/// `GET /setup`
pub(crate) async fn show(State(web): State<WebState>) -> Result<Response, Problem> {
    if practices::find(&web.app).await?.is_some() {
        return Ok(Redirect::to("/login").into_response());
    }
    let form = SetupForm { pack: "general".to_owned(), ..SetupForm::default() };
    Ok(Html(SetupPage::new(form, FormRejection::default())).into_response())
}

/// `POST /setup`
pub(crate) async fn submit(
    State(web): State<WebState>,
    from: ClientAddress,
    LoginBrowser(client): LoginBrowser,
    jar: CookieJar,
    Form(form): Form<SetupForm>,
) -> Result<Response, Problem> {
    web.limits.setup(from)?;
    let setup = Setup {
        practice: form.practice.clone(),
        pack: form.pack.clone(),
        zone: form.zone.clone(),
        name: form.name.clone().into(),
        email: form.email.clone().into(),
        password: form.password.clone().into(),
    };
    let form = SetupForm { password: String::new(), ..form };
    match practices::set_up(&web.app, setup).await {
        Ok(admin) => {
            let login = sessions::open_for(&web.app, admin, client).await?;
            Ok((login::with_login(&web, jar, &login), Redirect::to("/day")).into_response())
        }
        Err(Error::Refused(Refusal::AlreadySetUp)) => Ok(Redirect::to("/login").into_response()),
        Err(error) => {
            let (status, rejection) = FormRejection::of(error)?;
            Ok((status, Html(SetupPage::new(form, rejection))).into_response())
        }
    }
}
