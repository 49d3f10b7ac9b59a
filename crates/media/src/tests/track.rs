//! A published track of a test client: one encoder, one simulcast layer.

use std::time::{Duration, Instant};

use str0m::Rtc;
use str0m::format::Codec;
use str0m::media::MediaKind;
use str0m::rtp::{ExtensionValues, RtpWrite};

use super::encoder::{self, Layers, Stamp};
use crate::{Mid, Rid};

/// A published track.
pub(crate) struct Track {
    pub(crate) mid: Mid,
    pub(crate) rid: Option<Rid>,
    pub(crate) video: bool,
    pub(crate) on: bool,
    /// Audio level in dBov.
    pub(crate) level: i8,
    pub(crate) size: usize,
    /// Obeys the server's limits (REMB), as browsers do.
    pub(crate) obeys_remb: bool,
    pub(crate) parts: u8,
    pub(crate) codec: Codec,
    /// Layers inside the stream.
    pub(crate) layers: Layers,
    /// The dependency descriptor of the first packet of each frame; the following packets have a byte less each.
    pub(crate) descriptor: Option<Vec<u8>>,
    /// Audio is sent as RED.
    pub(crate) redundant: bool,
    pub(crate) keyframe_requested: bool,
    pub(crate) next_at: Instant,
    /// Time between frames.
    pub(crate) interval: Duration,
    /// Time between capture and sending.
    pub(crate) encode_delay: Duration,
    seq: u64,
    time: u32,
    frame: u32,
}

impl Track {
    pub(crate) fn new(now: Instant, mid: Mid, rid: Option<Rid>, kind: MediaKind, rank: usize) -> Self {
        let rank = u32::try_from(rank).unwrap();
        Self {
            mid,
            rid,
            video: kind == MediaKind::Video,
            on: true,
            level: -25,
            obeys_remb: false,
            size: 300 + 400 * rank as usize,
            codec: if kind == MediaKind::Video { Codec::Vp8 } else { Codec::Opus },
            layers: Layers { spatial: 1, temporal: 1 },
            descriptor: None,
            redundant: false,
            parts: if kind == MediaKind::Video { 3 } else { 1 },
            keyframe_requested: true,
            next_at: now,
            interval: Duration::from_millis(if kind == MediaKind::Video { 33 } else { 20 }),
            encode_delay: Duration::ZERO,
            seq: 1_000 * u64::from(rank + 1),
            time: 77_000 * (rank + 1),
            frame: 0,
        }
    }

    /// Number and size of the packets of a frame that keep the track below this limit in bits per second.
    fn frame_within(&self, limit: Option<u64>) -> (u8, usize) {
        let Some(limit) = limit.filter(|_| self.obeys_remb) else {
            return (self.parts, self.size);
        };
        let bytes = usize::try_from(limit).unwrap() / 8 / 30;
        let parts = bytes.div_ceil(self.size).clamp(1, usize::from(self.parts));
        (u8::try_from(parts).unwrap(), (bytes / parts).min(self.size))
    }

    pub(crate) fn encode(&mut self, rtc: &mut Rtc, encoder_id: u8, remb: Option<u64>, now: Instant) {
        let codec = self.codec;
        let params = rtc.codec_config().find(|params| params.spec().codec == codec).copied().unwrap();
        let pt = if self.redundant { params.red().unwrap() } else { params.pt() };
        let (parts, size) = self.frame_within(remb);
        let key = self.video && std::mem::take(&mut self.keyframe_requested);
        let layer = self.rid.map_or(0, |rid| rid.as_bytes()[0]);
        let encoder_id = encoder_id ^ layer;
        let mut direct = rtc.direct_api();
        let stream = direct.stream_tx_by_mid(self.mid, self.rid).expect("it was negotiated");
        for part in 0..parts {
            let stamp = Stamp { encoder_id, frame: self.frame, part, parts, key };
            let mut payload = match (self.video, self.redundant) {
                (true, _) => encoder::picture(codec, stamp, 40 * u16::from(encoder_id), self.layers, size),
                (false, false) => encoder::opus(encoder_id, self.frame),
                (false, true) => encoder::red(*params.pt(), encoder_id, self.frame),
            };
            if !self.redundant {
                let header = if self.video { encoder::header(codec) } else { 0 };
                encoder::write_sent_at(&mut payload, header, now);
            }
            let mut ext_vals = ExtensionValues {
                audio_level: (!self.video).then_some(self.level),
                voice_activity: (!self.video).then_some(self.level > -50),
                ..ExtensionValues::default()
            };
            if let Some(descriptor) = &self.descriptor {
                crate::rtp::dependency_descriptor::testing::write(
                    &mut ext_vals,
                    &descriptor[..descriptor.len() - usize::from(part)],
                );
            }
            let packet = RtpWrite::new(pt, self.seq.into(), self.time, now - self.encode_delay, payload)
                .marker(part + 1 == parts)
                .ext_vals(ext_vals)
                .nackable(self.video);
            stream.write_rtp(packet);
            self.seq += 1;
        }
        self.next_at += self.interval;
        let clock = if self.video { 90 } else { 48 };
        self.time += u32::try_from(self.interval.as_millis()).unwrap() * clock;
        self.frame += 1;
    }
}
