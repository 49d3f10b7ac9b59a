//! What each viewer may receive, and what each forwarded stream must look like, derived from what was sent.

use std::collections::{BTreeMap, BTreeSet};

use anteroom_media::{Mid, PeerId};

use super::packets::{Codec, Header, vp8_keyframe};

/// A media section of a peer.
pub(crate) type SectionKey = (PeerId, Mid);

/// A packet of a publisher, as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct SentPacket {
    pub(crate) source: SectionKey,
    pub(crate) header: Header,
    pub(crate) payload: Vec<u8>,
    pub(crate) codec: Codec,
    /// A decoder can start with it.
    pub(crate) is_keyframe: bool,
    pub(crate) step: usize,
    /// Mutated at unknown places.
    pub(crate) is_mutated: bool,
}

/// All packets sent, the connections over time, and the forwarded streams.
#[derive(Default)]
pub(crate) struct Expectations {
    pub(crate) step: usize,
    pub(crate) sent: Vec<SentPacket>,
    connections: Vec<Connection>,
    streams: BTreeMap<(PeerId, u32), OutgoingStream>,
}

#[derive(Debug)]
struct Connection {
    source: SectionKey,
    sink: SectionKey,
    to: Option<usize>,
}

/// The packets forwarded under one SSRC.
#[derive(Default)]
struct OutgoingStream {
    mid: Option<Mid>,
    numbers: BTreeSet<i64>,
    newest: Option<(i64, u32)>,
    segment: Option<Segment>,
    /// A packet without a mark may have started another segment.
    may_begin: bool,
    payloads: BTreeMap<u16, Vec<u8>>,
}

/// Packets of one encoding that are all rewritten by the same offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    source: SectionKey,
    ssrc: u32,
    sequence: u16,
    time: u32,
}

impl Expectations {
    /// The end of the next packet's payload, by which it is recognised.
    pub(crate) fn mark(&self) -> [u8; 8] {
        let [a, b, c, d] = (self.sent.len() as u32).to_be_bytes();
        [0xf1, 0x5e, a, b, c, d, 0x5e, 0xf1]
    }

    pub(crate) fn connect(&mut self, source: SectionKey, sink: SectionKey) {
        let is_so = |other: &Connection| other.to.is_none() && (other.source, other.sink) == (source, sink);
        if !self.connections.iter().any(is_so) {
            self.disconnect(sink);
            self.connections.push(Connection { source, sink, to: None });
        }
    }

    pub(crate) fn disconnect(&mut self, sink: SectionKey) {
        self.end(|connection| connection.sink == sink);
    }

    pub(crate) fn forget(&mut self, peer: PeerId) {
        self.end(|connection| connection.sink.0 == peer || connection.source.0 == peer);
    }

    fn end(&mut self, over: impl Fn(&Connection) -> bool) {
        let step = self.step;
        let ending = self.connections.iter_mut().filter(|connection| connection.to.is_none() && over(connection));
        ending.for_each(|connection| connection.to = Some(step));
    }

    /// SSRCs of the streams forwarded to a viewer.
    pub(crate) fn numbers(&self, viewer: PeerId) -> Vec<u32> {
        self.streams.keys().filter(|(to, _)| *to == viewer).map(|(_, ssrc)| *ssrc).collect()
    }

    /// Checks a packet forwarded to a viewer.
    pub(crate) fn check(
        &mut self,
        to: PeerId,
        mid: Option<Mid>,
        is_repeated: bool,
        header: &Header,
        payload: &[u8],
        unmarked: bool,
    ) {
        if is_repeated {
            return self.check_repeated(to, payload);
        }
        let stream = self.streams.entry((to, header.ssrc)).or_default();
        stream.mid = stream.mid.or(mid);
        let mid = stream.mid.expect("the first packet of an SSRC has a mid");
        assert!(stream.is_new(header), "a sequence number is used twice: {header:?}");
        stream.payloads.insert(header.sequence, payload.to_vec());
        let Some(sent) = sent_by_mark(&self.sent, payload).cloned() else {
            assert!(unmarked, "bytes no publisher sent: {payload:?}");
            stream.may_begin = true;
            return;
        };
        let during = |connection: &Connection| connection.to.is_none_or(|to| to >= sent.step);
        let mut of_both =
            self.connections.iter().filter(|other| (other.source, other.sink) == (sent.source, (to, mid)));
        assert!(of_both.any(during), "{to:?} received on {mid} a track it is not connected to: {sent:?}");
        let stream = self.streams.get_mut(&(to, header.ssrc)).expect("as above");
        if sent.is_mutated {
            stream.may_begin = true;
            return;
        }
        assert_eq!(sent.header.marker, header.marker);
        check_payload(&sent, payload);
        stream.follows(&sent, header);
    }

    /// A retransmission (RTX) has the payload of the first transmission.
    fn check_repeated(&self, to: PeerId, payload: &[u8]) {
        let Some((number, payload)) = payload.split_first_chunk::<2>() else { return };
        let number = u16::from_be_bytes(*number);
        let mut streams = self.streams.iter().filter(|((viewer, _), _)| *viewer == to);
        let known = streams.any(|(_, stream)| stream.payloads.get(&number).is_some_and(|first| first == payload));
        assert!(known, "{to:?} got a retransmission of a packet it was never sent");
    }
}

fn sent_by_mark<'a>(sent: &'a [SentPacket], payload: &[u8]) -> Option<&'a SentPacket> {
    let [0xf1, 0x5e, a, b, c, d, 0x5e, 0xf1] = *payload.last_chunk::<8>()? else { return None };
    sent.get(u32::from_be_bytes([a, b, c, d]) as usize)
}

impl OutgoingStream {
    /// Extends sixteen-bit sequence numbers to the value nearest to the newest.
    fn is_new(&mut self, header: &Header) -> bool {
        let near = self.newest.map_or(0, |(newest, _)| newest);
        let number = near + i64::from(header.sequence.wrapping_sub(near as u16) as i16);
        let is_new = self.numbers.insert(number);
        if self.newest.is_none_or(|(newest, _)| number > newest) {
            self.newest = Some((number, header.time));
        }
        is_new
    }

    fn follows(&mut self, sent: &SentPacket, header: &Header) {
        let segment = Segment {
            source: sent.source,
            ssrc: sent.header.ssrc,
            sequence: header.sequence.wrapping_sub(sent.header.sequence),
            // A clock that went back while nothing came is put half a cycle ahead by str0m.
            time: header.time.wrapping_sub(sent.header.time) & 0x7fff_ffff,
        };
        if self.segment == Some(segment) {
            return;
        }
        let is_known = !std::mem::take(&mut self.may_begin);
        assert!(
            sent.is_keyframe || !is_known,
            "a segment does not begin with a keyframe: {sent:?} after {:?}",
            self.segment
        );
        self.segment = Some(segment);
    }
}

/// The payload is unchanged: frames may be end-to-end encrypted.
fn check_payload(sent: &SentPacket, payload: &[u8]) {
    let same = match sent.codec {
        Codec::Vp8 => match (vp8_keyframe(&sent.payload), vp8_keyframe(payload)) {
            (Some((before, _)), Some((after, _))) => sent.payload[before..] == payload[after..] && before == after,
            _ => sent.payload == payload,
        },
        // Without RED support the viewer gets the newest block alone.
        Codec::Red => sent.payload.ends_with(payload),
        _ => sent.payload == payload,
    };
    assert!(same, "a payload was changed on the way: {sent:?} became {payload:?}");
}
