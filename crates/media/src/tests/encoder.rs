//! A test encoder: packets that carry their encoder, frame number and part.

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use str0m::format::Codec;

/// Time stamps in packets count from here.
static EPOCH: OnceLock<Instant> = OnceLock::new();
const STAMP: usize = 8;

/// Writes after the stamp when the packet is sent. `header` is the number of bytes before the stamp.
pub(crate) fn write_sent_at(payload: &mut [u8], header: usize, at: Instant) {
    let since = at.duration_since(*EPOCH.get_or_init(|| at));
    let micros = u64::try_from(since.as_micros()).unwrap();
    payload[header + STAMP..header + STAMP + 8].copy_from_slice(&micros.to_be_bytes());
}

/// When the packet was sent.
pub(crate) fn sent_at(payload: &[u8], header: usize) -> Instant {
    let micros = payload[header + STAMP..header + STAMP + 8].try_into().unwrap();
    *EPOCH.get().expect("a packet was stamped") + Duration::from_micros(u64::from_be_bytes(micros))
}

/// What a test reads from a received packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp {
    pub(crate) encoder_id: u8,
    pub(crate) frame: u32,
    pub(crate) part: u8,
    pub(crate) parts: u8,
    pub(crate) key: bool,
}

impl Stamp {
    fn bytes(self) -> [u8; 8] {
        let [a, b, c, d] = self.frame.to_be_bytes();
        [self.encoder_id, a, b, c, d, self.part, self.parts, u8::from(self.key)]
    }

    pub(crate) fn read(payload: &[u8], header: usize) -> Option<Self> {
        let bytes: [u8; 8] = payload.get(header..header + 8)?.try_into().ok()?;
        let [encoder_id, a, b, c, d, part, parts, key] = bytes;
        Some(Self { encoder_id, frame: u32::from_be_bytes([a, b, c, d]), part, parts, key: key == 1 })
    }
}

/// Descriptor and first payload byte: what precedes the stamp in a VP8 packet.
pub(crate) const VP8_HEADER: usize = 7;

/// Temporal layers of successive VP8 frames, with the mark of those that need only the lowest layer (LAYERSYNC).
fn temporal_pattern(layers: u32) -> &'static [(u8, bool)] {
    match layers {
        1 => &[(0, false)],
        2 => &[(0, false), (1, true)],
        _ => &[(0, false), (2, true), (1, true), (2, false)],
    }
}

/// One VP8 packet. Picture ids count frames from `first_picture`.
pub(crate) fn vp8(stamp: Stamp, first_picture: u16, temporal_layers: u32, size: usize) -> Vec<u8> {
    let picture = (u32::from(first_picture) + stamp.frame) % (1 << 15);
    let [high, low] = u16::try_from(picture).unwrap().to_be_bytes();
    let start = if stamp.part == 0 { 0x90 } else { 0x80 };
    let delta = u8::from(!stamp.key);
    let pattern = temporal_pattern(temporal_layers);
    let (layer, sync) = pattern[stamp.frame as usize % pattern.len()];
    let lowest = (stamp.frame as usize / pattern.len()) as u8;
    let mut payload = vec![start, 0xf0, 0x80 | high, low, lowest, layer << 6 | u8::from(sync) << 5 | 1, delta];
    payload.extend(stamp.bytes());
    payload.resize(size.max(payload.len()), 0);
    payload
}

/// The descriptor of a VP9 packet.
pub(crate) const VP9_HEADER: usize = 4;

/// The spatial layer of a VP9 packet.
pub(crate) fn spatial_layer(payload: &[u8]) -> u8 {
    payload[2] >> 1 & 0x07
}

/// The bytes that precede the stamp in a packet.
pub(crate) fn header(codec: Codec) -> usize {
    match codec {
        Codec::Vp8 => VP8_HEADER,
        Codec::Vp9 => VP9_HEADER,
        _ => 1,
    }
}

/// Layers inside a stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layers {
    pub(crate) spatial: u8,
    pub(crate) temporal: u32,
}

