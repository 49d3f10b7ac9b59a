//! In-memory rooms: messages in, frames out, virtual time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anteroom_app::Bearer;
use anteroom_livekit::{DataChannel, JoinRequest, ServerInfo, SignalRequest, SignalState};
use anteroom_media::{ChannelConfig, Media, Mid, Output, PeerId, Reliability, Transport};
use anteroom_room::{DisconnectReason, Grants, Identity, Limits, NewParticipant, ParticipantSid};
use anteroom_signalling::{ApiError, ApiRequest, ApiResponse, ClientRequest, Frame, SessionDescription, Signalling};
use tokio::sync::{mpsc, oneshot};

use crate::event_queue::{Dropped, event_queue};
use crate::random_ids::RandomBytes;
use crate::rooms::{
    ApiCall, Attendance, Command, Join, JoinRefused, Joined, Resume, Rooms, SessionSocket, Totals, View,
};
use crate::rooms_port::{Datagram, RoomLoop, Route, Wire};
use crate::transport::{Counter, Demux, TransportStats};

/// Sends nothing; keeps the routing table.
#[derive(Default)]
struct RoutingWire {
    demux: Demux,
    unrouted: usize,
    counted: TransportStats,
}

impl Wire for RoutingWire {
    fn send(&mut self, _: Transport, _: SocketAddr, _: SocketAddr, _: &[u8]) {}
    fn route(&mut self, ufrag: &str, to: Route) {
        self.demux.route(ufrag, to);
    }
    fn count(&mut self, counter: Counter, events: u64) {
        self.counted.add(counter, events as usize);
    }
    fn unroute(&mut self, to: Route) {
        self.demux.unroute(to);
        self.unrouted += 1;
    }
}

/// One client's signalling socket.
pub struct Client {
    joined: Joined,
    pub room: String,
    pub identity: String,
}

impl Client {
    pub fn sid(&self) -> &ParticipantSid {
        &self.joined.session.sid
    }

    /// Frames sent to the client since the last call.
    pub fn frames(&mut self) -> Vec<Vec<u8>> {
        let frames = std::iter::from_fn(|| self.joined.frames.try_recv());
        frames.filter_map(|frame| if let Frame::Binary(bytes) = frame { Some(bytes) } else { None }).collect()
    }

    /// Text frames sent to the client since the last call.
    #[cfg(test)]
    pub(crate) fn texts(&mut self) -> Vec<String> {
        let frames = std::iter::from_fn(|| self.joined.frames.try_recv());
        frames.filter_map(|frame| if let Frame::Text(text) = frame { Some(text) } else { None }).collect()
    }

    /// The room has closed the socket.
    pub fn is_closed(&self) -> bool {
        self.joined.frames.is_closed()
    }

    pub(crate) fn session(&self) -> SessionSocket {
        self.joined.session.clone()
    }
}

/// What the media may report about a peer.
#[derive(Clone, Debug)]
pub enum MediaEvent {
    Connected,
    Disconnected,
    Failed,
    Closed,
    AudioLevel(Mid, u8),
    Data(DataChannel, Vec<u8>),
    DynacastLayers(Mid, usize),
    VideoPaused(Mid, bool),
    ChannelOpened { lost_messages: bool },
}

impl MediaEvent {
    fn of(&self, peer: PeerId, media: &Media) -> Option<Output> {
        Some(match self.clone() {
            Self::Connected => Output::Connected(peer),
            Self::Disconnected => Output::Disconnected(peer),
            Self::Failed => Output::Failed { peer, why: String::new() },
            Self::Closed => Output::Closed(peer),
            Self::AudioLevel(mid, level) => Output::AudioLevel { peer, mid, level, active: 100 },
            Self::Data(channel, bytes) => {
                let channel = media.channel(peer, channel.label())?;
                Output::Data { peer, channel, binary: true, bytes }
            }
            Self::DynacastLayers(mid, layers) => Output::DynacastLayers { peer, mid, layers },
            Self::ChannelOpened { lost_messages } => {
                let label = DataChannel::Reliable.label();
                let (channel, label) = (media.channel(peer, label)?, label.to_owned());
                let config = ChannelConfig { label, ordered: true, reliability: Reliability::Reliable };
                Output::ChannelOpened { peer, channel, config, lost_messages }
            }
            Self::VideoPaused(mid, paused) => Output::VideoPaused { peer, mid, paused },
        })
    }
}

