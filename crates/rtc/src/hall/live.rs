//! One live room: the people (`room`), the packets (`media`) and each device's signalling, kept in step.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use anteroom_dialect::livekit::webhook::News;
use anteroom_dialect::livekit::{DataChannel, Request, RoomFacts, Session, Wording};
use anteroom_media::{Media, Output as Packet, PeerId};
use anteroom_room::{Input, Limits, Output, ParticipantSid, Reason, Room};
use tokio::sync::mpsc;

use super::announcing::Spoken;
use super::command::{Attendance, Entered, Entering, NotEntered, Stay};
use super::device::{Device, Legs};
use super::negotiating::send_data;
use super::reaching::Reaching;
use crate::names::{self, Chance};
use crate::thread::{Route, Wire};

pub(crate) struct Live {
    pub(crate) facts: RoomFacts,
    pub(crate) media: Media,
    /// What the hall believes [`Live::deadline`] to be.
    pub(crate) due: Option<Instant>,
    pub(super) devices: BTreeMap<ParticipantSid, Device>,
    pub(super) inputs: VecDeque<Input>,
    pub(super) id: u64,
    pub(super) us: Wording,
    pub(super) room: Room,
    pub(super) spoken: Spoken,
    pub(super) reaching: Reaching,
    pub(super) news: Option<mpsc::UnboundedSender<News>>,
    pub(super) by_peer: BTreeMap<PeerId, ParticipantSid>,
    /// Said by the media while the room was asked; nothing is lost by waiting for the next drain.
    pub(super) new_routes: Vec<(String, Route)>,
    old_routes: Vec<Route>,
    attendance: mpsc::UnboundedSender<Attendance>,
    over: bool,
}

impl Live {
    pub(crate) fn new(
        id: u64,
        facts: RoomFacts,
        us: Wording,
        media: Media,
        now: Instant,
        limits: Limits,
        attendance: mpsc::UnboundedSender<Attendance>,
    ) -> Self {
        Self {
            facts,
            media,
            due: None,
            devices: BTreeMap::new(),
            inputs: VecDeque::new(),
            id,
            us,
            room: Room::new(now, limits),
            spoken: Spoken::default(),
            reaching: Reaching::default(),
            news: None,
            by_peer: BTreeMap::new(),
            new_routes: Vec::new(),
            old_routes: Vec::new(),
            attendance,
            over: false,
        }
    }

    pub(crate) fn enter(&mut self, now: Instant, entering: Entering, legs: Legs, socket: u64, chance: &mut Chance) {
        let Entering { bearer, newcomer, drafts, offer, two_connections, reply } = entering;
        if let Err(refusal) = self.room.admits(&newcomer.identity) {
            let _ = reply.send(Err(NotEntered::NoRoom(refusal)));
            return;
        }
        let sid = newcomer.sid.clone();
        let session = if two_connections { Session::with_two_connections } else { Session::new };
        let mut device = Device::new(legs.peer(), bearer, session(sid.clone()));
        device.reach = self.reaching.of(&newcomer.identity);
        if let Some(ear) = legs.ear() {
            device.hears_on(ear, newcomer.grants.can_subscribe);
        }
        for (peer, ice) in legs.0 {
            self.media.join(now, peer, ice);
            self.reserve_channels(peer);
            self.by_peer.insert(peer, sid.clone());
        }
        let (frames, face) = (device.plug(socket), device.face.subscribe());
        self.devices.insert(sid.clone(), device);
        self.tell(now, Input::Join(Box::new(newcomer)));
        for draft in drafts {
            let chance_of_track = names::letters::<12>(chance);
            self.tell(now, Input::Publish { who: sid.clone(), draft, chance: chance_of_track });
        }
        if let Some(offer) = offer {
            self.negotiate(now, &sid, &offer);
        }
        let stay = Stay { room: self.id, sid: sid.clone(), socket };
        if reply.send(Ok(Entered { stay, frames, face })).is_err() {
            // The door no longer waits: whoever knocked has gone away meanwhile.
            self.tell(now, Input::Leave { who: sid, reason: Reason::Left });
        }
    }

    /// A message of a device, if it comes through its present socket.
    pub(crate) fn hear(&mut self, now: Instant, stay: &Stay, request: Request, chance: &mut Chance) {
        if self.devices.get(&stay.sid).is_some_and(|device| device.speaks_through(stay.socket)) {
            self.asked(now, &stay.sid, request, chance);
        }
    }

