//! `/api/v1/appointments`: list, book, confirm, cancel, create links, record what became of them.

use anteroom_app::appointment_lists::{Cursor, MAX_PART};
use anteroom_app::appointments::{AppointmentDetails, Booking, NewCompanion, Start};
use anteroom_app::{Error, appointment_lists, appointments, invitations, practices, records};
use anteroom_domain::{
    AppointmentId, Consultation, FieldError, Language, Outcome, Participant, Person, Policy, Role, UserId, WordingPack,
};
use anteroom_l10n::Catalogue;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{JsonResult, malformed};
use crate::WebState;
use crate::consultation::standing::ConsultationBody;
use crate::problem::{Problem, ProblemBody};
use crate::request::auth::BearerToken;
use crate::request::extract::{Json, Path, Query};

/// The default range of a list.
const DEFAULT_RANGE: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Serialize, ToSchema)]
#[schema(as = Appointment)]
pub(super) struct AppointmentBody {
    /// `apt_…`
    id: String,
    host: HostBody,
    guest: GuestBody,
    /// Who comes with the guest.
    companions: Vec<CompanionBody>,
    #[schema(value_type = String, format = DateTime)]
    starts_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
    minutes: u16,
    /// IANA time zone in which it was booked.
    zone: String,
    /// The start in that zone, as text.
    #[schema(example = "Friday 20 November 2026, 11:00")]
    local: String,
    /// The local time that was agreed, if rules of the zone have changed since and `starts_at` is another one now.
    #[schema(example = "2026-11-20T12:00:00")]
    agreed_local: Option<String>,
    /// `video` or `in_person`.
    kind: &'static str,
    /// `booked`, `confirmed`, `cancelled` or `completed`.
    status: &'static str,
    /// Its consultation; exists once it is confirmed.
    consultation: Option<ConsultationBody>,
    /// What became of it: `took_place`, `guest_did_not_come`, `host_did_not_come`, `technical_failure` or
    /// `did_not_take_place`. Null if it is not over, if it was cancelled, and if it is in person and nobody recorded it.
    outcome: Option<&'static str>,
    /// Set if a member of staff or an API client recorded the outcome; otherwise it is what attendance shows.
    recorded: Option<RecordedBody>,
    /// Who was connected when, as far as anyone was.
    attendance: Vec<AttendanceBody>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HostOfAppointment)]
struct HostBody {
    /// `usr_…`
    id: String,
    name: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Guest)]
struct GuestBody {
    name: String,
    email: String,
    phone: Option<String>,
    zone: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Companion)]
struct CompanionBody {
    name: String,
    /// Empty without one.
    email: String,
    phone: Option<String>,
    /// `par_…`, once the appointment is confirmed.
    participant: Option<String>,
}

#[derive(Default, Deserialize, Serialize, ToSchema)]
#[schema(as = NewCompanion)]
#[serde(default)]
struct NewCompanionBody {
    name: String,
    /// Receives their own link. Another address than that of guest, host and other companions. May be empty if there is a
    /// phone number: pass their link on then, it is not sent.
    email: String,
    /// With country code, or a number of the practice's country.
    phone: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Appointments)]
pub(super) struct AppointmentsBody {
    appointments: Vec<AppointmentBody>,
    /// Send it as `after` with the same range to read on; null at the end.
    next: Option<String>,
}

/// Who recorded an outcome.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordedOutcome)]
struct RecordedBody {
    /// `usr_…`, or the public part of an API key.
    by: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// When a participant was connected.
#[derive(Serialize, ToSchema)]
#[schema(as = Attendance)]
struct AttendanceBody {
    /// `par_…`
    participant: String,
    name: String,
    /// `host`, `guest` or `companion`.
    role: &'static str,
    /// In order of time; each is one connection.
    periods: Vec<PeriodBody>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Period)]
struct PeriodBody {
    #[schema(value_type = String, format = DateTime)]
    joined_at: Timestamp,
    /// Null while the connection is up.
    #[schema(value_type = Option<String>, format = DateTime)]
    left_at: Option<Timestamp>,
}

/// What became of an appointment.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = Outcome)]
#[serde(default)]
pub(super) struct OutcomeBody {
    /// `took_place`, `guest_did_not_come`, `host_did_not_come`, `technical_failure` or `did_not_take_place`.
    #[schema(example = "took_place")]
    outcome: String,
}