/// One packet of a video frame. Only the outermost bytes are as an encoder would write them, as with frame
/// encryption. The parts of a VP9 picture are divided among its spatial layers, which are predicted from one another in
/// keyframes only.
pub(crate) fn picture(codec: Codec, stamp: Stamp, first_picture: u16, layers: Layers, size: usize) -> Vec<u8> {
    let begins = stamp.part == 0;
    let mut payload = match codec {
        Codec::Vp8 => return vp8(stamp, first_picture, layers.temporal, size),
        // SPS, then an IDR picture, or a predicted one.
        Codec::H264 => vec![if stamp.key { if begins { 0x67 } else { 0x65 } } else { 0x61 }],
        Codec::Vp9 => {
            let per_layer = stamp.parts / layers.spatial;
            let (spatial, part) = (stamp.part / per_layer, stamp.part % per_layer);
            let predicted = if stamp.key { 0 } else { 0x40 };
            let (start, end) = (u8::from(part == 0) << 3, u8::from(part + 1 == per_layer) << 2);
            let from_lower = u8::from(stamp.key && spatial > 0);
            vec![0xa0 | predicted | start | end, stamp.frame as u8 & 0x7f, spatial << 1 | from_lower, stamp.frame as u8]
        }
        Codec::Av1 => vec![if stamp.key && begins { 0x18 } else { 0x10 }],
        other => panic!("no video_stamps in {other}"),
    };
    payload.extend(stamp.bytes());
    payload.resize(size.max(payload.len()), 0xa5);
    payload
}

/// A RED packet: the previous audio frame and this one.
pub(crate) fn red(opus: u8, encoder_id: u8, frame: u32) -> Vec<u8> {
    let (before, now) = (self::opus(encoder_id, frame.wrapping_sub(1)), self::opus(encoder_id, frame));
    let [high, low] = (960u16 << 2 | before.len() as u16 >> 8).to_be_bytes();
    let mut payload = vec![0x80 | opus, high, low, before.len() as u8, opus];
    payload.extend(before);
    payload.extend(now);
    payload
}

/// One audio packet.
pub(crate) fn opus(encoder_id: u8, frame: u32) -> Vec<u8> {
    let mut payload = Stamp { encoder_id, frame, part: 0, parts: 1, key: false }.bytes().to_vec();
    payload.resize(80, 0);
    payload
}

/// Checks these packets as a decoder would, in order: the first frame is a keyframe, every frame is complete, and
/// none is missing. A frame may be cut short by a keyframe of another encoder. Returns the number of decoded frames.
pub(crate) fn decodes(stamps: &[Stamp]) -> Result<usize, String> {
    let mut decoded = 0;
    let mut missing_parts = BTreeSet::new();
    let mut last: Option<Stamp> = None;
    for stamp in stamps {
        let new = last.is_none_or(|last| (last.encoder_id, last.frame) != (stamp.encoder_id, stamp.frame));
        if new {
            let disconnected = stamp.key && last.is_some_and(|last| last.encoder_id != stamp.encoder_id);
            if !missing_parts.is_empty() && !disconnected {
                return Err(format!("frame incomplete before {stamp:?}"));
            }
            let follows = last.is_some_and(|last| last.encoder_id == stamp.encoder_id && last.frame + 1 == stamp.frame);
            if !stamp.key && !follows {
                return Err(format!("{stamp:?} does not follow {last:?}"));
            }
            missing_parts = (0..stamp.parts).collect();
        }
        missing_parts.remove(&stamp.part);
        decoded += usize::from(missing_parts.is_empty());
        last = Some(*stamp);
    }
    Ok(decoded)
}

/// When each frame could be shown. `arrivals` are the packets in order of their sequence numbers.
pub(crate) fn shown_at(arrivals: &[(Instant, Stamp)]) -> Vec<Instant> {
    let mut shown: Vec<Instant> = Vec::new();
    let mut last: Option<Stamp> = None;
    for frame in arrivals.chunk_by(|(_, a), (_, b)| (a.encoder_id, a.frame) == (b.encoder_id, b.frame)) {
        let (_, stamp) = frame[0];
        let complete = frame.len() == usize::from(stamp.parts);
        let follows = last.is_some_and(|last| last.encoder_id == stamp.encoder_id && last.frame + 1 == stamp.frame);
        if complete && (stamp.key || follows) {
            let arrived = frame.iter().map(|(at, _)| *at).max().unwrap();
            shown.push(shown.last().map_or(arrived, |before| arrived.max(*before)));
            last = Some(stamp);
        }
    }
    shown
}
