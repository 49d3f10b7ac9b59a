//! One participant: signalling, and one or two peer connections.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use livekit_protocol as proto;
use proto::signal_request::Message as Request;
use proto::signal_response::Message as Response;
use str0m::bwe::Bitrate;
use str0m::media::{Direction, MediaKind};

use crate::clock::Now;
use crate::devices::Devices;
use crate::peer_connection::{Buffers, PeerConnection};
use crate::plan::Participant;
use crate::signal::{Mode, Signal};
use crate::tally::Tally;

/// The server's default for `ping_interval`.
const PING_INTERVAL: Duration = Duration::from_secs(5);
/// How often a receiver sends the feedback that str0m leaves to its user.
const FEEDBACK_INTERVAL: Duration = Duration::from_secs(1);
/// The estimate on loopback, where the server asks for REMB (draft-alvestrand-rmcat-remb): as large as libwebrtc's ever
/// gets.
const REMB: Bitrate = Bitrate::mbps(30);
/// Sections of each kind for receiving that the first offer has with single peer connection, as in livekit-client.
const SPARE_SECTIONS: u32 = 3;

/// A participant who has joined.
pub(crate) struct Client {
    pub(crate) who: Participant,
    number: u32,
    pub(crate) signal: Signal,
    /// Sends; with single peer connection it receives too.
    pub(crate) publisher: PeerConnection,
    pub(crate) subscriber: Option<PeerConnection>,
    pub(crate) devices: Devices,
    offers: u32,
    /// An offer waits for its answer.
    negotiating: bool,
    /// Audio and video sections that the server needs.
    required: Option<(u32, u32)>,
    wants_remb: bool,
    feedback_due: Instant,
    ping_due: Instant,
}

/// Which of a client's sockets is readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Socket {
    Signal,
    Publisher,
    Subscriber,
}

