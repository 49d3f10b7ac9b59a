//! The page of API keys.

use anteroom_domain::{KeyScope, KeyScopes};
use anteroom_l10n::Catalogue;
use askama::Template;

use super::{FormRejection, PageFrame, names};

/// The form to create a key: a name, and a field for each scope.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct KeyForm {
    pub name: String,
    pub booking: String,
    pub record: String,
    pub media: String,
    pub metrics: String,
}

impl KeyForm {
    /// The scopes that are ticked.
    pub(crate) fn scopes(&self) -> KeyScopes {
        KeyScope::ALL.into_iter().filter(|scope| self.has(*scope)).collect()
    }

    const fn has(&self, scope: KeyScope) -> bool {
        let field = match scope {
            KeyScope::Booking => &self.booking,
            KeyScope::Record => &self.record,
            KeyScope::Media => &self.media,
            KeyScope::Metrics => &self.metrics,
        };
        !field.is_empty()
    }

    /// Every scope as the form offers it.
    pub(crate) fn choices(&self, words: &'static Catalogue) -> impl Iterator<Item = ScopeChoice> + '_ {
        KeyScope::ALL.into_iter().map(move |scope| ScopeChoice {
            name: scope.as_str(),
            text: match scope {
                KeyScope::Booking => words.scope_booking(),
                KeyScope::Record => words.scope_record(),
                KeyScope::Media => words.scope_media(),
                KeyScope::Metrics => words.scope_metrics(),
            },
            is_chosen: self.has(scope),
        })
    }
}

/// One scope in the form.
#[derive(Debug)]
pub(crate) struct ScopeChoice {
    pub name: &'static str,
    pub text: String,
    pub is_chosen: bool,
}

#[derive(Debug, Template)]
#[template(path = "keys.html")]
pub(crate) struct KeysPage {
    pub frame: PageFrame,
    pub form: KeyForm,
    pub rejection: FormRejection,
    pub keys: Vec<KeyLine>,
    /// A new key, shown once.
    pub token: Option<String>,
}

/// One key in the list.
#[derive(Debug)]
pub(crate) struct KeyLine {
    pub id: String,
    pub name: String,
    pub scopes: Vec<&'static str>,
    /// When and by whom it was created: a sentence of [`names`].
    pub created: String,
    pub used: Option<String>,
    pub revoked: Option<String>,
}
