//! All live rooms of this process, on the one thread that owns them.
//!
//! Finds the room a thing is for, hands it over, keeps the deadlines. A panic in one room ends that
//! room: its people are told to come back, the others notice nothing.

mod backup_codec;
mod candidate_filter;
mod client_requests;
mod command;
mod connection;
#[cfg(feature = "fuzzing")]
mod inspect;
mod live_room;
mod resume;
mod room_events;
mod rpc;
mod server_api;
mod server_offers;
mod video_layers;

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use anteroom_livekit::webhook::{Event, News};
use anteroom_livekit::{RoomFacts, Wording};
use anteroom_media::{Media, PeerId, Transport};
use anteroom_room::{Input, Limits, Reason};
use tokio::sync::mpsc;

pub(crate) use command::{Attendance, Command, Entered, Entering, NotEntered, Returning, Stay};
#[cfg(feature = "fuzzing")]
pub use inspect::{Held, Reception, View};
pub(crate) use server_api::Ordered;

use crate::media_thread::{Rooms, Route, Wire};
use crate::random_ids::{self, Chance};
use connection::Legs;
use live_room::Live;

/// So many rooms at once; more would starve those that are there.
const MOST_ROOMS: usize = 20_000;

pub(crate) struct Hall {
    media: Arc<anteroom_media::Config>,
    us: Wording,
    limits: Limits,
    chance: Chance,
    attendance: mpsc::UnboundedSender<Attendance>,
    /// Where other programs are told what happens; nowhere if none wants to know.
    news: Option<mpsc::UnboundedSender<News>>,
    rooms: HashMap<u64, Live>,
    by_name: HashMap<String, u64>,
    /// Rooms in which something happened since they were last drained.
    stirred: BTreeSet<u64>,
    deadlines: BTreeSet<(Instant, u64)>,
    /// Peers of rooms that are no more.
    orphans: Vec<Route>,
    /// The last number given to a room, a peer or a socket.
    last: u64,
    /// When something last happened.
    now: Instant,
}

impl Hall {
    pub(crate) fn new(
        media: Arc<anteroom_media::Config>,
        us: Wording,
        limits: Limits,
        chance: Chance,
        attendance: mpsc::UnboundedSender<Attendance>,
        now: Instant,
    ) -> Self {
        Self {
            media,
            us,
            limits,
            chance,
            attendance,
            news: None,
            rooms: HashMap::new(),
            by_name: HashMap::new(),
            stirred: BTreeSet::new(),
            deadlines: BTreeSet::new(),
            orphans: Vec::new(),
            last: 0,
            now,
        }
    }

    /// What happens is told there from now on.
    pub(crate) fn telling(mut self, news: mpsc::UnboundedSender<News>) -> Self {
        self.news = Some(news);
        self
    }

    fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn enter(&mut self, now: Instant, entering: Entering) {
        let Some(room) = self.room_named(now, &entering.bearer.room, entering.newcomer.joined_at_ms) else {
            let _ = entering.reply.send(Err(NotEntered::Overloaded));
            return;
        };
        let legs = if entering.two_connections { 2 } else { 1 };
        let legs = (0..legs).map(|_| (PeerId(self.number()), random_ids::ice_creds(&mut self.chance))).collect();
        let socket = self.number();
        self.within(room, |live, chance| live.enter(now, entering, Legs(legs), socket, chance));
    }

    fn come_back(&mut self, now: Instant, returning: Returning) {
        let Some(room) = self.by_name.get(&returning.bearer.room).copied() else {
            let _ = returning.reply.send(Err(NotEntered::Unknown));
            return;
        };
        let socket = self.number();
        self.within(room, |live, _| live.come_back(now, returning, socket));
    }

    fn room_named(&mut self, now: Instant, name: &str, at_ms: i64) -> Option<u64> {
        if let Some(room) = self.by_name.get(name) {
            return Some(*room);
        }
        self.open_room(now, name, String::new(), at_ms, self.limits)
    }

    /// A new room of a name that is free.
    fn open_room(&mut self, now: Instant, name: &str, metadata: String, at_ms: i64, limits: Limits) -> Option<u64> {
        if self.rooms.len() >= MOST_ROOMS {
            return None;
        }
        let id = self.number();
        let facts = RoomFacts {
            sid: format!("RM_{}", random_ids::letters::<12>(&mut self.chance)),
            name: name.to_owned(),
            created_at_ms: at_ms,
            metadata,
            empty_timeout: limits.empty.as_secs() as u32,
            departure_timeout: limits.departure.as_secs() as u32,
            max_participants: limits.people as u32,
        };
        let media = Media::new(Arc::clone(&self.media));
        let mut live = Live::new(id, facts, self.us.clone(), media, now, limits, self.attendance.clone());
        live.news.clone_from(&self.news);
        live.tell_news(Event::RoomStarted);
        self.rooms.insert(id, live);
        self.stirred.insert(id);
        self.by_name.insert(name.to_owned(), id);
        Some(id)
    }

