//! The endpoints of one consultation, mounted once for each [`AuthMethod`]: personal link, login, bearer token.

pub(crate) mod seat_streams;
pub(crate) mod standing;

use anteroom_app::presence::{self, OpenPage};
use anteroom_app::tickets::TicketRequest;
use anteroom_app::{ConsultationWatch, Standing, consultations, tickets, waiting_room};
use anteroom_domain::{FieldError, ParticipantId};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::response::sse::Event;
use axum::{Extension, middleware};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::consultation::seat_streams::StreamHolder;
use crate::consultation::standing::StandingBody;
use crate::problem::{Problem, ProblemBody, content_negotiation};
use crate::request::auth::{AuthMethod, RequestCaller};
use crate::request::client_address::ClientAddress;
use crate::request::extract::{Json, Query};
use crate::routes::RouteTable;
use crate::sse::{Live, StreamCaller, Update, Watcher};
use crate::{WebState, sse};

type JsonResult<T> = Result<axum::Json<T>, Problem>;

impl RequestCaller {
    /// Whose limits apply.
    fn stream_holder(&self) -> StreamHolder {
        StreamHolder::new(self.consultation, &self.actor)
    }

    fn body(&self, standing: &Standing) -> StandingBody {
        StandingBody::of(standing, self.words(standing), self.tab)
    }
}

/// Mounts the endpoints for links and logins; the API mounts its own (see [`endpoints`]).
pub(crate) fn routes(mut routes: RouteTable) -> RouteTable {
    for (path, method) in [("/join/{secret}", AuthMethod::Link), ("/appointments/{id}/consultation", AuthMethod::Login)]
    {
        let nested = OpenApiRouter::new().nest(path, endpoints(method));
        (routes, _) = routes.described(nested);
    }
    routes
}

/// The endpoints of one consultation, for callers authenticated by `method`.
pub(crate) fn endpoints(method: AuthMethod) -> OpenApiRouter<WebState> {
    OpenApiRouter::new()
        .routes(routes!(state))
        .routes(routes!(watch))
        .routes(routes!(answer_beat))
        .routes(routes!(enter, leave))
        .routes(routes!(start))
        .routes(routes!(admit))
        .routes(routes!(decline))
        .routes(routes!(expel))
        .routes(routes!(answer_question))
        .routes(routes!(end))
        .routes(routes!(ticket))
        .layer(Extension(method))
        .layer(middleware::from_fn(content_negotiation::ask_for_json))
}

/// The participant to admit or decline.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = Choice)]
pub(crate) struct ParticipantBody {
    #[schema(example = "par_0199f0c2b6d07a3e8b1c2d3e4f506172")]
    participant: String,
}

impl ParticipantBody {
    fn id(&self) -> Result<ParticipantId, Problem> {
        let wrong = if self.participant.is_empty() { FieldError::Empty } else { FieldError::Malformed };
        self.participant.parse().map_err(|_| Problem::invalid(vec![("participant".into(), wrong)]))
    }
}

