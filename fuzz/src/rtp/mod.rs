//! Packets of hostile publishers on their way through a room: each viewer gets only the tracks it is connected to, as
//! one continuous stream that begins with a keyframe, with unchanged payloads, whatever a publisher sends.

mod client;
mod expectations;
mod packets;

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use anteroom_media::{Config, Input, LayerKey, Media, Mid, Output, PeerId, Rid};
use client::{Client, RECV_AUDIO, RECV_VIDEO, SEND_AUDIO, SEND_SIMULCAST, SEND_VIDEO};
use expectations::{Expectations, SectionKey, SentPacket};
use packets::{Codec, Header, VIDEO, feedback};

use crate::scenario::Scenario;
use crate::{fixtures, null_crypto, panic_log};

const PUBLISHERS: usize = 2;
/// Two viewers that are connected to tracks, and one that never is.
const VIEWERS: usize = 3;
const MAX_STEPS: usize = 60;
const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
const RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
const LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

pub fn rtp(bytes: &[u8]) {
    panic_log::start();
    let mut scenario = Scenario::new(bytes);
    let mut room = RtpRoom::new();
    room.connect_all(scenario.byte());
    for _ in 0..MAX_STEPS {
        if scenario.is_over() {
            break;
        }
        room.step(&mut scenario);
        panic_log::check();
    }
}

/// One encoding of a publisher's track.
#[derive(Clone, Debug)]
struct Stream {
    publisher: usize,
    mid: Mid,
    rid: Option<&'static str>,
    ssrc: u32,
    sequence: u16,
    time: u32,
    codec: Codec,
}

struct RtpRoom {
    media: Media,
    now: Instant,
    clients: Vec<Client>,
    streams: Vec<Stream>,
    expected: Expectations,
    /// Peers that have sent bytes no browser would: they may fail.
    mutated: Vec<PeerId>,
    /// Packets without a mark were sent: they cannot be recognised when forwarded.
    unmarked: bool,
    feedback: u32,
}

impl RtpRoom {
    fn new() -> Self {
        static CONFIG: LazyLock<Arc<Config>> = LazyLock::new(|| {
            let config = Config::new(&[fixtures::server()], &[]).expect("an address to be reached at");
            Arc::new(config.with_crypto(null_crypto::crypto()))
        });
        let mut now = fixtures::start();
        let mut media = Media::new(Arc::clone(&CONFIG));
        let mut clients = Vec::new();
        for number in 1..=PUBLISHERS + VIEWERS {
            let sections = if number <= PUBLISHERS {
                [SEND_AUDIO, SEND_VIDEO, SEND_SIMULCAST]
            } else {
                [RECV_AUDIO, RECV_VIDEO, RECV_VIDEO]
            };
            clients.push(Client::join(&mut media, now, PeerId(number as u64), &sections));
        }
        client::connect(&mut media, &mut clients, &mut now);
        let streams = (0..PUBLISHERS).flat_map(|publisher| streams(publisher, &clients[publisher].mids)).collect();
        let (mutated, expected) = (Vec::new(), Expectations::default());
        Self { media, now, clients, streams, expected, mutated, unmarked: false, feedback: 0 }
    }

    /// Connects the first two viewers to tracks.
    fn connect_all(&mut self, choice: u8) {
        for viewer in [PUBLISHERS, PUBLISHERS + 1] {
            let publisher = usize::from(choice >> viewer & 1);
            for section in 0..3 {
                let sink = (self.clients[viewer].id, self.clients[viewer].mids[section]);
                let source = (self.clients[publisher].id, self.clients[publisher].mids[section]);
                self.media.connect(self.now, source, sink);
                self.expected.connect(source, sink);
            }
        }
        self.drain();
    }

    fn step(&mut self, scenario: &mut Scenario<'_>) {
        self.expected.step += 1;
        match scenario.below(16) {
            0..8 => self.publish(scenario),
            8..11 => self.connect(scenario),
            11 => {
                let sink = self.sink(scenario);
                self.media.disconnect(sink);
                self.expected.disconnect(sink);
            }
            12 => {
                let sink = self.sink(scenario);
                self.media.pause(self.now, sink, scenario.flip());
                let limit = scenario.one_of(&[None, Some("q"), Some("h"), Some("x")]).flatten();
                self.media.set_max_layer(self.now, sink, limit.map(|rid| LayerKey::Rid(Rid::from(rid))));
            }
            13 => self.pass_time(scenario),
            14 => self.send_feedback(scenario),
            _ => self.send_random_bytes(scenario),
        }
        self.drain();
    }

