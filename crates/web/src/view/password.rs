//! The page on which a member of staff sets their password with a link.

use askama::Template;

use super::{FormRejection, PageFrame, names};

#[derive(Debug, Template)]
#[template(path = "password.html")]
pub(crate) struct PasswordPage {
    pub frame: PageFrame,
    pub name: String,
    pub email: String,
    pub rejection: FormRejection,
}
