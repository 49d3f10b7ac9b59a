//! The rooms with nothing around them: messages in, frames out, time by hand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anteroom_app::Bearer;
use anteroom_dialect::livekit::{DataChannel, Knock, Offer, Request, Wording};
use anteroom_media::{Media, Mid, Output, PeerId, Transport};
use anteroom_room::{Grants, Identity, Limits, Newcomer, ParticipantSid, Reason};
use tokio::sync::{mpsc, oneshot};

use crate::hall::{Attendance, Command, Entered, Entering, Hall, Held, Ordered, Returning, View};
use crate::names::Chance;
use crate::thread::{Rooms, Route, Wire};
use crate::wire::Demux;

/// Sends nothing; keeps the list of who is reached by what.
#[derive(Default)]
struct Board(Demux);

impl Wire for Board {
    fn send(&mut self, _: Transport, _: SocketAddr, _: SocketAddr, _: &[u8]) {}
    fn route(&mut self, ufrag: &str, to: Route) {
        self.0.route(ufrag, to);
    }
    fn unroute(&mut self, to: Route) {
        self.0.unroute(to);
    }
}

/// Someone's socket.
pub struct Guest {
    entered: Entered,
    pub room: String,
    pub identity: String,
}

impl Guest {
    /// The name of their stay.
    pub fn sid(&self) -> &ParticipantSid {
        &self.entered.stay.sid
    }

    /// What was said to them since the last time.
    pub fn heard(&mut self) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| self.entered.frames.try_recv().ok()).collect()
    }

    /// The hall has closed their socket.
    pub fn is_closed(&self) -> bool {
        self.entered.frames.is_closed()
    }
}

/// What the media may say of somebody.
#[derive(Clone, Debug)]
pub enum Happening {
    Connected,
    Disconnected,
    Failed,
    Closed,
    Loud(Mid, u8),
    Said(DataChannel, Vec<u8>),
    Wanted(Mid, usize),
    Starved(Mid, bool),
}

impl Happening {
    fn of(&self, peer: PeerId, media: &Media) -> Option<Output> {
        let output = match self.clone() {
            Self::Connected => Output::Connected(peer),
            Self::Disconnected => Output::Disconnected(peer),
            Self::Failed => Output::Failed { peer, why: String::new() },
            Self::Closed => Output::Closed(peer),
            Self::Loud(mid, level) => Output::AudioLevel { peer, mid, level, active: 100 },
            Self::Said(channel, bytes) => {
                let channel = media.channel(peer, channel.label())?;
                Output::Data { peer, channel, binary: true, bytes }
            }
            Self::Wanted(mid, layers) => Output::DynacastLayers { peer, mid, layers },
            Self::Starved(mid, starved) => Output::VideoPaused { peer, mid, paused: starved },
        };
        Some(output)
    }
}

/// All rooms of a server.
pub struct Building {
    hall: Hall,
    board: Board,
    now: Instant,
    stays: u32,
    attendance: mpsc::UnboundedReceiver<Attendance>,
}

impl Building {
    /// `media` is made once: its certificate takes a while.
    pub fn new(now: Instant, media: Arc<anteroom_media::Config>, limits: Limits) -> Self {
        let us = Wording { version: "0".to_owned(), node: "ND_x".to_owned() };
        let (tell, attendance) = mpsc::unbounded_channel();
        let mut next = 0_u32;
        // Different for every name, and the same in every run.
        let chance: Chance = Box::new(move |bytes| {
            next += 1;
            let digits = std::iter::successors(Some(next), |rest| Some(rest / 62));
            bytes.iter_mut().zip(digits).for_each(|(byte, rest)| *byte = (rest % 62) as u8);
        });
        let hall = Hall::new(media, us, limits, chance, tell, now);
        Self { hall, board: Board::default(), now, stays: 0, attendance }
    }

    /// Someone the door let in, or not: the hall may be full.
    pub fn enter(&mut self, room: &str, identity: &str, knock: Knock) -> Option<Guest> {
        self.stays += 1;
        let newcomer = Newcomer {
            sid: ParticipantSid::minted(&self.stays.to_string()),
            identity: identity.into(),
            name: String::new(),
            metadata: String::new(),
            attributes: Default::default(),
            grants: Grants { can_update_metadata: true, ..Grants::default() },
            program: knock.program,
            auto_subscribe: knock.auto_subscribe,
            joined_at_ms: 0,
        };
        let (reply, answer) = oneshot::channel();
        self.command(Command::Enter(Box::new(Entering {
            bearer: bearer(room, identity),
            newcomer,
            drafts: knock.drafts,
            offer: knock.offer,
            two_connections: knock.two_connections,
            reply,
        })));
        guest(answer, room, identity)
    }

