//! Every page with sample data, for the tests and the gallery.

mod accounts;
mod appointments;
mod day;
mod join;
mod practice;
#[cfg(test)]
mod tests;

use anteroom_domain::{FieldError, Language, Refusal, WordingPack, Zone};
use anteroom_l10n::Catalogue;
use jiff::Timestamp;
use jiff::civil::date;

use super::account::AccountPage;
use super::appointment::AppointmentPage;
use super::booking::BookingPage;
use super::day::DayPage;
use super::error::ErrorPage;
use super::join::{ClosedPage, JoinPage};
use super::keys::KeysPage;
use super::login::LoginPage;
use super::password::PasswordPage;
use super::person::PersonPage;
use super::practice::PracticePage;
use super::setup::SetupPage;
use super::staff::StaffPage;
use super::{Account, FormErrors, FormRejection, PageFrame};
use crate::assets::Assets;
use crate::problem::Problem;

/// Name and HTML of every page.
pub(crate) fn all(words: &'static Catalogue) -> Vec<(&'static str, String)> {
    let page = |name, template: &dyn askama::DynTemplate| (name, template.dyn_render().expect("our templates render"));
    vec![
        page("setup", &SetupPage::sample(words)),
        page("setup-refused", &SetupPage::sample_refused(words)),
        page("login", &LoginPage::sample(words, "")),
        page("login-refused", &LoginPage::sample(words, &words.refusal(&Refusal::WrongLogin))),
        page("day", &DayPage::sample(words)),
        page("day-empty", &DayPage::sample_empty(words)),
        page("day-part", &DayPage::sample_part(words)),
        page("booking", &BookingPage::sample(words)),
        page("booking-refused", &BookingPage::sample_refused(words)),
        page("appointment", &AppointmentPage::sample(words)),
        page("appointment-without-mail", &AppointmentPage::sample_without_mail(words)),
        page("appointment-booked", &AppointmentPage::sample_booked(words)),
        page("appointment-link", &AppointmentPage::sample_link(words)),
        page("appointment-completed", &AppointmentPage::sample_completed(words)),
        page("staff", &StaffPage::sample(words)),
        page("person", &PersonPage::sample(words, false)),
        page("person-deactivated", &PersonPage::sample(words, true)),
        page("person-link", &PersonPage::sample_link(words)),
        page("password", &PasswordPage::sample(words, FormRejection::default())),
        page("password-refused", &PasswordPage::sample(words, rejection(&[("new_password", FieldError::TooPersonal)]))),
        page("account", &AccountPage::sample(words, FormRejection::default())),
        page("account-refused", &AccountPage::sample(words, rejection(&[("new_password", FieldError::TooWeak)]))),
        page("keys", &KeysPage::sample(words, None)),
        page("key-created", &KeysPage::sample(words, Some("key_0123456789abcdef.AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH"))),
        page("practice", &PracticePage::sample(words)),
        page("join", &JoinPage::sample(words)),
        page("ended", &ClosedPage::sample_ended(words)),
        page("cancelled", &ClosedPage::sample_cancelled(words)),
        page("unknown-link", &ErrorPage::of(&Problem::unknown_link(), words)),
        page("error-404", &ErrorPage::of(&Problem::not_found(), words)),
        page("error-403", &ErrorPage::of(&Problem::forbidden(), words)),
        page("error-413", &ErrorPage::of(&Problem::too_large(), words)),
        page("error-429", &ErrorPage::of(&Problem::too_many(std::time::Duration::from_secs(5)), words)),
        page("error-500", &ErrorPage::of(&Problem::internal(), words)),
    ]
}

/// The wording pack of the samples in this language.
pub(crate) fn words(language: Language) -> &'static Catalogue {
    Catalogue::of(language, WordingPack::Clinic)
}

fn public_frame(words: &'static Catalogue) -> PageFrame {
    PageFrame::public("Praxis am Park", words)
}

fn staff_frame(words: &'static Catalogue, current: &'static str) -> PageFrame {
    let account = Account { name: "Dr. Ines Brandt".to_owned(), is_admin: true };
    PageFrame { assets: Assets::staff(words.language()), account: Some(account), current, ..public_frame(words) }
}

fn berlin() -> Zone {
    "Europe/Berlin".parse().expect("a zone of the IANA database")
}

/// A moment in November 2026, by day, hour and minute in Berlin.
fn november(day: i8, hour: i8, minute: i8) -> Timestamp {
    let local = date(2026, 11, day).at(hour, minute, 0, 0).to_zoned(berlin().as_jiff().clone());
    local.expect("a time that exists").timestamp()
}

/// The moment with its date, in Berlin.
fn date_time(words: &Catalogue, day: i8, hour: i8, minute: i8) -> String {
    words.date_time(november(day, hour, minute), &berlin())
}

/// The day of the samples.
fn today(words: &Catalogue) -> String {
    words.date(date(2026, 11, 20))
}

fn rejection(fields: &[(&'static str, FieldError)]) -> FormRejection {
    let errors = fields.iter().map(|(name, error)| ((*name).into(), *error)).collect();
    FormRejection { errors: FormErrors::new(errors), problem: None }
}

fn text(text: &str) -> String {
    text.to_owned()
}
