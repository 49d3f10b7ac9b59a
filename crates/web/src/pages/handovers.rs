//! Administrators give appointments to another host: one, or all that a host has still to come.

use anteroom_app::handovers::{self, HandedOver};
use anteroom_app::users;
use anteroom_domain::{AppointmentId, User, UserId};
use axum::extract::State;
use axum::response::Response;

use super::{appointment, person};
use crate::WebState;
use crate::problem::Problem;
use crate::request::auth::{AdminLogin, StaffLogin};
use crate::request::extract::{Form, Path};
use crate::view::booking::HostChoice;

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct NewHostForm {
    pub(super) host: String,
}

/// `POST /appointments/{id}/host`
pub(crate) async fn change_host(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Path(id): Path<AppointmentId>,
    Form(form): Form<NewHostForm>,
) -> Result<Response, Problem> {
    let changed = handovers::hand_over(&web.app, &staff.actor, id, &form.host).await;
    appointment::redirect_or_refusal(&web, &staff, id, changed).await
}

/// `POST /staff/{id}/handover`
pub(crate) async fn hand_over(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Path(id): Path<UserId>,
    Form(form): Form<NewHostForm>,
) -> Result<Response, Problem> {
    let done = handovers::hand_over_all(&web.app, &staff.actor, id, &form.host).await;
    person::redirect_or_refusal(&web, &staff, id, done.map(handed_over)).await
}

/// What was done, in the address of the page that shows it.
pub(super) fn handed_over(HandedOver { moved, kept }: HandedOver) -> String {
    format!("handed-over&moved={moved}&kept={kept}")
}

/// Hosts who can take over what this one has.
pub(super) async fn successors(web: &WebState, staff: &StaffLogin, of: UserId) -> Result<Vec<HostChoice>, Problem> {
    let others = users::list(&web.app, &staff.actor).await?;
    let others = others.iter().filter(|user| user.id != of && user.is_active());
    Ok(others.map(HostChoice::from).collect())
}

impl From<&User> for HostChoice {
    fn from(user: &User) -> Self {
        Self { id: user.id.to_string(), name: user.name.reveal().as_str().to_owned() }
    }
}
