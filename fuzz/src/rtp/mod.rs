//! Packets of hostile publishers on their way through a room: each viewer gets what they are connected to and nothing
//! else, in one unbroken row that begins with a keyframe, untouched; and goes on whatever a publisher sends.

mod client;
mod packets;
mod stretch;

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use anteroom_media::{Config, Input, LayerKey, Media, Mid, Output, PeerId, Rid};

use crate::scenario::Scenario;
use crate::{alarm, place, plain};
use client::{CAM, Client, HEAR, LAYERS, MIC, SEE};
use packets::{Codec, Header, PICTURES, feedback};
use stretch::{Sent, Sink, Viewing};

const PUBLISHERS: usize = 2;
/// Two who are shown things, and one who never is.
const VIEWERS: usize = 3;
const MOST_STEPS: usize = 60;
const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
const RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
const LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

pub fn rtp(bytes: &[u8]) {
    alarm::listen();
    let mut scenario = Scenario::new(bytes);
    let mut studio = Studio::new();
    studio.furnish(scenario.byte());
    for _ in 0..MOST_STEPS {
        if scenario.is_over() {
            break;
        }
        studio.step(&mut scenario);
        alarm::heard();
    }
}

/// One encoder of a publisher's.
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

struct Studio {
    media: Media,
    now: Instant,
    clients: Vec<Client>,
    streams: Vec<Stream>,
    viewing: Viewing,
    /// Who has sent bytes that no browser would: what becomes of them is their own affair.
    spoilt: Vec<PeerId>,
    /// Somebody sent packets that we cannot recognise behind the room.
    unmarked: bool,
    feedback: u32,
}

impl Studio {
    fn new() -> Self {
        static CONFIG: LazyLock<Arc<Config>> = LazyLock::new(|| {
            let config = Config::new(&[place::server()], &[]).expect("an address to be reached at");
            Arc::new(config.with_crypto(plain::crypto()))
        });
        let mut now = place::moment();
        let mut media = Media::new(Arc::clone(&CONFIG));
        let mut clients = Vec::new();
        for number in 1..=PUBLISHERS + VIEWERS {
            let sections = if number <= PUBLISHERS { [MIC, CAM, LAYERS] } else { [HEAR, SEE, SEE] };
            clients.push(Client::join(&mut media, now, PeerId(number as u64), &sections));
        }
        client::connect(&mut media, &mut clients, &mut now);
        let streams = (0..PUBLISHERS).flat_map(|publisher| streams(publisher, &clients[publisher].mids)).collect();
        let (spoilt, viewing) = (Vec::new(), Viewing::default());
        Self { media, now, clients, streams, viewing, spoilt, unmarked: false, feedback: 0 }
    }

    /// The first two viewers are shown something already.
    fn furnish(&mut self, choice: u8) {
        for viewer in [PUBLISHERS, PUBLISHERS + 1] {
            let publisher = usize::from(choice >> viewer & 1);
            for section in 0..3 {
                let sink = (self.clients[viewer].id, self.clients[viewer].mids[section]);
                let source = (self.clients[publisher].id, self.clients[publisher].mids[section]);
                self.media.connect(self.now, source, sink);
                self.viewing.connect(source, sink);
            }
        }
        self.drains();
    }

    fn step(&mut self, scenario: &mut Scenario<'_>) {
        self.viewing.step += 1;
        match scenario.below(16) {
            0..8 => self.publishes(scenario),
            8..11 => self.connects(scenario),
            11 => {
                let sink = self.sink(scenario);
                self.media.disconnect(sink);
                self.viewing.disconnect(sink);
            }
            12 => {
                let sink = self.sink(scenario);
                self.media.pause(self.now, sink, scenario.flip());
                let limit = scenario.one_of(&[None, Some("q"), Some("h"), Some("x")]).flatten();
                self.media.set_max_layer(self.now, sink, limit.map(|rid| LayerKey::Rid(Rid::from(rid))));
            }
            13 => self.passes(scenario),
            14 => self.answers(scenario),
            _ => self.sends_anything(scenario),
        }
        self.drains();
    }

    /// A few packets of one stream, in any order.
    fn publishes(&mut self, scenario: &mut Scenario<'_>) {
        let place = scenario.below(self.streams.len());
        if scenario.seldom() {
            self.streams[place].ssrc += 0x100;
        }
        if self.streams[place].codec != Codec::Opus && self.streams[place].codec != Codec::Red {
            if scenario.seldom() {
                self.streams[place].codec = scenario.one_of(PICTURES).unwrap_or(Codec::Vp8);
            }
        } else {
            self.streams[place].codec = if scenario.flip() { Codec::Opus } else { Codec::Red };
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
            self.packet(scenario, place, back);
            self.drains();
            self.now += Duration::from_millis(3);
            if self.media.deadline().is_some_and(|at| at <= self.now) {
                self.media.handle(self.now, Input::Tick);
                self.drains();
            }
        }
    }