/// All rooms of a server.
pub struct RoomsHarness {
    pub(crate) rooms: Rooms,
    pub(crate) now: Instant,
    wire: RoutingWire,
    last_sid: u32,
    last_room: u32,
    attendance: mpsc::Receiver<Attendance>,
}

impl RoomsHarness {
    /// `media` can be shared: making its certificate is slow.
    pub fn new(now: Instant, media: Arc<anteroom_media::Config>, limits: Limits) -> Self {
        let (sender, attendance) = event_queue(1 << 20, Dropped::default());
        let mut next = 0_u32;
        // Unique ids, the same in every run.
        let random: RandomBytes = Box::new(move |bytes| {
            next += 1;
            let digits = std::iter::successors(Some(next), |rest| Some(rest / 62));
            bytes.iter_mut().zip(digits).for_each(|(byte, rest)| *byte = (rest % 62) as u8);
        });
        let rooms = Rooms::new(media, limits, random, sender, now);
        Self { rooms, now, wire: RoutingWire::default(), last_sid: 0, last_room: 0, attendance }
    }

    /// Joins a room; `None` if it is full. The n-th participant has the sid `PA_n`.
    pub fn join(&mut self, room: &str, identity: &str, join_request: JoinRequest) -> Option<Client> {
        let signalling = if join_request.dual_pc { SignalState::server_offers } else { SignalState::client_offers };
        let server_info = ServerInfo { version: "0".to_owned(), node: "ND_x".to_owned() };
        self.join_with(room, identity, join_request, |sid| Box::new(signalling(sid, server_info)))
    }

    /// Joins a room as a client of any wire.
    pub(crate) fn join_with(
        &mut self,
        room: &str,
        identity: &str,
        join_request: JoinRequest,
        signalling: impl FnOnce(ParticipantSid) -> Box<dyn Signalling>,
    ) -> Option<Client> {
        self.last_sid += 1;
        let new_participant = NewParticipant {
            sid: anteroom_livekit::participant_sid(&self.last_sid.to_string()),
            identity: identity.into(),
            name: String::new(),
            metadata: String::new(),
            attributes: Default::default(),
            grants: Grants { can_update_metadata: true, ..Grants::default() },
            client: join_request.client,
            auto_subscribe: join_request.auto_subscribe,
            joined_at_ms: 0,
        };
        let signalling = signalling(new_participant.sid.clone());
        let room_sid = self.next_room_sid();
        let (reply, response) = oneshot::channel();
        self.command(Command::Join(Box::new(Join {
            bearer: bearer(room, identity),
            new_participant,
            add_tracks: join_request.add_tracks,
            offer: join_request.offer,
            signalling,
            room_sid: Some(room_sid),
            reply,
        })));
        client(response, room, identity).ok()
    }

    /// A sid for a room that may open.
    pub fn next_room_sid(&mut self) -> String {
        self.last_room += 1;
        anteroom_livekit::room_sid(&self.last_room.to_string())
    }

    /// Resumes the session `sid`; `None` if it is unknown.
    pub fn resume(
        &mut self,
        room: &str,
        identity: &str,
        sid: &str,
        offer: Option<SessionDescription>,
    ) -> Option<Client> {
        self.try_resume(room, identity, sid, offer).ok()
    }

    pub(crate) fn try_resume(
        &mut self,
        room: &str,
        identity: &str,
        sid: &str,
        offer: Option<SessionDescription>,
    ) -> Result<Client, JoinRefused> {
        let (reply, response) = oneshot::channel();
        let bearer = bearer(room, identity);
        self.command(Command::Resume(Box::new(Resume { bearer, sid: sid.into(), offer, reply })));
        client(response, room, identity)
    }

    /// Handles one signalling message of the client, as the WebSocket does: a malformed one disconnects it.
    pub fn send(&mut self, client: &Client, bytes: &[u8]) {
        match SignalRequest::read(bytes) {
            Ok(SignalRequest::Client(request)) => self.request(client, *request),
            Ok(_) => {}
            Err(_) => self.protocol_error(client),
        }
    }

    /// The same in JSON.
    pub fn send_json(&mut self, client: &Client, text: &str) {
        match SignalRequest::from_json(text) {
            Ok(bytes) => self.send(client, &bytes),
            Err(_) => self.protocol_error(client),
        }
    }

