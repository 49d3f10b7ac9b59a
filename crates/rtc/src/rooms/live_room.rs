//! One live room: the participants (`room`), the packets (`media`) and each client's signalling, kept in step.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Instant;

use anteroom_media::{Media, PeerId, PersonId, Reliability};
use anteroom_room::{DisconnectReason, Identity, Input, Limits, Output, ParticipantSid, Room};
use anteroom_signalling::{ClientRequest, Frame, RoomEvent, RoomInfo, RoomSnapshot, Signalling};

use super::command::{Attendance, Join, JoinRefused, Joined, SessionSocket};
use super::connection::{ClientConnection, PeerConnections};
use super::directory::{Listing, RoomDirectory, may_change_listing};
use super::forced_transport::ForcedTransports;
use super::pending_rpc::PendingRpcs;
use crate::event_queue::EventSender;
use crate::random_ids::RandomBytes;
use crate::rooms_port::Route;

pub(crate) struct LiveRoom {
    pub(crate) info: RoomInfo,
    pub(crate) media: Media,
    /// The deadline under which the registry has this room.
    pub(crate) due: Option<Instant>,
    /// The registry drains it in this turn.
    pub(crate) dirty: bool,
    /// Something happened that may need another offer: not so for packets.
    pub(crate) offers_due: bool,
    pub(super) connections: BTreeMap<ParticipantSid, ClientConnection>,
    pub(super) inputs: VecDeque<Input>,
    pub(super) id: u64,
    pub(super) room: Room,
    pub(super) pending_rpcs: PendingRpcs,
    pub(super) forced_transports: ForcedTransports,
    /// Where webhooks get their events from; `None` if there are no webhooks.
    pub(super) events: Option<EventSender<RoomEvent>>,
    pub(super) by_peer: BTreeMap<PeerId, ParticipantSid>,
    /// Keyed at random: nobody can choose an identity that counts as another person.
    persons: RandomState,
    /// Routes to add and to remove with the next drain.
    pub(super) new_routes: Vec<(String, Route)>,
    pub(super) old_routes: Vec<Route>,
    attendance: EventSender<Attendance>,
    /// The directory and what it shows of this room; `None` once the room's name is free.
    pub(super) listing: Option<(Arc<RoomDirectory>, Arc<Listing>)>,
    pub(super) closed: bool,
}

impl LiveRoom {
    pub(crate) fn new(
        id: u64,
        info: RoomInfo,
        media: Media,
        now: Instant,
        limits: Limits,
        attendance: EventSender<Attendance>,
    ) -> Self {
        Self {
            info,
            media,
            due: None,
            dirty: false,
            offers_due: true,
            connections: BTreeMap::new(),
            inputs: VecDeque::new(),
            id,
            room: Room::new(now, limits),
            pending_rpcs: PendingRpcs::default(),
            forced_transports: ForcedTransports::default(),
            events: None,
            by_peer: BTreeMap::new(),
            persons: RandomState::new(),
            new_routes: Vec::new(),
            old_routes: Vec::new(),
            attendance,
            listing: None,
            closed: false,
        }
    }

