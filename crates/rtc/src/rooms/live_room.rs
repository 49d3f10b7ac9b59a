//! One live room: the people (`room`), the packets (`media`) and each device's signalling, kept in step.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use anteroom_livekit::webhook::RoomEvent;
use anteroom_livekit::{self as livekit, Request, RoomInfo, ServerInfo, SignalState};
use anteroom_media::{Channel, Media, Output as Packet, PeerId};
use anteroom_room::{DisconnectReason, Input, Limits, Output, ParticipantSid, Room};
use tokio::sync::mpsc;

use super::candidate_filter::ForcedTransport;
use super::command::{Attendance, Join, JoinRefused, Joined, SessionSocket};
use super::connection::{Connection, PeerConnections};
use super::rpc::PendingRpcs;
use crate::random_ids::{self, RandomBytes};
use crate::rooms_port::{Route, Wire};

pub(crate) struct LiveRoom {
    pub(crate) facts: RoomInfo,
    pub(crate) media: Media,
    /// What the hall believes [`Live::deadline`] to be.
    pub(crate) due: Option<Instant>,
    pub(super) connections: BTreeMap<ParticipantSid, Connection>,
    pub(super) inputs: VecDeque<Input>,
    pub(super) id: u64,
    pub(super) server_info: ServerInfo,
    pub(super) room: Room,
    pub(super) pending_rpcs: PendingRpcs,
    pub(super) forced_transports: ForcedTransport,
    pub(super) events: Option<mpsc::UnboundedSender<RoomEvent>>,
    pub(super) by_peer: BTreeMap<PeerId, ParticipantSid>,
    /// Said by the media while the room was asked; nothing is lost by waiting for the next drain.
    pub(super) new_routes: Vec<(String, Route)>,
    old_routes: Vec<Route>,
    attendance: mpsc::UnboundedSender<Attendance>,
    over: bool,
}

impl LiveRoom {
    pub(crate) fn new(
        id: u64,
        facts: RoomInfo,
        server_info: ServerInfo,
        media: Media,
        now: Instant,
        limits: Limits,
        attendance: mpsc::UnboundedSender<Attendance>,
    ) -> Self {
        Self {
            facts,
            media,
            due: None,
            connections: BTreeMap::new(),
            inputs: VecDeque::new(),
            id,
            server_info,
            room: Room::new(now, limits),
            pending_rpcs: PendingRpcs::default(),
            forced_transports: ForcedTransport::default(),
            events: None,
            by_peer: BTreeMap::new(),
            new_routes: Vec::new(),
            old_routes: Vec::new(),
            attendance,
            over: false,
        }
    }

    pub(crate) fn enter(
        &mut self,
        now: Instant,
        join: Join,
        peers: PeerConnections,
        socket: u64,
        random: &mut RandomBytes,
    ) {
        let Join { bearer, new_participant, add_tracks, offer, dual_pc, reply } = join;
        if let Err(refusal) = self.room.can_join(&new_participant.identity) {
            let _ = reply.send(Err(JoinRefused::RoomUnavailable(refusal)));
            return;
        }
        let sid = new_participant.sid.clone();
        let session = if dual_pc { SignalState::with_dual_pc } else { SignalState::new };
        let mut connection = Connection::new(peers.peer(), bearer, session(sid.clone()));
        connection.forced_transport = self.forced_transports.of(&new_participant.identity);
        if let Some(subscriber_pc) = peers.subscriber_pc() {
            connection.with_subscriber_pc(subscriber_pc, new_participant.grants.can_subscribe);
        }
        for (peer, ice) in peers.0 {
            self.media.join(now, peer, ice);
            self.by_peer.insert(peer, sid.clone());
        }
        let (frames, info) = (connection.attach(socket), connection.info.subscribe());
        self.connections.insert(sid.clone(), connection);
        self.tell(now, Input::Join(Box::new(new_participant)));
        for request in add_tracks {
            let track = livekit::track_sid(request.kind, request.source, &random_ids::letters::<12>(random));
            self.tell(now, Input::Publish { who: sid.clone(), request, sid: track });
        }
        if let Some(offer) = offer {
            self.negotiate(now, &sid, &offer);
        }
        let session = SessionSocket { room: self.id, sid: sid.clone(), socket };
        if reply.send(Ok(Joined { session, frames, info })).is_err() {
            // The door no longer waits: whoever knocked has gone away meanwhile.
            self.tell(now, Input::Leave { who: sid, reason: DisconnectReason::Left });
        }
    }

