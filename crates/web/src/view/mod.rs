//! View models: one struct per page, rendered by the template of the same name.
//!
//! A view contains no rules and no I/O. Each has a `sample()`, from which the tests render every page.

pub(crate) mod account;
pub(crate) mod appointment;
pub(crate) mod booking;
pub(crate) mod day;
pub(crate) mod error;
pub(crate) mod format;
pub(crate) mod join;
pub(crate) mod keys;
pub(crate) mod login;
pub(crate) mod messages;
pub(crate) mod password;
pub(crate) mod person;
pub(crate) mod practice;
#[cfg(any(test, feature = "gallery"))]
mod samples;
pub(crate) mod setup;
pub(crate) mod staff;
pub(crate) mod zones;

use std::borrow::Cow;

use anteroom_app::App;
use anteroom_domain::{FieldError, Practice, StaffRole, User};
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
#[cfg(feature = "gallery")]
pub(crate) use samples::all as samples;

use crate::assets::Assets;

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
#[derive(Debug, Clone, Default)]
pub(crate) struct PageFrame {
    pub assets: Assets,
    /// Name of the practice, or `Anteroom` if there is none yet.
    pub practice: String,
    pub account: Option<Account>,
    /// The current entry of the navigation.
    pub current: &'static str,
    /// On pages for staff: no mail server is configured, so nobody is sent a message.
    pub is_mail_missing: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub name: String,
    pub is_admin: bool,
}

impl PageFrame {
    /// For pages without login.
    pub(crate) fn public(practice: &str) -> Self {
        Self { assets: Assets::site(), practice: practice.to_owned(), ..Self::default() }
    }

    /// For pages of logged-in staff.
    pub(crate) fn staff(app: &App, practice: &Practice, user: &User, current: &'static str) -> Self {
        let account = Account { name: user.name.reveal().as_str().to_owned(), is_admin: user.role == StaffRole::Admin };
        let is_mail_missing = !app.messenger.is_configured();
        Self { account: Some(account), current, is_mail_missing, ..Self::public(&practice.name) }
    }

    /// Adds the assets of the call element.
    pub(crate) fn with_call(self) -> Self {
        Self { assets: Assets::call(), ..self }
    }
}

/// Errors of a form by field.
#[derive(Debug, Clone, Default)]
pub(crate) struct FormErrors(Vec<(Cow<'static, str>, FieldError)>);

impl FormErrors {
    pub(crate) fn new(fields: Vec<(Cow<'static, str>, FieldError)>) -> Self {
        Self(fields)
    }

    /// The error sentence of this field, if it has an error.
    pub(crate) fn of(&self, field: &str) -> Option<&'static str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, error)| error.sentence())
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
    pub problem: String,
}
