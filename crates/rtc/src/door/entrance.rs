//! Coming in: token, house, hall, and only then the socket.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anteroom_app::{Admitted, Bearer};
use anteroom_dialect::livekit::{self, Claims, Knock, KnockError};
use anteroom_room::{Grants, Newcomer, ParticipantSid, Reason};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::oneshot;

use super::refusal::Refusal;
use super::{Porter, open_to_all, socket};
use crate::hall::{Command, Entered, Entering, NotEntered, Returning};
use crate::names;

/// The longest signalling message.
const LONGEST: usize = 2 * 1024 * 1024;

/// As much as somebody in the room may say of themselves later. Bytes.
const LONGEST_DESCRIPTION: usize = 64 * 1024;

/// The query; of a name that comes twice the last counts.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Parameters(HashMap<String, String>);

impl Parameters {
    fn named(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

/// `GET /rtc/v1`
pub(crate) async fn enter(
    State(porter): State<Arc<Porter>>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, Refusal> {
    let claims = porter.claims(&parameters, &headers)?;
    let knock = parameters.named("join_request").ok_or(Refusal::NoJoinRequest)?;
    let knock = Knock::read(knock).map_err(Refusal::Knock)?;
    porter.let_in(claims, knock, upgrade).await
}

/// `GET /rtc`: for clients that receive on a second connection, unless they bring a join request.
pub(crate) async fn enter_as_before(
    State(porter): State<Arc<Porter>>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, Refusal> {
    let claims = porter.claims(&parameters, &headers)?;
    let knock = match parameters.named("join_request") {
        Some(knock) => Knock::read(knock).map_err(Refusal::Knock)?,
        None => Knock::older(|name| parameters.named(name)),
    };
    porter.let_in(claims, knock, upgrade).await
}

/// `GET /rtc/v1/validate`: the same questions, without coming in.
pub(crate) async fn validate(
    State(porter): State<Arc<Porter>>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let claims = porter.claims(&parameters, &headers)?;
    let bearer = porter.bearer(&claims);
    porter.admission.may_enter(&bearer).await.map_err(Refusal::House)?;
    Ok(open_to_all("success".into_response()))
}

impl Porter {
    /// Token, house, hall, and only then the socket.
    async fn let_in(self: Arc<Self>, claims: Claims, knock: Knock, upgrade: Upgrade) -> Result<Response, Refusal> {
        let evictions = self.evictions.load(Ordering::SeqCst);
        let upgrade = upgrade.map_err(|_| Refusal::NotAWebSocket)?;
        let upgrade = upgrade.max_message_size(LONGEST).max_frame_size(LONGEST);
        let bearer = self.bearer(&claims);
        let welcome = self.admission.may_enter(&bearer).await.map_err(Refusal::House)?;

        let hasty = knock.hasty;
        let entered = match self.clone().into_hall(&claims, &bearer, welcome, knock).await? {
            Ok(entered) => entered,
            Err(NotEntered::Unknown) => return Ok(upgrade.on_upgrade(socket::send_away)),
            Err(refused) => return Err(Refusal::Hall(refused)),
        };
        // Somebody was put out while we asked. If it was this one, they must not slip in behind.
        if self.evictions.load(Ordering::SeqCst) != evictions
            && let Err(error) = self.admission.may_enter(&bearer).await
        {
            let _ = self.hall.send(Command::Expel { stay: entered.stay, reason: Reason::Removed });
            return Err(Refusal::House(error));
        }
        Ok(upgrade.on_upgrade(move |socket| socket::serve(socket, self, entered, claims, hasty)))
    }

    fn claims(&self, parameters: &Parameters, headers: &HeaderMap) -> Result<Claims, Refusal> {
        let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = header.and_then(|value| value.strip_prefix("Bearer "));
        let token = bearer.or(parameters.named("access_token")).ok_or(Refusal::NoToken)?;
        let claims = self.keys.verify(token, self.clock.now().as_second()).map_err(Refusal::Token)?;
        if !claims.video.room_join || claims.video.room.is_empty() {
            return Err(Refusal::NoRoom);
        }
        if claims.sub.is_empty() {
            return Err(Refusal::Token(livekit::TokenError::Nobody));
        }
        Ok(claims)
    }

    fn bearer(&self, claims: &Claims) -> Bearer {
        Bearer {
            room: claims.video.room.clone(),
            identity: claims.sub.clone(),
            ticket_number: claims.anteroom.map(|claim| claim.seat),
        }
    }

    async fn into_hall(
        self: Arc<Self>,
        claims: &Claims,
        bearer: &Bearer,
        welcome: Admitted,
        mut knock: Knock,
    ) -> Result<Result<Entered, NotEntered>, Refusal> {
        let (reply, answer) = oneshot::channel();
        let (bearer, offer) = (bearer.clone(), knock.offer.take());
        let command = match knock.resume.take() {
            Some(sid) => Command::Return(Box::new(Returning { bearer, sid, offer, reply })),
            None => {
                let drafts = std::mem::take(&mut knock.drafts);
                let two_connections = knock.two_connections;
                let newcomer = self.newcomer(claims, welcome, knock)?;
                Command::Enter(Box::new(Entering { bearer, newcomer, drafts, offer, two_connections, reply }))
            }
        };
        self.hall.send(command).map_err(|_| Refusal::Stopped)?;
        answer.await.map_err(|_| Refusal::Stopped)
    }

    /// In a consultation the house says who they are; elsewhere their token does.
    fn newcomer(&self, claims: &Claims, welcome: Admitted, knock: Knock) -> Result<Newcomer, Refusal> {
        if knock.says() > LONGEST_DESCRIPTION {
            return Err(Refusal::Knock(KnockError::TooLarge));
        }
        let chance = names::letters::<12>(&mut self.chance.lock().expect("no one panics while holding it"));
        let mut newcomer = Newcomer {
            sid: ParticipantSid::minted(&chance),
            identity: claims.sub.as_str().into(),
            name: claims.name.clone(),
            metadata: claims.metadata.clone(),
            attributes: claims.attributes.clone(),
            grants: claims.video.grants(),
            program: knock.program,
            auto_subscribe: knock.auto_subscribe,
            joined_at_ms: self.clock.now().as_millisecond(),
        };
        // What they say of themselves counts where their token lets them say it.
        if newcomer.grants.can_update_metadata {
            if !knock.metadata.is_empty() {
                newcomer.metadata = knock.metadata;
            }
            newcomer.attributes.extend(knock.attributes.into_iter().filter(|(_, value)| !value.is_empty()));
        }
        if let Admitted::Participant { name, role } = welcome {
            newcomer.name = name.reveal().as_str().to_owned();
            newcomer.metadata = String::new();
            newcomer.attributes = [("role".to_owned(), role.as_str().to_owned())].into();
            newcomer.grants = Grants::default();
        }
        Ok(newcomer)
    }
}
