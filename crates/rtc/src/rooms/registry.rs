//! The live rooms of one media thread.
//!
//! Finds the room that a command or a datagram is for, hands it over, keeps the deadlines. A panic in one room closes
//! that room: its clients reconnect, the other rooms go on.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use anteroom_media::{Media, PeerId};
use anteroom_room::{DisconnectReason, Input, Limits};
use anteroom_signalling::{Event, RoomEvent, RoomInfo};

use super::command::{Attendance, Command, Join, JoinRefused, Resume};
use super::connection::PeerConnections;
use super::directory::RoomDirectory;
use super::live_room::LiveRoom;
use crate::event_queue::EventSender;
use crate::random_ids::{self, RandomBytes};
use crate::rooms_port::{Datagram, RoomLoop, Route, Wire};

pub(crate) struct Rooms {
    media: Arc<anteroom_media::Config>,
    pub(super) limits: Limits,
    random: RandomBytes,
    attendance: EventSender<Attendance>,
    /// Where webhooks get their events from; `None` if there are no webhooks.
    events: Option<EventSender<RoomEvent>>,
    pub(super) rooms: HashMap<u64, LiveRoom>,
    pub(super) by_name: HashMap<String, u64>,
    pub(crate) directory: Arc<RoomDirectory>,
    /// Rooms to drain: something happened in them since the last drain.
    dirty: Vec<u64>,
    pub(super) deadlines: BTreeSet<(Instant, u64)>,
    /// Routes of rooms that have closed, to be removed with the next drain.
    orphaned_routes: Vec<Route>,
    /// The last number given to a room, a peer connection or a socket.
    last: u64,
    /// Media threads of the process. Each gives every n-th number: the remainder of a room's number is the index of
    /// its thread.
    threads: u64,
    /// The time of the last input.
    pub(super) now: Instant,
}

impl Rooms {
    pub(crate) fn new(
        media: Arc<anteroom_media::Config>,
        limits: Limits,
        random: RandomBytes,
        attendance: EventSender<Attendance>,
        now: Instant,
    ) -> Self {
        Self {
            media,
            limits,
            random,
            attendance,
            events: None,
            rooms: HashMap::new(),
            by_name: HashMap::new(),
            directory: Arc::default(),
            dirty: Vec::new(),
            deadlines: BTreeSet::new(),
            orphaned_routes: Vec::new(),
            last: 0,
            threads: 1,
            now,
        }
    }

    /// Events go there from now on.
    pub(crate) fn with_webhooks(mut self, events: EventSender<RoomEvent>) -> Self {
        self.events = Some(events);
        self
    }

    /// These are the rooms of media thread `index` of `threads`, which share a directory.
    pub(crate) fn on_thread(mut self, index: u64, threads: u64, directory: Arc<RoomDirectory>) -> Self {
        (self.last, self.threads, self.directory) = (index, threads, directory);
        self
    }

    fn number(&mut self) -> u64 {
        self.last += self.threads;
        self.last
    }

    fn join(&mut self, now: Instant, mut join: Join) {
        let room = match (self.id_of(&join.bearer.room), join.room_sid.take()) {
            (Some(id), _) => Some(id),
            (None, Some(sid)) => {
                let (name, at_ms) = (&join.bearer.room, join.new_participant.joined_at_ms);
                self.open_room(now, name, sid, String::new(), at_ms, self.limits)
            }
            (None, None) => {
                let _ = join.reply.send(Err(JoinRefused::UnknownRoom));
                return;
            }
        };
        let Some(room) = room else {
            let _ = join.reply.send(Err(JoinRefused::Overloaded));
            return;
        };
        let peers = if join.signalling.dual_pc() { 2 } else { 1 };
        let peers = (0..peers).map(|_| (PeerId(self.number()), random_ids::ice_creds(&mut self.random))).collect();
        let socket = self.number();
        self.within(room, |live, random| live.join(now, join, PeerConnections(peers), socket, random));
    }

    fn resume(&mut self, now: Instant, resume: Resume) {
        let Some(room) = self.by_name.get(&resume.bearer.room).copied() else {
            let _ = resume.reply.send(Err(JoinRefused::UnknownSession));
            return;
        };
        let socket = self.number();
        self.within(room, |live, _| live.resume(now, resume, socket));
    }

    pub(super) fn id_of(&self, room: &str) -> Option<u64> {
        self.by_name.get(room).copied()
    }

    /// Opens a room of a name that is free. `None` if the server has as many rooms as it takes.
    pub(super) fn open_room(
        &mut self,
        now: Instant,
        name: &str,
        sid: String,
        metadata: String,
        at_ms: i64,
        limits: Limits,
    ) -> Option<u64> {
        let id = self.number();
        let info = RoomInfo {
            sid,
            name: name.to_owned(),
            created_at_ms: at_ms,
            metadata,
            empty_timeout: limits.empty.as_secs() as u32,
            departure_timeout: limits.departure.as_secs() as u32,
            max_participants: limits.people as u32,
        };
        let media = Media::new(Arc::clone(&self.media));
        let mut live = LiveRoom::new(id, info, media, now, limits, self.attendance.clone());
        let listing = live.listing();
        if !self.directory.open(Arc::clone(&listing)) {
            return None;
        }
        live.listing = Some((Arc::clone(&self.directory), listing));
        live.events.clone_from(&self.events);
        live.emit(Event::RoomStarted);
        live.dirty = true;
        self.rooms.insert(id, live);
        self.dirty.push(id);
        self.by_name.insert(name.to_owned(), id);
        Some(id)
    }

