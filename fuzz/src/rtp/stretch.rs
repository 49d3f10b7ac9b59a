//! What a viewer may be shown, and what one section's row of packets must look like, as told by what was sent.

use std::collections::{BTreeMap, BTreeSet};

use anteroom_media::{Mid, PeerId};

use super::packets::{Codec, Header, vp8_begins};

/// A section of somebody: what comes in there, or goes out.
pub(crate) type Sink = (PeerId, Mid);

/// A packet of a publisher, as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) source: Sink,
    pub(crate) header: Header,
    pub(crate) payload: Vec<u8>,
    pub(crate) codec: Codec,
    /// A decoder can begin with it.
    pub(crate) begins: bool,
    pub(crate) step: usize,
    /// It was changed on its way to us, who knows where.
    pub(crate) is_spoilt: bool,
}

/// Everything that was sent, who was connected to what and when, and what came out.
#[derive(Default)]
pub(crate) struct Viewing {
    pub(crate) step: usize,
    pub(crate) sent: Vec<Sent>,
    connections: Vec<Connection>,
    rows: BTreeMap<(PeerId, u32), Row>,
}

#[derive(Debug)]
struct Connection {
    source: Sink,
    sink: Sink,
    to: Option<usize>,
}

/// What goes out under one number (SSRC).
#[derive(Default)]
struct Row {
    mid: Option<Mid>,
    numbers: BTreeSet<i64>,
    newest: Option<(i64, u32)>,
    stretch: Option<Stretch>,
    /// A packet without a mark may have begun another stretch.
    may_begin: bool,
    payloads: BTreeMap<u16, Vec<u8>>,
}

/// Packets of one encoder, each as far from its own numbers as the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    source: Sink,
    ssrc: u32,
    sequence: u16,
    time: u32,
}

impl Viewing {
    /// Stands at the end of the next packet, so that it is known again.
    pub(crate) fn mark(&self) -> [u8; 8] {
        let [a, b, c, d] = (self.sent.len() as u32).to_be_bytes();
        [0xf1, 0x5e, a, b, c, d, 0x5e, 0xf1]
    }

    pub(crate) fn connect(&mut self, source: Sink, sink: Sink) {
        let is_so = |other: &Connection| other.to.is_none() && (other.source, other.sink) == (source, sink);
        if !self.connections.iter().any(is_so) {
            self.disconnect(sink);
            self.connections.push(Connection { source, sink, to: None });
        }
    }

    pub(crate) fn disconnect(&mut self, sink: Sink) {
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

    /// The numbers somebody was sent packets under.
    pub(crate) fn numbers(&self, viewer: PeerId) -> Vec<u32> {
        self.rows.keys().filter(|(to, _)| *to == viewer).map(|(_, ssrc)| *ssrc).collect()
    }

    /// A packet goes out to a viewer.
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
        let row = self.rows.entry((to, header.ssrc)).or_default();
        row.mid = row.mid.or(mid);
        let mid = row.mid.expect("the first packet of a number says which section it is for");
        assert!(row.is_new(header), "a number comes twice: {header:?}");
        row.payloads.insert(header.sequence, payload.to_vec());
        let Some(sent) = marked(&self.sent, payload).cloned() else {
            assert!(unmarked, "bytes that nobody sent: {payload:?}");
            row.may_begin = true;
            return;
        };
        let during = |connection: &Connection| connection.to.is_none_or(|to| to >= sent.step);
        let mut of_both =
            self.connections.iter().filter(|other| (other.source, other.sink) == (sent.source, (to, mid)));
        assert!(of_both.any(during), "{to:?} is shown on {mid} what is not theirs: {sent:?}");
        let row = self.rows.get_mut(&(to, header.ssrc)).expect("as above");
        if sent.is_spoilt {
            row.may_begin = true;
            return;
        }
        assert_eq!(sent.header.marker, header.marker);
        is_untouched(&sent, payload);
        row.follows(&sent, header);
    }

    /// Sent again under another number: what it was the first time.
    fn check_repeated(&self, to: PeerId, payload: &[u8]) {
        let Some((number, payload)) = payload.split_first_chunk::<2>() else { return };
        let number = u16::from_be_bytes(*number);
        let mut rows = self.rows.iter().filter(|((viewer, _), _)| *viewer == to);
        let known = rows.any(|(_, row)| row.payloads.get(&number).is_some_and(|first| first == payload));
        assert!(known, "{to:?} is sent again what they never were sent");
    }
}

fn marked<'a>(sent: &'a [Sent], payload: &[u8]) -> Option<&'a Sent> {
    let [0xf1, 0x5e, a, b, c, d, 0x5e, 0xf1] = *payload.last_chunk::<8>()? else { return None };
    sent.get(u32::from_be_bytes([a, b, c, d]) as usize)
}

impl Row {
    /// Numbers of sixteen bits go on where they are nearest to the newest.
    fn is_new(&mut self, header: &Header) -> bool {
        let near = self.newest.map_or(0, |(newest, _)| newest);
        let number = near + i64::from(header.sequence.wrapping_sub(near as u16) as i16);
        let is_new = self.numbers.insert(number);
        if self.newest.is_none_or(|(newest, _)| number > newest) {
            self.newest = Some((number, header.time));
        }
        is_new
    }

    fn follows(&mut self, sent: &Sent, header: &Header) {
        let stretch = Stretch {
            source: sent.source,
            ssrc: sent.header.ssrc,
            sequence: header.sequence.wrapping_sub(sent.header.sequence),
            // A clock that went back while nothing came is put half a cycle ahead by str0m.
            time: header.time.wrapping_sub(sent.header.time) & 0x7fff_ffff,
        };
        if self.stretch == Some(stretch) {
            return;
        }
        let is_known = !std::mem::take(&mut self.may_begin);
        assert!(
            sent.begins || !is_known,
            "a stretch does not begin with a keyframe: {sent:?} after {:?}",
            self.stretch
        );
        self.stretch = Some(stretch);
    }
}

/// Nothing between the peers was changed: frames may be encrypted.
fn is_untouched(sent: &Sent, payload: &[u8]) {
    let same = match sent.codec {
        Codec::Vp8 => match (vp8_begins(&sent.payload), vp8_begins(payload)) {
            (Some((before, _)), Some((after, _))) => sent.payload[before..] == payload[after..] && before == after,
            _ => sent.payload == payload,
        },
        // Whoever does not know redundancy gets the newest block alone.
        Codec::Red => sent.payload.ends_with(payload),
        _ => sent.payload == payload,
    };
    assert!(same, "a payload was changed on the way: {sent:?} became {payload:?}");
}
