//! A camera: VP8 frames of given sizes, split into packets as libwebrtc does, with valid headers and nothing behind.

use std::time::{Duration, Instant};

use crate::stamp::{self, Stamp};

const FRAMES_PER_SECOND: u32 = 30;
/// Frames between keyframes that nobody asked for: 3 seconds.
const KEYFRAME_INTERVAL: u32 = 90;
/// A keyframe in average frames.
const KEYFRAME_FACTOR: u32 = 4;
/// RTP payload of libwebrtc's packets: 1200 bytes with headers.
const MAX_PAYLOAD: usize = 1_160;
/// Extension flags, picture id of 15 bits, TL0PICIDX, TID (RFC 7741 section 4.2).
const DESCRIPTOR: usize = 6;
/// Sizes of frames between keyframes in percent of their mean: they vary as with a talking head.
const VARIATION: [u32; 16] = [100, 92, 108, 85, 118, 97, 78, 122, 103, 88, 112, 95, 105, 100, 80, 117];
/// RTP clock.
const CLOCK: u32 = 90_000;

/// The sending side of one camera.
pub(crate) struct Camera {
    stamp: Stamp,
    size: (u16, u16),
    /// Bytes of an average frame.
    mean: u32,
    start: Instant,
    /// Frames sent.
    frames: u32,
    since_keyframe: u32,
    keyframe_wanted: bool,
    packet: Vec<u8>,
}

/// One packet of a frame.
pub(crate) struct VideoPacket<'a> {
    pub(crate) payload: &'a [u8],
    /// On the 90 kHz clock.
    pub(crate) time: u32,
    /// Last packet of the frame.
    pub(crate) marker: bool,
    pub(crate) number: u32,
}

impl Camera {
    /// Sends its first frame at `start`.
    pub(crate) fn new(room: u32, source: u32, bits_per_second: u32, size: (u16, u16), start: Instant) -> Self {
        Self {
            stamp: Stamp { room, source, number: 0, sent: 0 },
            size,
            mean: bits_per_second / 8 / FRAMES_PER_SECOND,
            start,
            frames: 0,
            since_keyframe: 0,
            keyframe_wanted: true,
            packet: Vec::with_capacity(MAX_PAYLOAD),
        }
    }

    /// When the next frame is to be sent.
    pub(crate) fn due(&self) -> Instant {
        self.start + Duration::from_secs(1) * self.frames / FRAMES_PER_SECOND
    }

    /// A viewer cannot decode: the next frame is a keyframe.
    pub(crate) fn request_keyframe(&mut self) {
        self.keyframe_wanted = true;
    }

    /// Packets sent so far.
    pub(crate) fn sent(&self) -> u32 {
        self.stamp.number
    }

    pub(crate) fn source(&self) -> u32 {
        self.stamp.source
    }

    /// The packets of the next frame, in order. `now`: nanoseconds since 1970.
    pub(crate) fn frame(&mut self, now: u64, mut send: impl FnMut(VideoPacket<'_>)) {
        let key = self.keyframe_wanted || self.since_keyframe + 1 >= KEYFRAME_INTERVAL;
        let size = self.frame_size(key);
        let parts = size.div_ceil(MAX_PAYLOAD - DESCRIPTOR);
        self.stamp.sent = now;
        for part in 0..parts {
            // About equal, longer ones last.
            let length = size / parts + usize::from(part >= parts - size % parts);
            self.write_packet(key, part == 0, length);
            let marker = part + 1 == parts;
            let number = self.stamp.number;
            send(VideoPacket {
                payload: &self.packet,
                time: self.frames * (CLOCK / FRAMES_PER_SECOND),
                marker,
                number,
            });
            self.stamp.number += 1;
        }
        self.since_keyframe = if key { 0 } else { self.since_keyframe + 1 };
        self.keyframe_wanted = false;
        self.frames += 1;
    }

    /// Frames between keyframes are smaller, so that the bit rate is as given.
    fn frame_size(&self, key: bool) -> usize {
        if key {
            return (self.mean * KEYFRAME_FACTOR) as usize;
        }
        let others = self.mean * (KEYFRAME_INTERVAL - KEYFRAME_FACTOR) / (KEYFRAME_INTERVAL - 1);
        (others * VARIATION[self.frames as usize % VARIATION.len()] / 100) as usize
    }

    fn write_packet(&mut self, key: bool, first: bool, length: usize) {
        let [picture_high, picture_low] = (self.frames as u16).to_be_bytes();
        let start_of_partition = if first { 0x10 } else { 0 };
        self.packet.clear();
        self.packet.extend([
            0x80 | start_of_partition,
            0xE0, // picture id, TL0PICIDX and TID follow
            0x80 | picture_high,
            picture_low,
            self.frames as u8,
            0x20, // temporal layer 0, depends on the base layer only
        ]);
        if first {
            // Frame tag: shown, keyframe bit inverted (RFC 6386 section 9.1).
            self.packet.extend([0x10 | u8::from(!key), 0, 0]);
            if key {
                self.packet.extend([0x9D, 0x01, 0x2A]);
                self.packet.extend(self.size.0.to_le_bytes());
                self.packet.extend(self.size.1.to_le_bytes());
            }
        }
        let length = (DESCRIPTOR + length).max(self.packet.len() + stamp::LENGTH);
        self.packet.resize(length, 0x5A);
        self.stamp.write(&mut self.packet);
    }
}

#[cfg(test)]
mod tests {
    use str0m::rtp::Vp8Descriptor;