/// Credentials for connecting this device to the room, valid for some minutes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ticket)]
pub(crate) struct TicketBody {
    /// The URL to connect to.
    #[schema(example = "wss://meet.example.org")]
    url: String,
    token: String,
    room_name: String,
    /// Opaque; contains no personal data.
    identity: String,
    /// Seconds.
    expires_in: i64,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// The current standing.
#[utoipa::path(
    get, path = "/state", tag = "consultation", operation_id = "readConsultation",
    params(("id" = String, Path, description = "`con_…`"), ("tab" = Option<String>, Query, description = "Names the page that asks: 32 random hexadecimal digits. It is told whether it has the seat.")),
    responses((status = 200, body = StandingBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
async fn state(State(web): State<WebState>, caller: RequestCaller) -> JsonResult<StandingBody> {
    web.limits.seat_read(&caller.stream_holder())?;
    let standing = consultations::standing(&web.app, &caller.actor, caller.consultation).await?;
    if caller.actor.takes_part() {
        presence::asked(&web.app, &standing);
    }
    Ok(axum::Json(caller.body(&standing)))
}

/// SSE stream of the standing, at once and after each change: events named `standing`, each with the JSON of `/state`.
///
/// A participant may have four streams open: a further one ends the oldest, whose last event is `superseded`.
#[utoipa::path(
    get, path = "/live", tag = "consultation", operation_id = "watchConsultation",
    params(("id" = String, Path, description = "`con_…`"), ("tab" = Option<String>, Query, description = "Names the page that asks: 32 random hexadecimal digits. It is told whether it has the seat.")),
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
async fn watch(
    State(web): State<WebState>,
    from: ClientAddress,
    caller: RequestCaller,
    parts: Parts,
) -> Result<Response, Problem> {
    let slot = web.limits.stream(from)?;
    let watch = ConsultationWatch::new(&web.app, caller.consultation);
    let seat = web.seat_streams.open(caller.stream_holder(), web.config.quotas.streams_per_seat);
    let caller = StreamCaller::new(&web, &caller, parts);
    sse::stream(Watcher::new(&web, slot).with_seat(seat), ConsultationLive { web, watch, caller, page: None }).await
}

/// The stream of [`watch`].
struct ConsultationLive {
    web: WebState,
    watch: ConsultationWatch,
    caller: StreamCaller<RequestCaller>,
    /// The participant is present as long as the stream is open. None for an API client that only reads.
    page: Option<OpenPage>,
}

impl Live for ConsultationLive {
    fn beat(&self) -> String {
        self.page.as_ref().map_or_else(|| "ok".to_owned(), |page| page.token().to_string())
    }

    async fn changed(&mut self) {
        tokio::select! {
            () = self.watch.changed() => {}
            () = self.caller.changed() => {}
        }
    }

    async fn load(&mut self) -> Result<Update, Problem> {
        let links = self.watch.links(&self.web.app).await?;
        let caller = self.caller.current(&self.web, links).await?;
        let standing = self.watch.standing(&self.web.app, &caller.actor).await?;
        if caller.actor.takes_part() {
            self.page.get_or_insert_with(|| OpenPage::new(&self.web.app, &standing)).show(&standing);
        }
        let event = Event::default().event("standing").json_data(caller.body(&standing));
        Ok(Update { event: Some(event.map_err(|_| Problem::internal())?), changes_at: standing.changes_at })
    }
}

/// The answer of a page to a beat of its stream.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = BeatAnswer)]
pub(crate) struct BeatAnswer {
    /// The data of the event `beat`.
    page: String,
    /// Whether the page is in front: not hidden by another tab or application.
    visible: bool,
}

/// Answers a beat of the stream: the participant is still there. A client that never answers is present as long as its
/// stream is open; one that stops answering is not. The token is the credential: only the stream has sent it.
#[utoipa::path(
    post, path = "/presence", tag = "consultation", operation_id = "answerBeat", request_body = BeatAnswer,
    params(("id" = String, Path, description = "`con_…`")),
    responses((status = 204), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
async fn answer_beat(
    State(web): State<WebState>,
    from: ClientAddress,
    Json(body): Json<BeatAnswer>,
) -> Result<StatusCode, Problem> {
    let answered = body.page.parse().map(|page| presence::answered(&web.app, page, body.visible));
    if !matches!(answered, Ok(Ok(()))) {
        web.limits.wrong_secret(from)?;
        return Err(Problem::not_found());
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A guest enters the waiting room. Repeating it changes nothing, except that the seat moves to the page that asks.
#[utoipa::path(
    post, path = "/entry", tag = "consultation", operation_id = "enterWaitingRoom",
    params(("id" = String, Path, description = "`con_…`"), ("tab" = Option<String>, Query, description = "Names the page that asks: 32 random hexadecimal digits. It is told whether it has the seat.")),
    responses((status = 200, body = StandingBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
async fn enter(State(web): State<WebState>, caller: RequestCaller) -> JsonResult<StandingBody> {
    web.limits.seat_write(&caller.stream_holder())?;
    let standing = waiting_room::enter(&web.app, &caller.actor, caller.consultation, caller.tab).await?;
    presence::asked(&web.app, &standing);
    Ok(axum::Json(caller.body(&standing)))
}

/// A guest leaves the waiting room or the call. From a page that does not have the seat any more this changes nothing.
#[utoipa::path(
    delete, path = "/entry", tag = "consultation", operation_id = "leaveConsultation",
    params(("id" = String, Path, description = "`con_…`")),
    responses((status = 200, body = StandingBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
async fn leave(State(web): State<WebState>, caller: RequestCaller) -> JsonResult<StandingBody> {
    web.limits.seat_write(&caller.stream_holder())?;
    let standing = waiting_room::leave(&web.app, &caller.actor, caller.consultation, caller.tab).await?;
    Ok(axum::Json(caller.body(&standing)))
}

/// The host starts the consultation; waiting guests are admitted.
#[utoipa::path(
    post, path = "/opening", tag = "consultation", operation_id = "startConsultation",
    params(("id" = String, Path, description = "`con_…`")),
    responses((status = 200, body = StandingBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
async fn start(State(web): State<WebState>, caller: RequestCaller) -> JsonResult<StandingBody> {
    let standing = consultations::start(&web.app, &caller.actor, caller.consultation).await?;
    Ok(axum::Json(caller.body(&standing)))
}

/// The host lets a waiting guest in.
#[utoipa::path(
    post, path = "/admissions", tag = "consultation", operation_id = "admitGuest", request_body = ParticipantBody,
    params(("id" = String, Path, description = "`con_…`")),
    responses((status = 200, body = StandingBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
async fn admit(
    State(web): State<WebState>,
    caller: RequestCaller,
    Json(body): Json<ParticipantBody>,
) -> JsonResult<StandingBody> {
    let standing = waiting_room::admit(&web.app, &caller.actor, caller.consultation, body.id()?).await?;
    Ok(axum::Json(caller.body(&standing)))
}

/// The host declines a guest.
#[utoipa::path(
    post, path = "/refusals", tag = "consultation", operation_id = "declineGuest", request_body = ParticipantBody,
    params(("id" = String, Path, description = "`con_…`")),
    responses((status = 200, body = StandingBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
async fn decline(
    State(web): State<WebState>,
    caller: RequestCaller,
    Json(body): Json<ParticipantBody>,
) -> JsonResult<StandingBody> {
    let standing = waiting_room::decline(&web.app, &caller.actor, caller.consultation, body.id()?).await?;
    Ok(axum::Json(caller.body(&standing)))
}

/// The host puts out a guest, who may be another person with their link: they are removed, and all their links end. A new
/// link is made for the appointment.
#[utoipa::path(
    post, path = "/expulsions", tag = "consultation", operation_id = "expelGuest", request_body = ParticipantBody,
    params(("id" = String, Path, description = "`con_…`")),
    responses((status = 200, body = StandingBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
async fn expel(
    State(web): State<WebState>,
    caller: RequestCaller,
    Json(body): Json<ParticipantBody>,
) -> JsonResult<StandingBody> {
    let standing = waiting_room::expel(&web.app, &caller.actor, caller.consultation, body.id()?).await?;
    Ok(axum::Json(caller.body(&standing)))
}

/// Ends the consultation for everyone; it cannot be started again.
#[utoipa::path(
    post, path = "/closure", tag = "consultation", operation_id = "endConsultation",
    params(("id" = String, Path, description = "`con_…`")),
    responses((status = 200, body = StandingBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
async fn end(State(web): State<WebState>, caller: RequestCaller) -> JsonResult<StandingBody> {
    let standing = consultations::end(&web.app, &caller.actor, caller.consultation).await?;
    Ok(axum::Json(caller.body(&standing)))
}

/// Answers that the caller is still there, if a call that runs long past its planned end asks (`answer_until`). Without an
/// answer of anyone it ends. Repeating it changes nothing.
#[utoipa::path(
    post, path = "/still-there", tag = "consultation", operation_id = "answerStillThere",
    params(("id" = String, Path, description = "`con_…`")),
    responses((status = 200, body = StandingBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
async fn answer_question(State(web): State<WebState>, caller: RequestCaller) -> JsonResult<StandingBody> {
    web.limits.seat_write(&caller.stream_holder())?;
    let standing = consultations::answer_still_there(&web.app, &caller.actor, caller.consultation).await?;
    Ok(axum::Json(caller.body(&standing)))
}

/// How a page requests a ticket.
#[derive(Deserialize)]
struct TicketParameters {
    /// It follows a tap.
    #[serde(default)]
    take: bool,
}

/// Issues a ticket for this page. One that is connected with an older ticket is disconnected. Who has their seat at another
/// page is refused (`superseded`): a guest moves by entering again, a host with `take`.
#[utoipa::path(
    post, path = "/tickets", tag = "consultation", operation_id = "takeSeat",
    params(("id" = String, Path, description = "`con_…`"), ("tab" = Option<String>, Query, description = "Names the page that asks: 32 random hexadecimal digits. It is told whether it has the seat."), ("take" = Option<bool>, Query, description = "Follows a tap: a host goes on at this page.")),
    responses((status = 200, body = TicketBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
async fn ticket(
    State(web): State<WebState>,
    Query(TicketParameters { take }): Query<TicketParameters>,
    caller: RequestCaller,
) -> JsonResult<TicketBody> {
    let request = TicketRequest { tab: caller.tab, takes_seat: take, session: caller.session.as_ref() };
    let issued = tickets::issue_for(&web.app, &caller.actor, caller.consultation, request).await?;
    Ok(axum::Json(TicketBody {
        url: issued.ticket.url,
        token: issued.ticket.token.reveal().clone(),
        room_name: issued.grant.room.to_string(),
        identity: issued.grant.participant.to_string(),
        expires_in: issued.expires_in.as_secs(),
        expires_at: issued.ticket.expires_at,
    }))
}