    /// A few packets of one stream, in any order.
    fn publish(&mut self, scenario: &mut Scenario<'_>) {
        let index = scenario.below(self.streams.len());
        if scenario.seldom() {
            self.streams[index].ssrc += 0x100;
        }
        if self.streams[index].codec != Codec::Opus && self.streams[index].codec != Codec::Red {
            if scenario.seldom() {
                self.streams[index].codec = scenario.one_of(VIDEO).unwrap_or(Codec::Vp8);
            }
        } else {
            self.streams[index].codec = if scenario.flip() { Codec::Opus } else { Codec::Red };
        }
        for _ in 0..1 + scenario.below(6) {
            let back = match scenario.below(16) {
                0..10 => 0,
                10 => 1,
                11 => 2,
                12 => u16::MAX - 1,
                13 => u16::MAX - 3,
                14 => 0x7000,
                _ => scenario.word(),
            };
            self.packet(scenario, index, back);
            self.drain();
            self.now += Duration::from_millis(3);
            if self.media.deadline().is_some_and(|at| at <= self.now) {
                self.media.handle(self.now, Input::Tick);
                self.drain();
            }
        }
    }

    fn packet(&mut self, scenario: &mut Scenario<'_>, index: usize, back: u16) {
        let stream = &mut self.streams[index];
        let client = &self.clients[stream.publisher];
        if !scenario.seldom() {
            stream.time = stream.time.wrapping_add(if scenario.flip() { 3_000 } else { 0 });
        } else {
            stream.time = scenario.long();
        }
        let sequence = stream.sequence.wrapping_sub(back);
        if back == 0 || back > 0x8000 {
            stream.sequence = sequence.wrapping_add(1);
        }
        let mut extensions = vec![
            (client.extension(MID), stream.mid.to_string().into_bytes()),
            (client.extension(RID), stream.rid.unwrap_or_default().as_bytes().to_vec()),
        ];
        if matches!(stream.codec, Codec::Opus | Codec::Red) {
            extensions.push((client.extension(LEVEL), vec![scenario.byte()]));
        }
        let header = Header {
            payload_type: client.payload_type(stream.codec.name()),
            marker: scenario.flip(),
            sequence,
            time: stream.time,
            ssrc: stream.ssrc,
            extensions,
        };
        let mark = self.expected.mark();
        let (payload, is_keyframe) = stream.codec.payload(scenario, &mark);
        let mut packet = header.packet(&payload);
        let source = (client.id, stream.mid);
        let is_mutated = scenario.byte() < 4;
        if is_mutated {
            scenario.mutate(&mut packet);
            self.unmarked = true;
            self.mutated.push(client.id);
        }
        let sent = SentPacket {
            source,
            header,
            payload,
            codec: stream.codec,
            is_keyframe,
            step: self.expected.step,
            is_mutated,
        };
        self.expected.sent.push(sent);
        client.send(&mut self.media, self.now, &packet);
    }

    fn connect(&mut self, scenario: &mut Scenario<'_>) {
        let stream = &self.streams[scenario.below(self.streams.len())];
        let mut sink = self.sink(scenario);
        if !scenario.seldom() {
            let viewer = self.clients.iter().find(|client| client.id == sink.0).expect("a viewer");
            let is_audio = stream.mid == self.clients[stream.publisher].mids[0];
            sink.1 = viewer.mids[if is_audio { 0 } else { 1 + scenario.below(2) }];
        }
        let source = (self.clients[stream.publisher].id, stream.mid);
        self.media.connect(self.now, source, sink);
        let here = |peer: PeerId| self.media.peers().any(|other| other == peer);
        if here(source.0) && here(sink.0) {
            self.expected.connect(source, sink);
        }
    }

    /// A section of a connected viewer.
    fn sink(&self, scenario: &mut Scenario<'_>) -> SectionKey {
        let viewer = &self.clients[PUBLISHERS + scenario.below(VIEWERS - 1)];
        (viewer.id, viewer.mids[scenario.below(viewer.mids.len())])
    }

    fn pass_time(&mut self, scenario: &mut Scenario<'_>) {
        let time = scenario.one_of(&[1, 20, 100, 400, 600, 2_000]).unwrap_or(1);
        for _ in 0..8 {
            self.now += Duration::from_millis(time) / 8;
            if self.media.deadline().is_some_and(|at| at <= self.now) {
                self.media.handle(self.now, Input::Tick);
            }
            self.drain();
            for viewer in &mut self.clients[PUBLISHERS..] {
                for bytes in viewer.advance(self.now) {
                    viewer.send(&mut self.media, self.now, &bytes);
                }
            }
            self.drain();
        }
    }

    /// Feedback of a viewer, or a publisher's report.
    fn send_feedback(&mut self, scenario: &mut Scenario<'_>) {
        let client = &self.clients[scenario.below(self.clients.len())];
        let known = self.expected.numbers(client.id);
        let ssrc = scenario.one_of(&known).unwrap_or_else(|| scenario.long());
        self.feedback += 1;
        let packet = feedback(scenario, ssrc, self.feedback);
        self.mutated.push(client.id);
        client.send(&mut self.media, self.now, &packet);
    }

