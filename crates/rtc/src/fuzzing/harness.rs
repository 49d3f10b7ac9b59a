//! The rooms with nothing around them: messages in, frames out, time by hand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anteroom_app::Bearer;
use anteroom_livekit::{DataChannel, JoinRequest, ServerInfo, SignalRequest, SignalState};
use anteroom_media::{Media, Mid, Output, PeerId, Transport};
use anteroom_room::{DisconnectReason, Grants, Identity, Limits, NewParticipant, ParticipantSid};
use anteroom_signalling::{ApiRequest, Frame, SessionDescription};
use tokio::sync::{mpsc, oneshot};

use crate::random_ids::RandomBytes;
use crate::rooms::{ApiCall, Attendance, Command, Join, Joined, Resume, Rooms, Totals, View};
use crate::rooms_port::{Datagram, RoomLoop, Route, Wire};
use crate::transport::Demux;

/// Sends nothing; keeps the list of who is reached by what.
#[derive(Default)]
struct RoutingWire(Demux);

impl Wire for RoutingWire {
    fn send(&mut self, _: Transport, _: SocketAddr, _: SocketAddr, _: &[u8]) {}
    fn route(&mut self, ufrag: &str, to: Route) {
        self.0.route(ufrag, to);
    }
    fn unroute(&mut self, to: Route) {
        self.0.unroute(to);
    }
}

/// Someone's socket.
pub struct Client {
    joined: Joined,
    pub room: String,
    pub identity: String,
}

impl Client {
    /// The name of their stay.
    pub fn sid(&self) -> &ParticipantSid {
        &self.joined.session.sid
    }

    /// What was said to them since the last time.
    pub fn frames(&mut self) -> Vec<Vec<u8>> {
        let frames = std::iter::from_fn(|| self.joined.frames.try_recv().ok());
        frames.filter_map(|frame| if let Frame::Binary(bytes) = frame { Some(bytes) } else { None }).collect()
    }

    /// The hall has closed their socket.
    pub fn is_closed(&self) -> bool {
        self.joined.frames.is_closed()
    }
}

/// What the media may say of somebody.
#[derive(Clone, Debug)]
pub enum MediaEvent {
    Connected,
    Disconnected,
    Failed,
    Closed,
    AudioLevel(Mid, u8),
    Data(DataChannel, Vec<u8>),
    Wanted(Mid, usize),
    Starved(Mid, bool),
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
            Self::Wanted(mid, layers) => Output::DynacastLayers { peer, mid, layers },
            Self::Starved(mid, starved) => Output::VideoPaused { peer, mid, paused: starved },
        })
    }
}

/// All rooms of a server.
pub struct RoomsHarness {
    rooms: Rooms,
    wire: RoutingWire,
    now: Instant,
    last_sid: u32,
    attendance: mpsc::UnboundedReceiver<Attendance>,
}

impl RoomsHarness {
    /// `media` is made once: its certificate takes a while.
    pub fn new(now: Instant, media: Arc<anteroom_media::Config>, limits: Limits) -> Self {
        let (tell, attendance) = mpsc::unbounded_channel();
        let mut next = 0_u32;
        // Different for every name, and the same in every run.
        let random: RandomBytes = Box::new(move |bytes| {
            next += 1;
            let digits = std::iter::successors(Some(next), |rest| Some(rest / 62));
            bytes.iter_mut().zip(digits).for_each(|(byte, rest)| *byte = (rest % 62) as u8);
        });
        let rooms = Rooms::new(media, limits, random, tell, now);
        Self { rooms, wire: RoutingWire::default(), now, last_sid: 0, attendance }
    }

    /// Someone the door let in, or not: the hall may be full.
    pub fn enter(&mut self, room: &str, identity: &str, join_request: JoinRequest) -> Option<Client> {
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
        let signalling = if join_request.dual_pc { SignalState::server_offers } else { SignalState::client_offers };
        let server_info = ServerInfo { version: "0".to_owned(), node: "ND_x".to_owned() };
        let signalling = Box::new(signalling(new_participant.sid.clone(), server_info));
        let (reply, reply_receiver) = oneshot::channel();
        self.command(Command::Join(Box::new(Join {
            bearer: bearer(room, identity),
            new_participant,
            add_tracks: join_request.add_tracks,
            offer: join_request.offer,
            signalling,
            room_sid: anteroom_livekit::room_sid(&self.last_sid.to_string()),
            reply,
        })));
        client(reply_receiver, room, identity)
    }

