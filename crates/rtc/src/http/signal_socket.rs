//! One open socket: what comes in goes to the hall, what the hall says goes out.

use std::sync::Arc;
use std::time::Duration;

use anteroom_livekit::{self as livekit, Claims, SignalRequest};
use anteroom_room::{DisconnectReason, Participant};
use anteroom_signalling::Frame;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, timeout};

use super::state::RtcState;
use crate::rooms::{Command, Joined, SessionSocket};

const PING_INTERVAL: Duration = Duration::from_secs(10);
/// Clients speak every 5 s; one that is silent for so long is gone, whatever TCP believes.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// A write that takes longer has nobody at its other end.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// What a hasty program needs after the first frame, in which it learns that it is in. On a busy machine, too.
const ANSWER_DELAY: Duration = Duration::from_millis(100);
/// After our close_frame, theirs takes a round trip.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);
/// Before a token runs out its bearer has another to come back with.
const REFRESH_INTERVAL: Duration = Duration::from_secs(300);
const MIN_TOKEN_SECONDS: i64 = 600;
/// Messages a second, and how many may come at once. A join with screen share needs some dozens.
const MESSAGES_PER_SECOND: f64 = 50.0;
const MESSAGE_BURST: f64 = 400.0;
/// A message of more bytes counts as several: the thread that reads them serves everybody. An offer is some 20 kB.
const BYTES_PER_MESSAGE: f64 = 2048.0;

/// To someone whose stay is unknown: come in anew.
pub(crate) async fn reject_resume(mut socket: WebSocket) {
    let leave = websocket_message(livekit::state_mismatch());
    let _ = timeout(WRITE_TIMEOUT, socket.send(leave)).await;
    let _ = timeout(WRITE_TIMEOUT, socket.send(close_frame())).await;
}

/// Until either side closes.
pub(crate) async fn serve(socket: WebSocket, state: Arc<RtcState>, joined: Joined, claims: Claims, delay_answer: bool) {
    let Joined { session, mut frames, mut info } = joined;
    let mut signal = SignalSocket {
        socket,
        state,
        session,
        claims,
        uses_json: false,
        allowance: MESSAGE_BURST,
        counted_at: Instant::now(),
    };
    let mut pings = interval_at(Instant::now() + PING_INTERVAL, PING_INTERVAL);
    let mut refreshes = interval(REFRESH_INTERVAL);
    refreshes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut received_at = Instant::now();
    // The first frame is the one a client waits for: nothing may overtake it.
    let mut open = match frames.recv().await {
        Some(frame) => signal.send(frame).await,
        None => false,
    };
    if delay_answer {
        #[expect(clippy::disallowed_methods, reason = "their race, not ours: there is nothing to wait for")]
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
            _ = pings.tick() => received_at.elapsed() < IDLE_TIMEOUT && signal.send_message(Message::Ping(Vec::new().into())).await,
        };
    }
    let _ = signal.state.rooms.send(Command::SignalClosed(signal.session.clone()));
    // What the hall said last, why it ends above all, still goes out.
    frames.close();
    while let Ok(frame) = frames.try_recv() {
        if !signal.send(frame).await {
            break;
        }
    }
    signal.send_message(close_frame()).await;
    signal.await_close().await;
}

/// Browsers take a close without a number for a broken signal.
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
    /// They speak JSON.
    uses_json: bool,
    allowance: f64,
    counted_at: Instant,
}

impl SignalSocket {
    /// False when the signal is to close.
    async fn receive(&mut self, message: Option<Result<Message, axum::Error>>) -> bool {
        let bytes = match message {
            Some(Ok(Message::Binary(bytes))) => bytes,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return true,
            Some(Ok(Message::Text(text))) => match SignalRequest::from_json(&text) {
                // Whoever speaks so is answered so.
                Ok(bytes) => {
                    self.uses_json = true;
                    bytes.into()
                }
                Err(livekit::MalformedMessage) => return self.protocol_error().await,
            },
            Some(Ok(Message::Close(_)) | Err(_)) | None => return false,
        };
        if !self.within_allowance(bytes.len()) {
            tracing::info!(session = %self.session.sid, "too many messages");
            return self.protocol_error().await;
        }
        let now_ms = self.state.clock.now().as_millisecond();
        match SignalRequest::read(&bytes) {
            Ok(SignalRequest::Ping(_)) => self.send(livekit::pong(now_ms)).await,
            Ok(SignalRequest::PingReq(theirs)) => self.send(livekit::pong_resp(theirs, now_ms)).await,
            Ok(SignalRequest::Nothing) => true,
            Ok(SignalRequest::Client(request)) => {
                let (session, request) = (self.session.clone(), Box::new(request));
                self.state.rooms.send(Command::Request { session, request }).is_ok()
            }
            Err(livekit::MalformedMessage) => self.protocol_error().await,
        }
    }

    /// They broke the protocol. The hall tells them so and closes; the signal stays open for its words.
    async fn protocol_error(&mut self) -> bool {
        let command = Command::Disconnect { session: self.session.clone(), reason: DisconnectReason::ProtocolError };
        self.state.rooms.send(command).is_ok()
    }

    /// Until they have closed as well. Without this, whatever they were just saying makes TCP reset the signal, and their
    /// browser reports a broken connection instead of our close_frame.
    async fn await_close(&mut self) {
        let _ = timeout(CLOSE_TIMEOUT, async { while let Some(Ok(_)) = self.socket.recv().await {} }).await;
    }

    /// What a program changes about them must outlast their next coming in. In a consultation the house says who they
    /// are, each time anew, and their token says nothing of it.
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

    fn within_allowance(&mut self, bytes: usize) -> bool {
        let now = Instant::now();
        let cost = 1.0 + bytes as f64 / BYTES_PER_MESSAGE;
        let earned = now.duration_since(self.counted_at).as_secs_f64() * MESSAGES_PER_SECOND;
        self.allowance = (self.allowance + earned).min(MESSAGE_BURST) - cost;
        self.counted_at = now;
        self.allowance > 0.0
    }
}
