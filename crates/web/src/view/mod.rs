//! View models: one struct per page, rendered by the template of the same name.
//!
//! A view contains no rules and no I/O. Each has a `sample()`, from which the tests render every page.

pub(crate) mod account;
pub(crate) mod appointment;
pub(crate) mod booking;
pub(crate) mod day;
pub(crate) mod error;
pub(crate) mod join;
pub(crate) mod keys;
pub(crate) mod login;
pub(crate) mod messages;
pub(crate) mod names;
pub(crate) mod password;
pub(crate) mod person;
pub(crate) mod practice;
#[cfg(any(test, feature = "gallery"))]
mod samples;
pub(crate) mod setup;
pub(crate) mod staff;
pub(crate) mod zones;

use std::borrow::Cow;

use anteroom_app::{App, WebhookLoss, monitoring};
use anteroom_domain::{FieldError, Language, Practice, StaffRole};
use anteroom_l10n::Catalogue;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
#[cfg(feature = "gallery")]
pub(crate) use samples::{all as samples, words as samples_words};

use crate::assets::Assets;
use crate::problem::Detail;
use crate::request::auth::StaffLogin;

/// An HTML response rendered from a template.
pub(crate) struct Html<T>(pub(crate) T);

impl<T: Template> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(page) => {
                let kind = HeaderValue::from_static("text/html; charset=utf-8");
                ([(header::CONTENT_TYPE, kind)], page).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "template failed to render");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// What surrounds a page: assets, name of the practice, account, current navigation entry.
#[derive(Debug, Clone)]
pub(crate) struct PageFrame {
    /// The sentences of the page.
    pub words: &'static Catalogue,
    pub assets: Assets,
    /// Name of the practice, or `Anteroom` if there is none yet.
    pub practice: String,
    pub account: Option<Account>,
    /// The current entry of the navigation.
    pub current: &'static str,
    /// On pages for staff: no mail server is configured, so nobody is sent a message.
    pub is_mail_missing: bool,
    /// On pages for admins: which receivers have missed webhooks, a sentence for each.
    pub webhook_losses: Vec<String>,
    /// On pages without login: links to the page in another language.
    pub other_languages: Vec<LanguageLink>,
}

/// A link to the same page in another language.
#[derive(Debug, Clone)]
pub(crate) struct LanguageLink {
    pub href: String,
    pub tag: &'static str,
    /// In that language.
    pub name: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub name: String,
    pub is_admin: bool,
}

impl PageFrame {
    /// For pages without login.
    pub(crate) fn public(practice: &str, words: &'static Catalogue) -> Self {
        let (assets, practice) = (Assets::site(), practice.to_owned());
        Self {
            words,
            assets,
            practice,
            account: None,
            current: "",
            is_mail_missing: false,
            webhook_losses: Vec::new(),
            other_languages: Vec::new(),
        }
    }

    /// For pages of logged-in staff.
    pub(crate) fn staff(app: &App, practice: &Practice, staff: &StaffLogin, current: &'static str) -> Self {
        let (user, words) = (&staff.user, staff.words(practice));
        let account = Account { name: user.name.reveal().as_str().to_owned(), is_admin: user.role == StaffRole::Admin };
        let is_mail_missing = !app.messenger.is_configured();
        let webhook_losses = webhook_losses(app, staff, words);
        let (assets, account) = (Assets::staff(words.language()), Some(account));
        Self { assets, account, current, is_mail_missing, webhook_losses, ..Self::public(&practice.name, words) }
    }

    /// Offers the page at this address in the other languages. The choice is in the address: guests have no cookie.
    pub(crate) fn in_other_languages(self, address: &str) -> Self {
        let separator = if address.contains('?') { '&' } else { '?' };
        let others = Language::ALL.into_iter().filter(|language| *language != self.words.language());
        let link = |language: Language| LanguageLink {
            href: format!("{address}{separator}lang={language}"),
            tag: language.tag(),
            name: language.own_name(),
        };
        Self { other_languages: others.map(link).collect(), ..self }
    }

    /// Adds the assets of the call element.
    pub(crate) fn with_call(self) -> Self {
        Self { assets: Assets::call(self.words.language()), ..self }
    }
}

/// None for those who are not admins.
fn webhook_losses(app: &App, staff: &StaffLogin, words: &Catalogue) -> Vec<String> {
    let losses = monitoring::webhook_losses(app, &staff.actor).unwrap_or_default();
    let sentence = |loss: &WebhookLoss| {
        let at = words.moment(loss.last_at, &staff.user.zone);
        words.webhooks_lost_detail(at, &loss.cause, loss.events, &loss.host)
    };
    losses.iter().map(sentence).collect()
}

/// Errors of a form by field.
#[derive(Debug, Clone, Default)]
pub(crate) struct FormErrors(Vec<(Cow<'static, str>, FieldError)>);

impl FormErrors {
    pub(crate) fn new(fields: Vec<(Cow<'static, str>, FieldError)>) -> Self {
        Self(fields)
    }

    /// The error of this field, if it has one.
    pub(crate) fn of(&self, field: &str) -> Option<FieldError> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, error)| *error)
    }

    /// Replaces the error of `field` by a more exact one, if there is one.
    pub(crate) fn replace(&mut self, field: &'static str, reason: Option<FieldError>) {
        if let Some(reason) = reason {
            self.0.retain(|(name, _)| name != field);
            self.0.push((field.into(), reason));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// What a refused form shows: errors by field, or one problem with the whole form.
#[derive(Debug, Clone, Default)]
pub(crate) struct FormRejection {
    pub errors: FormErrors,
    pub problem: Option<Detail>,
}