    use super::*;

    fn camera() -> Camera {
        #[expect(clippy::disallowed_methods, reason = "any instant will do")]
        Camera::new(1, 2, 1_500_000, (1_280, 720), Instant::now())
    }

    fn frames(camera: &mut Camera, count: u32) -> Vec<Vec<Vec<u8>>> {
        let mut frames = Vec::new();
        for _ in 0..count {
            let mut packets = Vec::new();
            camera.frame(0, |packet| packets.push(packet.payload.to_vec()));
            frames.push(packets);
        }
        frames
    }

    #[test]
    fn bit_rate_is_as_asked_and_a_frame_is_six_packets() {
        let frames = frames(&mut camera(), 900);
        let bytes: usize = frames.iter().flatten().map(Vec::len).sum();
        let rate = bytes as f64 * 8.0 / 30.0;
        assert!((1.46e6..1.54e6).contains(&rate), "{rate}");
        let usual = frames.iter().filter(|packets| (5..=7).contains(&packets.len())).count();
        assert!(usual > 850, "{usual}");
    }

    #[test]
    fn packets_of_a_frame_are_about_equal_and_longer_ones_last() {
        for packets in frames(&mut camera(), 200) {
            let lengths: Vec<usize> = packets.iter().map(Vec::len).collect();
            assert!(lengths.is_sorted() && lengths[lengths.len() - 1] - lengths[0] <= 1, "{lengths:?}");
            assert!(lengths.iter().all(|length| *length <= MAX_PAYLOAD), "{lengths:?}");
        }
    }

    #[test]
    fn descriptor_is_valid_and_picture_ids_have_no_gap() {
        for (number, packets) in frames(&mut camera(), 5).into_iter().enumerate() {
            for packet in packets {
                let descriptor = Vp8Descriptor::parse(&packet).unwrap();
                assert_eq!(descriptor.picture_id(), Some(number as u16));
                assert_eq!(descriptor.tl0_pic_idx(), Some(number as u8));
            }
        }
    }

    #[test]
    fn keyframes_come_every_three_seconds_and_on_request() {
        let keys = |camera: &mut Camera, count| -> Vec<usize> {
            let is_key = |packets: &Vec<Vec<u8>>| packets[0][DESCRIPTOR] & 1 == 0;
            let frames = frames(camera, count);
            frames.iter().enumerate().filter(|(_, packets)| is_key(packets)).map(|(number, _)| number).collect()
        };
        let mut camera = camera();
        assert_eq!(keys(&mut camera, 200), [0, 90, 180]);
        camera.request_keyframe();
        assert_eq!(keys(&mut camera, 100), [0, 90]);
    }

    #[test]
    fn every_packet_has_its_number() {
        for (expected, packet) in frames(&mut camera(), 100).iter().flatten().enumerate() {
            assert_eq!(Stamp::read(packet).unwrap().number as usize, expected);
        }
    }
}
