//! A media server without media: signs tickets, asks at every connect, knows who is in which room.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anteroom_app::{Admission, App, Bearer, Error, Grant, Ticket, Video, VideoError, Welcome};
use anteroom_domain::{ParticipantId, Private, RoomName};
use async_trait::async_trait;
use jiff::Timestamp;

/// What the house asked of the media server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
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
    asked: Vec<Asked>,
    tickets: BTreeMap<String, Bearer>,
    /// Who is in which room, by room and identity.
    inside: BTreeMap<(String, String), Bearer>,
    /// Gone, and not yet reported.
    departed: Vec<Bearer>,
}

impl FakeVideo {
    /// Everything it was asked, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    /// How often a room was closed.
    pub fn closed(&self, room: &RoomName) -> usize {
        self.asked().iter().filter(|asked| **asked == Asked::Close(room.clone())).count()
    }

    /// Whether this seat's media is up in this room.
    pub fn is_inside(&self, room: &RoomName, who: ParticipantId) -> bool {
        self.state().inside.contains_key(&(room.as_str().to_owned(), who.to_string()))
    }

    /// How many are in this room.
    pub fn people_in(&self, room: &RoomName) -> usize {
        self.state().inside.keys().filter(|(in_room, _)| in_room == room.as_str()).count()
    }

    /// Whether it can be reached.
    pub fn goes_down(&self, is_down: bool) {
        self.is_down.store(is_down, SeqCst);
    }

    /// What a ticket says, as a door reads it from the token.
    pub fn bearer_of(&self, ticket: &Ticket) -> Bearer {
        self.state().tickets.get(ticket.token.reveal()).expect("a ticket of this server").clone()
    }

    /// Somebody connects with a ticket: the door asks, and a newer device takes the seat.
    pub async fn connect(&self, app: &App, ticket: &Ticket) -> Result<Welcome, Error> {
        let bearer = self.bearer_of(ticket);
        let welcome = app.may_enter(&bearer).await?;
        let place = (bearer.room.clone(), bearer.identity.clone());
        let replaced = self.state().inside.insert(place, bearer.clone());
        if let Some(replaced) = replaced {
            app.departed(&replaced).await;
        }
        app.arrived(&bearer).await;
        Ok(welcome)
    }

    /// The connection of a seat is lost for good.
    pub async fn lose(&self, app: &App, room: &RoomName, who: ParticipantId) {
        let lost = self.state().inside.remove(&(room.as_str().to_owned(), who.to_string()));
        if let Some(lost) = lost {
            app.departed(&lost).await;
        }
    }

    /// Reports whoever was sent out since the last time. Answers how many.
    pub(crate) async fn report(&self, app: &App) -> usize {
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

    fn send_out(&self, of: impl Fn(&Bearer) -> bool) {
        let mut state = self.state();
        let State { inside, departed, .. } = &mut *state;
        inside.retain(|_, bearer| {
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
        let token = format!("ticket-{}-of-{}", grant.seat, grant.participant);
        let bearer = Bearer {
            room: grant.room.as_str().to_owned(),
            identity: grant.participant.to_string(),
            seat: Some(grant.seat),
        };
        state.asked.push(Asked::Ticket(grant.room.clone(), grant.participant, grant.seat));
        state.tickets.insert(token.clone(), bearer);
        Ok(Ticket { url: "ws://video.test".into(), token: Private::new(token), expires_at: grant.until })
    }

    async fn close(&self, room: &RoomName) -> Result<(), VideoError> {
        self.reachable()?;
        self.state().asked.push(Asked::Close(room.clone()));
        self.send_out(|bearer| bearer.room == room.as_str());
        Ok(())
    }

    async fn remove(&self, room: &RoomName, who: ParticipantId) -> Result<(), VideoError> {
        self.reachable()?;
        self.state().asked.push(Asked::Remove(room.clone(), who));
        let identity = who.to_string();
        self.send_out(|bearer| bearer.room == room.as_str() && bearer.identity == identity);
        Ok(())
    }
}
