//! A session with Janus' VideoRoom plugin (1.x): a handle publishes, another subscribes to everybody else.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::os::fd::RawFd;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use str0m::media::{Direction, MediaKind};

use super::janus_socket::JanusSocket;
use super::{SessionProtocol, wants_remb};
use crate::client::ClientConnections;
use crate::clock::Now;

/// Janus ends a session after 60 s without a message.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(25);
/// The room exists: another participant has made it.
const ROOM_EXISTS: u64 = 427;
/// An address outside this machine (RFC 5737). Nothing is sent to it.
const ELSEWHERE: &str = "192.0.2.254:9";

/// A participant's session.
pub(super) struct JanusSession {
    socket: JanusSocket,
    room: u64,
    publisher: u64,
    subscriber: u64,
    /// Publishers to subscribe to, once no negotiation is pending.
    feeds: VecDeque<Value>,
    /// The subscriber handle has joined the room.
    subscribed: bool,
    /// A subscription waits for the server's offer.
    negotiating: bool,
    keepalive_due: Instant,
}

impl SessionProtocol for JanusSession {
    fn raw_fd(&self) -> RawFd {
        self.socket.raw_fd()
    }

    fn receive(&mut self, now: Now, connections: &mut ClientConnections) -> Result<()> {
        while let Some(message) = self.socket.receive()? {
            match message["janus"].as_str() {
                Some("event") => self.on_event(now, connections, &message)?,
                Some("error" | "hangup" | "timeout" | "detached") => {
                    bail!("the server ended the session: {message}")
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn due(&self) -> Instant {
        self.keepalive_due
    }

    fn tick(&mut self, now: Now) -> Result<()> {
        self.keepalive_due = now.instant + KEEPALIVE_INTERVAL;
        self.socket.send(json!({ "janus": "keepalive" }))
    }

    fn leave(&mut self) -> Result<()> {
        self.socket.send(json!({ "janus": "destroy" }))
    }
}

impl JanusSession {
    /// Makes the room if need be, joins it and offers camera and microphone.
    pub(super) fn join(now: Now, url: &str, connections: &mut ClientConnections) -> Result<Self> {
        let mut socket = JanusSocket::connect(url)?;
        let attach = json!({ "janus": "attach", "plugin": "janus.plugin.videoroom" });
        let mut handle = || socket.ask(attach.clone())?["data"]["id"].as_u64().context("a handle without number");
        let (publisher, subscriber) = (handle()?, handle()?);
        // Janus takes no room 0.
        let room = u64::from(connections.who.room) + 1;
        make_room(&mut socket, publisher, room)?;
        socket.set_nonblocking()?;
        let keepalive_due = now.instant + KEEPALIVE_INTERVAL;
        let feeds = VecDeque::new();
        let (subscribed, negotiating) = (false, false);
        let mut session = Self { socket, room, publisher, subscriber, feeds, subscribed, negotiating, keepalive_due };
        session.publish(now, connections)?;
        Ok(session)
    }

    fn publish(&mut self, now: Now, connections: &mut ClientConnections) -> Result<()> {
        let ClientConnections { who, number, publisher, devices, .. } = connections;
        let body = json!({ "ptype": "publisher", "room": self.room, "display": who.identity });
        if who.camera.is_none() && who.microphone.is_none() {
            return self.request(self.publisher, "join", body, None);
        }
        publisher.add_own_candidate()?;
        let (sdp, (camera, microphone)) = publisher.offer(|api| {
            let mut section =
                |kind, name: String| api.add_media(kind, Direction::SendOnly, Some("stream".into()), Some(name), None);
            let camera = who.camera.map(|_| section(MediaKind::Video, format!("camera{number}")));
            (camera, who.microphone.map(|_| section(MediaKind::Audio, format!("microphone{number}"))))
        })?;
        (devices.camera_section, devices.microphone_section) = (camera, microphone);
        self.request(self.publisher, "joinandconfigure", body, Some(("offer", sdp)))?;
        publisher.drive(now, |_| {})
    }

    fn on_event(&mut self, now: Now, connections: &mut ClientConnections, message: &Value) -> Result<()> {
        let data = &message["plugindata"]["data"];
        ensure!(data["error"].is_null(), "the server refused: {data}");
        let sdp = message["jsep"]["sdp"].as_str();
        if message["sender"] == self.publisher {
            if let Some(answer) = sdp {
                connections.publisher.accept_answer(answer)?;
                connections.publisher.drive(now, |_| {})?;
            }
            let publishers = data["publishers"].as_array().into_iter().flatten();
            self.feeds.extend(publishers.map(|publisher| json!({ "feed": publisher["id"] })));
        } else if let Some(offer) = sdp {
            connections.wants_remb = wants_remb(offer);
            let subscriber = connections.subscriber.as_mut().context("an offer without connection for it")?;
            subscriber.add_own_candidate()?;
            let answer = subscriber.accept_offer(offer)?;
            self.request(self.subscriber, "start", json!({}), Some(("answer", answer)))?;
            subscriber.drive(now, |_| {})?;
            self.negotiating = false;
        }
        self.subscribe()
    }

    /// Subscribes to all streams of the publishers that wait. The server's offer follows.
    fn subscribe(&mut self) -> Result<()> {
        if self.negotiating || self.feeds.is_empty() {
            return Ok(());
        }
        self.negotiating = true;
        let streams: Vec<Value> = self.feeds.drain(..).collect();
        if std::mem::replace(&mut self.subscribed, true) {
            return self.request(self.subscriber, "subscribe", json!({ "streams": streams }), None);
        }
        let body = json!({ "ptype": "subscriber", "room": self.room, "streams": streams });
        self.request(self.subscriber, "join", body, None)
    }

    fn request(&mut self, handle: u64, name: &str, mut body: Value, sdp: Option<(&str, String)>) -> Result<()> {
        body["request"] = name.into();
        let mut message = json!({ "janus": "message", "handle_id": handle, "body": body });
        if let Some((kind, sdp)) = sdp {
            message["jsep"] = json!({ "type": kind, "sdp": sdp, "trickle": false });
        }
        self.socket.send(message)
    }
}

/// A room with the codecs of the load, without a limit of its own.
fn make_room(socket: &mut JanusSocket, handle: u64, room: u64) -> Result<()> {
    let body = json!({
        "request": "create", "room": room, "publishers": 100, "audiocodec": "opus", "videocodec": "vp8",
        "audiolevel_ext": true, "transport_wide_cc_ext": true, "notify_joining": false,
    });
    let made = socket.ask(json!({ "janus": "message", "handle_id": handle, "body": body }))?;
    let data = &made["plugindata"]["data"];
    ensure!(data["error"].is_null() || data["error_code"] == ROOM_EXISTS, "the server refused the room: {data}");
    Ok(())
}

/// The address that this machine uses: Janus takes no loopback address.
pub(super) fn own_address() -> Result<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket
        .connect(ELSEWHERE)
        .context("this machine has no address but loopback, and Janus takes no loopback address")?;
    match socket.local_addr()?.ip() {
        IpAddr::V4(address) => Ok(address),
        IpAddr::V6(_) => bail!("this machine has no IPv4 address"),
    }
}
