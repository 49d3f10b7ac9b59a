//! A media server without media: signs tickets, asks at every connect, knows who is in which room.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anteroom_app::{Admission, Admitted, App, Bearer, Error, Grant, Ticket, Video, VideoError};
use anteroom_domain::{ParticipantId, Private, RoomName};
use async_trait::async_trait;
use jiff::Timestamp;

/// What the house asked of the media server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VideoRequest {
    /// To sign a grant, the ticket's number among it.
    Ticket(RoomName, ParticipantId, i64),
    /// To close a room.
    Close(RoomName),
    /// To take somebody out.
    Remove(RoomName, ParticipantId),
}

/// A media server without media. Does what an embedded one does, in memory: one seat one device, a closed room is
/// empty, whoever goes is reported as departed.
#[derive(Default)]
pub struct FakeVideo {
    state: Mutex<State>,
    is_down: AtomicBool,
}

#[derive(Default)]
struct State {
    requests: Vec<VideoRequest>,
    tickets: BTreeMap<String, Bearer>,
    /// Who is in which room, by room and identity.
    connected: BTreeMap<(String, String), Bearer>,
    /// Gone, and not yet reported.
    departed: Vec<Bearer>,
}

impl FakeVideo {
    /// Everything it was asked, in order.
    pub fn requests(&self) -> Vec<VideoRequest> {
        self.state().requests.clone()
    }

    /// How often a room was closed.
    pub fn closed(&self, room: &RoomName) -> usize {
        self.requests().iter().filter(|requests| **requests == VideoRequest::Close(room.clone())).count()
    }

    /// Whether this seat's media is up in this room.
    pub fn is_inside(&self, room: &RoomName, who: ParticipantId) -> bool {
        self.state().connected.contains_key(&(room.as_str().to_owned(), who.to_string()))
    }

    /// How many are in this room.
    pub fn people_in(&self, room: &RoomName) -> usize {
        self.state().connected.keys().filter(|(in_room, _)| in_room == room.as_str()).count()
    }

    /// Whether it can be reached.
    pub fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, SeqCst);
    }

    /// What a ticket says, as a door reads it from the token.
    pub fn bearer_of(&self, ticket: &Ticket) -> Bearer {
        self.state().tickets.get(ticket.token.reveal()).expect("a ticket of this server").clone()
    }

    /// Somebody connects with a ticket: the door asks, and a newer device takes the seat.
    pub async fn connect(&self, app: &App, ticket: &Ticket) -> Result<Admitted, Error> {
        let bearer = self.bearer_of(ticket);
        let admitted = app.may_enter(&bearer).await?;
        let place = (bearer.room.clone(), bearer.identity.clone());
        let replaced = self.state().connected.insert(place, bearer.clone());
        if let Some(replaced) = replaced {
            app.departed(&replaced).await;
        }
        app.arrived(&bearer).await;
        Ok(admitted)
    }

    /// The connection of a seat is lost for good.
    pub async fn disconnect(&self, app: &App, room: &RoomName, who: ParticipantId) {
        let lost = self.state().connected.remove(&(room.as_str().to_owned(), who.to_string()));
        if let Some(lost) = lost {
            app.departed(&lost).await;
        }
    }

    /// Reports whoever was sent out since the last time. Answers how many.
    pub(crate) async fn report_departures(&self, app: &App) -> usize {
        let departed = std::mem::take(&mut self.state().departed);
        for bearer in &departed {
            app.departed(bearer).await;
        }
        departed.len()
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

    async fn remove(&self, room: &RoomName, who: ParticipantId) -> Result<(), VideoError> {
        self.reachable()?;
        self.state().requests.push(VideoRequest::Remove(room.clone(), who));
        let identity = who.to_string();
        self.evict(|bearer| bearer.room == room.as_str() && bearer.identity == identity);
        Ok(())
    }
}
