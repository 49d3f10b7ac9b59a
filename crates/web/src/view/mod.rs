//! What pages show: one struct a page, filled with sentences and numbers, drawn by the template of the same name.
//!
//! A view knows no rule and asks nobody anything. Each has a `sample()`, from which every page is drawn in tests.

pub(crate) mod appointment;
pub(crate) mod booking;
pub(crate) mod day;
pub(crate) mod error;
pub(crate) mod format;
pub(crate) mod join;
pub(crate) mod login;
pub(crate) mod practice;
#[cfg(any(test, feature = "gallery"))]
mod samples;
pub(crate) mod setup;
pub(crate) mod staff;
pub(crate) mod zones;

#[cfg(feature = "gallery")]
pub(crate) use samples::all as samples;

use std::borrow::Cow;

use anteroom_domain::{FieldError, Practice, StaffRole, User};
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::assets::Assets;

/// A page on its way out.
pub(crate) struct Html<T>(pub(crate) T);

impl<T: Template> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(page) => {
                let kind = HeaderValue::from_static("text/html; charset=utf-8");
                ([(header::CONTENT_TYPE, kind)], page).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "a template did not render");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// What surrounds a page: whose house it is, who is logged in, where in the house one stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frame {
    pub assets: Assets,
    /// The practice's name, or ours where no practice is known.
    pub practice: String,
    pub account: Option<Account>,
    /// Which entry of the navigation is the current one.
    pub current: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub name: String,
    pub is_admin: bool,
}

impl Frame {
    /// Around a page for whoever is not logged in.
    pub(crate) fn public(practice: &str) -> Self {
        Self { assets: Assets::site(), practice: practice.to_owned(), account: None, current: "" }
    }

    /// Around a page of the practice's own people.
    pub(crate) fn staff(practice: &Practice, user: &User, current: &'static str) -> Self {
        let account = Account { name: user.name.reveal().as_str().to_owned(), is_admin: user.role == StaffRole::Admin };
        Self { account: Some(account), current, ..Self::public(&practice.name) }
    }

    /// The same, with the call in it.
    pub(crate) fn with_call(self) -> Self {
        Self { assets: Assets::call(), ..self }
    }
}

/// What is wrong with a form, by field, in the words the page shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct FormErrors(Vec<(Cow<'static, str>, FieldError)>);

impl FormErrors {
    pub(crate) fn new(fields: Vec<(Cow<'static, str>, FieldError)>) -> Self {
        Self(fields)
    }

    /// The sentence for this field, if something is wrong with it.
    pub(crate) fn of(&self, field: &str) -> Option<&'static str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, error)| error.sentence())
    }

    /// Puts a more exact reason in the place of the one `field` has.
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

/// What a form shows beside its fields after it was refused: what is wrong where, or with all of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct FormRejection {
    pub errors: FormErrors,
    pub problem: String,
}