    /// Someone who says that they were in already, under this name of a stay.
    pub fn come_back(&mut self, room: &str, identity: &str, sid: &str, offer: Option<Offer>) -> Option<Guest> {
        let (reply, answer) = oneshot::channel();
        let bearer = bearer(room, identity);
        self.command(Command::Return(Box::new(Returning { bearer, sid: sid.into(), offer, reply })));
        guest(answer, room, identity)
    }

    /// A message through their socket, as the door takes it: what is none ends their stay.
    pub fn say(&mut self, guest: &Guest, bytes: &[u8]) {
        let stay = guest.entered.stay.clone();
        match Request::read(bytes) {
            Ok(request) => self.command(Command::Say { stay, request: Box::new(request) }),
            Err(_) => self.command(Command::Expel { stay, reason: Reason::Misbehaved }),
        }
    }

    /// The same in JSON.
    pub fn say_in_json(&mut self, guest: &Guest, text: &str) {
        match Request::from_json(text) {
            Ok(bytes) => self.say(guest, &bytes),
            Err(_) => {
                self.command(Command::Expel { stay: guest.entered.stay.clone(), reason: Reason::Misbehaved });
            }
        }
    }

    /// Their socket closes.
    pub fn hang_up(&mut self, guest: &Guest) {
        self.command(Command::Hangup(guest.entered.stay.clone()));
    }

    /// A program with a key has something done; whether it was is not looked at.
    pub fn order(&mut self, order: anteroom_dialect::livekit::service::Order) {
        let (reply, _) = oneshot::channel();
        self.command(Command::Order(Box::new(Ordered { order, may_open: true, at_ms: 0, reply })));
    }

    /// As if the media had said so of them.
    pub fn pretend(&mut self, guest: &Guest, happening: &Happening) {
        let word = |peer, media: &Media| happening.of(peer, media);
        self.hall.pretend(self.now, &guest.entered.stay, &mut self.board, word);
        self.hall.drain(&mut self.board);
    }

    /// Bytes that were sorted to be theirs.
    pub fn datagram(&mut self, guest: &Guest, source: SocketAddr, destination: SocketAddr, bytes: &[u8]) {
        let stay = &guest.entered.stay;
        let people = self.hall.people(&guest.room);
        let peer = people.into_iter().find(|(sid, ..)| *sid == stay.sid).map(|(_, peer, _)| peer);
        if let Some(peer) = peer {
            let at = Route { room: stay.room, peer };
            self.hall.datagram(self.now, at, Transport::Udp, source, destination, bytes);
            self.hall.drain(&mut self.board);
        }
    }

    /// Time passes, and what is due is done.
    pub fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.hall.deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.hall.tick(self.now);
            self.hall.drain(&mut self.board);
        }
        self.now = end;
    }

    pub fn view(&self, room: &str, identity: &str) -> Option<View> {
        self.hall.view(room, &Identity::from(identity))
    }

    pub fn held(&self) -> Held {
        self.hall.held()
    }

    /// How many names and connections the wire knows of: [`crate::fuzzing::Switchboard::sizes`].
    pub fn routed(&self) -> [usize; 4] {
        self.board.0.sizes()
    }

    /// Who came and went, for the attendance list: so many of each.
    pub fn attended(&mut self) -> (usize, usize) {
        let told = std::iter::from_fn(|| self.attendance.try_recv().ok());
        told.fold((0, 0), |(came, went), word| match word {
            Attendance::Arrived(_) => (came + 1, went),
            Attendance::Departed(_) => (came, went + 1),
        })
    }

    fn command(&mut self, command: Command) {
        self.hall.command(self.now, command);
        self.hall.drain(&mut self.board);
    }
}

fn bearer(room: &str, identity: &str) -> Bearer {
    Bearer { room: room.to_owned(), identity: identity.to_owned(), seat: None }
}

type Answer = oneshot::Receiver<Result<Entered, crate::hall::NotEntered>>;

fn guest(mut answer: Answer, room: &str, identity: &str) -> Option<Guest> {
    let entered = answer.try_recv().ok()?.ok()?;
    Some(Guest { entered, room: room.to_owned(), identity: identity.to_owned() })
}
