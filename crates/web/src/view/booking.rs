//! The booking form.

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