    pub(crate) fn join(
        &mut self,
        now: Instant,
        join: Join,
        peers: PeerConnections,
        socket: u64,
        random: &mut RandomBytes,
    ) {
        let Join { bearer, new_participant, signalling, add_tracks, offer, reply, .. } = join;
        if let Err(refusal) = self.room.can_join(&new_participant.identity) {
            let _ = reply.send(Err(JoinRefused::RoomUnavailable(refusal)));
            return;
        }
        let sid = new_participant.sid.clone();
        let mut connection = ClientConnection::new(&peers, bearer, signalling);
        connection.forced_transport = self.forced_transports.of(&new_participant.identity);
        if new_participant.grants.can_subscribe {
            connection.data_pc = connection.subscriber_pc;
        }
        let channels = connection.signalling.data_channels();
        let person = PersonId(self.persons.hash_one(&new_participant.identity));
        for (peer, ice) in peers.0 {
            self.media.join(now, peer, ice);
            self.media.set_person(peer, person);
            for channel in &channels {
                let buffered = channel.reliability == Reliability::Reliable;
                self.media.reserve_channel(peer, &channel.label, buffered);
            }
            self.by_peer.insert(peer, sid.clone());
        }
        let (frames, info) = (connection.attach(socket), connection.info.subscribe());
        self.connections.insert(sid.clone(), connection);
        self.handle(now, Input::Join(Box::new(new_participant)));
        for request in add_tracks {
            self.request(now, &sid, ClientRequest::AddTrack(request), random);
        }
        if let Some(offer) = offer {
            self.request(now, &sid, ClientRequest::Offer(offer), random);
        }
        let session = SessionSocket { room: self.id, sid: sid.clone(), socket };
        if reply.send(Ok(Joined { session, frames, info })).is_err() {
            // The HTTP request was cancelled meanwhile.
            self.handle(now, Input::Leave { who: sid, reason: DisconnectReason::Left });
        }
    }

