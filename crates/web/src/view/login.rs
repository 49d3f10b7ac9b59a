//! The login page.

use askama::Template;

use super::PageFrame;

#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct LoginForm {
    pub email: String,
    pub password: String,
    /// Redirect target after login: a local path.
    pub next: String,
}

#[derive(Debug, Template)]
#[template(path = "login.html")]
pub(crate) struct LoginPage {
    pub frame: PageFrame,
    pub form: LoginForm,
    pub problem: String,
}
