//! Builds RTP and RTCP packets, valid or not, and parses forwarded ones.

use crate::null_crypto::SIGNATURE;
use crate::scenario::Scenario;

/// The codecs of the published tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    Opus,
    Red,
    Vp8,
    H264,
    Vp9,
    Av1,
}

pub(crate) const VIDEO: &[Codec] = &[Codec::Vp8, Codec::Vp8, Codec::Vp8, Codec::H264, Codec::Vp9, Codec::Av1];

impl Codec {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Opus => "opus/48000",
            Self::Red => "red/48000",
            Self::Vp8 => "VP8/90000",
            Self::H264 => "H264/90000",
            Self::Vp9 => "VP9/90000",
            Self::Av1 => "AV1/90000",
        }
    }

    /// A payload and whether a decoder can start with it. After the first bytes it is no valid bitstream, as with
    /// end-to-end encryption.
    pub(crate) fn payload(self, scenario: &mut Scenario<'_>, mark: &[u8]) -> (Vec<u8>, bool) {
        let key = scenario.byte() < 96;
        let mut payload = match self {
            Self::Opus => vec![0x78],
            Self::Red => return (red(scenario, mark), true),
            Self::Vp8 => vp8(scenario, key),
            Self::H264 => (if key { &[0x67][..] } else { &[0x61][..] }).to_vec(),
            Self::Vp9 => vec![if key { 0x88 } else { 0xc8 }, scenario.byte() & 0x7f],
            Self::Av1 => vec![if key { 0x18 } else { 0x10 }],
        };
        let length = scenario.one_of(&[0, 3, 40, 400, 1_100, 1_460, 1_490]).unwrap_or_default();
        payload.resize(payload.len() + length, 0xa5);
        payload.extend(mark);
        let is_keyframe = match self {
            Self::Opus | Self::Red => true,
            Self::Vp8 => vp8_keyframe(&payload).is_some_and(|(_, is_keyframe)| is_keyframe),
            Self::H264 | Self::Vp9 | Self::Av1 => key,
        };
        (payload, is_keyframe)
    }
}

/// A VP8 payload descriptor (RFC 7741 section 4.2), mostly valid, and the first byte of a frame.
fn vp8(scenario: &mut Scenario<'_>, key: bool) -> Vec<u8> {
    let first = if scenario.byte() < 200 { 0x10 } else { scenario.byte() & 0x2f };
    let mut payload = vec![first];
    let numbers = scenario.byte();
    if numbers & 0xf0 != 0 {
        payload[0] |= 0x80;
        payload.push(numbers & 0xf0);
        match (numbers & 0x80 != 0, scenario.flip()) {
            (true, true) => payload.extend([0x80 | scenario.byte(), scenario.byte()]),
            (true, false) => payload.push(scenario.byte() & 0x7f),
            _ => {}
        }
        payload.extend((numbers & 0x40 != 0).then(|| scenario.byte()));
        payload.extend((numbers & 0x30 != 0).then(|| scenario.byte()));
    }
    payload.push(u8::from(!key));
    if scenario.seldom() {
        scenario.mutate(&mut payload);
    }
    payload
}

/// Where the descriptor ends and whether a keyframe begins; computed differently from the server.
pub(crate) fn vp8_keyframe(payload: &[u8]) -> Option<(usize, bool)> {
    let first = *payload.first()?;
    let mut end = 1;
    if first & 0x80 != 0 {
        let has = *payload.get(1)?;
        end = 2;
        if has & 0x80 != 0 {
            end += if payload.get(end)? & 0x80 != 0 { 2 } else { 1 };
        }
        end += usize::from(has & 0x40 != 0) + usize::from(has & 0x30 != 0);
    }
    let picture = *payload.get(end)?;
    Some((end, first & 0x10 != 0 && first & 0x07 == 0 && picture & 1 == 0))
}

/// Redundant audio (RFC 2198), sometimes mutated. The mark is at the end of the newest block.
fn red(scenario: &mut Scenario<'_>, mark: &[u8]) -> Vec<u8> {
    let before = scenario.below(40);
    let mut payload = vec![0x80 | 111, 0x0f, (before >> 8) as u8, before as u8, 111];
    payload.resize(payload.len() + before, 0x11);
    if scenario.seldom() {
        scenario.mutate(&mut payload);
    }
    payload.extend([0x78, 1, 2, 3]);
    payload.extend(mark);
    payload
}

