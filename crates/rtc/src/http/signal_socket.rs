//! The signal socket, one signalling connection (WebSocket): requests to the rooms, within a rate limit, and frames to the client.

use std::sync::Arc;
use std::time::Duration;

use anteroom_livekit::{self as livekit, Claims, SignalRequest};
use anteroom_room::Participant;
use anteroom_signalling::{ClientRequest, Frame};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, timeout};

use super::allowance::{Requester, Work};
use super::fanout::{self, Audience};
use super::refused::Refused;
use super::state::RtcState;
use crate::rooms::{Command, Joined, SessionSocket};

const PING_INTERVAL: Duration = Duration::from_secs(10);
/// Clients send a ping every 5 s. Without any message for this long the client is gone, even if TCP does not notice.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// A write that takes longer counts as a lost connection.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause after the join response for clients that miss an answer sent right after it. Long enough on a busy machine.
const ANSWER_DELAY: Duration = Duration::from_millis(100);
/// Time allowed for the client's close frame after ours: one round trip.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);
/// How often a fresh token is sent, so that the client can reconnect after the first one has expired.
const REFRESH_INTERVAL: Duration = Duration::from_secs(300);
const MIN_TOKEN_SECONDS: i64 = 600;

/// The session to resume is unknown: asks the client for a full reconnect.
pub(crate) async fn reject_resume(mut socket: WebSocket) {
    let leave = websocket_message(livekit::state_mismatch());
    let _ = timeout(WRITE_TIMEOUT, socket.send(leave)).await;
    let _ = timeout(WRITE_TIMEOUT, socket.send(close_frame())).await;
}

/// Runs until either side closes.
pub(crate) async fn serve(
    socket: WebSocket,
    state: Arc<RtcState>,
    joined: Joined,
    claims: Claims,
    requester: Requester,
    delay_answer: bool,
) {
    let Joined { session, mut frames, mut info } = joined;
    let mut signal = SignalSocket { socket, state, session, claims, requester, uses_json: false, changed: 0 };
    let mut pings = interval_at(Instant::now() + PING_INTERVAL, PING_INTERVAL);
    let mut refreshes = interval(REFRESH_INTERVAL);
    refreshes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut received_at = Instant::now();
    // Clients expect the join or reconnect response first: nothing may overtake it.
    let mut open = match frames.recv().await {
        Some(frame) => signal.send(frame).await,
        None => false,
    };
    if delay_answer {
        #[expect(
            clippy::disallowed_methods,
            reason = "works around a race in the client: there is no event to wait for"
        )]
        tokio::time::sleep(ANSWER_DELAY).await;
    }
    while open {
        open = tokio::select! {
            biased;
            frame = frames.recv() => match frame {
                Some(frame) => signal.send(frame).await,
                None => false,
            },
            message = signal.socket.recv() => {
                received_at = Instant::now();
                signal.receive(message).await
            }
            Ok(()) = info.changed() => {
                let info = info.borrow_and_update().clone();
                signal.update_claims(info.as_deref()).await
            }
            _ = refreshes.tick() => signal.refresh().await,
            _ = pings.tick() => {
                received_at.elapsed() < IDLE_TIMEOUT && signal.send_message(Message::Ping(Vec::new().into())).await
            }
        };
    }
    let _ = signal.state.rooms.send(Command::SignalClosed(signal.session.clone()));
    // Frames that are queued already are still sent, above all the leave message with its reason.
    frames.close();
    while let Some(frame) = frames.try_recv() {
        if !signal.send(frame).await {
            break;
        }
    }
    signal.send_message(close_frame()).await;
    signal.await_close().await;
}

/// Browsers report a close without a status code as a broken connection.
fn close_frame() -> Message {
    Message::Close(Some(CloseFrame { code: close_code::NORMAL, reason: Utf8Bytes::default() }))
}

fn websocket_message(frame: Frame) -> Message {
    match frame {
        Frame::Text(text) => Message::Text(text.into()),
        Frame::Binary(bytes) => Message::Binary(bytes.into()),
    }
}

struct SignalSocket {
    socket: WebSocket,
    state: Arc<RtcState>,
    session: SessionSocket,
    claims: Claims,
    /// The client sends JSON and is answered in JSON.
    uses_json: bool,
    requester: Requester,
    /// Bytes of the last change of its own name, metadata and attributes, which may not be listed yet.
    changed: usize,
}

