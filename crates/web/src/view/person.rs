//! The page of one member of staff.

use askama::Template;

use super::booking::HostChoice;
use super::{PageFrame, names};
use crate::problem::Detail;

#[derive(Debug, Template)]
#[template(path = "person.html")]
pub(crate) struct PersonPage {
    pub frame: PageFrame,
    pub id: String,
    pub name: String,
    pub email: String,
    /// It is the account of the reader.
    pub is_self: bool,
    pub is_admin: bool,
    /// Since when they cannot log in.
    pub deactivated: Option<String>,
    /// Number of appointments still to come.
    pub upcoming: i64,
    /// Hosts to whom these can be handed over.
    pub successors: Vec<HostChoice>,
    /// A new link to set the password, shown once.
    pub link: Option<OneTimeLink>,
    /// What was just done; may be empty.
    pub done: String,
    /// The refusal of the last action.
    pub problem: Option<Detail>,
}

/// A link to set a password.
#[derive(Debug)]
pub(crate) struct OneTimeLink {
    pub url: String,
    /// When it expires.
    pub until: String,
}