    pub(crate) fn request(&mut self, client: &Client, request: ClientRequest) {
        self.command(Command::Request { session: client.session(), request: Box::new(request) });
    }

    pub(crate) fn protocol_error(&mut self, client: &Client) {
        let reason = DisconnectReason::ProtocolError;
        self.command(Command::Disconnect { session: client.session(), reason });
    }

    /// The client's socket closes.
    pub fn signal_closed(&mut self, client: &Client) {
        self.command(Command::SignalClosed(client.session()));
    }

    /// Executes a call of the server API.
    pub fn api_call(
        &mut self,
        request: ApiRequest,
        may_open: bool,
    ) -> oneshot::Receiver<Result<ApiResponse, ApiError>> {
        let (reply, response) = oneshot::channel();
        self.command(Command::Api(Box::new(ApiCall { request, may_open, at_ms: 7, reply })));
        response
    }

    /// Handles an event as if the media had reported it for the client's peer connections.
    pub fn media_event(&mut self, client: &Client, event: &MediaEvent) {
        self.rooms.media_event(self.now, &client.session(), &mut self.wire, |peer, media| event.of(peer, media));
        self.rooms.drain(&mut self.wire);
    }

    /// Handles a datagram that is routed to the client's publisher peer connection.
    pub fn datagram(&mut self, client: &Client, source: SocketAddr, destination: SocketAddr, bytes: &[u8]) {
        if let Some(at) = self.publisher_of(client) {
            let transport = Transport::Udp;
            self.rooms.datagram(self.now, at, Datagram { transport, source, destination, bytes });
            self.rooms.drain(&mut self.wire);
        }
    }

    /// The client's publisher peer connection has made state grow without bound.
    pub fn overrun(&mut self, client: &Client) {
        if let Some(of) = self.publisher_of(client) {
            self.rooms.overrun(self.now, of);
            self.rooms.drain(&mut self.wire);
        }
    }

    fn publisher_of(&self, client: &Client) -> Option<Route> {
        let session = &client.joined.session;
        let people = self.rooms.people(&client.room);
        let peer = people.into_iter().find(|(sid, ..)| *sid == session.sid).map(|(_, peer, _)| peer)?;
        Some(Route { room: session.room, peer })
    }

    /// Lets time pass and handles every deadline on the way.
    pub fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.rooms.deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.rooms.tick(self.now);
            self.rooms.drain(&mut self.wire);
        }
        self.now = end;
    }

    pub fn view(&self, room: &str, identity: &str) -> Option<View> {
        self.rooms.view(room, &Identity::from(identity))
    }

    pub fn totals(&self) -> Totals {
        self.rooms.totals()
    }

    /// Numbers of known addresses, pending addresses, ufrags and peers in the routing table.
    pub fn routed(&self) -> [usize; 4] {
        let [known, pending, ufrags, peers, _] = self.wire.demux.sizes();
        [known, pending, ufrags, peers]
    }

    /// How many peers were removed from the routing table so far.
    pub fn unrouted(&self) -> usize {
        self.wire.unrouted
    }

    /// What the rooms have counted.
    #[cfg(test)]
    pub(crate) fn counted(&self, counter: Counter) -> u64 {
        self.wire.counted[counter]
    }

    /// Arrivals and departures reported since the last call.
    pub fn attended(&mut self) -> (usize, usize) {
        let events = std::iter::from_fn(|| self.attendance.try_recv().ok());
        events.fold((0, 0), |(arrived, departed), event| match event {
            Attendance::Arrived(_) => (arrived + 1, departed),
            Attendance::Departed(_) => (arrived, departed + 1),
        })
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.rooms.command(self.now, command);
        self.rooms.drain(&mut self.wire);
    }
}

fn bearer(room: &str, identity: &str) -> Bearer {
    Bearer { room: room.to_owned(), identity: identity.to_owned(), ticket_number: None }
}

type Response = oneshot::Receiver<Result<Joined, JoinRefused>>;

fn client(mut response: Response, room: &str, identity: &str) -> Result<Client, JoinRefused> {
    let joined = response.try_recv().expect("commands are answered at once")?;
    Ok(Client { joined, room: room.to_owned(), identity: identity.to_owned() })
}