    pub(crate) fn hang_up(&mut self, now: Instant, stay: &Stay) {
        let Some(device) = self.devices.get_mut(&stay.sid) else { return };
        if device.speaks_through(stay.socket) {
            device.unplug();
            self.tell(now, Input::SignalDown(stay.sid.clone()));
        }
    }

    pub(crate) fn expel(&mut self, now: Instant, stay: &Stay, reason: Reason) {
        if self.devices.get(&stay.sid).is_some_and(|device| device.speaks_through(stay.socket)) {
            self.tell(now, Input::Leave { who: stay.sid.clone(), reason });
        }
    }

    pub(crate) fn tick(&mut self, now: Instant) {
        if self.media.deadline().is_some_and(|at| at <= now) {
            self.media.handle(now, anteroom_media::Input::Tick);
        }
        if self.room.deadline().is_some_and(|at| at <= now) {
            self.tell(now, Input::Tick);
        }
        self.spoken.tick(now);
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        [self.room.deadline(), self.media.deadline(), self.spoken.deadline()].into_iter().flatten().min()
    }

    /// Tells the room one thing and does all that follows from it.
    pub(crate) fn tell(&mut self, now: Instant, input: Input) {
        self.inputs.push_back(input);
        self.settle(now);
    }

    pub(super) fn settle(&mut self, now: Instant) {
        while let Some(input) = self.inputs.pop_front() {
            self.room.handle(now, input);
            while let Some(output) = self.room.poll() {
                self.act(now, output);
            }
        }
    }

    fn act(&mut self, now: Instant, output: Output) {
        self.tell_news_of(&output);
        match &output {
            Output::Welcome { to, you, others } => {
                let welcome = self.devices.get(to).map(|d| d.session.welcome(&self.facts, &self.us, you, others));
                self.say(to, welcome.unwrap_or_default());
            }
            Output::Reserved { to, cid, track } => {
                self.pass_on(to, &output);
                let known = self.devices.get_mut(to).map(|device| device.session.reserve(cid, track));
                self.inputs.extend(known.into_iter().flatten());
            }
            Output::Subscribed { who, from, track } => {
                if let Some(device) = self.devices.get_mut(who) {
                    device.session.subscribe(from, track);
                }
            }
            Output::Unsubscribed { who, track } => self.unsubscribe(who, track),
            Output::Data { to, from, reliable, sequence, bytes } => {
                let channel = if *reliable { DataChannel::Reliable } else { DataChannel::Lossy };
                if let Some(device) = self.devices.get_mut(to) {
                    send_data(&mut self.media, now, device.mouth, channel, bytes);
                    if *reliable && *sequence > 0 {
                        device.kept.keep(now, from, *sequence, bytes);
                    }
                }
            }
            Output::Arrived(who) => self.report(who, Attendance::Arrived),
            Output::ComeBack(who) => {
                self.pass_on(who, &output);
                if let Some(device) = self.devices.get_mut(who) {
                    device.unplug();
                    self.inputs.push_back(Input::SignalDown(who.clone()));
                }
            }
            Output::Gone { who, reason, was_active, .. } => {
                if *reason != Reason::Left {
                    self.pass_on(who, &output);
                }
                self.part(now, who, *was_active);
            }
            Output::Ended(_) => self.over = true,
            Output::Muted { who, track, muted } => {
                let Some(device) = self.devices.get(who) else { return };
                let sections = device.session.sent_on(track).into_iter();
                sections.for_each(|mid| self.media.mute(now, (device.peer, mid), *muted));
            }
            Output::Backed { who, track } => self.spread(now, who, track),
            Output::Published { .. } | Output::Unpublished { .. } => {}
            Output::Changed { to, about } => {
                self.pass_on(to, &output);
                let own = about.iter().find(|face| face.sid == *to);
                if let (Some(face), Some(device)) = (own, self.devices.get(to)) {
                    device.face.send_replace(Some(Arc::clone(face)));
                }
            }
            Output::Heard { to, .. }
            | Output::Silenced { to, .. }
            | Output::Allowed { to, .. }
            | Output::Denied { to, .. }
            | Output::Granted { to, .. }
            | Output::Withdrawn { to, .. }
            | Output::Line { to, .. }
            | Output::Missing { to, .. }
            | Output::Speaking { to, .. } => self.pass_on(to, &output),
        }
    }

    fn pass_on(&mut self, to: &ParticipantSid, output: &Output) {
        if let Some(frame) = self.devices.get(to).and_then(|device| device.session.say(output)) {
            self.say(to, frame);
        }
    }

    pub(super) fn say(&mut self, to: &ParticipantSid, frame: Vec<u8>) {
        let Some(device) = self.devices.get_mut(to) else { return };
        if !device.say(frame) {
            self.inputs.push_back(Input::SignalDown(to.clone()));
        }
    }

