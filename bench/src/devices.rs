//! A participant's camera and microphone, and what it receives of the others.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use str0m::media::{KeyframeRequestKind, Mid};
use str0m::rtp::{ExtensionValues, RtpWrite, Ssrc};
use str0m::{Event, Rtc};

use crate::clock::Now;
use crate::opus::Microphone;
use crate::plan::Participant;
use crate::tally::{Received, Sources, Tally};
use crate::vp8::Camera;

/// Phases of the devices are spread over this time, so that frames do not begin together.
const PHASES: Duration = Duration::from_millis(100);
/// The first sequence number. Any will do.
const FIRST_NUMBER: u64 = 1_000;

/// Media of one participant.
pub(crate) struct Devices {
    room: u32,
    /// Sections on which they are sent.
    pub(crate) camera_section: Option<Mid>,
    pub(crate) microphone_section: Option<Mid>,
    camera: Option<Camera>,
    microphone: Option<Microphone>,
    /// What was received.
    pub(crate) sources: Sources,
    /// The video streams that it receives, by source.
    streams: BTreeMap<u32, Ssrc>,
    /// Keyframe requests of the server.
    pub(crate) keyframe_requests: u64,
}

impl Devices {
    pub(crate) fn new(room: u32) -> Self {
        Self {
            room,
            camera_section: None,
            microphone_section: None,
            camera: None,
            microphone: None,
            sources: Sources::new(),
            streams: BTreeMap::new(),
            keyframe_requests: 0,
        }
    }

    /// Camera and microphone begin when the connection is up. `source`: number of the camera's source.
    pub(crate) fn start(&mut self, now: Instant, who: &Participant, source: u32) {
        if self.camera.is_some() || self.microphone.is_some() {
            return;
        }
        // The golden ratio spreads any number of phases evenly.
        let start = |source: u32| now + PHASES.mul_f64(f64::from(source) * 0.618_034 % 1.0);
        self.camera = who.camera.map(|bitrate| Camera::new(self.room, source, bitrate, who.size, start(source)));
        self.microphone =
            who.microphone.map(|bitrate| Microphone::new(self.room, source + 1, bitrate, who.turns, start(source + 1)));
    }

    /// Packets of each source sent so far.
    pub(crate) fn sent(&self) -> impl Iterator<Item = (u32, u32)> {
        let camera = self.camera.as_ref().map(|camera| (camera.source(), camera.sent()));
        camera.into_iter().chain(self.microphone.as_ref().map(|microphone| (microphone.source(), microphone.sent())))
    }

    /// Numbers of the packets of each source that every server should forward to all others.
    pub(crate) fn to_forward(&self) -> impl Iterator<Item = (u32, Vec<Range<u32>>)> {
        let camera = self.camera.as_ref().map(|camera| (camera.source(), std::iter::once(0..camera.sent()).collect()));
        let audible = |microphone: &Microphone| (microphone.source(), microphone.audible().to_vec());
        camera.into_iter().chain(self.microphone.as_ref().map(audible))
    }

    /// When [`Devices::send`] is to be called next.
    pub(crate) fn due(&self) -> Option<Instant> {
        let microphone = self.microphone.as_ref().map(Microphone::due);
        self.camera.as_ref().map(Camera::due).into_iter().chain(microphone).min()
    }

    /// An event of a connection; `arrived` in nanoseconds since 1970.
    pub(crate) fn on_event(&mut self, tally: &mut Tally, arrived: u64, event: &Event) {
        match event {
            Event::KeyframeRequest(_) => {
                self.keyframe_requests += 1;
                self.camera.iter_mut().for_each(Camera::request_keyframe);
            }
            Event::RtpPacket(packet) => {
                let source = tally.packet(arrived, self.room, &mut self.sources, &packet.payload);
                // The marker ends a frame; our audio has none.
                if let Some(source) = source.filter(|_| packet.header.marker) {
                    self.streams.insert(source, packet.header.ssrc);
                }
            }
            _ => {}
        }
    }

    /// A video stream that it receives.
    pub(crate) fn video_stream(&self) -> Option<Ssrc> {
        self.streams.values().next().copied()
    }

    /// Requests a keyframe of each video that a packet is missing in for good: a decoder could not go on.
    pub(crate) fn request_keyframes(&mut self, rtc: &mut Rtc) {
        for (source, ssrc) in &self.streams {
            let has_gap = self.sources.get_mut(source).is_some_and(Received::has_gap);
            if let Some(stream) = rtc.direct_api().stream_rx(ssrc).filter(|_| has_gap) {
                stream.request_keyframe(KeyframeRequestKind::Pli);
            }
        }
    }

    /// Writes what is due. Returns how late the latest of it was; `None`: nothing was due.
    pub(crate) fn send(&mut self, now: Now, rtc: &mut Rtc) -> Result<Option<Duration>> {
        let camera = self.send_frame(now, rtc)?;
        Ok(camera.max(self.send_audio(now, rtc)?))
    }

    fn send_frame(&mut self, now: Now, rtc: &mut Rtc) -> Result<Option<Duration>> {
        let (Some(camera), Some(mid)) = (&mut self.camera, self.camera_section) else { return Ok(None) };
        let Some(late) = now.instant.checked_duration_since(camera.due()) else { return Ok(None) };
        let pt = rtc.media(mid).and_then(|media| media.remote_pts().first().copied());
        let pt = pt.context("the server accepted no video codec")?;
        let mut direct = rtc.direct_api();
        let stream = direct.stream_tx_by_mid(mid, None).context("the server refused the camera")?;
        camera.frame(now.unix, |packet| {
            let number = (FIRST_NUMBER + u64::from(packet.number)).into();
            let write = RtpWrite::new(pt, number, packet.time, now.instant, packet.payload);
            stream.write_rtp(write.marker(packet.marker).nackable(true));
        });
        Ok(Some(late))
    }

    fn send_audio(&mut self, now: Now, rtc: &mut Rtc) -> Result<Option<Duration>> {
        let (Some(microphone), Some(mid)) = (&mut self.microphone, self.microphone_section) else { return Ok(None) };
        let Some(late) = now.instant.checked_duration_since(microphone.due()) else { return Ok(None) };
        let pt = rtc.media(mid).and_then(|media| media.remote_pts().first().copied());
        let pt = pt.context("the server accepted no audio codec")?;
        let mut direct = rtc.direct_api();
        let stream = direct.stream_tx_by_mid(mid, None).context("the server refused the microphone")?;
        let packet = microphone.packet(now.unix);
        let (audio_level, voice_activity) = (Some(packet.level), Some(packet.level > -50));
        let level = ExtensionValues { audio_level, voice_activity, ..Default::default() };
        let number = (FIRST_NUMBER + u64::from(packet.number)).into();
        stream.write_rtp(RtpWrite::new(pt, number, packet.time, now.instant, packet.payload).ext_vals(level));
        Ok(Some(late))
    }
}
