//! A member of staff sets their password with a link.

use anteroom_app::{Error, password_links};
use anteroom_domain::{Secret, User};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::load_practice;
use crate::WebState;
use crate::problem::Problem;
use crate::request::client_address::ClientAddress;
use crate::request::extract::{Form, Path};
use crate::request::language::RequestedLanguage;
use crate::view::password::PasswordPage;
use crate::view::{FormRejection, Html, PageFrame};

/// `GET /password/{secret}`: the form. Opening it changes nothing.
pub(crate) async fn show(
    State(web): State<WebState>,
    from: ClientAddress,
    language: RequestedLanguage,
    Path(secret): Path<String>,
) -> Result<Response, Problem> {
    let (secret, user) = user_of(&web, from, &secret).await?;
    page(&web, language, (&secret, &user), StatusCode::OK, FormRejection::default()).await
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct NewPasswordForm {
    new_password: String,
}

/// `POST /password/{secret}`
pub(crate) async fn set(
    State(web): State<WebState>,
    from: ClientAddress,
    language: RequestedLanguage,
    Path(secret): Path<String>,
    Form(form): Form<NewPasswordForm>,
) -> Result<Response, Problem> {
    let (secret, user) = user_of(&web, from, &secret).await?;
    match password_links::set_password(&web.app, &secret, &form.new_password.into()).await {
        Ok(()) => Ok(Redirect::to("/").into_response()), // from there to the login page
        Err(Error::NotFound) => Err(Problem::unknown_link()),
        Err(error) => {
            let (status, rejection) = FormRejection::of(error)?;
            page(&web, language, (&secret, &user), status, rejection).await
        }
    }
}

/// All invalid links get the same answer: mistyped, used, expired and guessed ones cannot be distinguished.
async fn user_of(web: &WebState, from: ClientAddress, secret: &str) -> Result<(Secret, User), Problem> {
    let user = match secret.parse::<Secret>() {
        Ok(secret) => password_links::open(&web.app, &secret).await.map(|user| (secret, user)),
        Err(_) => Err(Error::NotFound),
    };
    match user {
        Err(Error::NotFound) => {
            web.limits.wrong_secret(from)?;
            Err(Problem::unknown_link())
        }
        user => Ok(user?),
    }
}

async fn page(
    web: &WebState,
    language: RequestedLanguage,
    (secret, user): (&Secret, &User),
    status: StatusCode,
    rejection: FormRejection,
) -> Result<Response, Problem> {
    let practice = load_practice(web).await?;
    let page = PasswordPage {
        frame: PageFrame::public(&practice.name, language.words_of(&practice))
            .in_other_languages(&format!("/password/{}", secret.reveal())),
        name: user.name.reveal().as_str().to_owned(),
        email: user.email.reveal().as_str().to_owned(),
        rejection,
    };
    Ok((status, Html(page)).into_response())
}