/// The RTP header.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) payload_type: u8,
    pub(crate) marker: bool,
    pub(crate) sequence: u16,
    pub(crate) time: u32,
    pub(crate) ssrc: u32,
    /// One-byte extensions (RFC 8285).
    pub(crate) extensions: Vec<(u8, Vec<u8>)>,
}

impl Header {
    /// The packet as sent over the network.
    pub(crate) fn packet(&self, payload: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x90, self.payload_type & 0x7f | u8::from(self.marker) << 7];
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(self.time.to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        let mut extensions = Vec::new();
        for (number, value) in self.extensions.iter().filter(|(number, value)| *number > 0 && !value.is_empty()) {
            extensions.push(number << 4 | (value.len() as u8 - 1) & 0x0f);
            extensions.extend(value);
        }
        extensions.resize(extensions.len().next_multiple_of(4), 0);
        packet.extend([0xbe, 0xde]);
        packet.extend((extensions.len() as u16 / 4).to_be_bytes());
        packet.extend(extensions);
        packet.extend(payload);
        packet.resize(packet.len() + SIGNATURE, 0);
        packet
    }

    /// Parses a forwarded packet; `None` for RTCP and for anything else. A padding packet has no payload.
    pub(crate) fn read(packet: &[u8]) -> Option<(Self, Vec<u8>)> {
        let [first, second] = *packet.first_chunk::<2>()?;
        if first >> 6 != 2 || (64..96).contains(&(second & 0x7f)) {
            return None;
        }
        let long = |at: usize| {
            packet.get(at..at + 4).map(|bytes| u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        };
        let mut header = Self {
            payload_type: second & 0x7f,
            marker: second & 0x80 != 0,
            sequence: u16::from_be_bytes([*packet.get(2)?, *packet.get(3)?]),
            time: long(4)?,
            ssrc: long(8)?,
            extensions: Vec::new(),
        };
        let mut at = 12 + 4 * usize::from(first & 0x0f);
        if first & 0x10 != 0 {
            let end = at + 4 + 4 * (long(at)? & 0xffff) as usize;
            at += 4;
            while at < end {
                let (number, length) = (packet.get(at)? >> 4, usize::from(packet.get(at)? & 0x0f) + 1);
                if number > 0 {
                    header.extensions.push((number, packet.get(at + 1..at + 1 + length)?.to_vec()));
                    at += length;
                }
                at += 1;
            }
            at = end;
        }
        let payload = if first & 0x20 != 0 { &[] } else { packet.get(at..packet.len() - SIGNATURE)? };
        Some((header, payload.to_vec()))
    }

    pub(crate) fn extension(&self, number: u8) -> Option<&[u8]> {
        self.extensions.iter().find(|(of, _)| *of == number).map(|(_, value)| value.as_slice())
    }
}

/// RTCP feedback about a forwarded stream (RFC 4585), mostly valid.
pub(crate) fn feedback(scenario: &mut Scenario<'_>, ssrc: u32, number: u32) -> Vec<u8> {
    let word = scenario.word();
    let mut packet = match scenario.below(5) {
        0 => [&[0x81, 206, 0, 2][..], &[0, 0, 0, 1], &ssrc.to_be_bytes()].concat(),
        1 | 2 => {
            let lost = [word.to_be_bytes(), [scenario.byte(), scenario.byte()]].concat();
            [&[0x81, 205, 0, 3][..], &[0, 0, 0, 1], &ssrc.to_be_bytes(), &lost].concat()
        }
        3 => {
            let report = [&ssrc.to_be_bytes()[..], &[scenario.byte(); 20]].concat();
            [&[0x81, 201, 0, 7][..], &[0, 0, 0, 1], &report].concat()
        }
        _ => {
            let content = scenario.some_bytes();
            [&[0x80 | scenario.byte() & 0x1f, 200 + scenario.byte() % 8, 0, content.len() as u8 / 4][..], content]
                .concat()
        }
    };
    if scenario.seldom() {
        scenario.mutate(&mut packet);
    }
    packet.resize(packet.len() + SIGNATURE, 0);
    packet.extend((1 << 31 | number).to_be_bytes());
    packet
}