    /// Arbitrary bytes from any peer, or a publisher leaves.
    fn send_random_bytes(&mut self, scenario: &mut Scenario<'_>) {
        let index = scenario.below(self.clients.len());
        let id = self.clients[index].id;
        if scenario.seldom() && index < PUBLISHERS {
            self.media.leave(self.now, id);
            self.expected.forget(id);
            return;
        }
        let mut bytes = scenario.some_bytes().to_vec();
        bytes.resize(bytes.len() + null_crypto::SIGNATURE, 0);
        (self.unmarked, _) = (true, self.mutated.push(id));
        self.clients[index].send(&mut self.media, self.now, &bytes);
    }

    /// Checks the media's output and passes it to the receivers.
    fn drain(&mut self) {
        while let Some(output) = self.media.poll() {
            match output {
                Output::Transmit { peer, bytes, .. } => self.deliver(peer, &bytes),
                Output::Failed { peer, .. } | Output::Closed(peer) => {
                    assert!(
                        self.mutated.contains(&peer),
                        "{peer:?} failed because of another peer's packets: {output:?}"
                    );
                    self.expected.forget(peer);
                }
                _ => {}
            }
        }
    }

    fn deliver(&mut self, to: PeerId, bytes: &[u8]) {
        let Some(viewer) = self.clients[PUBLISHERS..].iter_mut().find(|client| client.id == to) else { return };
        if let Some((header, payload)) = Header::read(bytes).filter(|(_, payload)| !payload.is_empty()) {
            let mid = header.extension(viewer.extension(MID));
            let mid = mid.map(|mid| Mid::from(String::from_utf8_lossy(mid).as_ref()));
            let is_repeated = viewer.is_repetition(header.payload_type);
            self.expected.check(to, mid, is_repeated, &header, &payload, self.unmarked);
        }
        if !self.mutated.contains(&to) {
            viewer.receive(self.now, bytes);
        }
    }
}

fn streams(publisher: usize, mids: &[Mid]) -> Vec<Stream> {
    let layers = [(0, None), (1, None), (2, Some("q")), (2, Some("h")), (2, Some("f"))];
    let stream = |(number, (section, rid)): (usize, (usize, Option<&'static str>))| Stream {
        publisher,
        mid: mids[section],
        rid,
        ssrc: 0x0100_0000 * (publisher as u32 + 1) + number as u32,
        sequence: 65_500,
        time: u32::MAX - 9_000,
        codec: if section == 0 { Codec::Opus } else { Codec::Vp8 },
    };
    layers.into_iter().enumerate().map(stream).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A NACK (RFC 4585 section 6.2.1) that names the first packets of a subscription three hundred times.
    fn repeated_nack(ssrc: u32, number: u32) -> Vec<u8> {
        let lost = [0, 100, 0xff, 0xff].repeat(300);
        let words = (8 + lost.len() as u16) / 4;
        let header = [&[0x81, 205][..], &words.to_be_bytes(), &[0, 0, 0, 1], &ssrc.to_be_bytes()].concat();
        let mut packet = [header, lost].concat();
        packet.resize(packet.len() + null_crypto::SIGNATURE, 0);
        packet.extend((1 << 31 | number).to_be_bytes());
        packet
    }

    fn sent_to(room: &mut RtpRoom, peer: PeerId) -> usize {
        let sent = std::iter::from_fn(|| room.media.poll());
        sent.filter(|output| matches!(output, Output::Transmit { peer: to, .. } if *to == peer)).count()
    }

    #[test]
    fn repeated_nack_is_not_answered_with_thousands_of_packets() {
        let mut room = RtpRoom::new();
        room.connect_all(0);
        let mut state = 1_u32;
        let bytes: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(20_000)
        .collect();
        let mut scenario = Scenario::new(&bytes);
        let video = room.streams.iter().position(|stream| stream.codec == Codec::Vp8).expect("a video");
        let (viewer, mut ssrcs) = (room.clients[PUBLISHERS].id, std::collections::BTreeSet::new());
        for _ in 0..200 {
            room.packet(&mut scenario, video, 0);
            while let Some(output) = room.media.poll() {
                if let Output::Transmit { peer, bytes, .. } = output
                    && peer == viewer
                {
                    ssrcs.extend(Header::read(&bytes).map(|(header, _)| header.ssrc));
                }
            }
            room.now += Duration::from_millis(1);
        }
        let asked = |room: &mut RtpRoom, number: u32| {
            let nacks = ssrcs.iter().enumerate();
            nacks
                .map(|(at, ssrc)| {
                    let packet = repeated_nack(*ssrc, number + at as u32);
                    room.clients[PUBLISHERS].send(&mut room.media, room.now, &packet);
                    sent_to(room, viewer)
                })
                .sum::<usize>()
        };
        let first = asked(&mut room, 1);
        assert!((1..=300).contains(&first), "{first} packets");
        assert!(room.media.take_drops().resends > 0, "it is counted");
        for number in 1..10 {
            room.now += Duration::from_millis(10);
            let more = asked(&mut room, 100 * number);
            assert!(more <= 2, "{more} packets after {first}");
        }
    }
}