/// Unknown fields are ignored. An empty zone means the host's.
#[derive(Deserialize, ToSchema)]
#[schema(as = Booking)]
#[serde(default)]
#[derive(Default)]
pub(super) struct BookingBody {
    /// `usr_…`; optional for a host who books for themselves.
    host: Option<String>,
    guest_name: String,
    guest_email: String,
    /// With country code, or a number of the practice's country.
    guest_phone: String,
    /// IANA zone.
    guest_zone: String,
    /// Who comes with the guest: at most 3. Each gets a message with a link of their own, and is admitted singly.
    companions: Vec<NewCompanionBody>,
    /// An instant with offset (`2026-11-20T11:00:00+01:00`), or a wall time in `zone` (`2026-11-20T11:00`).
    #[schema(example = "2026-11-20T11:00")]
    starts_at: String,
    /// IANA zone.
    zone: String,
    /// 5 to 480.
    #[schema(example = 30)]
    minutes: Option<i64>,
    /// `video` or `in_person`.
    #[schema(example = "video")]
    kind: String,
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Range {
    /// Start of the range, inclusive (RFC 3339); default: now.
    from: Option<String>,
    /// End of the range, exclusive (RFC 3339); default: a week after `from`.
    to: Option<String>,
    /// Only appointments of this host.
    host: Option<String>,
    /// `next` of the part before.
    after: Option<String>,
    /// Maximum length of this part, 1 to 200; default: 200.
    limit: Option<String>,
}

/// Whose link to create.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = InvitationRequest)]
#[serde(default)]
pub(super) struct InvitationBody {
    /// `guest` or `host`.
    #[schema(example = "guest")]
    role: String,
    /// Instead of a role: the participant, `par_…`.
    participant: Option<String>,
    /// Ends all earlier links: their pages open nothing any more, and a connection made with one is removed.
    #[serde(default)]
    replace: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(super) struct LinkBody {
    /// Personal; returned only here.
    #[schema(example = "https://meet.example.org/join/…")]
    link: String,
}

/// Appointments in order of time: the caller's own, or all of them for administrators and API keys.
///
/// In parts: read on with `next`. What is booked or cancelled meanwhile shifts nothing.
#[utoipa::path(
    get, path = "/appointments", tag = "appointment", operation_id = "listAppointments", params(Range),
    responses((status = 200, body = AppointmentsBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn list(
    State(web): State<WebState>,
    bearer: BearerToken,
    Query(range): Query<Range>,
) -> JsonResult<AppointmentsBody> {
    let instant = |field, text: Option<String>| {
        text.map(|text| text.parse::<Timestamp>().map_err(|_| malformed(field))).transpose()
    };
    let from = instant("from", range.from)?.unwrap_or_else(|| web.app.clock.now());
    let to = instant("to", range.to)?.unwrap_or_else(|| from.saturating_add(DEFAULT_RANGE).unwrap_or(Timestamp::MAX));
    let host = range.host.map(|text| text.parse::<UserId>().map_err(|_| malformed("host"))).transpose()?;
    let after = range.after.map(|text| text.parse::<Cursor>().map_err(|_| malformed("after"))).transpose()?;
    let limit = match range.limit {
        Some(text) => text.parse().ok().filter(|limit| (1..=MAX_PART).contains(limit)).ok_or(malformed("limit"))?,
        None => MAX_PART,
    };
    let now = Now::of(&web).await?;
    let found = appointment_lists::part(&web.app, &bearer.actor, host, (from, to), after, limit).await?;
    Ok(axum::Json(AppointmentsBody {
        appointments: found.appointments.iter().map(|found| AppointmentBody::of(found, &now)).collect(),
        next: found.next.map(|cursor| cursor.to_string()),
    }))
}

/// Books an appointment: reserves the time, sends no message yet.
#[utoipa::path(
    post, path = "/appointments", tag = "appointment", operation_id = "bookAppointment", request_body = BookingBody,
    responses((status = 201, body = AppointmentBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn create(
    State(web): State<WebState>,
    bearer: BearerToken,
    Json(body): Json<BookingBody>,
) -> Result<Response, Problem> {
    let no_minutes = body.minutes.is_none();
    let found = match appointments::book(&web.app, &bearer.actor, booking(body)).await {
        Err(error @ Error::Invalid(_)) if no_minutes => {
            return Err(Problem::from(error).with_field_error("minutes", FieldError::Empty));
        }
        found => found?,
    };
    let location = format!("/api/v1/appointments/{}", found.appointment.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], axum::Json(AppointmentBody::in_web(&found, &web).await?))
        .into_response())
}

impl From<NewCompanionBody> for NewCompanion {
    fn from(body: NewCompanionBody) -> Self {
        Self::new(body.name, body.email, body.phone)
    }
}

fn booking(body: BookingBody) -> Booking {
    let is_exact = body.starts_at.trim().parse::<Timestamp>().is_ok();
    Booking {
        host: body.host,
        guest_name: body.guest_name.into(),
        guest_email: body.guest_email.into(),
        guest_phone: body.guest_phone.into(),
        guest_zone: body.guest_zone,
        companions: body.companions.into_iter().map(NewCompanion::from).collect(),
        starts: if is_exact { Start::Instant(body.starts_at) } else { Start::Local(body.starts_at) },
        zone: body.zone,
        minutes: body.minutes.unwrap_or(i64::MIN), // missing: a number that no rule accepts
        kind: body.kind,
    }
}

/// One appointment.
#[utoipa::path(
    get, path = "/appointments/{id}", tag = "appointment", operation_id = "readAppointment",
    params(("id" = String, Path, description = "`apt_…`")),
    responses((status = 200, body = AppointmentBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn show(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<AppointmentId>,
) -> JsonResult<AppointmentBody> {
    let found = appointments::fetch(&web.app, &bearer.actor, id).await?;
    Ok(axum::Json(AppointmentBody::in_web(&found, &web).await?))
}

/// Confirms it: host and guest each get a message with their link. Repeating it sends nothing.
#[utoipa::path(
    post, path = "/appointments/{id}/confirmation", tag = "appointment", operation_id = "confirmAppointment",
    params(("id" = String, Path, description = "`apt_…`")),
    responses((status = 200, body = AppointmentBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn confirm(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<AppointmentId>,
) -> JsonResult<AppointmentBody> {
    let found = appointments::confirm(&web.app, &bearer.actor, id).await?;
    Ok(axum::Json(AppointmentBody::in_web(&found, &web).await?))
}

/// Cancels it. Everyone who got a confirmation gets a message.
#[utoipa::path(
    post, path = "/appointments/{id}/cancellation", tag = "appointment", operation_id = "cancelAppointment",
    params(("id" = String, Path, description = "`apt_…`")),
    responses((status = 200, body = AppointmentBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn cancel(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<AppointmentId>,
) -> JsonResult<AppointmentBody> {
    let found = appointments::cancel(&web.app, &bearer.actor, id).await?;
    Ok(axum::Json(AppointmentBody::in_web(&found, &web).await?))
}

/// Records what became of it, in place of what attendance shows. Refused until it is over (`not_over`).
#[utoipa::path(
    put, path = "/appointments/{id}/outcome", tag = "appointment", operation_id = "recordOutcome", request_body = OutcomeBody,
    params(("id" = String, Path, description = "`apt_…`")),
    responses((status = 200, body = AppointmentBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn record_outcome(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<AppointmentId>,
    Json(body): Json<OutcomeBody>,
) -> JsonResult<AppointmentBody> {
    let found = records::record_outcome(&web.app, &bearer.actor, id, &body.outcome).await?;
    Ok(axum::Json(AppointmentBody::in_web(&found, &web).await?))
}

/// Creates a new personal link for guest or companion, or for the host if they ask for it themselves. Earlier links keep
/// working unless `replace` is true.
#[utoipa::path(
    post, path = "/appointments/{id}/invitations", tag = "appointment", operation_id = "inviteAgain", request_body = InvitationBody,
    params(("id" = String, Path, description = "`apt_…`")),
    responses((status = 201, body = LinkBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn invite(
    State(web): State<WebState>,
    bearer: BearerToken,
    Path(id): Path<AppointmentId>,
    Json(body): Json<InvitationBody>,
) -> Result<(StatusCode, axum::Json<LinkBody>), Problem> {
    if let Some(participant) = body.participant {
        let participant = participant.parse().map_err(|_| malformed("participant"))?;
        let link = if body.replace {
            invitations::replace_for(&web.app, &bearer.actor, id, participant).await?
        } else {
            invitations::reissue_to(&web.app, &bearer.actor, id, participant).await?
        };
        return Ok((StatusCode::CREATED, axum::Json(LinkBody { link })));
    }
    let role = match body.role.as_str() {
        "guest" => Role::Guest,
        "host" => Role::Host,
        _ => return Err(Error::field("role", FieldError::UnknownChoice).into()),
    };
    let link = if body.replace {
        invitations::replace(&web.app, &bearer.actor, id, role).await?
    } else {
        invitations::reissue(&web.app, &bearer.actor, id, role).await?
    };
    Ok((StatusCode::CREATED, axum::Json(LinkBody { link })))
}

/// What an outcome depends on besides the appointment.
struct Now {
    policy: Policy,
    at: Timestamp,
}

impl Now {
    async fn of(web: &WebState) -> Result<Self, Problem> {
        Ok(Self { policy: practices::fetch(&web.app).await?.policy, at: web.app.clock.now() })
    }
}

impl AppointmentBody {
    pub(super) async fn in_web(found: &AppointmentDetails, web: &WebState) -> Result<Self, Problem> {
        Ok(Self::of(found, &Now::of(web).await?))
    }

    fn of(found: &AppointmentDetails, now: &Now) -> Self {
        let AppointmentDetails { appointment, consultation, host } = found;
        let guest = &appointment.guest;
        let english = Catalogue::of(Language::En, WordingPack::General); // whatever language the client asks for
        Self {
            id: appointment.id.to_string(),
            host: HostBody { id: host.id.to_string(), name: host.name.reveal().as_str().to_owned() },
            guest: GuestBody {
                name: guest.name.reveal().as_str().to_owned(),
                email: guest.email().map(|email| email.reveal().as_str().to_owned()).unwrap_or_default(),
                phone: guest.phone().map(|phone| phone.reveal().as_str().to_owned()),
                zone: guest.zone.name().to_owned(),
            },
            companions: appointment.companions.iter().map(|person| companion(person, consultation.as_ref())).collect(),
            starts_at: appointment.starts.at,
            ends_at: appointment.ends_at(),
            minutes: appointment.length.minutes(),
            zone: appointment.starts.zone.name().to_owned(),
            local: english.date_time(appointment.starts.at, &appointment.starts.zone),
            agreed_local: (!appointment.starts.agrees()).then(|| appointment.starts.local.to_string()),
            kind: appointment.kind.as_str(),
            status: appointment.status.as_str(),
            consultation: consultation.as_ref().map(ConsultationBody::of_consultation),
            outcome: consultation
                .as_ref()
                .and_then(|of| of.outcome(appointment, &now.policy, now.at))
                .map(Outcome::as_str),
            recorded: consultation
                .as_ref()
                .and_then(|of| of.recorded.as_ref())
                .map(|recorded| RecordedBody { by: recorded.by.to_string(), at: recorded.at }),
            attendance: consultation.as_ref().map(|of| attendance(of, now.at)).unwrap_or_default(),
        }
    }
}

fn attendance(of: &Consultation, now: Timestamp) -> Vec<AttendanceBody> {
    let of_participant = |participant: &Participant| AttendanceBody {
        participant: participant.id.to_string(),
        name: participant.name.reveal().as_str().to_owned(),
        role: participant.role.as_str(),
        periods: of
            .attendance(participant, now)
            .into_iter()
            .map(|period| {
                let is_up = of.is_live() && participant.connected_since == Some(period.arrived_at);
                PeriodBody { joined_at: period.arrived_at, left_at: (!is_up).then_some(period.departed_at) }
            })
            .collect(),
    };
    of.participants.iter().map(of_participant).filter(|participant| !participant.periods.is_empty()).collect()
}

fn companion(person: &Person, consultation: Option<&Consultation>) -> CompanionBody {
    let participants = consultation.iter().flat_map(|consultation| &consultation.participants);
    let participant = participants.into_iter().find(|participant| participant.person == Some(person.id));
    CompanionBody {
        name: person.name.reveal().as_str().to_owned(),
        email: person.email().map(|email| email.reveal().as_str().to_owned()).unwrap_or_default(),
        phone: person.phone().map(|phone| phone.reveal().as_str().to_owned()),
        participant: participant.map(|participant| participant.id.to_string()),
    }
}
