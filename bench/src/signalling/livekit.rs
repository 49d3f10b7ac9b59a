//! A session by LiveKit's protocol.

use std::os::fd::RawFd;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use livekit_protocol as proto;
use proto::signal_request::Message as Request;
use proto::signal_response::Message as Response;
use str0m::media::{Direction, MediaKind};

use super::livekit_socket::Signal;
use super::{SessionProtocol, wants_remb};
use crate::client::ClientConnections;
use crate::clock::Now;

/// The server's default for `ping_interval`.
const PING_INTERVAL: Duration = Duration::from_secs(5);
/// Sections of each kind for receiving that the first offer has with single peer connection, as in livekit-client.
const SPARE_SECTIONS: u32 = 3;

/// A participant's session.
pub(super) struct LiveKitSession {
    signal: Signal,
    offers: u32,
    /// An offer waits for its answer.
    negotiating: bool,
    /// Audio and video sections that the server needs.
    required: Option<(u32, u32)>,
    ping_due: Instant,
}

impl SessionProtocol for LiveKitSession {
    fn raw_fd(&self) -> RawFd {
        self.signal.raw_fd()
    }

    fn receive(&mut self, now: Now, connections: &mut ClientConnections) -> Result<()> {
        while let Some(message) = self.signal.receive()? {
            self.on_message(now, connections, message)?;
        }
        Ok(())
    }

    fn due(&self) -> Instant {
        self.ping_due
    }

    fn tick(&mut self, now: Now) -> Result<()> {
        let timestamp = (now.unix / 1_000_000) as i64;
        self.signal.send(Request::PingReq(proto::Ping { timestamp, rtt: 0 }))?;
        self.ping_due = now.instant + PING_INTERVAL;
        Ok(())
    }

    fn leave(&mut self) -> Result<()> {
        self.signal.send(Request::Leave(proto::LeaveRequest::default()))
    }
}

impl LiveKitSession {
    pub(super) fn new(now: Now, signal: Signal) -> Self {
        Self { signal, offers: 0, negotiating: false, required: None, ping_due: now.instant + PING_INTERVAL }
    }

    fn on_message(&mut self, now: Now, connections: &mut ClientConnections, message: Response) -> Result<()> {
        match message {
            Response::Join(_) => self.publish(now, connections)?,
            Response::Answer(answer) => {
                if connections.subscriber.is_none() {
                    connections.wants_remb = wants_remb(&answer.sdp);
                }
                connections.publisher.accept_answer(&answer.sdp)?;
                connections.publisher.drive(now, |_| {})?;
                self.negotiating = false;
                self.add_sections(now, connections)?;
            }
            Response::Offer(offer) => {
                connections.wants_remb = wants_remb(&offer.sdp);
                let subscriber = connections.subscriber.as_mut().context("an offer with single peer connection")?;
                let sdp = subscriber.accept_offer(&offer.sdp)?;
                self.signal.send(Request::Answer(description("answer", sdp, offer.id)))?;
                subscriber.drive(now, |_| {})?;
            }
            Response::MediaSectionsRequirement(required) => {
                let (audio, video) = self.required.unwrap_or_default();
                self.required = Some((audio + required.num_audios, video + required.num_videos));
                self.add_sections(now, connections)?;
            }
            Response::Trickle(trickle) => add_candidate(now, connections, &trickle)?,
            Response::Leave(leave) => bail!("the server ended the session: {:?}", leave.reason()),
            _ => {}
        }
        Ok(())
    }

    /// Announces the tracks and offers the publisher connection, with the data channel that every client opens.
    fn publish(&mut self, now: Now, connections: &mut ClientConnections) -> Result<()> {
        let ClientConnections { who, number, publisher, subscriber, devices, .. } = connections;
        let single = subscriber.is_none();
        if !single && who.camera.is_none() && who.microphone.is_none() {
            return Ok(());
        }
        let cids = [format!("camera{number}"), format!("microphone{number}")];
        if let Some(bitrate) = who.camera {
            self.signal.send(Request::AddTrack(camera_request(&cids[0], who.size, bitrate)))?;
        }
        if who.microphone.is_some() {
            self.signal.send(Request::AddTrack(microphone_request(&cids[1])))?;
        }
        let (sdp, (camera, microphone)) = publisher.offer(|api| {
            api.add_channel("_reliable".into());
            let mut section = |kind, cid: &str| {
                api.add_media(kind, Direction::SendOnly, Some("stream".into()), Some(cid.into()), None)
            };
            let camera = who.camera.map(|_| section(MediaKind::Video, &cids[0]));
            let microphone = who.microphone.map(|_| section(MediaKind::Audio, &cids[1]));
            for _ in 0..if single { SPARE_SECTIONS } else { 0 } {
                api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
                api.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
            }
            (camera, microphone)
        })?;
        (devices.camera_section, devices.microphone_section) = (camera, microphone);
        self.send_offer(now, connections, sdp)
    }

    /// Adds the sections that the server needs to send, once no other offer is pending.
    fn add_sections(&mut self, now: Now, connections: &mut ClientConnections) -> Result<()> {
        if self.negotiating {
            return Ok(());
        }
        let Some((audio, video)) = self.required.take() else { return Ok(()) };
        let (sdp, ()) = connections.publisher.offer(|api| {
            // None needed means that it wants an offer all the same, and an offer needs a change.
            let audio = if audio + video == 0 { 1 } else { audio };
            for (kind, count) in [(MediaKind::Audio, audio), (MediaKind::Video, video)] {
                for _ in 0..count {
                    api.add_media(kind, Direction::RecvOnly, None, None, None);
                }
            }
        })?;
        self.send_offer(now, connections, sdp)
    }

    fn send_offer(&mut self, now: Now, connections: &mut ClientConnections, sdp: String) -> Result<()> {
        self.offers += 1;
        self.negotiating = true;
        self.signal.send(Request::Offer(description("offer", sdp, self.offers)))?;
        connections.publisher.drive(now, |_| {})
    }
}

fn add_candidate(now: Now, connections: &mut ClientConnections, trickle: &proto::TrickleRequest) -> Result<()> {
    let candidate: serde_json::Value = serde_json::from_str(&trickle.candidate_init)?;
    let line = candidate["candidate"].as_str().context("a candidate without text")?;
    let connection = match trickle.target() {
        proto::SignalTarget::Publisher => Some(&mut connections.publisher),
        proto::SignalTarget::Subscriber => connections.subscriber.as_mut(),
    };
    if let Some(connection) = connection.filter(|_| !line.is_empty()) {
        connection.add_candidate(line)?;
        connection.drive(now, |_| {})?;
    }
    Ok(())
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
