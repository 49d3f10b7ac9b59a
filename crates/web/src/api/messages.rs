//! `/api/v1/appointments/{id}/messages`: what became of each message.

use anteroom_app::messages;
use anteroom_domain::{AppointmentId, Delivery};
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::JsonResult;
use crate::WebState;
use crate::problem::ProblemBody;
use crate::request::auth::BearerToken;
use crate::request::extract::Path;

#[derive(Serialize, ToSchema)]
#[schema(as = Message)]
pub(super) struct MessageBody {
    /// `confirmed`, `cancelled` or `host_changed`.
    message: &'static str,
    /// The recipient, `par_…`.
    participant: String,
    /// `email`.
    channel: &'static str,
    /// `queued`, `accepted` (by the mail server), `failed`, `expired` (too late to be of use) or `outdated` (no longer
    /// true when it was due).
    state: &'static str,
    attempts: i64,
    /// Why the last attempt failed, in the words of the mail server.
    error: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    queued_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Messages)]
pub(super) struct MessagesBody {
    messages: Vec<MessageBody>,
}

/// The messages of an appointment to host and guest, and what became of them.
#[utoipa::path(
    get, path = "/appointments/{id}/messages", tag = "appointment", operation_id = "listMessages",
    params(("id" = String, Path, description = "`apt_…`")),
    responses((status = 200, body = MessagesBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn list(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<AppointmentId>,
) -> JsonResult<MessagesBody> {
    let deliveries = messages::deliveries(&web.app, &bearer.actor, id).await?;
    Ok(axum::Json(MessagesBody { messages: deliveries.iter().map(MessageBody::from).collect() }))
}

impl From<&Delivery> for MessageBody {
    fn from(delivery: &Delivery) -> Self {
        Self {
            message: delivery.key.message.as_str(),
            participant: delivery.key.participant.to_string(),
            channel: delivery.key.channel.as_str(),
            state: delivery.state.as_str(),
            attempts: delivery.attempts,
            error: delivery.last_error.as_ref().map(|error| error.reveal().clone()),
            queued_at: delivery.queued_at,
            changed_at: delivery.changed_at,
        }
    }
}