    fn packet(&mut self, scenario: &mut Scenario<'_>, place: usize, back: u16) {
        let stream = &mut self.streams[place];
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
        let mark = self.viewing.mark();
        let (payload, begins) = stream.codec.payload(scenario, &mark);
        let mut packet = header.packet(&payload);
        let source = (client.id, stream.mid);
        let is_spoilt = scenario.byte() < 4;
        if is_spoilt {
            scenario.spoil(&mut packet);
            self.unmarked = true;
            self.spoilt.push(client.id);
        }
        let sent = Sent { source, header, payload, codec: stream.codec, begins, step: self.viewing.step, is_spoilt };
        self.viewing.sent.push(sent);
        client.sends(&mut self.media, self.now, &packet);
    }

    fn connects(&mut self, scenario: &mut Scenario<'_>) {
        let stream = &self.streams[scenario.below(self.streams.len())];
        let mut sink = self.sink(scenario);
        if !scenario.seldom() {
            let viewer = self.clients.iter().find(|client| client.id == sink.0).expect("a viewer");
            let is_sound = stream.mid == self.clients[stream.publisher].mids[0];
            sink.1 = viewer.mids[if is_sound { 0 } else { 1 + scenario.below(2) }];
        }
        let source = (self.clients[stream.publisher].id, stream.mid);
        self.media.connect(self.now, source, sink);
        let here = |peer: PeerId| self.media.peers().any(|other| other == peer);
        if here(source.0) && here(sink.0) {
            self.viewing.connect(source, sink);
        }
    }

    /// A section of one who is shown things.
    fn sink(&self, scenario: &mut Scenario<'_>) -> Sink {
        let viewer = &self.clients[PUBLISHERS + scenario.below(VIEWERS - 1)];
        (viewer.id, viewer.mids[scenario.below(viewer.mids.len())])
    }

    fn passes(&mut self, scenario: &mut Scenario<'_>) {
        let time = scenario.one_of(&[1, 20, 100, 400, 600, 2_000]).unwrap_or(1);
        for _ in 0..8 {
            self.now += Duration::from_millis(time) / 8;
            if self.media.deadline().is_some_and(|at| at <= self.now) {
                self.media.handle(self.now, Input::Tick);
            }
            self.drains();
            for viewer in &mut self.clients[PUBLISHERS..] {
                for bytes in viewer.advance(self.now) {
                    viewer.sends(&mut self.media, self.now, &bytes);
                }
            }
            self.drains();
        }
    }

    /// Feedback of a viewer, or a publisher's report.
    fn answers(&mut self, scenario: &mut Scenario<'_>) {
        let client = &self.clients[scenario.below(self.clients.len())];
        let known = self.viewing.numbers(client.id);
        let ssrc = scenario.one_of(&known).unwrap_or_else(|| scenario.long());
        self.feedback += 1;
        let packet = feedback(scenario, ssrc, self.feedback);
        self.spoilt.push(client.id);
        client.sends(&mut self.media, self.now, &packet);
    }

    /// Bytes of any kind from anybody, or somebody goes.
    fn sends_anything(&mut self, scenario: &mut Scenario<'_>) {
        let place = scenario.below(self.clients.len());
        let id = self.clients[place].id;
        if scenario.seldom() && place < PUBLISHERS {
            self.media.leave(self.now, id);
            self.viewing.forget(id);
            return;
        }
        let mut bytes = scenario.some_bytes().to_vec();
        bytes.resize(bytes.len() + plain::SIGNATURE, 0);
        (self.unmarked, _) = (true, self.spoilt.push(id));
        self.clients[place].sends(&mut self.media, self.now, &bytes);
    }

    /// What comes out is looked at, and given to those it is for.
    fn drains(&mut self) {
        while let Some(output) = self.media.poll() {
            match output {
                Output::Transmit { peer, bytes, .. } => self.delivers(peer, &bytes),
                Output::Failed { peer, .. } | Output::Closed(peer) => {
                    assert!(self.spoilt.contains(&peer), "{peer:?} is gone over what another one sent: {output:?}");
                    self.viewing.forget(peer);
                }
                _ => {}
            }
        }
    }

    fn delivers(&mut self, to: PeerId, bytes: &[u8]) {
        let Some(viewer) = self.clients[PUBLISHERS..].iter_mut().find(|client| client.id == to) else { return };
        if let Some((header, payload)) = Header::read(bytes).filter(|(_, payload)| !payload.is_empty()) {
            let mid = header.extension(viewer.extension(MID));
            let mid = mid.map(|mid| Mid::from(String::from_utf8_lossy(mid).as_ref()));
            let is_repeated = viewer.is_repetition(header.payload_type);
            self.viewing.check(to, mid, is_repeated, &header, &payload, self.unmarked);
        }
        if !self.spoilt.contains(&to) {
            viewer.receives(self.now, bytes);
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
