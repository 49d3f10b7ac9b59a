//! The staff of the practice: listed and added by administrators.

use anteroom_app::users;
use anteroom_app::users::NewUser;
use anteroom_domain::StaffRole;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{load_practice, person};
use crate::WebState;
use crate::problem::Problem;
use crate::request::auth::{AdminLogin, StaffLogin};
use crate::request::extract::Form;
use crate::view::staff::{StaffForm, StaffPage, StaffRow};
use crate::view::zones::Zones;
use crate::view::{FormRejection, Html, PageFrame};

/// `GET /staff`
pub(crate) async fn list(State(web): State<WebState>, AdminLogin(staff): AdminLogin) -> Result<Response, Problem> {
    let form = StaffForm { zone: staff.user.zone.name().to_owned(), role: "host".to_owned(), ..StaffForm::default() };
    Ok(Html(page(&web, &staff, form, FormRejection::default()).await?).into_response())
}

/// `POST /staff`
pub(crate) async fn add(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Form(form): Form<StaffForm>,
) -> Result<Response, Problem> {
    let new_user = NewUser {
        name: form.name.clone().into(),
        email: form.email.clone().into(),
        role: form.role.clone(),
        zone: form.zone.clone(),
        password: form.password.clone().into(),
    };
    let has_password = !form.password.is_empty();
    let form = StaffForm { password: String::new(), ..form };
    match users::add(&web.app, &staff.actor, new_user).await {
        // A browser that sends a password has an old page open.
        Ok(_) if has_password => Ok(Redirect::to("/staff").into_response()),
        Ok(user) => match person::with_password_link(&web, &staff, user.id).await? {
            Ok(page) => Ok((StatusCode::CREATED, Html(page)).into_response()),
            Err(error) => Err(error.into()),
        },
        Err(error) => {
            let (status, rejection) = FormRejection::of(error)?;
            Ok((status, Html(page(&web, &staff, form, rejection).await?)).into_response())
        }
    }
}

async fn page(
    web: &WebState,
    staff: &StaffLogin,
    form: StaffForm,
    rejection: FormRejection,
) -> Result<StaffPage, Problem> {
    let practice = load_practice(web).await?;
    let words = staff.words(&practice);
    let people = users::list(&web.app, &staff.actor).await?;
    let person = |user: &anteroom_domain::User| StaffRow {
        id: user.id.to_string(),
        is_deactivated: !user.is_active(),
        name: user.name.reveal().as_str().to_owned(),
        email: user.email.reveal().as_str().to_owned(),
        role: if user.role == StaffRole::Admin { words.role_admin() } else { words.role_host() },
        zone: user.zone.name().to_owned(),
    };
    let people = people.iter().map(person).collect();
    Ok(StaffPage {
        frame: PageFrame::staff(&web.app, &practice, staff, "staff"),
        form,
        rejection,
        people,
        zones: Zones::of(words),
    })
}