    fn part(&mut self, now: Instant, who: &ParticipantSid, was_active: bool) {
        if was_active {
            self.report(who, Attendance::Departed);
        }
        self.spoken.forget(who);
        let Some(device) = self.devices.remove(who) else { return };
        for peer in device.legs() {
            self.by_peer.remove(&peer);
            if device.is_plugged() {
                self.media.remove(now, peer);
            } else {
                self.media.leave(now, peer);
            }
            self.old_routes.push(Route { room: self.id, peer });
        }
    }

    fn report(&self, who: &ParticipantSid, how: fn(anteroom_app::Bearer) -> Attendance) {
        if let Some(device) = self.devices.get(who) {
            let _ = self.attendance.send(how(device.bearer.clone()));
        }
    }

    /// After a break: nobody is told what the broken room would have told.
    pub(crate) fn report_departures(&self) {
        for face in self.room.participants() {
            if face.state == anteroom_room::State::Active {
                self.report(&face.sid, Attendance::Departed);
            }
        }
    }

    pub(crate) fn routes(&self) -> impl Iterator<Item = Route> + use<> {
        let peers: Vec<_> = self.by_peer.keys().map(|peer| Route { room: self.id, peer: *peer }).collect();
        peers.into_iter()
    }

    pub(super) fn route_of(&self, peer: PeerId) -> Route {
        Route { room: self.id, peer }
    }

    /// Hands out everything that is to be sent. True when the room is over.
    pub(crate) fn drain(&mut self, now: Instant, wire: &mut dyn Wire) -> bool {
        loop {
            while let Some(packet) = self.media.poll() {
                self.take(packet, wire);
            }
            if !self.inputs.is_empty() {
                self.settle(now);
            } else if !self.propose(now) {
                break;
            }
        }
        self.ask_for_sections();
        for (ufrag, route) in self.new_routes.drain(..) {
            wire.route(&ufrag, route);
        }
        for route in self.old_routes.drain(..) {
            wire.unroute(route);
        }
        self.over
    }

    pub(super) fn take(&mut self, packet: Packet, wire: &mut dyn Wire) {
        match packet {
            Packet::Transmit { transport, source, destination, bytes, .. } => {
                wire.send(transport, source, destination, &bytes);
            }
            Packet::Connected(peer) => self.hear_of_first(peer, Input::MediaUp),
            Packet::Disconnected(peer) => self.hear_of_first(peer, Input::MediaDown),
            Packet::Failed { peer, why } => {
                tracing::info!(room = self.id, peer = peer.0, why, "a peer's media is gone");
                self.hear_of(peer, |who| Input::Leave { who, reason: Reason::MediaLost });
            }
            // A program that goes closes everything at once, and its word of it may come later than this; one that has
            // to begin again does the same, and says nothing.
            Packet::Closed(peer) => self.hear_of(peer, Input::MediaClosed),
            Packet::Data { peer, channel, bytes, .. } => self.data(peer, channel, &bytes),
            Packet::AudioLevel { peer, mid, level, active } => {
                let Some(who) = self.by_peer.get(&peer).cloned() else { return };
                let track = self.devices.get(&who).and_then(|device| device.session.published_on(mid)).cloned();
                self.inputs.extend(track.map(|track| Input::Loudness { who, track, level, active }));
            }
            Packet::ConnectionQuality { peer, score } => {
                let Some(who) = self.by_peer.get(&peer).cloned() else { return };
                let score = self.devices.get_mut(&who).map_or(score, |device| device.scored(peer, score));
                self.inputs.push_back(Input::Line { who, score });
            }
            Packet::VideoPaused { peer, mid, paused: starved } => self.starve((peer, mid), starved),
            Packet::DynacastLayers { peer, mid, layers } => self.want((peer, mid), layers),
            Packet::FirstPacket { .. } | Packet::ChannelOpened { .. } | Packet::ChannelClosed { .. } => {}
        }
    }

    /// Of two connections the one counts by which they say that they are in the call.
    fn hear_of_first(&mut self, peer: PeerId, input: impl FnOnce(ParticipantSid) -> Input) {
        let who = self.by_peer.get(&peer);
        if who.and_then(|who| self.devices.get(who)).is_some_and(|device| device.mouth == peer) {
            self.hear_of(peer, input);
        }
    }

    fn hear_of(&mut self, peer: PeerId, input: impl FnOnce(ParticipantSid) -> Input) {
        let who = self.by_peer.get(&peer).cloned();
        self.inputs.extend(who.map(input));
    }
}