    /// Someone who says that they were in already, under this name of a stay.
    pub fn resume(
        &mut self,
        room: &str,
        identity: &str,
        sid: &str,
        offer: Option<SessionDescription>,
    ) -> Option<Client> {
        let (reply, reply_receiver) = oneshot::channel();
        let bearer = bearer(room, identity);
        self.command(Command::Resume(Box::new(Resume { bearer, sid: sid.into(), offer, reply })));
        client(reply_receiver, room, identity)
    }

    /// A message through their socket, as the door takes it: what is none ends their stay.
    pub fn send(&mut self, client: &Client, bytes: &[u8]) {
        let session = client.joined.session.clone();
        match SignalRequest::read(bytes) {
            Ok(SignalRequest::Client(request)) => self.command(Command::Request { session, request }),
            Ok(_) => {}
            Err(_) => self.command(Command::Disconnect { session, reason: DisconnectReason::ProtocolError }),
        }
    }

    /// The same in JSON.
    pub fn send_json(&mut self, client: &Client, text: &str) {
        match SignalRequest::from_json(text) {
            Ok(bytes) => self.send(client, &bytes),
            Err(_) => {
                self.command(Command::Disconnect {
                    session: client.joined.session.clone(),
                    reason: DisconnectReason::ProtocolError,
                });
            }
        }
    }

    /// Their socket closes.
    pub fn signal_closed(&mut self, client: &Client) {
        self.command(Command::SignalClosed(client.joined.session.clone()));
    }

    /// A program with a key has something done; whether it was is not looked at.
    pub fn api_call(&mut self, request: ApiRequest) {
        let (reply, _) = oneshot::channel();
        self.command(Command::Api(Box::new(ApiCall { request, may_open: true, at_ms: 0, reply })));
    }

    /// As if the media had said so of them.
    pub fn media_event(&mut self, client: &Client, event: &MediaEvent) {
        let event = |peer, media: &Media| event.of(peer, media);
        self.rooms.media_event(self.now, &client.joined.session, &mut self.wire, event);
        self.rooms.drain(&mut self.wire);
    }

    /// Bytes that were sorted to be theirs.
    pub fn datagram(&mut self, client: &Client, source: SocketAddr, destination: SocketAddr, bytes: &[u8]) {
        let session = &client.joined.session;
        let people = self.rooms.people(&client.room);
        let peer = people.into_iter().find(|(sid, ..)| *sid == session.sid).map(|(_, peer, _)| peer);
        if let Some(peer) = peer {
            let at = Route { room: session.room, peer };
            let transport = Transport::Udp;
            self.rooms.datagram(self.now, at, Datagram { transport, source, destination, bytes });
            self.rooms.drain(&mut self.wire);
        }
    }

    /// Time passes, and what is due is done.
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

    /// How many names and connections the wire knows of: [`crate::fuzzing::DemuxHarness::sizes`].
    pub fn routed(&self) -> [usize; 4] {
        self.wire.0.sizes()
    }

    /// Who came and went, for the attendance list: so many of each.
    pub fn attended(&mut self) -> (usize, usize) {
        let events = std::iter::from_fn(|| self.attendance.try_recv().ok());
        events.fold((0, 0), |(came, went), event| match event {
            Attendance::Arrived(_) => (came + 1, went),
            Attendance::Departed(_) => (came, went + 1),
        })
    }

    fn command(&mut self, command: Command) {
        self.rooms.command(self.now, command);
        self.rooms.drain(&mut self.wire);
    }
}

fn bearer(room: &str, identity: &str) -> Bearer {
    Bearer { room: room.to_owned(), identity: identity.to_owned(), ticket_number: None }
}

type Answer = oneshot::Receiver<Result<Joined, crate::rooms::JoinRefused>>;

fn client(mut reply_receiver: Answer, room: &str, identity: &str) -> Option<Client> {
    let joined = reply_receiver.try_recv().ok()?.ok()?;
    Some(Client { joined, room: room.to_owned(), identity: identity.to_owned() })
}