    /// A message of a device, if it comes through its present socket.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        session: &SessionSocket,
        request: Request,
        random: &mut RandomBytes,
    ) {
        if self.connections.get(&session.sid).is_some_and(|connection| connection.is_current_socket(session.socket)) {
            self.asked(now, &session.sid, request, random);
        }
    }

    pub(crate) fn signal_closed(&mut self, now: Instant, session: &SessionSocket) {
        let Some(connection) = self.connections.get_mut(&session.sid) else { return };
        if connection.is_current_socket(session.socket) {
            connection.detach();
            self.tell(now, Input::SignalDown(session.sid.clone()));
        }
    }

    pub(crate) fn disconnect(&mut self, now: Instant, session: &SessionSocket, reason: DisconnectReason) {
        if self.connections.get(&session.sid).is_some_and(|connection| connection.is_current_socket(session.socket)) {
            self.tell(now, Input::Leave { who: session.sid.clone(), reason });
        }
    }

    pub(crate) fn tick(&mut self, now: Instant) {
        if self.media.deadline().is_some_and(|at| at <= now) {
            self.media.handle(now, anteroom_media::Input::Tick);
        }
        if self.room.deadline().is_some_and(|at| at <= now) {
            self.tell(now, Input::Tick);
        }
        self.pending_rpcs.tick(now);
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        [self.room.deadline(), self.media.deadline(), self.pending_rpcs.deadline()].into_iter().flatten().min()
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
        self.emit_for(&output);
        match &output {
            Output::Joined { to, you, others } => {
                let welcome = self
                    .connections
                    .get(to)
                    .map(|d| d.session.join_response(&self.facts, &self.server_info, you, others));
                self.say(to, welcome.unwrap_or_default());
            }
            Output::TrackPending { to, cid, track } => {
                self.encode_and_send(to, &output);
                let known = self.connections.get_mut(to).map(|connection| connection.session.track_pending(cid, track));
                self.inputs.extend(known.into_iter().flatten());
            }
            Output::Subscribed { who, from, track } => {
                if let Some(connection) = self.connections.get_mut(who) {
                    connection.session.subscribe(from, track);
                }
            }
            Output::Unsubscribed { who, track } => self.unsubscribe(who, track),
            Output::Data { to, from, message } => {
                let identity = self.room.participant(from).map(|info| info.identity.clone());
                let bytes = identity.and_then(|identity| livekit::write_message(from, &identity, message));
                let channel = if message.reliable { Channel::Reliable } else { Channel::Lossy };
                if let (Some(connection), Some(bytes)) = (self.connections.get_mut(to), bytes) {
                    self.media.send_data(now, connection.data_pc, channel, &bytes);
                    if message.reliable && message.sequence > 0 {
                        connection.sent_reliable.keep(now, from, message.sequence, &bytes);
                    }
                }
            }
            Output::MediaConnected(who) => self.report_attendance(who, Attendance::Arrived),
            Output::ResumeRequested(who) => {
                self.encode_and_send(who, &output);
                if let Some(connection) = self.connections.get_mut(who) {
                    connection.detach();
                    self.inputs.push_back(Input::SignalDown(who.clone()));
                }
            }
            Output::Disconnected { who, reason, was_active, .. } => {
                if *reason != DisconnectReason::Left {
                    self.encode_and_send(who, &output);
                }
                self.remove_connection(now, who, *was_active);
            }
            Output::Closed(_) => self.over = true,
            Output::Muted { who, track, muted } => {
                let Some(connection) = self.connections.get(who) else { return };
                let sections = connection.session.sent_on(track).into_iter();
                sections.for_each(|mid| self.media.mute(now, (connection.peer, mid), *muted));
            }
            Output::BackupCodecPublished { who, track } => self.forward_backup_codec(now, who, track),
            Output::Published { .. } | Output::Unpublished { .. } => {}
            Output::ParticipantsUpdated { to, about } => {
                self.encode_and_send(to, &output);
                let own = about.iter().find(|info| info.sid == *to);
                if let (Some(info), Some(connection)) = (own, self.connections.get(to)) {
                    connection.info.send_replace(Some(Arc::clone(info)));
                }
            }
            Output::FirstSubscribed { to, .. }
            | Output::ServerMuted { to, .. }
            | Output::SubscriptionPermissionChanged { to, .. }
            | Output::RequestDenied { to, .. }
            | Output::RequestGranted { to, .. }
            | Output::PublishRevoked { to, .. }
            | Output::ConnectionQualityChanged { to, .. }
            | Output::TrackNotFound { to, .. }
            | Output::SpeakersChanged { to, .. } => self.encode_and_send(to, &output),
        }
    }

    fn encode_and_send(&mut self, to: &ParticipantSid, output: &Output) {
        if let Some(frame) = self.connections.get(to).and_then(|connection| connection.session.say(output)) {
            self.say(to, frame);
        }
    }

    pub(super) fn say(&mut self, to: &ParticipantSid, frame: Vec<u8>) {
        let Some(connection) = self.connections.get_mut(to) else { return };
        if !connection.say(frame) {
            self.inputs.push_back(Input::SignalDown(to.clone()));
        }
    }

    fn remove_connection(&mut self, now: Instant, who: &ParticipantSid, was_active: bool) {
        if was_active {
            self.report_attendance(who, Attendance::Departed);
        }
        self.pending_rpcs.forget(who);
        let Some(connection) = self.connections.remove(who) else { return };
        for peer in connection.peers() {
            self.by_peer.remove(&peer);
            if connection.is_attached() {
                self.media.remove(now, peer);
            } else {
                self.media.leave(now, peer);
            }
            self.old_routes.push(Route { room: self.id, peer });
        }
    }

    fn report_attendance(&self, who: &ParticipantSid, how: fn(anteroom_app::Bearer) -> Attendance) {
        if let Some(connection) = self.connections.get(who) {
            let _ = self.attendance.send(how(connection.bearer.clone()));
        }
    }

    /// After a break: nobody is told what the broken room would have told.
    pub(crate) fn report_departures(&self) {
        for info in self.room.participants() {
            if info.state == anteroom_room::ParticipantState::Active {
                self.report_attendance(&info.sid, Attendance::Departed);
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
            } else if !self.send_offers(now) {
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
            Packet::Connected(peer) => self.input_if_data_pc(peer, Input::MediaUp),
            Packet::Disconnected(peer) => self.input_if_data_pc(peer, Input::MediaDown),
            Packet::Failed { peer, why } => {
                tracing::info!(room = self.id, peer = peer.0, why, "a peer's media is gone");
                self.input_for(peer, |who| Input::Leave { who, reason: DisconnectReason::MediaLost });
            }
            // A program that goes closes everything at once, and its word of it may come later than this; one that has
            // to begin again does the same, and says nothing.
            Packet::Closed(peer) => self.input_for(peer, Input::MediaClosed),
            Packet::Data { peer, channel, bytes } => self.data(peer, channel, &bytes),
            Packet::AudioLevel { peer, mid, level, active } => {
                let Some(who) = self.by_peer.get(&peer).cloned() else { return };
                let track =
                    self.connections.get(&who).and_then(|connection| connection.session.published_on(mid)).cloned();
                self.inputs.extend(track.map(|track| Input::AudioLevel { who, track, level, active }));
            }
            Packet::ConnectionQuality { peer, score } => {
                let Some(who) = self.by_peer.get(&peer).cloned() else { return };
                let score =
                    self.connections.get_mut(&who).map_or(score, |connection| connection.update_score(peer, score));
                self.inputs.push_back(Input::ConnectionScore { who, score });
            }
            Packet::VideoPaused { peer, mid, paused: starved } => self.report_stream_state((peer, mid), starved),
            Packet::DynacastLayers { peer, mid, layers } => self.report_subscribed_quality((peer, mid), layers),
            Packet::FirstPacket { .. } | Packet::Opened { .. } => {}
        }
    }

    /// Of two connections the one counts by which they say that they are in the call.
    fn input_if_data_pc(&mut self, peer: PeerId, input: impl FnOnce(ParticipantSid) -> Input) {
        let who = self.by_peer.get(&peer);
        if who.and_then(|who| self.connections.get(who)).is_some_and(|connection| connection.data_pc == peer) {
            self.input_for(peer, input);
        }
    }

    fn input_for(&mut self, peer: PeerId, input: impl FnOnce(ParticipantSid) -> Input) {
        let who = self.by_peer.get(&peer).cloned();
        self.inputs.extend(who.map(input));
    }
}
