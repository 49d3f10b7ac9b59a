//! The language of a response: of the parameter `lang` of the address, else the one that a member of staff has chosen on
//! their account page, else of `Accept-Language`, else the practice's.
//!
//! The parameter is for guests, who have no cookie and no account: a visit is one page, and the choice stays in its
//! address. The pages for logging in and setting a password offer it too. Links between pages for staff do not carry it;
//! addresses that a page asks for updates do, so that it stays as it is. An error is in the language of the account if the
//! request has a login, unless the database may be what fails.

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use anteroom_app::{Actor, practices, sessions};
use anteroom_domain::{Language, LanguageTag, Practice, Secret, User, WordingPack};
use anteroom_l10n::{Catalogue, negotiate};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};

use crate::WebState;

/// The language that a request asks for, if it is one of ours.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RequestedLanguage {
    /// By its address.
    chosen: Option<Language>,
    /// By the account or the browser.
    otherwise: Option<Language>,
}

impl RequestedLanguage {
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let query: Vec<(String, String)> =
            serde_urlencoded::from_str(uri.query().unwrap_or_default()).unwrap_or_default();
        let chosen = query.iter().find(|(name, _)| name == "lang").and_then(|(_, tag)| tag.parse().ok());
        let lines = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
        Self { chosen, otherwise: negotiate(&lines.collect::<Vec<_>>().join(",")) }
    }

    /// The same on a page of this member of staff, whose choice counts more than the browser's.
    pub(crate) fn of_staff(self, user: &User) -> Self {
        let own = user.language.as_ref().and_then(LanguageTag::in_catalogue);
        Self { otherwise: own.or(self.otherwise), ..self }
    }

    /// The same in an answer with this status to a request with a login, if the login is open and the status does not mean
    /// that the server is overloaded.
    pub(crate) async fn of_login(self, login: Option<&Secret>, status: StatusCode, web: &WebState) -> Self {
        match login {
            Some(secret) if !status.is_server_error() && status != StatusCode::TOO_MANY_REQUESTS => {
                match sessions::find(&web.app, secret).await {
                    Ok(Some(Actor::Staff(user))) => self.of_staff(&user),
                    _ => self,
                }
            }
            _ => self,
        }
    }

    /// The catalogue for this request.
    pub(crate) fn words(self, language: Language, pack: WordingPack) -> &'static Catalogue {
        Catalogue::of(self.chosen.or(self.otherwise).unwrap_or(language), pack)
    }

    /// The catalogue for this request on a page of the practice.
    pub(crate) fn words_of(self, practice: &Practice) -> &'static Catalogue {
        self.words(practice.language, practice.pack)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestedLanguage {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri, &parts.headers))
    }
}

/// Language and wording pack of the practice as they were read last. So an error needs no database, which may be why
/// there is one.
#[derive(Debug, Default)]
pub(crate) struct PracticeWords(Mutex<Option<(Language, WordingPack)>>);

impl PracticeWords {
    pub(crate) fn note(&self, practice: &Practice) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((practice.language, practice.pack));
    }

    fn noted(&self) -> Option<(Language, WordingPack)> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WebState {
    /// The catalogue for an error with this status. Before the first page of the practice its language is read from the
    /// database, unless that may be what fails.
    pub(crate) async fn words(&self, requested: RequestedLanguage, status: StatusCode) -> &'static Catalogue {
        if self.practice_words.noted().is_none()
            && !status.is_server_error()
            && let Ok(Some(practice)) = practices::find(&self.app).await
        {
            self.practice_words.note(&practice);
        }
        let (language, pack) = self.practice_words.noted().unwrap_or((Language::default(), WordingPack::General));
        requested.words(language, pack)
    }
}
