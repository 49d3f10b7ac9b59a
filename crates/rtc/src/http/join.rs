//! `/rtc/v1` and `/rtc`: checks the token and the admission, registers with a media thread, then upgrades.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anteroom_app::{Admitted, Bearer};
use anteroom_livekit::{self as livekit, Claims, JoinRequest, JoinRequestError, SignalState};
use anteroom_room::{DisconnectReason, Grants, NewParticipant};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::oneshot;

use super::allowance::{Requester, Work};
use super::client_address::RequestAddress;
use super::error::JoinError;
use super::fanout::Audience;
use super::signal_socket;
use super::state::RtcState;
use crate::rooms::{Command, Join, JoinRefused, Joined, Resume};

/// The largest signalling message. Bytes. After a resume a client repeats two descriptions of up to 512 KiB.
const MAX_MESSAGE: usize = (1024 + 128) * 1024;

/// Metadata and attributes in a join request: the same limit as for a later update. Bytes.
const MAX_METADATA: usize = 64 * 1024;

/// The query parameters; the last of equal names counts.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Parameters(HashMap<String, String>);

impl Parameters {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

/// `GET /rtc/v1`
pub(crate) async fn join(
    State(state): State<Arc<RtcState>>,
    Query(parameters): Query<Parameters>,
    address: RequestAddress,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, JoinError> {
    let claims = state.claims(&parameters, &headers)?;
    let requester = state.begin_join(&claims, address, &parameters)?;
    let join_request = parameters.get("join_request").ok_or(JoinError::NoJoinRequest)?;
    let join_request = state.read_join_request(requester, join_request)?;
    state.admit_and_upgrade(claims, requester, join_request, upgrade).await
}

/// `GET /rtc`: dual peer connection, unless the client sends a join request.
pub(crate) async fn join_dual_pc(
    State(state): State<Arc<RtcState>>,
    Query(parameters): Query<Parameters>,
    address: RequestAddress,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, JoinError> {
    let claims = state.claims(&parameters, &headers)?;
    let requester = state.begin_join(&claims, address, &parameters)?;
    let join_request = match parameters.get("join_request") {
        Some(join_request) => state.read_join_request(requester, join_request)?,
        None => JoinRequest::from_query(|name| parameters.get(name)),
    };
    state.admit_and_upgrade(claims, requester, join_request, upgrade).await
}

/// `GET /rtc/v1/validate`: the same checks without joining.
pub(crate) async fn validate(
    State(state): State<Arc<RtcState>>,
    Query(parameters): Query<Parameters>,
    address: RequestAddress,
    headers: HeaderMap,
) -> Result<Response, JoinError> {
    let claims = state.claims(&parameters, &headers)?;
    state.begin_join(&claims, address, &parameters)?;
    let bearer = state.bearer(&claims);
    let admitted = state.admission.may_join(&bearer).await.map_err(JoinError::Admission)?;
    if !state.may_open_room(&admitted) && !state.directory.is_open(&bearer.room) {
        return Err(JoinError::Refused(JoinRefused::UnknownRoom));
    }
    Ok("success".into_response())
}

impl RtcState {
    /// Asks `Admission`, registers with a media thread; only then upgrades to a WebSocket.
    async fn admit_and_upgrade(
        self: Arc<Self>,
        claims: Claims,
        requester: Requester,
        mut join_request: JoinRequest,
        upgrade: Upgrade,
    ) -> Result<Response, JoinError> {
        if let Some(offer) = &mut join_request.offer {
            self.parse_offer(requester, &mut offer.sdp)?;
        }
        let evictions = self.evictions.load(Ordering::SeqCst);
        let upgrade = upgrade.map_err(|_| JoinError::NotAWebSocket)?;
        let upgrade = upgrade.max_message_size(MAX_MESSAGE).max_frame_size(MAX_MESSAGE);
        let bearer = self.bearer(&claims);
        let admitted = self.admission.may_join(&bearer).await.map_err(JoinError::Admission)?;

        let delay_answer = join_request.delay_answer;
        let joined = match self.clone().register(&claims, requester, &bearer, admitted, join_request).await? {
            Ok(joined) => joined,
            Err(JoinRefused::UnknownSession) => return Ok(upgrade.on_upgrade(signal_socket::reject_resume)),
            Err(refused) => return Err(JoinError::Refused(refused)),
        };
        // A participant was removed or a room closed during the admission check, maybe this one: check again.
        if self.evictions.load(Ordering::SeqCst) != evictions
            && let Err(error) = self.admission.may_join(&bearer).await
        {
            let _ = self.rooms.send(Command::Disconnect { session: joined.session, reason: DisconnectReason::Removed });
            return Err(JoinError::Admission(error));
        }
        Ok(upgrade
            .on_upgrade(move |socket| signal_socket::serve(socket, self, joined, claims, requester, delay_answer)))
    }

    /// Takes a join from the allowance of its seat and address.
    fn begin_join(
        &self,
        claims: &Claims,
        RequestAddress(address): RequestAddress,
        parameters: &Parameters,
    ) -> Result<Requester, JoinError> {
        let requester = self.allowances.requester(&claims.video.room, &claims.sub, address);
        self.take(requester, Work::Join)?;
        self.take(requester, Work::Message(parameters.get("join_request").map_or(0, str::len)))?;
        Ok(requester)
    }

    /// Reads the join request, which counts by its length without compression.
    fn read_join_request(&self, requester: Requester, parameter: &str) -> Result<JoinRequest, JoinError> {
        let bytes = JoinRequest::inflate(parameter).map_err(JoinError::JoinRequest)?;
        self.take(requester, Work::Message(bytes.len()))?;
        JoinRequest::decode(&bytes).map_err(JoinError::JoinRequest)
    }

    fn claims(&self, parameters: &Parameters, headers: &HeaderMap) -> Result<Claims, JoinError> {
        let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = header.and_then(|value| value.strip_prefix("Bearer "));
        let token = bearer.or(parameters.get("access_token")).ok_or(JoinError::NoToken)?;
        let claims = self.keys.verify(token, self.clock.now().as_second()).map_err(JoinError::Token)?;
        if !claims.video.room_join || claims.video.room.is_empty() {
            return Err(JoinError::NoJoinGrant);
        }
        if claims.sub.is_empty() {
            return Err(JoinError::Token(livekit::TokenError::Nobody));
        }
        Ok(claims)
    }

    fn bearer(&self, claims: &Claims) -> Bearer {
        Bearer {
            room: claims.video.room.clone(),
            identity: claims.sub.clone(),
            ticket_number: claims.anteroom.map(|claim| claim.ticket_number),
        }
    }

    /// Whether a join opens the room, if it is not open yet.
    fn may_open_room(&self, admitted: &Admitted) -> bool {
        self.auto_create_rooms || *admitted != Admitted::TokenOnly
    }

    async fn register(
        self: Arc<Self>,
        claims: &Claims,
        requester: Requester,
        bearer: &Bearer,
        admitted: Admitted,
        mut join_request: JoinRequest,
    ) -> Result<Result<Joined, JoinRefused>, JoinError> {
        let (reply, answer) = oneshot::channel();
        let (bearer, offer) = (bearer.clone(), join_request.offer.take());
        let command = match join_request.resume.take() {
            Some(sid) => Command::Resume(Box::new(Resume { bearer, sid, offer, reply })),
            None => {
                let add_tracks = std::mem::take(&mut join_request.add_tracks);
                let dual_pc = join_request.dual_pc;
                let unpublishable = std::mem::take(&mut join_request.unpublishable);
                let room_sid = self.may_open_room(&admitted).then(|| livekit::room_sid(&self.random_id()));
                let new_participant = self.new_participant(claims, admitted, join_request)?;
                self.take(requester, self.arrival(&bearer.room, &new_participant))?;
                let signalling = if dual_pc { SignalState::server_offers } else { SignalState::client_offers };
                let signalling = signalling(new_participant.sid.clone(), self.server_info.clone());
                let signalling = Box::new(signalling.without_publishing(unpublishable));
                let join = Join { bearer, new_participant, signalling, room_sid, add_tracks, offer, reply };
                Command::Join(Box::new(join))
            }
        };
        self.rooms.send(command).map_err(|_| JoinError::Stopped)?;
        answer.await.map_err(|_| JoinError::Stopped)
    }

    /// What the others are sent of a participant who joins.
    fn arrival(&self, room: &str, who: &NewParticipant) -> Work {
        let attributes = who.attributes.iter().map(|(key, value)| key.len() + value.len());
        let bytes = who.name.len() + who.metadata.len() + attributes.sum::<usize>();
        let (receivers, about) = self.directory.audience(room, who.identity.as_str());
        Audience::of(receivers, about.as_deref()).after(bytes).work()
    }

    /// Name, role and grants come from the admission check in a consultation, from the token elsewhere.
    fn new_participant(
        &self,
        claims: &Claims,
        admitted: Admitted,
        join_request: JoinRequest,
    ) -> Result<NewParticipant, JoinError> {
        if join_request.description_len() > MAX_METADATA {
            return Err(JoinError::JoinRequest(JoinRequestError::TooLarge));
        }
        let mut new_participant = NewParticipant {
            sid: livekit::participant_sid(&self.random_id()),
            identity: claims.sub.as_str().into(),
            name: claims.name.clone(),
            metadata: claims.metadata.clone(),
            attributes: claims.attributes.clone(),
            grants: claims.video.grants(),
            client: join_request.client,
            auto_subscribe: join_request.auto_subscribe,
            joined_at_ms: self.clock.now().as_millisecond(),
        };
        // Metadata of the join request counts only if the token allows to update it.
        if new_participant.grants.can_update_metadata {
            if !join_request.metadata.is_empty() {
                new_participant.metadata = join_request.metadata;
            }
            new_participant
                .attributes
                .extend(join_request.attributes.into_iter().filter(|(_, value)| !value.is_empty()));
        }
        if let Admitted::Participant { name, role } = admitted {
            new_participant.name = name.reveal().as_str().to_owned();
            new_participant.metadata = String::new();
            new_participant.attributes = [("role".to_owned(), role.as_str().to_owned())].into();
            new_participant.grants = Grants::default();
        }
        Ok(new_participant)
    }
}
