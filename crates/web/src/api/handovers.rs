//! `/api/v1/appointments/{id}/host` and `/api/v1/users/{id}/handover`: appointments get another host.

use anteroom_app::handovers;
use anteroom_domain::{AppointmentId, UserId};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::JsonResult;
use super::appointments::AppointmentBody;
use crate::WebState;
use crate::problem::ProblemBody;
use crate::request::auth::BearerToken;
use crate::request::extract::{Json, Path};

#[derive(Default, Deserialize, ToSchema)]
#[schema(as = NewHost)]
#[serde(default)]
pub(super) struct NewHostBody {
    /// `usr_…`, who is active.
    host: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HandedOver)]
pub(super) struct HandedOverBody {
    /// Number of appointments that have the new host.
    moved: usize,
    /// Number of those that keep their host: the new one has an appointment at that time or comes to it as a guest, or they
    /// have started.
    kept: usize,
    /// Number of appointments that the host before has still to come.
    upcoming_appointments: i64,
}

/// Gives an appointment to another host: links of the host before end, the new one gets a message, and the others one if
/// the name that they read changes. For administrators. Refused once it has started, and if the new host has an
/// appointment at that time (`double_booked`) or the e-mail address of a person who comes (`host_comes_as_guest`).
#[utoipa::path(
    post, path = "/appointments/{id}/host", tag = "appointment", operation_id = "changeHost", request_body = NewHostBody,
    params(("id" = String, Path, description = "`apt_…`")),
    responses((status = 200, body = AppointmentBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn change_host(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<AppointmentId>,
    Json(body): Json<NewHostBody>,
) -> JsonResult<AppointmentBody> {
    let found = handovers::hand_over(&web.app, &bearer.actor, id, &body.host).await?;
    Ok(axum::Json(AppointmentBody::in_web(&found, &web).await?))
}

/// The same for what a host has still to come, at most 500 at once, also if the host is deactivated. For administrators.
#[utoipa::path(
    post, path = "/users/{id}/handover", tag = "appointment", operation_id = "handOver", request_body = NewHostBody,
    params(("id" = String, Path, description = "`usr_…`")),
    responses((status = 200, body = HandedOverBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn hand_over(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<UserId>,
    Json(body): Json<NewHostBody>,
) -> JsonResult<HandedOverBody> {
    let done = handovers::hand_over_all(&web.app, &bearer.actor, id, &body.host).await?;
    let upcoming_appointments = anteroom_app::users::upcoming(&web.app, &bearer.actor, id).await?;
    Ok(axum::Json(HandedOverBody { moved: done.moved, kept: done.kept, upcoming_appointments }))
}
