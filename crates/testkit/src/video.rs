//! A media server without media: issues tickets, asks for admission, tracks who is in which room.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anteroom_app::{
    Admission, Admitted, App, AttendanceRecord, Bearer, Error, Grant, Ticket, Video, VideoError, WebhookLoss,
};
use anteroom_domain::{ParticipantId, Private, RoomName};
use async_trait::async_trait;
use jiff::Timestamp;

/// A request to the media server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VideoRequest {
    /// Issue a ticket with this number.
    Ticket(RoomName, ParticipantId, i64),
    /// Close a room.
    Close(RoomName),
    /// Remove a participant who has a ticket with a lower number.
    Remove(RoomName, ParticipantId, i64),
}

/// A media server without media. Behaves like the embedded one, in memory: one device per participant, a closed room is
/// empty, disconnects are reported as departures.
#[derive(Default)]
pub struct FakeVideo {
    state: Mutex<State>,
    is_down: AtomicBool,
}

#[derive(Default)]
struct State {
    requests: Vec<VideoRequest>,
    tickets: BTreeMap<String, Bearer>,
    /// Connected bearers, by room and identity.
    connected: BTreeMap<(String, String), Bearer>,
    /// Disconnected, not yet reported.
    departed: Vec<Bearer>,
    /// Connect after the next answer to who is connected.
    late: Vec<Bearer>,
    webhook_losses: Vec<WebhookLoss>,
}

impl State {
    fn insert(&mut self, bearer: Bearer) {
        self.connected.insert((bearer.room.clone(), bearer.identity.clone()), bearer);
    }
}

impl FakeVideo {
    /// All requests, in order.
    pub fn requests(&self) -> Vec<VideoRequest> {
        self.state().requests.clone()
    }

    /// Number of requests to close a room.
    pub fn closed(&self, room: &RoomName) -> usize {
        self.requests().iter().filter(|requests| **requests == VideoRequest::Close(room.clone())).count()
    }

    /// Whether this participant is connected to this room.
    pub fn is_inside(&self, room: &RoomName, who: ParticipantId) -> bool {
        self.state().connected.contains_key(&(room.as_str().to_owned(), who.to_string()))
    }

    /// Number of participants connected to this room.
    pub fn people_in(&self, room: &RoomName) -> usize {
        self.state().connected.keys().filter(|(in_room, _)| in_room == room.as_str()).count()
    }

    /// Makes it unreachable.
    pub fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, SeqCst);
    }

    /// A receiver has missed webhooks.
    pub fn lose_webhooks(&self, loss: WebhookLoss) {
        self.state().webhook_losses.push(loss);
    }

    /// The bearer of a ticket, as read from its token.
    pub fn bearer_of(&self, ticket: &Ticket) -> Bearer {
        self.state().tickets.get(ticket.token.reveal()).expect("a ticket of this server").clone()
    }

    /// Connects with a ticket: asks for admission; a newer device replaces the older one.
    pub async fn connect(&self, app: &App, ticket: &Ticket) -> Result<Admitted, Error> {
        let bearer = self.bearer_of(ticket);
        let admitted = app.may_join(&bearer).await?;
        let place = (bearer.room.clone(), bearer.identity.clone());
        let replaced = self.state().connected.insert(place, bearer.clone());
        if let Some(replaced) = replaced {
            attend(app, replaced, false).await;
        }
        attend(app, bearer, true).await;
        Ok(admitted)
    }

    /// The connection of a participant is lost.
    pub async fn disconnect(&self, app: &App, room: &RoomName, who: ParticipantId) {
        let lost = self.state().connected.remove(&(room.as_str().to_owned(), who.to_string()));
        if let Some(lost) = lost {
            attend(app, lost, false).await;
        }
    }

    /// The connection of a participant is lost, and the report of it too.
    pub fn disconnect_unreported(&self, room: &RoomName, who: ParticipantId) {
        self.state().connected.remove(&(room.as_str().to_owned(), who.to_string()));
    }

    /// This bearer connects, and the report of it is lost.
    pub fn connect_unreported(&self, bearer: Bearer) {
        self.state().insert(bearer);
    }

    /// The same, as soon as it has answered who is connected.
    pub fn connect_after_next_answer(&self, bearer: Bearer) {
        self.state().late.push(bearer);
    }

    /// Reports disconnects since the last call. Returns their number.
    pub(crate) async fn report_departures(&self, app: &App) -> usize {
        let departed = std::mem::take(&mut self.state().departed);
        let count = departed.len();
        for bearer in departed {
            attend(app, bearer, false).await;
        }
        count
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reachable(&self) -> Result<(), VideoError> {
        if self.is_down.load(SeqCst) { Err(VideoError(None)) } else { Ok(()) }
    }

    fn evict(&self, of: impl Fn(&Bearer) -> bool) {
        let mut state = self.state();
        let State { connected, departed, .. } = &mut *state;
        connected.retain(|_, bearer| {
            let goes = of(bearer);
            if goes {
                departed.push(bearer.clone());
            }
            !goes
        });
    }
}

#[async_trait]
impl Video for FakeVideo {
    async fn ticket(&self, grant: &Grant, _: Timestamp) -> Result<Ticket, VideoError> {
        self.reachable()?;
        let mut state = self.state();
        let token = format!("ticket-{}-of-{}", grant.ticket_number, grant.participant);
        let bearer = Bearer {
            room: grant.room.as_str().to_owned(),
            identity: grant.participant.to_string(),
            ticket_number: Some(grant.ticket_number),
        };
        state.requests.push(VideoRequest::Ticket(grant.room.clone(), grant.participant, grant.ticket_number));
        state.tickets.insert(token.clone(), bearer);
        Ok(Ticket { url: "ws://video.test".into(), token: Private::new(token), expires_at: grant.until })
    }

    async fn close(&self, room: &RoomName) -> Result<(), VideoError> {
        self.reachable()?;
        self.state().requests.push(VideoRequest::Close(room.clone()));
        self.evict(|bearer| bearer.room == room.as_str());
        Ok(())
    }

    async fn remove(&self, room: &RoomName, who: ParticipantId, older_than: i64) -> Result<(), VideoError> {
        self.reachable()?;
        self.state().requests.push(VideoRequest::Remove(room.clone(), who, older_than));
        let identity = who.to_string();
        self.evict(|bearer| {
            let is_old = bearer.ticket_number.is_none_or(|number| number < older_than);
            is_old && bearer.room == room.as_str() && bearer.identity == identity
        });
        Ok(())
    }

    async fn connected(&self) -> Result<Vec<(RoomName, ParticipantId)>, VideoError> {
        self.reachable()?;
        let mut state = self.state();
        let parsed = |(room, who): &(String, String)| Some((RoomName::from_text(room.as_str()), who.parse().ok()?));
        let connected = state.connected.keys().filter_map(parsed).collect();
        for bearer in std::mem::take(&mut state.late) {
            state.insert(bearer);
        }
        Ok(connected)
    }

    fn check(&self) -> Result<(), VideoError> {
        self.reachable()
    }

    fn metrics(&self) -> String {
        format!("connected {}\n", self.state().connected.len())
    }

    fn webhook_losses(&self) -> Vec<WebhookLoss> {
        self.state().webhook_losses.clone()
    }
}

async fn attend(app: &App, bearer: Bearer, is_connected: bool) {
    let attendance = AttendanceRecord { bearer, is_connected, at: app.clock.now() };
    app.attend(&attendance).await.expect("the store answers");
}
