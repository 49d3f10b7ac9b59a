//! All live rooms of this process, on the one thread that owns them.
//!
//! Finds the room a thing is for, hands it over, keeps the deadlines. A panic in one room ends that
//! room: its people are told to come back, the others notice nothing.

mod backup_codec;
mod candidate_filter;
mod client_requests;
mod command;
mod connection;
#[cfg(any(test, feature = "fuzzing"))]
mod inspect;
mod live_room;
mod resume;
mod room_events;
mod rpc;
mod server_api;
mod server_offers;
mod video_layers;

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use anteroom_livekit::webhook::{Event, RoomEvent};
use anteroom_livekit::{RoomInfo, ServerInfo};
use anteroom_media::{Media, PeerId};
use anteroom_room::{DisconnectReason, Input, Limits};
use tokio::sync::mpsc;

pub(crate) use command::{Attendance, Command, Join, JoinRefused, Joined, Resume, SessionSocket};
#[cfg(any(test, feature = "fuzzing"))]
pub use inspect::{Reception, Totals, View};
pub(crate) use server_api::ApiCall;

use crate::random_ids::{self, RandomBytes};
use crate::rooms_port::{Datagram, RoomLoop, Route, Wire};
use connection::PeerConnections;
use live_room::LiveRoom;

/// So many rooms at once; more would starve those that are there.
const MAX_ROOMS: usize = 20_000;

pub(crate) struct Rooms {
    media: Arc<anteroom_media::Config>,
    server_info: ServerInfo,
    limits: Limits,
    random: RandomBytes,
    attendance: mpsc::UnboundedSender<Attendance>,
    /// Where other programs are told what happens; nowhere if none wants to know.
    events: Option<mpsc::UnboundedSender<RoomEvent>>,
    rooms: HashMap<u64, LiveRoom>,
    by_name: HashMap<String, u64>,
    /// Rooms in which something happened since they were last drained.
    dirty: BTreeSet<u64>,
    deadlines: BTreeSet<(Instant, u64)>,
    /// Peers of rooms that are no more.
    orphaned_routes: Vec<Route>,
    /// The last number given to a room, a peer or a socket.
    last: u64,
    /// When something last happened.
    now: Instant,
}

impl Rooms {
    pub(crate) fn new(
        media: Arc<anteroom_media::Config>,
        server_info: ServerInfo,
        limits: Limits,
        random: RandomBytes,
        attendance: mpsc::UnboundedSender<Attendance>,
        now: Instant,
    ) -> Self {
        Self {
            media,
            server_info,
            limits,
            random,
            attendance,
            events: None,
            rooms: HashMap::new(),
            by_name: HashMap::new(),
            dirty: BTreeSet::new(),
            deadlines: BTreeSet::new(),
            orphaned_routes: Vec::new(),
            last: 0,
            now,
        }
    }

    /// What happens is told there from now on.
    pub(crate) fn with_webhooks(mut self, events: mpsc::UnboundedSender<RoomEvent>) -> Self {
        self.events = Some(events);
        self
    }

    fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn enter(&mut self, now: Instant, join: Join) {
        let Some(room) = self.room_named(now, &join.bearer.room, join.new_participant.joined_at_ms) else {
            let _ = join.reply.send(Err(JoinRefused::Overloaded));
            return;
        };
        let peers = if join.dual_pc { 2 } else { 1 };
        let peers = (0..peers).map(|_| (PeerId(self.number()), random_ids::ice_creds(&mut self.random))).collect();
        let socket = self.number();
        self.within(room, |live, random| live.enter(now, join, PeerConnections(peers), socket, random));
    }

    fn resume(&mut self, now: Instant, resume: Resume) {
        let Some(room) = self.by_name.get(&resume.bearer.room).copied() else {
            let _ = resume.reply.send(Err(JoinRefused::Unknown));
            return;
        };
        let socket = self.number();
        self.within(room, |live, _| live.resume(now, resume, socket));
    }

    fn room_named(&mut self, now: Instant, name: &str, at_ms: i64) -> Option<u64> {
        if let Some(room) = self.by_name.get(name) {
            return Some(*room);
        }
        self.open_room(now, name, String::new(), at_ms, self.limits)
    }