    /// A request of a client, if it comes over the session's current socket.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        session: &SessionSocket,
        request: ClientRequest,
        random: &mut RandomBytes,
    ) {
        if self.is_current(session) {
            self.request(now, &session.sid, request, random);
        }
    }

    pub(crate) fn signal_closed(&mut self, now: Instant, session: &SessionSocket) {
        if self.is_current(session) {
            if let Some(connection) = self.connections.get_mut(&session.sid) {
                connection.detach();
            }
            self.handle(now, Input::SignalDown(session.sid.clone()));
        }
    }

    pub(crate) fn disconnect(&mut self, now: Instant, session: &SessionSocket, reason: DisconnectReason) {
        if self.is_current(session) {
            self.handle(now, Input::Leave { who: session.sid.clone(), reason });
        }
    }

    /// Removes a participant, unless they have connected with a ticket of this number or a higher one.
    pub(crate) fn remove(&mut self, now: Instant, identity: Identity, older_than: i64) {
        let Some(info) = self.room.find(&identity) else { return };
        let number = self.connections.get(&info.sid).and_then(|connection| connection.bearer.ticket_number);
        if number.is_none_or(|number| number < older_than) {
            self.handle(now, Input::Remove(identity));
        }
    }

    fn is_current(&self, session: &SessionSocket) -> bool {
        self.connections.get(&session.sid).is_some_and(|connection| connection.is_current_socket(session.socket))
    }

    pub(crate) fn tick(&mut self, now: Instant) {
        if self.media.deadline().is_some_and(|at| at <= now) {
            self.media.handle(now, anteroom_media::Input::Tick);
        }
        if self.room.deadline().is_some_and(|at| at <= now) {
            self.handle(now, Input::Tick);
        }
        self.pending_rpcs.tick(now);
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        [self.room.deadline(), self.media.deadline(), self.pending_rpcs.deadline()].into_iter().flatten().min()
    }

    /// Feeds the room one input and does all that follows from it.
    pub(crate) fn handle(&mut self, now: Instant, input: Input) {
        self.inputs.push_back(input);
        self.run_inputs(now);
    }

    pub(super) fn run_inputs(&mut self, now: Instant) {
        self.offers_due |= !self.inputs.is_empty();
        while let Some(input) = self.inputs.pop_front() {
            let may_have_changed = may_change_listing(&input);
            self.room.handle(now, input);
            if may_have_changed {
                // Before clients are sent the change: one may ask the server API at once.
                self.publish_participants();
            }
            while let Some(output) = self.room.poll() {
                self.perform(now, output);
            }
        }
    }

    /// Carries out what the room decided.
    fn perform(&mut self, now: Instant, output: Output) {
        self.emit_for(&output);
        match &output {
            Output::Joined { to, you, others } => {
                let info = self.info.clone();
                self.send_signal(to, |signalling| signalling.joined(&info, you, others));
            }
            Output::TrackPending { to, cid, track } => {
                self.send_output(to, &output);
                let follows = self.connections.get_mut(to).map(|of| of.signalling.track_pending(cid, track));
                self.inputs.extend(follows.into_iter().flatten());
            }
            Output::Subscribed { who, from, track } => {
                if let Some(connection) = self.connections.get_mut(who) {
                    connection.signalling.subscribe(from, track);
                }
            }
            Output::Unsubscribed { who, track } => self.unsubscribe(who, track),
            Output::Data { to, from, message } => self.send_message(now, to, from, message),
            Output::MediaConnected(who) => self.report_attendance(who, Attendance::Arrived),
            Output::ResumeRequested(who) => {
                self.send_output(who, &output);
                if let Some(connection) = self.connections.get_mut(who) {
                    connection.detach();
                    self.inputs.push_back(Input::SignalDown(who.clone()));
                }
            }
            Output::Disconnected { who, reason, was_active, .. } => {
                if *reason != DisconnectReason::Left {
                    self.send_output(who, &output);
                }
                self.remove_connection(now, who, *was_active);
            }
            Output::Closed(_) => self.closed = true,
            Output::Muted { who, track, muted } => {
                let Some(connection) = self.connections.get(who) else { return };
                let sections = connection.signalling.publishing_sections(track).into_iter();
                sections.for_each(|mid| self.media.mute(now, (connection.publisher_pc, mid), *muted));
            }
            Output::BackupCodecPublished { who, track } => self.forward_backup_codec(now, who, track),
            Output::Published { .. } | Output::Unpublished { .. } => {}
            Output::ParticipantsUpdated { to, about } => {
                self.send_output(to, &output);
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
            | Output::SpeakersChanged { to, .. } => self.send_output(to, &output),
        }
    }

    fn send_output(&mut self, to: &ParticipantSid, output: &Output) {
        self.send_signal(to, |signalling| signalling.output(output));
    }

    /// Sends signalling messages, written by the client's own wire.
    pub(super) fn send_signal(&mut self, to: &ParticipantSid, write: impl FnOnce(&mut dyn Signalling) -> Vec<Frame>) {
        let Some(connection) = self.connections.get_mut(to) else { return };
        let frames = write(&mut *connection.signalling);
        self.send_frames(to, frames);
    }

    pub(super) fn send_frames(&mut self, to: &ParticipantSid, frames: Vec<Frame>) {
        let Some(connection) = self.connections.get_mut(to) else { return };
        for frame in frames {
            if !connection.send(frame) {
                self.inputs.push_back(Input::SignalDown(to.clone()));
            }
        }
    }

    fn remove_connection(&mut self, now: Instant, who: &ParticipantSid, was_active: bool) {
        if was_active {
            self.report_attendance(who, Attendance::Departed);
        }
        self.pending_rpcs.disconnected(who);
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

    pub(super) fn report_attendance(&self, who: &ParticipantSid, how: fn(anteroom_app::Bearer) -> Attendance) {
        if let Some(connection) = self.connections.get(who) {
            self.attendance.send(how(connection.bearer.clone()));
        }
    }

    /// The room with its counts.
    pub(super) fn snapshot(&self) -> RoomSnapshot {
        let visible = || self.room.participants().filter(|info| !info.grants.hidden);
        let people = visible().count() as u32;
        let publishers = visible().filter(|info| !info.tracks.is_empty()).count() as u32;
        RoomSnapshot { info: self.info.clone(), people, publishers }
    }

    pub(crate) fn routes(&self) -> impl Iterator<Item = Route> + use<> {
        let peers: Vec<_> = self.by_peer.keys().map(|peer| Route { room: self.id, peer: *peer }).collect();
        peers.into_iter()
    }

    pub(super) fn route_of(&self, peer: PeerId) -> Route {
        Route { room: self.id, peer }
    }
}
