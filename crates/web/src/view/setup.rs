//! The setup page.

use anteroom_domain::WordingPack;
use askama::Template;

use super::zones::Zones;
use super::{FormRejection, PageFrame, format};

/// The setup form. After an error its values are shown again, except the password.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct SetupForm {
    /// The code of the setup link.
    pub code: String,
    pub practice: String,
    pub pack: String,
    pub zone: String,
    pub name: String,
    pub email: String,
    pub password: String,
}

#[derive(Debug, Template)]
#[template(path = "setup.html")]
pub(crate) struct SetupPage {
    pub frame: PageFrame,
    pub form: SetupForm,
    pub rejection: FormRejection,
    pub packs: Vec<PackChoice>,
    pub zones: &'static Zones,
}

/// One wording pack in the form.
#[derive(Debug)]
pub(crate) struct PackChoice {
    pub value: &'static str,
    pub title: &'static str,
    pub words: String,
}

impl PackChoice {
    pub(crate) fn all() -> Vec<Self> {
        WordingPack::ALL.into_iter().map(Self::of).collect()
    }

    fn of(pack: WordingPack) -> Self {
        let title = match pack {
            WordingPack::General => "Any trade",
            WordingPack::Beauty => "Beauty and style",
            WordingPack::Therapy => "Therapy and counselling",
            WordingPack::Clinic => "Medicine",
        };
        let words = pack.words();
        let words = format!("{}, {}, {}", format::capitalized(words.host), words.guest, words.consultation);
        Self { value: pack.as_str(), title, words }
    }
}

impl SetupPage {
    pub(crate) fn new(form: SetupForm, rejection: FormRejection) -> Self {
        Self { frame: PageFrame::public("Anteroom"), form, rejection, packs: PackChoice::all(), zones: Zones::all() }
    }
}
