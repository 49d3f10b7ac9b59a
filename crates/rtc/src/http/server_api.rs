//! LiveKit's server API (Twirp): calls with an API key are executed by the rooms and answered in the caller's encoding.

use std::sync::Arc;
use std::time::Duration;

use anteroom_app::{Admitted, Bearer, Error};
use anteroom_livekit as livekit;
use anteroom_livekit::server_api::{
    Caller, Code, Encoding, LONGEST_BODY, Method, TwirpError, read_request, write_response,
};
use anteroom_signalling::{ApiRequest, ApiResponse};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::state::RtcState;
use crate::rooms::{ApiCall, Command};

/// Time allowed for the request body.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// `POST /twirp/{service}/{method}`
pub(crate) async fn api_call(
    State(state): State<Arc<RtcState>>,
    Path((service, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    match state.handle(&service, &method, request).await {
        Ok((encoding, answer)) => {
            ([(header::CONTENT_TYPE, encoding.content_type())], write_response(&answer, encoding)).into_response()
        }
        Err(error) => error_response(&error),
    }
}

/// Any method but POST.
pub(crate) async fn method_not_allowed(request: Request) -> Response {
    let (verb, path) = (request.method().as_str(), request.uri().path());
    error_response(&TwirpError::bad_route(verb, path, format!("unsupported method \"{verb}\" (only POST is allowed)")))
}

/// CORS preflight: browsers may keep the answer for a day.
pub(crate) async fn preflight() -> impl IntoResponse {
    let headers = [(header::ACCESS_CONTROL_ALLOW_METHODS, "POST"), (header::ACCESS_CONTROL_MAX_AGE, "86400")];
    (StatusCode::NO_CONTENT, headers)
}

fn error_response(error: &TwirpError) -> Response {
    let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json")], error.body()).into_response()
}

impl RtcState {
    /// The body is read only after the caller is authenticated.
    async fn handle(
        &self,
        service: &str,
        method: &str,
        request: Request,
    ) -> Result<(Encoding, ApiResponse), TwirpError> {
        let method = Method::named(service, method)?;
        let headers = request.headers();
        let encoding = Encoding::of(text(headers, header::CONTENT_TYPE).unwrap_or_default(), request.uri().path())?;
        let token = text(headers, header::AUTHORIZATION);
        let caller = Caller::identify(&self.keys, token, self.clock.now().as_second())?;
        caller.may_call(method)?;
        let api_request = read_request(method, &caller, encoding, &read(request.into_body()).await?)?;
        Ok((encoding, self.execute(api_request).await?))
    }

    pub(crate) async fn execute(&self, mut request: ApiRequest) -> Result<ApiResponse, TwirpError> {
        if let Some(response) = self.directory.answer(&request) {
            return Ok(response?);
        }
        let may_open = match &mut request {
            ApiRequest::CreateRoom(options) => {
                options.sid = livekit::room_sid(&self.random_id());
                self.is_plain(&options.name).await?
            }
            _ => false,
        };
        let (reply, response) = oneshot::channel();
        let at_ms = self.clock.now().as_millisecond();
        let call = ApiCall { request, may_open, at_ms, reply };
        self.rooms.send(Command::Api(Box::new(call))).map_err(|_| shutting_down())?;
        Ok(response.await.map_err(|_| shutting_down())??)
    }

    /// True if the room is no consultation's: the admission check lets an empty identity into no consultation.
    async fn is_plain(&self, room: &str) -> Result<bool, TwirpError> {
        let nobody = Bearer { room: room.to_owned(), identity: String::new(), ticket_number: None };
        match self.admission.may_join(&nobody).await {
            Ok(admitted) => Ok(admitted == Admitted::TokenOnly),
            Err(Error::Busy) => Err(TwirpError::new(Code::Unavailable, "busy: try again")),
            Err(error @ Error::Unavailable(_)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "admission check failed");
                Err(TwirpError::new(Code::Unavailable, "the database is unavailable: try again"))
            }
            Err(error @ (Error::Store(_) | Error::Internal(_) | Error::Video(_))) => {
                tracing::error!(%error, "admission check failed");
                Err(TwirpError::new(Code::Internal, "the room could not be looked up"))
            }
            Err(_) => Ok(false),
        }
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

async fn read(body: Body) -> Result<Bytes, TwirpError> {
    let malformed = |why| TwirpError::new(Code::Malformed, why);
    let read =
        timeout(READ_TIMEOUT, to_bytes(body, LONGEST_BODY)).await.map_err(|_| malformed("the request is too slow"))?;
    read.map_err(|_| malformed("the request is cut off or longer than 10 MiB"))
}

fn shutting_down() -> TwirpError {
    TwirpError::new(Code::Unavailable, "the server is going down")
}
