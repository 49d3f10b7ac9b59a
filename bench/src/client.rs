//! One participant: one or two peer connections, camera and microphone, and the signalling that negotiates them.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use anyhow::Result;
use str0m::bwe::Bitrate;

use crate::clock::Now;
use crate::devices::Devices;
use crate::peer_connection::{Buffers, PeerConnection};
use crate::plan::Participant;
use crate::signalling::SessionProtocol;
use crate::tally::Tally;

/// How often a receiver sends the feedback that str0m leaves to its user.
const FEEDBACK_INTERVAL: Duration = Duration::from_secs(1);
/// The estimate on loopback, where the server asks for REMB (draft-alvestrand-rmcat-remb): as large as libwebrtc's ever
/// gets.
const REMB: Bitrate = Bitrate::mbps(30);

/// A participant who has joined.
pub(crate) struct Client {
    pub(crate) connections: ClientConnections,
    signalling: Box<dyn SessionProtocol>,
    feedback_due: Instant,
}

/// What signalling negotiates.
pub(crate) struct ClientConnections {
    pub(crate) who: Participant,
    pub(crate) number: u32,
    /// Sends; with single peer connection it receives too.
    pub(crate) publisher: PeerConnection,
    pub(crate) subscriber: Option<PeerConnection>,
    pub(crate) devices: Devices,
    /// The server takes the receiver's estimate instead of transport feedback.
    pub(crate) wants_remb: bool,
}

/// Which of a client's sockets is readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Socket {
    Signal,
    Publisher,
    Subscriber,
}

impl ClientConnections {
    /// `has_subscriber`: a second connection receives.
    pub(crate) fn new(now: Now, number: u32, who: Participant, source: Ipv4Addr, has_subscriber: bool) -> Result<Self> {
        let subscriber = has_subscriber.then(|| PeerConnection::new(now.instant, source)).transpose()?;
        Ok(Self {
            number,
            publisher: PeerConnection::new(now.instant, source)?,
            subscriber,
            devices: Devices::new(who.room),
            who,
            wants_remb: false,
        })
    }

    /// Number of the camera's source; the microphone's is the next.
    pub(crate) fn first_source(&self) -> u32 {
        self.number * 2
    }

    /// Numbers of the sources that its room receives.
    pub(crate) fn published(&self) -> impl Iterator<Item = u32> {
        let camera = self.who.camera.map(|_| self.first_source());
        camera.into_iter().chain(self.who.microphone.map(|_| self.first_source() + 1))
    }

    /// Those of them that its room receives all the time: not a microphone that waits for its turn.
    pub(crate) fn published_steadily(&self) -> impl Iterator<Item = u32> {
        let turns = self.who.turns.map(|_| self.first_source() + 1);
        self.published().filter(move |source| Some(*source) != turns)
    }

    /// Keyframe requests, and the estimate: one report is for all streams of the connection.
    fn send_feedback(&mut self) {
        let connection = self.subscriber.as_mut().unwrap_or(&mut self.publisher);
        self.devices.request_keyframes(&mut connection.rtc);
        let Some(ssrc) = self.devices.video_stream().filter(|_| self.wants_remb) else { return };
        if let Some(stream) = connection.rtc.direct_api().stream_rx(&ssrc) {
            stream.request_remb(REMB);
        }
    }
}

impl Client {
    pub(crate) fn new(now: Now, connections: ClientConnections, signalling: Box<dyn SessionProtocol>) -> Self {
        Self { connections, signalling, feedback_due: now.instant + FEEDBACK_INTERVAL }
    }

    pub(crate) fn signalling(&self) -> &dyn SessionProtocol {
        &*self.signalling
    }

    /// When [`Client::tick`] is to be called next.
    pub(crate) fn due(&self) -> Instant {
        let ClientConnections { publisher, subscriber, devices, .. } = &self.connections;
        let connections = [Some(publisher.due), subscriber.as_ref().map(|subscriber| subscriber.due)];
        let due = self.signalling.due().min(self.feedback_due);
        connections.into_iter().chain([devices.due()]).flatten().fold(due, Instant::min)
    }

    /// A socket is readable.
    pub(crate) fn receive(&mut self, now: Now, from: Socket, buffers: &mut Buffers, tally: &mut Tally) -> Result<()> {
        let ClientConnections { publisher, subscriber, devices, .. } = &mut self.connections;
        let connection = match from {
            Socket::Signal => return self.signalling.receive(now, &mut self.connections),
            Socket::Publisher => Some(publisher),
            Socket::Subscriber => subscriber.as_mut(),
        };
        if let Some(connection) = connection {
            connection
                .receive(now, buffers, tally, |tally, arrived, event| devices.on_event(tally, arrived, &event))?;
        }
        let ClientConnections { who, publisher, devices, number, .. } = &mut self.connections;
        if publisher.connected {
            devices.start(now.instant, who, *number * 2);
        }
        Ok(())
    }

    /// Sends what is due. Returns how late media was.
    pub(crate) fn tick(&mut self, now: Now) -> Result<Duration> {
        let ClientConnections { publisher, devices, .. } = &mut self.connections;
        let late = devices.send(now, &mut publisher.rtc)?;
        if late.is_some() || publisher.due <= now.instant {
            publisher.drive(now, |_| {})?;
        }
        if self.feedback_due <= now.instant {
            self.connections.send_feedback();
            self.feedback_due = now.instant + FEEDBACK_INTERVAL;
        }
        let subscriber = self.connections.subscriber.as_mut();
        if let Some(subscriber) = subscriber.filter(|subscriber| subscriber.due <= now.instant) {
            subscriber.drive(now, |_| {})?;
        }
        if self.signalling.due() <= now.instant {
            self.signalling.tick(now)?;
        }
        Ok(late.unwrap_or_default())
    }

    /// Ends the session as a browser does.
    pub(crate) fn leave(&mut self) -> Result<()> {
        self.signalling.leave()
    }
}
