//! Booking an appointment: the form and its submission.

use anteroom_app::appointments::{Booking, NewCompanion, Start};
use anteroom_app::{appointments, users};
use anteroom_domain::StaffRole;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;

use super::{ParsedNumber, load_practice};
use crate::WebState;
use crate::problem::Problem;
use crate::request::auth::StaffLogin;
use crate::request::extract::{Form, Query};
use crate::view::booking::{BookingForm, BookingPage, HostChoice, LENGTHS};
use crate::view::zones::Zones;
use crate::view::{FormRejection, Html, PageFrame};

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct NewQuery {
    date: String,
}

/// `GET /appointments/new?date=2026-11-20`
pub(crate) async fn form(
    State(web): State<WebState>,
    staff: StaffLogin,
    Query(query): Query<NewQuery>,
) -> Result<Response, Problem> {
    let zone = staff.user.zone.name().to_owned();
    let form = BookingForm {
        host: staff.user.id.to_string(),
        date: query.date.parse::<Date>().map(|date| date.to_string()).unwrap_or_default(),
        guest_zone: zone.clone(),
        zone,
        minutes: "30".to_owned(),
        kind: "video".to_owned(),
        ..BookingForm::default()
    };
    Ok(Html(page(&web, &staff, form, FormRejection::default()).await?).into_response())
}

/// `POST /appointments`
pub(crate) async fn book(
    State(web): State<WebState>,
    staff: StaffLogin,
    Form(form): Form<BookingForm>,
) -> Result<Response, Problem> {
    let minutes = ParsedNumber::parse(&form.minutes);
    match appointments::book(&web.app, &staff.actor, booking(&form, minutes.value)).await {
        Ok(found) => Ok(Redirect::to(&format!("/appointments/{}", found.appointment.id)).into_response()),
        Err(error) => {
            let (status, mut rejection) = FormRejection::of(error)?;
            rejection.errors.replace("minutes", minutes.error);
            Ok((status, Html(page(&web, &staff, form, rejection).await?)).into_response())
        }
    }
}

fn booking(form: &BookingForm, minutes: i64) -> Booking {
    let (date, time) = (form.date.trim(), form.time.trim());
    let starts = if date.is_empty() || time.is_empty() { String::new() } else { format!("{date}T{time}") };
    Booking {
        host: Some(form.host.clone()),
        guest_name: form.guest_name.clone().into(),
        guest_email: form.guest_email.clone().into(),
        guest_phone: form.guest_phone.clone().into(),
        guest_zone: form.guest_zone.clone(),
        companions: form
            .companions()
            .into_iter()
            .map(|[name, email, phone]| NewCompanion::new(name, email, phone))
            .collect(),
        starts: Start::Local(starts),
        zone: form.zone.clone(),
        minutes,
        kind: form.kind.clone(),
    }
}

async fn page(
    web: &WebState,
    staff: &StaffLogin,
    form: BookingForm,
    rejection: FormRejection,
) -> Result<BookingPage, Problem> {
    let practice = load_practice(web).await?;
    let hosts = match staff.user.role {
        StaffRole::Host => Vec::new(),
        StaffRole::Admin => users::list(&web.app, &staff.actor).await?,
    };
    Ok(BookingPage {
        frame: PageFrame::staff(&web.app, &practice, staff, "day"),
        form,
        rejection,
        hosts: hosts.iter().filter(|host| host.is_active()).map(HostChoice::from).collect(),
        lengths: LENGTHS,
        zones: Zones::of(staff.words(&practice)),
        today: staff.user.zone.local(web.app.clock.now()).date().to_string(),
    })
}
