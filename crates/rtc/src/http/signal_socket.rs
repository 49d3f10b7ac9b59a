//! One open socket: what comes in goes to the hall, what the hall says goes out.

use std::sync::Arc;
use std::time::Duration;

use anteroom_livekit::{self as livekit, Claims, Request};
use anteroom_room::{DisconnectReason, Participant};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, timeout};

use super::state::RtcState;
use crate::rooms::{Command, Joined, SessionSocket};

const PING: Duration = Duration::from_secs(10);
/// Clients speak every 5 s; one that is silent for so long is gone, whatever TCP believes.
const SILENCE: Duration = Duration::from_secs(30);
/// A write that takes longer has nobody at its other end.
const WRITING: Duration = Duration::from_secs(10);
/// What a hasty program needs after the first frame, in which it learns that it is in. On a busy machine, too.
const MOMENT: Duration = Duration::from_millis(100);
/// After our goodbye, theirs takes a round trip.
const PARTING: Duration = Duration::from_secs(3);
/// Before a token runs out its bearer has another to come back with.
const REFRESH: Duration = Duration::from_secs(300);
const REFRESHED_FOR: i64 = 600;
/// Messages a second, and how many may come at once. A join with screen share needs some dozens.
const RATE: f64 = 50.0;
const BURST: f64 = 400.0;
/// A message of more bytes counts as several: the thread that reads them serves everybody. An offer is some 20 kB.
const WEIGHT: f64 = 2048.0;

/// To someone whose stay is unknown: come in anew.
pub(crate) async fn send_away(mut socket: WebSocket) {
    let leave = Message::Binary(livekit::state_mismatch().into());
    let _ = timeout(WRITING, socket.send(leave)).await;
    let _ = timeout(WRITING, socket.send(goodbye())).await;
}

/// Until either side closes.
pub(crate) async fn serve(socket: WebSocket, state: Arc<RtcState>, joined: Joined, claims: Claims, delay_answer: bool) {
    let Joined { session, mut frames, mut info } = joined;
    let mut line =
        Line { socket, state, session, claims, in_json: false, allowance: BURST, counted_at: Instant::now() };
    let mut pings = interval_at(Instant::now() + PING, PING);
    let mut refreshes = interval(REFRESH);
    refreshes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard_at = Instant::now();
    // The first frame is the one a client waits for: nothing may overtake it.
    let mut room_id = match frames.recv().await {
        Some(frame) => line.say(frame).await,
        None => false,
    };
    if delay_answer {
        #[expect(clippy::disallowed_methods, reason = "their race, not ours: there is nothing to wait for")]
        tokio::time::sleep(MOMENT).await;
    }
    while room_id {
        room_id = tokio::select! {
            biased;
            frame = frames.recv() => match frame {
                Some(frame) => line.say(frame).await,
                None => false,
            },
            message = line.socket.recv() => {
                heard_at = Instant::now();
                line.receive(message).await
            }
            Ok(()) = info.changed() => {
                let info = info.borrow_and_update().clone();
                line.amend(info.as_deref()).await
            }
            _ = refreshes.tick() => line.refresh().await,
            _ = pings.tick() => heard_at.elapsed() < SILENCE && line.write(Message::Ping(Vec::new().into())).await,
        };
    }
    let _ = line.state.rooms.send(Command::SignalClosed(line.session.clone()));
    // What the hall said last, why it ends above all, still goes out.
    frames.close();
    while let Ok(frame) = frames.try_recv() {
        if !line.say(frame).await {
            break;
        }
    }
    line.write(goodbye()).await;
    line.hear_out().await;
}

/// Browsers take a close without a number for a broken line.
fn goodbye() -> Message {
    Message::Close(Some(CloseFrame { code: close_code::NORMAL, reason: Utf8Bytes::default() }))
}

struct Line {
    socket: WebSocket,
    state: Arc<RtcState>,
    session: SessionSocket,
    claims: Claims,
    /// They speak JSON.
    in_json: bool,
    allowance: f64,
    counted_at: Instant,
}

impl Line {
    /// False when the line is to close.
    async fn receive(&mut self, message: Option<Result<Message, axum::Error>>) -> bool {
        let bytes = match message {
            Some(Ok(Message::Binary(bytes))) => bytes,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return true,
            Some(Ok(Message::Text(text))) => match Request::from_json(&text) {
                // Whoever speaks so is answered so.
                Ok(bytes) => {
                    self.in_json = true;
                    bytes.into()
                }
                Err(livekit::MalformedMessage) => return self.disconnect().await,
            },
            Some(Ok(Message::Close(_)) | Err(_)) | None => return false,
        };
        if !self.within_allowance(bytes.len()) {
            tracing::info!(session = %self.session.sid, "too many messages");
            return self.disconnect().await;
        }
        let now_ms = self.state.clock.now().as_millisecond();
        match Request::read(&bytes) {
            Ok(Request::Ping(_)) => self.say(livekit::pong(now_ms)).await,
            Ok(Request::PingReq(theirs)) => self.say(livekit::pong_resp(theirs, now_ms)).await,
            Ok(request) => {
                let (session, request) = (self.session.clone(), Box::new(request));
                self.state.rooms.send(Command::Request { session, request }).is_ok()
            }
            Err(livekit::MalformedMessage) => self.disconnect().await,
        }
    }

    /// They broke the protocol. The hall tells them so and closes; the line stays open for its words.
    async fn disconnect(&mut self) -> bool {
        let command = Command::Disconnect { session: self.session.clone(), reason: DisconnectReason::ProtocolError };
        self.state.rooms.send(command).is_ok()
    }

    /// Until they have closed as well. Without this, whatever they were just saying makes TCP reset the line, and their
    /// browser reports a broken connection instead of our goodbye.
    async fn hear_out(&mut self) {
        let _ = timeout(PARTING, async { while let Some(Ok(_)) = self.socket.recv().await {} }).await;
    }

    /// What a program changes about them must outlast their next coming in. In a consultation the house says who they
    /// are, each time anew, and their token says nothing of it.
    async fn amend(&mut self, info: Option<&Participant>) -> bool {
        let amended = info.filter(|_| self.claims.anteroom.is_none()).and_then(|info| self.claims.amended(info));
        let Some(amended) = amended else { return true };
        self.claims = amended;
        self.refresh().await
    }

    async fn refresh(&mut self) -> bool {
        let now = self.state.clock.now().as_second();
        let remaining = self.claims.exp.unwrap_or_default() as i64 - now;
        let until = now + remaining.max(REFRESHED_FOR);
        let claims = Claims { exp: Some(until as f64), ..self.claims.clone() };
        let token = self.state.keys.mint(&claims);
        self.say(livekit::refresh_token(token)).await
    }

    async fn say(&mut self, frame: Vec<u8>) -> bool {
        if self.in_json
            && let Some(text) = livekit::as_json(&frame)
        {
            return self.write(Message::Text(text.into())).await;
        }
        self.write(Message::Binary(frame.into())).await
    }

    async fn write(&mut self, message: Message) -> bool {
        matches!(timeout(WRITING, self.socket.send(message)).await, Ok(Ok(())))
    }

    fn within_allowance(&mut self, bytes: usize) -> bool {
        let now = Instant::now();
        let cost = 1.0 + bytes as f64 / WEIGHT;
        let earned = now.duration_since(self.counted_at).as_secs_f64() * RATE;
        self.allowance = (self.allowance + earned).min(BURST) - cost;
        self.counted_at = now;
        self.allowance > 0.0
    }
}