    fn input_to(&mut self, now: Instant, room: &str, input: Input) {
        if let Some(id) = self.by_name.get(room).copied() {
            self.within(id, |live, _| live.handle(now, input));
        }
    }

    fn shutdown(&mut self, now: Instant) {
        let everywhere: Vec<u64> = self.rooms.keys().copied().collect();
        for id in everywhere {
            self.within(id, |live, _| live.handle(now, Input::Close(DisconnectReason::Draining)));
        }
    }

    /// Does something in a room that may change what is to be offered. A panic closes that room alone.
    pub(super) fn within<T>(&mut self, id: u64, work: impl FnOnce(&mut LiveRoom, &mut RandomBytes) -> T) -> Option<T> {
        self.within_media(id, |live, random| {
            live.offers_due = true;
            work(live, random)
        })
    }

    /// Moves packets or time on in a room. A panic closes that room alone.
    fn within_media<T>(&mut self, id: u64, work: impl FnOnce(&mut LiveRoom, &mut RandomBytes) -> T) -> Option<T> {
        let live = self.rooms.get_mut(&id)?;
        if !std::mem::replace(&mut live.dirty, true) {
            self.dirty.push(id);
        }
        let random = &mut self.random;
        if let Ok(done) = catch_unwind(AssertUnwindSafe(|| work(live, random))) {
            return Some(done);
        }
        tracing::error!(room = id, "room panicked and was closed");
        if let Some(live) = self.rooms.get(&id) {
            // Reading a room that panicked may panic again.
            let _ = catch_unwind(AssertUnwindSafe(|| live.emit_failed()));
        }
        self.forget(id);
        None
    }

    /// Removes a room. Its sockets close; its clients get "unknown session" when they resume.
    fn forget(&mut self, id: u64) {
        let Some(live) = self.rooms.remove(&id) else { return };
        if let Some(at) = live.due {
            self.deadlines.remove(&(at, id));
        }
        if self.by_name.get(&live.info.name) == Some(&id) {
            self.by_name.remove(&live.info.name);
            self.directory.remove(&live.info.name);
        }
        self.orphaned_routes.extend(live.routes());
        live.report_departures();
    }

    fn reschedule(&mut self, id: u64) {
        let Some(live) = self.rooms.get_mut(&id) else { return };
        live.dirty = false;
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
            Command::Join(join) => self.join(now, *join),
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
            Command::Remove { room, identity, older_than } => {
                if let Some(id) = self.id_of(&room) {
                    self.within(id, |live, _| live.remove(now, identity, older_than));
                }
            }
            Command::Api(call) => self.api_call(now, *call),
            // Everything before this was handled, and its events are in the channel.
            Command::Flush(done) => drop(done),
            Command::Shutdown => self.shutdown(now),
            #[cfg(test)]
            Command::Panic { room } => {
                if let Some(id) = self.by_name.get(&room).copied() {
                    self.within(id, |_, _| panic!("a room was asked to panic"));
                }
            }
            #[cfg(test)]
            Command::Park { entered, release, .. } => {
                entered.send(()).expect("the test waits for it");
                let _ = release.recv();
            }
            #[cfg(test)]
            Command::PanicThread { .. } => panic!("a media thread was asked to panic"),
        }
    }

    fn datagram(&mut self, now: Instant, to: Route, datagram: Datagram<'_>) -> bool {
        self.now = now;
        let Datagram { transport, source, destination, bytes } = datagram;
        let input = anteroom_media::Input::Datagram { peer: to.peer, transport, source, destination, bytes };
        self.within_media(to.room, |live, _| live.media.handle(now, input)).unwrap_or(false)
    }

    fn overrun(&mut self, now: Instant, of: Route) {
        self.now = now;
        self.within(of.room, |live, _| live.media.end(now, of.peer, "too many SSRCs"));
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
            self.within_media(id, |live, _| live.tick(now));
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    fn drain(&mut self, wire: &mut dyn Wire) {
        let now = self.now;
        let mut dirty = std::mem::take(&mut self.dirty);
        for id in dirty.drain(..) {
            let over = self.within_media(id, |live, _| live.drain(now, wire));
            match over {
                Some(true) | None => self.forget(id),
                Some(false) => self.reschedule(id),
            }
        }
        // Its memory is used again.
        self.dirty = dirty;
        for orphan in self.orphaned_routes.drain(..) {
            wire.unroute(orphan);
        }
    }
}