impl SignalSocket {
    /// False when the socket is to close.
    async fn receive(&mut self, message: Option<Result<Message, axum::Error>>) -> bool {
        let message = match message {
            Some(Ok(message @ (Message::Binary(_) | Message::Text(_)))) => message,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return true,
            Some(Ok(Message::Close(_)) | Err(_)) | None => return false,
        };
        match self.read(message) {
            Ok(SignalRequest::Ping(_)) => self.send(livekit::pong(self.now_ms())).await,
            Ok(SignalRequest::PingReq(theirs)) => self.send(livekit::pong_resp(theirs, self.now_ms())).await,
            Ok(SignalRequest::Denied(answer)) => self.send(answer).await,
            Ok(SignalRequest::Nothing) => true,
            Ok(SignalRequest::Client(request)) => {
                let session = self.session.clone();
                self.state.rooms.send(Command::Request { session, request }).is_ok()
            }
            Err(refused) => {
                tracing::info!(session = %self.session.sid, %refused, "signalling message refused");
                // The room sends a leave message with this reason and drops the session; the socket stays open until
                // then.
                let command = Command::Disconnect { session: self.session.clone(), reason: refused.reason() };
                self.state.rooms.send(command).is_ok()
            }
        }
    }

    /// Decodes a message within the allowance, which is counted before the work is done.
    fn read(&mut self, message: Message) -> Result<SignalRequest, Refused> {
        let mut request = match message {
            Message::Text(text) => {
                self.state.take(self.requester, Work::Message(text.len()))?;
                let bytes = SignalRequest::from_json(&text)?;
                self.uses_json = true;
                SignalRequest::read(&bytes)?
            }
            message => {
                let bytes = message.into_data();
                self.state.take(self.requester, Work::Message(bytes.len()))?;
                SignalRequest::read(&bytes)?
            }
        };
        if let SignalRequest::Client(request) = &mut request {
            match &mut **request {
                ClientRequest::Offer(offer) => self.state.parse_offer(self.requester, &mut offer.sdp)?,
                ClientRequest::Answer(answer) => self.state.parse_answer(self.requester, &mut answer.sdp)?,
                _ => {}
            }
            self.take_effect(request)?;
        }
        Ok(request)
    }

    /// Takes what the request causes for others from the allowance.
    fn take_effect(&mut self, request: &ClientRequest) -> Result<(), Refused> {
        if let ClientRequest::UpdateMetadata { change, .. } = request {
            self.changed = fanout::size(change);
        }
        let (receivers, about) = self.state.directory.audience(&self.claims.video.room, &self.claims.sub);
        let audience = Audience::of(receivers, about.as_deref()).after(self.changed);
        fanout::effect(request, audience).map_or(Ok(()), |work| self.state.take(self.requester, work))
    }

    fn now_ms(&self) -> i64 {
        self.state.clock.now().as_millisecond()
    }

    /// Reads until the client has closed as well. Closing with unread data makes TCP reset the connection, and the
    /// browser would report an error instead of our close frame.
    async fn await_close(&mut self) {
        let _ = timeout(CLOSE_TIMEOUT, async { while let Some(Ok(_)) = self.socket.recv().await {} }).await;
    }

    /// Changes made through the server API must survive a reconnect, so they go into a new token. Not in a
    /// consultation: there the admission check supplies name and role at every join.
    async fn update_claims(&mut self, info: Option<&Participant>) -> bool {
        let amended = info.filter(|_| self.claims.anteroom.is_none()).and_then(|info| self.claims.amended(info));
        let Some(amended) = amended else { return true };
        self.claims = amended;
        self.refresh().await
    }

    async fn refresh(&mut self) -> bool {
        let now = self.state.clock.now().as_second();
        let remaining = self.claims.exp.unwrap_or_default() as i64 - now;
        let until = now + remaining.max(MIN_TOKEN_SECONDS);
        let claims = Claims { exp: Some(until as f64), ..self.claims.clone() };
        let token = self.state.keys.mint(&claims);
        self.send(livekit::refresh_token(token)).await
    }

    async fn send(&mut self, frame: Frame) -> bool {
        let frame = match frame {
            Frame::Binary(bytes) if self.uses_json => {
                livekit::as_json(&bytes).map_or(Frame::Binary(bytes), Frame::Text)
            }
            frame => frame,
        };
        self.send_message(websocket_message(frame)).await
    }

    async fn send_message(&mut self, message: Message) -> bool {
        matches!(timeout(WRITE_TIMEOUT, self.socket.send(message)).await, Ok(Ok(())))
    }
}