    /// A new room of a name that is free.
    fn open_room(&mut self, now: Instant, name: &str, metadata: String, at_ms: i64, limits: Limits) -> Option<u64> {
        if self.rooms.len() >= MAX_ROOMS {
            return None;
        }
        let id = self.number();
        let facts = RoomInfo {
            sid: format!("RM_{}", random_ids::letters::<12>(&mut self.random)),
            name: name.to_owned(),
            created_at_ms: at_ms,
            metadata,
            empty_timeout: limits.empty.as_secs() as u32,
            departure_timeout: limits.departure.as_secs() as u32,
            max_participants: limits.people as u32,
        };
        let media = Media::new(Arc::clone(&self.media));
        let mut live = LiveRoom::new(id, facts, self.server_info.clone(), media, now, limits, self.attendance.clone());
        live.events.clone_from(&self.events);
        live.emit(Event::RoomStarted);
        self.rooms.insert(id, live);
        self.dirty.insert(id);
        self.by_name.insert(name.to_owned(), id);
        Some(id)
    }

    fn input_to(&mut self, now: Instant, room: &str, input: Input) {
        if let Some(id) = self.by_name.get(room).copied() {
            self.within(id, |live, _| live.tell(now, input));
        }
    }

    fn shutdown(&mut self, now: Instant) {
        let everywhere: Vec<u64> = self.rooms.keys().copied().collect();
        for id in everywhere {
            self.within(id, |live, _| live.tell(now, Input::Close(DisconnectReason::Draining)));
        }
    }

    /// Does something in a room. If that breaks it, the room ends and nothing else does.
    fn within<T>(&mut self, id: u64, work: impl FnOnce(&mut LiveRoom, &mut RandomBytes) -> T) -> Option<T> {
        let live = self.rooms.get_mut(&id)?;
        self.dirty.insert(id);
        let random = &mut self.random;
        if let Ok(done) = catch_unwind(AssertUnwindSafe(|| work(live, random))) {
            return Some(done);
        }
        tracing::error!(room = id, "a room broke and was ended");
        if let Some(live) = self.rooms.get(&id) {
            // It is broken: reading it may break, too.
            let _ = catch_unwind(AssertUnwindSafe(|| live.emit_room_ended()));
        }
        self.forget(id);
        None
    }

    /// Lets go of a room. Its sockets close; whoever was in it learns on return that it is gone.
    fn forget(&mut self, id: u64) {
        self.dirty.remove(&id);
        let Some(live) = self.rooms.remove(&id) else { return };
        if let Some(at) = live.due {
            self.deadlines.remove(&(at, id));
        }
        if self.by_name.get(&live.facts.name) == Some(&id) {
            self.by_name.remove(&live.facts.name);
        }
        self.orphaned_routes.extend(live.routes());
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

impl RoomLoop for Rooms {
    type Command = Command;

    fn command(&mut self, now: Instant, command: Command) {
        self.now = now;
        match command {
            Command::Join(join) => self.enter(now, *join),
            Command::Resume(resume) => self.resume(now, *resume),
            Command::Request { session, request } => {
                self.within(session.room, |live, random| live.receive(now, &session, *request, random));
            }
            Command::SignalClosed(session) => {
                self.within(session.room, |live, _| live.signal_closed(now, &session));
            }
            Command::Disconnect { session, reason } => {
                self.within(session.room, |live, _| live.disconnect(now, &session, reason));
            }
            Command::Close { room, reason } => self.input_to(now, &room, Input::Close(reason)),
            Command::Remove { room, identity } => self.input_to(now, &room, Input::Remove(identity)),
            Command::ApiRequest(api_call) => self.api_call(now, *api_call),
            Command::Flush(reply) => drop(reply.send(())),
            Command::Shutdown => self.shutdown(now),
            #[cfg(test)]
            Command::Panic { room } => {
                if let Some(id) = self.by_name.get(&room).copied() {
                    self.within(id, |_, _| panic!("a room was asked to break"));
                }
            }
        }
    }

    fn datagram(&mut self, now: Instant, to: Route, datagram: Datagram<'_>) {
        self.now = now;
        let Datagram { transport, source, destination, bytes } = datagram;
        let input = anteroom_media::Input::Datagram { peer: to.peer, transport, source, destination, bytes };
        self.within(to.room, |live, _| live.media.handle(now, input));
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
        for id in std::mem::take(&mut self.dirty) {
            let over = self.within(id, |live, _| live.drain(now, wire));
            match over {
                Some(true) | None => self.forget(id),
                Some(false) => self.reschedule(id),
            }
            self.dirty.remove(&id);
        }
        for orphan in self.orphaned_routes.drain(..) {
            wire.unroute(orphan);
        }
    }
}

#[cfg(test)]
mod tests;
