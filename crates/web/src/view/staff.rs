//! The staff page.

use askama::Template;

use super::zones::Zones;
use super::{FormRejection, PageFrame};

#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct StaffForm {
    pub name: String,
    pub email: String,
    pub role: String,
    pub zone: String,
    /// Of pages of earlier versions. Now the person sets it with a link.
    pub password: String,
}

#[derive(Debug, Template)]
#[template(path = "staff.html")]
pub(crate) struct StaffPage {
    pub frame: PageFrame,
    pub form: StaffForm,
    pub rejection: FormRejection,
    pub people: Vec<StaffRow>,
    pub zones: &'static Zones,
}

#[derive(Debug)]
pub(crate) struct StaffRow {
    pub id: String,
    pub name: String,
    pub email: String,
    pub role: String,
    pub zone: String,
    pub is_deactivated: bool,
}

impl StaffRow {
    /// Initials of first and last name, without titles, for the avatar.
    pub(crate) fn initials(&self) -> String {
        let mut words =
            self.name.split_whitespace().filter(|word| !word.ends_with('.')).filter_map(|word| word.chars().next());
        let first = words.next().into_iter();
        first.chain(words.next_back()).flat_map(char::to_uppercase).collect()
    }
}
