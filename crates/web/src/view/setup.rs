//! The setup page.

use anteroom_domain::WordingPack;
use anteroom_l10n::Catalogue;
use askama::Template;

use super::zones::Zones;
use super::{FormRejection, PageFrame};

/// The setup form. After an error its values are shown again, except the password.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct SetupForm {
    /// The code of the setup link.
    pub code: String,
    pub practice: String,
    pub pack: String,
    pub language: String,
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
    pub title: String,
    pub words: String,
}

impl PackChoice {
    pub(crate) fn all(words: &Catalogue) -> Vec<Self> {
        WordingPack::ALL.into_iter().map(|pack| Self::of(pack, words)).collect()
    }

    fn of(pack: WordingPack, words: &Catalogue) -> Self {
        let title = match pack {
            WordingPack::General => words.pack_general(),
            WordingPack::Beauty => words.pack_beauty(),
            WordingPack::Therapy => words.pack_therapy(),
            WordingPack::Clinic => words.pack_clinic(),
        };
        Self { value: pack.as_str(), title, words: Catalogue::of(words.language(), pack).pack_nouns() }
    }
}

impl SetupPage {
    pub(crate) fn new(form: SetupForm, rejection: FormRejection, words: &'static Catalogue) -> Self {
        let (frame, packs) = (PageFrame::public("Anteroom", words), PackChoice::all(words));
        Self { frame, form, rejection, packs, zones: Zones::of(words) }
    }
}
