//! The booking form.

use std::collections::BTreeMap;

use anteroom_app::appointments::{COMPANION_FIELDS, CompanionFields};
use askama::Template;

use super::zones::Zones;
use super::{FormRejection, PageFrame};

/// The form as submitted.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct BookingForm {
    pub host: String,
    pub guest_name: String,
    pub guest_email: String,
    pub guest_phone: String,
    pub guest_zone: String,
    pub date: String,
    pub time: String,
    pub zone: String,
    pub minutes: String,
    pub kind: String,
    /// The fields of companions, named as in [`COMPANION_FIELDS`].
    #[serde(flatten)]
    pub more: BTreeMap<String, String>,
}

/// Name, e-mail address and phone number of a companion as submitted.
pub(crate) type CompanionTexts = [String; 3];

impl BookingForm {
    /// The companions of whom something was typed, without gaps: errors and the form shown again count them alike.
    pub(crate) fn companions(&self) -> Vec<CompanionTexts> {
        let text = |name: &str| self.more.get(name).cloned().unwrap_or_default();
        let rows = COMPANION_FIELDS.iter().map(|fields| [fields.name, fields.email, fields.phone].map(text));
        rows.filter(|row| row.iter().any(|text| !text.trim().is_empty())).collect()
    }

    /// All rows of the form, those with something typed first.
    pub(crate) fn companion_rows(&self) -> Vec<CompanionRow> {
        let mut typed = self.companions().into_iter();
        let row = |(fields, number)| {
            let typed = typed.next();
            let is_open = typed.is_some();
            let [name, email, phone] = typed.unwrap_or_default();
            CompanionRow { fields, number, is_open, name, email, phone }
        };
        COMPANION_FIELDS.into_iter().zip(1..).map(row).collect()
    }
}

/// One row of the form for a companion. Opening it shows its fields, and how to open the next one.
#[derive(Debug)]
pub(crate) struct CompanionRow {
    pub fields: CompanionFields,
    /// From 1.
    pub number: usize,
    pub is_open: bool,
    pub name: String,
    pub email: String,
    pub phone: String,
}

#[derive(Debug, Template)]
#[template(path = "booking.html")]
pub(crate) struct BookingPage {
    pub frame: PageFrame,
    pub form: BookingForm,
    pub rejection: FormRejection,
    /// Hosts to choose from; with fewer than two the field is not shown.
    pub hosts: Vec<HostChoice>,
    pub lengths: [&'static str; 6],
    pub zones: &'static Zones,
    /// The earliest date that can be booked.
    pub today: String,
}

#[derive(Debug)]
pub(crate) struct HostChoice {
    pub id: String,
    pub name: String,
}

/// Suggested lengths in minutes; others can be typed.
pub(crate) const LENGTHS: [&str; 6] = ["15", "20", "30", "45", "50", "60"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_rows_of_companions_leave_no_gap() {
        let typed = "guest_name=Mara&companions%5B0%5D.name=+&companions%5B0%5D.phone=&companions%5B2%5D.name=Robin\
                     &companions%5B2%5D.email=robin%40mail.example&companions%5B7%5D.name=Kim";
        let form: BookingForm = serde_urlencoded::from_str(typed).unwrap();
        assert_eq!(form.guest_name, "Mara");
        assert_eq!(form.companions(), [["Robin", "robin@mail.example", ""]]);
        let rows = form.companion_rows();
        let shown: Vec<_> = rows.iter().map(|row| (row.number, row.is_open, row.name.as_str())).collect();
        assert_eq!(shown, [(1, true, "Robin"), (2, false, ""), (3, false, "")]);
    }
}
