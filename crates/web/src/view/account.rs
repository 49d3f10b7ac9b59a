//! The page of one's own account.

use askama::Template;

use super::{FormRejection, PageFrame, names};

#[derive(Debug, Template)]
#[template(path = "account.html")]
pub(crate) struct AccountPage {
    pub frame: PageFrame,
    pub email: String,
    pub rejection: FormRejection,
    pub sessions: Vec<SessionLine>,
    /// The chosen one; may be empty.
    pub language: String,
    /// What was just saved; may be empty.
    pub saved: String,
}

/// One session in the list.
#[derive(Debug)]
pub(crate) struct SessionLine {
    pub id: String,
    /// Such as `Firefox on Windows`.
    pub device: String,
    pub opened: String,
    pub used: String,
    pub is_current: bool,
}