    fn told(&mut self, now: Instant, room: &str, input: Input) {
        if let Some(id) = self.by_name.get(room).copied() {
            self.within(id, |live, _| live.tell(now, input));
        }
    }

    fn shutdown(&mut self, now: Instant) {
        let everywhere: Vec<u64> = self.rooms.keys().copied().collect();
        for id in everywhere {
            self.within(id, |live, _| live.tell(now, Input::Close(Reason::Draining)));
        }
    }

    /// Does something in a room. If that breaks it, the room ends and nothing else does.
    fn within<T>(&mut self, id: u64, work: impl FnOnce(&mut Live, &mut Chance) -> T) -> Option<T> {
        let live = self.rooms.get_mut(&id)?;
        self.stirred.insert(id);
        let chance = &mut self.chance;
        if let Ok(done) = catch_unwind(AssertUnwindSafe(|| work(live, chance))) {
            return Some(done);
        }
        tracing::error!(room = id, "a room broke and was ended");
        if let Some(live) = self.rooms.get(&id) {
            // It is broken: reading it may break, too.
            let _ = catch_unwind(AssertUnwindSafe(|| live.tell_end()));
        }
        self.forget(id);
        None
    }

    /// Lets go of a room. Its sockets close; whoever was in it learns on return that it is gone.
    fn forget(&mut self, id: u64) {
        self.stirred.remove(&id);
        let Some(live) = self.rooms.remove(&id) else { return };
        if let Some(at) = live.due {
            self.deadlines.remove(&(at, id));
        }
        if self.by_name.get(&live.facts.name) == Some(&id) {
            self.by_name.remove(&live.facts.name);
        }
        self.orphans.extend(live.routes());
        live.report_departures();
    }

    fn reschedule(&mut self, id: u64) {
        let Some(live) = self.rooms.get_mut(&id) else { return };
        let due = live.deadline();
        if due == live.due {
            return;
        }
        if let Some(at) = live.due {
            self.deadlines.remove(&(at, id));
        }
        if let Some(at) = due {
            self.deadlines.insert((at, id));
        }
        live.due = due;
    }
}

impl Rooms for Hall {
    type Command = Command;

    fn command(&mut self, now: Instant, command: Command) {
        self.now = now;
        match command {
            Command::Enter(entering) => self.enter(now, *entering),
            Command::Return(returning) => self.come_back(now, *returning),
            Command::Say { stay, request } => {
                self.within(stay.room, |live, chance| live.hear(now, &stay, *request, chance));
            }
            Command::Hangup(stay) => {
                self.within(stay.room, |live, _| live.hang_up(now, &stay));
            }
            Command::Expel { stay, reason } => {
                self.within(stay.room, |live, _| live.expel(now, &stay, reason));
            }
            Command::Close { room, reason } => self.told(now, &room, Input::Close(reason)),
            Command::Remove { room, identity } => self.told(now, &room, Input::Remove(identity)),
            Command::Order(ordered) => self.order(now, *ordered),
            Command::Shutdown => self.shutdown(now),
            #[cfg(test)]
            Command::Break { room } => {
                if let Some(id) = self.by_name.get(&room).copied() {
                    self.within(id, |_, _| panic!("a room was asked to break"));
                }
            }
        }
    }

    fn datagram(
        &mut self,
        now: Instant,
        at: Route,
        transport: Transport,
        source: SocketAddr,
        destination: SocketAddr,
        bytes: &[u8],
    ) {
        self.now = now;
        let input = anteroom_media::Input::Datagram { peer: at.peer, transport, source, destination, bytes };
        self.within(at.room, |live, _| live.media.handle(now, input));
    }

    fn tick(&mut self, now: Instant) {
        self.now = now;
        while let Some((at, id)) = self.deadlines.first().copied() {
            if at > now {
                break;
            }
            self.deadlines.pop_first();
            if let Some(live) = self.rooms.get_mut(&id) {
                live.due = None;
            }
            self.within(id, |live, _| live.tick(now));
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    fn drain(&mut self, wire: &mut dyn Wire) {
        let now = self.now;
        for id in std::mem::take(&mut self.stirred) {
            let over = self.within(id, |live, _| live.drain(now, wire));
            match over {
                Some(true) | None => self.forget(id),
                Some(false) => self.reschedule(id),
            }
            self.stirred.remove(&id);
        }
        for orphan in self.orphans.drain(..) {
            wire.unroute(orphan);
        }
    }
}

#[cfg(test)]
mod tests;
