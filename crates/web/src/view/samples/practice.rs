//! Sample data of the set-up, the settings of the practice and its staff.

use anteroom_domain::FieldError;
use anteroom_l10n::Catalogue;

use super::{rejection, staff_frame, text};
use crate::view::FormRejection;
use crate::view::practice::{PracticeForm, PracticePage};
use crate::view::setup::{PackChoice, SetupForm, SetupPage};
use crate::view::staff::{StaffForm, StaffPage, StaffRow};
use crate::view::zones::Zones;

impl SetupPage {
    pub(super) fn sample(words: &'static Catalogue) -> Self {
        Self::new(
            SetupForm {
                pack: text("general"),
                language: text("en"),
                zone: text("Europe/Berlin"),
                ..SetupForm::default()
            },
            FormRejection::default(),
            words,
        )
    }

    pub(super) fn sample_refused(words: &'static Catalogue) -> Self {
        let form = SetupForm { practice: text("Praxis am Park"), email: text("ines@"), ..SetupForm::default() };
        let wrong = [
            ("zone", FieldError::Empty),
            ("name", FieldError::Empty),
            ("email", FieldError::Malformed),
            ("password", FieldError::TooWeak),
        ];
        Self::new(form, rejection(&wrong), words)
    }
}

impl StaffPage {
    pub(super) fn sample(words: &'static Catalogue) -> Self {
        let person = |name: &str, email: &str, role: String| StaffRow {
            id: format!("usr_{}", "0".repeat(32)),
            is_deactivated: name == "Dr. Tom Okafor",
            name: text(name),
            email: text(email),
            role,
            zone: text("Europe/Berlin"),
        };
        let people = vec![
            person("Dr. Ines Brandt", "ines@praxis-am-park.example", words.role_admin()),
            person("Dr. Tom Okafor", "tom@praxis-am-park.example", words.role_host()),
        ];
        let form = StaffForm { zone: text("Europe/Berlin"), ..StaffForm::default() };
        Self {
            frame: staff_frame(words, "staff"),
            form,
            rejection: FormRejection::default(),
            people,
            zones: Zones::of(words),
        }
    }
}

impl PracticePage {
    pub(super) fn sample(words: &'static Catalogue) -> Self {
        let form = PracticeForm {
            name: text("Praxis am Park"),
            pack: text("clinic"),
            language: text("de"),
            zone: text("Europe/Berlin"),
            opens_before: text("15"),
            closes_after: text("30"),
            who_may_end: text("host"),
            version: text("3"),
        };
        let (frame, rejection, packs) =
            (staff_frame(words, "practice"), FormRejection::default(), PackChoice::all(words));
        Self { frame, form, rejection, saved: true, packs, zones: Zones::of(words) }
    }
}
