//! The settings page of the practice.

use askama::Template;

use super::setup::PackChoice;
use super::zones::Zones;
use super::{FormRejection, PageFrame};

#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct PracticeForm {
    pub name: String,
    pub pack: String,
    pub language: String,
    pub zone: String,
    pub opens_before: String,
    pub closes_after: String,
    pub who_may_end: String,
    /// Version of the practice that the form was filled from.
    pub version: String,
}

#[derive(Debug, Template)]
#[template(path = "practice.html")]
pub(crate) struct PracticePage {
    pub frame: PageFrame,
    pub form: PracticeForm,
    pub rejection: FormRejection,
    /// Whether to show that the settings were saved.
    pub saved: bool,
    pub packs: Vec<PackChoice>,
    pub zones: &'static Zones,
}
