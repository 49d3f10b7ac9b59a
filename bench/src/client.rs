//! One participant: signalling, a connection to publish and one to subscribe, a camera and a microphone.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use livekit_protocol as proto;
use proto::signal_request::Message as Request;
use proto::signal_response::Message as Response;
use str0m::Event;
use str0m::bwe::Bitrate;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::rtp::{ExtensionValues, RtpWrite, Ssrc};

use crate::clock::Now;
use crate::opus::Microphone;
use crate::peer_connection::{Buffers, PeerConnection};
use crate::plan::Participant;
use crate::signal::Signal;
use crate::tally::{Sources, Tally};
use crate::vp8::Camera;

/// The server's default for `ping_interval`.
const PING_INTERVAL: Duration = Duration::from_secs(5);
/// How often a receiver reports its estimate where the server asks for REMB (draft-alvestrand-rmcat-remb).
const REMB_INTERVAL: Duration = Duration::from_secs(1);
/// The estimate on loopback: as large as libwebrtc's ever gets.
const REMB: Bitrate = Bitrate::mbps(30);
/// Phases of the clients are spread over this time, so that their frames do not begin together.
const PHASES: Duration = Duration::from_millis(100);

/// A participant who has joined.
pub(crate) struct Client {
    pub(crate) who: Participant,
    number: u32,
    pub(crate) signal: Signal,
    pub(crate) publisher: PeerConnection,
    pub(crate) subscriber: PeerConnection,
    /// Sections of the publisher connection, then the devices once it is connected.
    camera_section: Option<Mid>,
    microphone_section: Option<Mid>,
    pub(crate) camera: Option<Camera>,
    pub(crate) microphone: Option<Microphone>,
    /// What it has received.
    pub(crate) sources: Sources,
    ping_due: Instant,
    /// A video stream that it receives, if the server wants REMB instead of transport feedback.
    remb_stream: Option<Ssrc>,
    wants_remb: bool,
    remb_due: Instant,
    /// Keyframe requests of the server.
    pub(crate) keyframe_requests: u64,
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
        Ok(Self {
            who,
            number,
            signal,
            publisher: PeerConnection::new(now.instant, source)?,
            subscriber: PeerConnection::new(now.instant, source)?,
            camera_section: None,
            microphone_section: None,
            camera: None,
            microphone: None,
            sources: Sources::new(),
            ping_due: now.instant + PING_INTERVAL,
            remb_stream: None,
            wants_remb: false,
            remb_due: now.instant + REMB_INTERVAL,
            keyframe_requests: 0,
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

    /// Packets of each source that it has sent.
    pub(crate) fn sent(&self) -> impl Iterator<Item = (u32, u32)> {
        let camera = self.camera.as_ref().map(|camera| (camera.source(), camera.sent()));
        camera.into_iter().chain(self.microphone.as_ref().map(|microphone| (microphone.source(), microphone.sent())))
    }

    /// When [`Client::tick`] is to be called next.
    pub(crate) fn due(&self) -> Instant {
        let media = [self.camera.as_ref().map(Camera::due), self.microphone.as_ref().map(Microphone::due)];
        let connections = self.publisher.due.min(self.subscriber.due).min(self.ping_due).min(self.remb_due);
        media.into_iter().flatten().fold(connections, Instant::min)
    }

    /// A socket is readable.
    pub(crate) fn receive(&mut self, now: Now, from: Socket, buffers: &mut Buffers, tally: &mut Tally) -> Result<()> {
        match from {
            Socket::Signal => {
                while let Some(message) = self.signal.receive()? {
                    self.on_message(now, message)?;
                }
            }
            Socket::Publisher => {
                let (camera, requests) = (&mut self.camera, &mut self.keyframe_requests);
                self.publisher.receive(now, buffers, tally, |_, _, event| {
                    if let Event::KeyframeRequest(_) = event {
                        *requests += 1;
                        camera.iter_mut().for_each(Camera::request_keyframe);
                    }
                })?;
                self.start_devices(now);
            }
            Socket::Subscriber => {
                let (room, sources, remb_stream) = (self.who.room, &mut self.sources, &mut self.remb_stream);
                self.subscriber.receive(now, buffers, tally, |tally, arrived, event| {
                    if let Event::RtpPacket(packet) = event {
                        // The marker ends a frame; our audio has none.
                        if remb_stream.is_none() && packet.header.marker {
                            *remb_stream = Some(packet.header.ssrc);
                        }
                        tally.packet(arrived, room, sources, &packet.payload);
                    }
                })?;
            }
        }
        Ok(())
    }

    /// Sends what is due. Returns how late the latest frame or packet was.
    pub(crate) fn tick(&mut self, now: Now) -> Result<Duration> {
        let late = self.send_media(now)?;
        if self.publisher.due <= now.instant {
            self.publisher.drive(now, |_| {})?;
        }
        if self.remb_due <= now.instant {
            self.report_estimate();
            self.remb_due = now.instant + REMB_INTERVAL;
        }
        if self.subscriber.due <= now.instant {
            self.subscriber.drive(now, |_| {})?;
        }
        if self.ping_due <= now.instant {
            let timestamp = (now.unix / 1_000_000) as i64;
            self.signal.send(Request::PingReq(proto::Ping { timestamp, rtt: 0 }))?;
            self.ping_due = now.instant + PING_INTERVAL;
        }
        Ok(late)
    }

    /// One report is for all streams of the connection.
    fn report_estimate(&mut self) {
        let Some(ssrc) = self.remb_stream.filter(|_| self.wants_remb) else { return };
        if let Some(stream) = self.subscriber.rtc.direct_api().stream_rx(&ssrc) {
            stream.request_remb(REMB);
        }
    }

    /// Ends the session as a browser does.
    pub(crate) fn leave(&mut self) -> Result<()> {
        self.signal.send(Request::Leave(proto::LeaveRequest::default()))
    }

    fn on_message(&mut self, now: Now, message: Response) -> Result<()> {
        match message {
            Response::Join(_) => self.publish(now)?,
            Response::Answer(answer) => {
                self.publisher.accept_answer(&answer.sdp)?;
                self.publisher.drive(now, |_| {})?;
            }
            Response::Offer(offer) => {
                self.wants_remb = offer.sdp.contains("goog-remb") && !offer.sdp.contains("transport-cc");
                let sdp = self.subscriber.accept_offer(&offer.sdp)?;
                let answer =
                    proto::SessionDescription { r#type: "answer".into(), sdp, id: offer.id, ..Default::default() };
                self.signal.send(Request::Answer(answer))?;
                self.subscriber.drive(now, |_| {})?;
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
            proto::SignalTarget::Publisher => &mut self.publisher,
            proto::SignalTarget::Subscriber => &mut self.subscriber,
        };
        if !line.is_empty() {
            connection.add_candidate(line)?;
            connection.drive(now, |_| {})?;
        }
        Ok(())
    }

    /// Announces the tracks and offers the publisher connection, with the data channels that every client opens.
    fn publish(&mut self, now: Now) -> Result<()> {
        if self.who.camera.is_none() && self.who.microphone.is_none() {
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
            (camera, self.who.microphone.map(|_| section(MediaKind::Audio, &cids[1])))
        })?;
        (self.camera_section, self.microphone_section) = (camera, microphone);
        let offer = proto::SessionDescription { r#type: "offer".into(), sdp, id: 1, ..Default::default() };
        self.signal.send(Request::Offer(offer))?;
        self.publisher.drive(now, |_| {})
    }

    /// Camera and microphone begin when the publisher connection is connected.
    fn start_devices(&mut self, now: Now) {
        if !self.publisher.connected || self.camera.is_some() || self.microphone.is_some() {
            return;
        }
        // The golden ratio spreads any number of phases evenly.
        let phase = |number: u32| PHASES.mul_f64(f64::from(number) * 0.618_034 % 1.0);
        let (room, source) = (self.who.room, self.first_source());
        self.camera = self
            .who
            .camera
            .map(|bitrate| Camera::new(room, source, bitrate, self.who.size, now.instant + phase(source)));
        self.microphone = self
            .who
            .microphone
            .map(|bitrate| Microphone::new(room, source + 1, bitrate, now.instant + phase(source + 1)));
    }

    fn send_media(&mut self, now: Now) -> Result<Duration> {
        let mut late = Duration::ZERO;
        let mut written = false;
        if let (Some(camera), Some(mid)) = (&mut self.camera, self.camera_section)
            && camera.due() <= now.instant
        {
            late = late.max(now.instant - camera.due());
            let pt = self.publisher.rtc.media(mid).and_then(|media| media.remote_pts().first().copied());
            let pt = pt.context("the server accepted no video codec")?;
            let mut direct = self.publisher.rtc.direct_api();
            let stream = direct.stream_tx_by_mid(mid, None).context("the server refused the camera")?;
            camera.frame(now.unix, |packet| {
                let write = RtpWrite::new(
                    pt,
                    (1_000 + u64::from(packet.number)).into(),
                    packet.time,
                    now.instant,
                    packet.payload,
                );
                stream.write_rtp(write.marker(packet.marker).nackable(true));
            });
            written = true;
        }
        if let (Some(microphone), Some(mid)) = (&mut self.microphone, self.microphone_section)
            && microphone.due() <= now.instant
        {
            late = late.max(now.instant - microphone.due());
            let pt = self.publisher.rtc.media(mid).and_then(|media| media.remote_pts().first().copied());
            let pt = pt.context("the server accepted no audio codec")?;
            let mut direct = self.publisher.rtc.direct_api();
            let stream = direct.stream_tx_by_mid(mid, None).context("the server refused the microphone")?;
            let packet = microphone.packet(now.unix);
            let level = ExtensionValues { audio_level: Some(-30), voice_activity: Some(true), ..Default::default() };
            let number = (1_000 + u64::from(packet.number)).into();
            stream.write_rtp(RtpWrite::new(pt, number, packet.time, now.instant, packet.payload).ext_vals(level));
            written = true;
        }
        if written {
            self.publisher.drive(now, |_| {})?;
        }
        Ok(late)
    }
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