impl Client {
    pub(crate) fn new(now: Now, number: u32, who: Participant, signal: Signal, source: Ipv4Addr) -> Result<Self> {
        let subscriber = match signal.mode {
            Mode::Single => None,
            Mode::Dual => Some(PeerConnection::new(now.instant, source)?),
        };
        Ok(Self {
            number,
            signal,
            publisher: PeerConnection::new(now.instant, source)?,
            subscriber,
            devices: Devices::new(who.room),
            who,
            offers: 0,
            negotiating: false,
            required: None,
            wants_remb: false,
            feedback_due: now.instant + FEEDBACK_INTERVAL,
            ping_due: now.instant + PING_INTERVAL,
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

    /// When [`Client::tick`] is to be called next.
    pub(crate) fn due(&self) -> Instant {
        let connections = [Some(self.publisher.due), self.subscriber.as_ref().map(|subscriber| subscriber.due)];
        let due = self.ping_due.min(self.feedback_due);
        connections.into_iter().chain([self.devices.due()]).flatten().fold(due, Instant::min)
    }

    /// A socket is readable.
    pub(crate) fn receive(&mut self, now: Now, from: Socket, buffers: &mut Buffers, tally: &mut Tally) -> Result<()> {
        let connection = match from {
            Socket::Signal => return self.read_messages(now),
            Socket::Publisher => Some(&mut self.publisher),
            Socket::Subscriber => self.subscriber.as_mut(),
        };
        if let Some(connection) = connection {
            let devices = &mut self.devices;
            connection
                .receive(now, buffers, tally, |tally, arrived, event| devices.on_event(tally, arrived, &event))?;
        }
        if self.publisher.connected {
            self.devices.start(now.instant, &self.who, self.number * 2);
        }
        Ok(())
    }

    /// Sends what is due. Returns how late media was.
    pub(crate) fn tick(&mut self, now: Now) -> Result<Duration> {
        let late = self.devices.send(now, &mut self.publisher.rtc)?;
        if late.is_some() || self.publisher.due <= now.instant {
            self.publisher.drive(now, |_| {})?;
        }
        if self.feedback_due <= now.instant {
            self.send_feedback();
            self.feedback_due = now.instant + FEEDBACK_INTERVAL;
        }
        if let Some(subscriber) = self.subscriber.as_mut().filter(|subscriber| subscriber.due <= now.instant) {
            subscriber.drive(now, |_| {})?;
        }
        if self.ping_due <= now.instant {
            let timestamp = (now.unix / 1_000_000) as i64;
            self.signal.send(Request::PingReq(proto::Ping { timestamp, rtt: 0 }))?;
            self.ping_due = now.instant + PING_INTERVAL;
        }
        Ok(late.unwrap_or_default())
    }

    /// Ends the session as a browser does.
    pub(crate) fn leave(&mut self) -> Result<()> {
        self.signal.send(Request::Leave(proto::LeaveRequest::default()))
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

    fn read_messages(&mut self, now: Now) -> Result<()> {
        while let Some(message) = self.signal.receive()? {
            self.on_message(now, message)?;
        }
        Ok(())
    }

    fn on_message(&mut self, now: Now, message: Response) -> Result<()> {
        match message {
            Response::Join(_) => self.publish(now)?,
            Response::Answer(answer) => {
                if self.subscriber.is_none() {
                    self.wants_remb = wants_remb(&answer.sdp);
                }
                self.publisher.accept_answer(&answer.sdp)?;
                self.publisher.drive(now, |_| {})?;
                self.negotiating = false;
                self.add_sections(now)?;
            }
            Response::Offer(offer) => {
                self.wants_remb = wants_remb(&offer.sdp);
                let subscriber = self.subscriber.as_mut().context("an offer with single peer connection")?;
                let sdp = subscriber.accept_offer(&offer.sdp)?;
                self.signal.send(Request::Answer(description("answer", sdp, offer.id)))?;
                subscriber.drive(now, |_| {})?;
            }
            Response::MediaSectionsRequirement(required) => {
                let (audio, video) = self.required.unwrap_or_default();
                self.required = Some((audio + required.num_audios, video + required.num_videos));
                self.add_sections(now)?;
            }
            Response::Trickle(trickle) => self.add_candidate(now, &trickle)?,
            Response::Leave(leave) => bail!("the server ended the session: {:?}", leave.reason()),
            _ => {}
        }
        Ok(())
    }

    fn add_candidate(&mut self, now: Now, trickle: &proto::TrickleRequest) -> Result<()> {
        let candidate: serde_json::Value = serde_json::from_str(&trickle.candidate_init)?;
        let line = candidate["candidate"].as_str().context("a candidate without text")?;
        let connection = match trickle.target() {
            proto::SignalTarget::Publisher => Some(&mut self.publisher),
            proto::SignalTarget::Subscriber => self.subscriber.as_mut(),
        };
        if let Some(connection) = connection.filter(|_| !line.is_empty()) {
            connection.add_candidate(line)?;
            connection.drive(now, |_| {})?;
        }
        Ok(())
    }

    /// Announces the tracks and offers the publisher connection, with the data channel that every client opens.
    fn publish(&mut self, now: Now) -> Result<()> {
        let single = self.subscriber.is_none();
        if !single && self.who.camera.is_none() && self.who.microphone.is_none() {
            return Ok(());
        }
        let cids = [format!("camera{}", self.number), format!("microphone{}", self.number)];
        if let Some(bitrate) = self.who.camera {
            self.signal.send(Request::AddTrack(camera_request(&cids[0], self.who.size, bitrate)))?;
        }
        if self.who.microphone.is_some() {
            self.signal.send(Request::AddTrack(microphone_request(&cids[1])))?;
        }
        let (sdp, (camera, microphone)) = self.publisher.offer(|api| {
            api.add_channel("_reliable".into());
            let mut section = |kind, cid: &str| {
                api.add_media(kind, Direction::SendOnly, Some("stream".into()), Some(cid.into()), None)
            };
            let camera = self.who.camera.map(|_| section(MediaKind::Video, &cids[0]));
            let microphone = self.who.microphone.map(|_| section(MediaKind::Audio, &cids[1]));
            for _ in 0..if single { SPARE_SECTIONS } else { 0 } {
                api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
                api.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
            }
            (camera, microphone)
        })?;
        (self.devices.camera_section, self.devices.microphone_section) = (camera, microphone);
        self.send_offer(now, sdp)
    }

    /// Adds the sections that the server needs to send, once no other offer is pending.
    fn add_sections(&mut self, now: Now) -> Result<()> {
        if self.negotiating {
            return Ok(());
        }
        let Some((audio, video)) = self.required.take() else { return Ok(()) };
        let (sdp, ()) = self.publisher.offer(|api| {
            // None needed means that it wants an offer all the same, and an offer needs a change.
            let audio = if audio + video == 0 { 1 } else { audio };
            for (kind, count) in [(MediaKind::Audio, audio), (MediaKind::Video, video)] {
                for _ in 0..count {
                    api.add_media(kind, Direction::RecvOnly, None, None, None);
                }
            }
        })?;
        self.send_offer(now, sdp)
    }

    fn send_offer(&mut self, now: Now, sdp: String) -> Result<()> {
        self.offers += 1;
        self.negotiating = true;
        self.signal.send(Request::Offer(description("offer", sdp, self.offers)))?;
        self.publisher.drive(now, |_| {})
    }
}

fn wants_remb(sdp: &str) -> bool {
    sdp.contains("goog-remb") && !sdp.contains("transport-cc")
}

/// A message with an offer or an answer.
pub(crate) fn description(kind: &str, sdp: String, id: u32) -> proto::SessionDescription {
    proto::SessionDescription { r#type: kind.into(), sdp, id, ..Default::default() }
}

fn camera_request(cid: &str, (width, height): (u16, u16), bitrate: u32) -> proto::AddTrackRequest {
    let (width, height) = (width.into(), height.into());
    let quality = proto::VideoQuality::High.into();
    proto::AddTrackRequest {
        cid: cid.into(),
        name: "camera".into(),
        r#type: proto::TrackType::Video.into(),
        source: proto::TrackSource::Camera.into(),
        width,
        height,
        layers: vec![proto::VideoLayer { quality, width, height, bitrate, ..Default::default() }],
        ..Default::default()
    }
}

fn microphone_request(cid: &str) -> proto::AddTrackRequest {
    proto::AddTrackRequest {
        cid: cid.into(),
        name: "microphone".into(),
        r#type: proto::TrackType::Audio.into(),
        source: proto::TrackSource::Microphone.into(),
        disable_red: true,
        ..Default::default()
    }
}
