//! A client of the older path: it sends on one connection and receives on a second one, on which we offer.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use livekit_protocol as proto;
use livekit_protocol::signal_request::Message as Ask;
use livekit_protocol::signal_response::Message as Say;
use prost::Message as _;
use str0m::change::{SdpAnswer, SdpOffer};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc};
use tokio::net::UdpSocket;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::device::{FRAMES_PER_TURN, LIMIT, Socket, now};
use crate::house::House;

/// One of its two connections.
struct Leg {
    rtc: Rtc,
    udp: UdpSocket,
    secured: bool,
}

impl Leg {
    async fn new() -> Self {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let mut rtc = Rtc::builder().set_rtp_mode(true).build(now());
        let candidate = Candidate::builder().udp().host(udp.local_addr().unwrap()).build();
        rtc.add_local_candidate(candidate.unwrap());
        Self { rtc, udp, secured: false }
    }

    /// A few milliseconds: what it sends goes out, what comes in is told.
    async fn turn(&mut self) -> Vec<Event> {
        let mut events = self.drain().await;
        let mut packet = [0; 2_048];
        if let Ok(Ok((length, from))) = timeout(Duration::from_millis(2), self.udp.recv_from(&mut packet)).await {
            let to = self.udp.local_addr().unwrap();
            let received = Receive::new(Protocol::Udp, from, to, &packet[..length]).unwrap();
            self.rtc.handle_input(Input::Receive(now(), received)).unwrap();
            events.extend(self.drain().await);
        }
        self.rtc.handle_input(Input::Timeout(now())).unwrap();
        events
    }

    async fn drain(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while self.rtc.is_alive() {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(_) => break,
                Output::Transmit(out) => drop(self.udp.send_to(&out.contents, out.destination).await),
                Output::Event(Event::Connected) => self.secured = true,
                Output::Event(event) => events.push(event),
            }
        }
        events
    }
}

pub(crate) struct Older {
    pub(crate) socket: Option<Socket>,
    pub(crate) told: Vec<Say>,
    /// Which words were heard in whose track.
    pub(crate) heard: BTreeMap<String, Vec<u16>>,
    /// What came in data packets.
    pub(crate) read: Vec<Vec<u8>>,
    /// Offers that came before the one before was answered.
    pub(crate) impatient: usize,
    mouth: Leg,
    ear: Leg,
    voice: Mid,
    tracks: BTreeMap<String, String>,
    word: u16,
}

impl Older {
    pub(crate) async fn joins(house: &House, token: &str) -> Self {
        let (mouth, ear) = (Leg::new().await, Leg::new().await);
        let (told, heard, tracks) = (vec![], BTreeMap::new(), BTreeMap::new());
        let voice = Mid::from("-");
        let mut older =
            Self { socket: None, told, heard, read: vec![], impatient: 0, mouth, ear, voice, tracks, word: 0 };
        older.knocks(house, token, "").await;
        older.publishes().await;
        older
    }

    /// Comes back to its stay.
    pub(crate) async fn returns(&mut self, house: &House, token: &str) {
        let sid = self.told.iter().find_map(|said| match said {
            Say::Join(join) => join.participant.as_ref().map(|face| face.sid.clone()),
            _ => None,
        });
        self.told.clear();
        self.knocks(house, token, &format!("&reconnect=1&sid={}", sid.unwrap())).await;
    }

    async fn knocks(&mut self, house: &House, token: &str, more: &str) {
        let url = format!("ws://{}//rtc?access_token={token}&protocol=15&sdk=flutter{more}", house.address);
        self.socket = Some(connect_async(url).await.unwrap().0);
    }

    async fn publishes(&mut self) {
        let mut api = self.mouth.rtc.sdp_api();
        api.add_channel("_reliable".to_owned());
        self.voice = api.add_media(MediaKind::Audio, Direction::SendOnly, None, Some("mic".to_owned()), None);
        let (offer, pending) = api.apply().unwrap();
        self.ask(Ask::AddTrack(proto::AddTrackRequest { cid: "mic".to_owned(), source: 2, ..Default::default() }))
            .await;
        let (r#type, sdp) = ("offer".to_owned(), offer.to_sdp_string());
        self.ask(Ask::Offer(proto::SessionDescription { r#type, sdp, ..Default::default() })).await;
        // Looked for in everything received: an answer that follows an offer at once is read by `answer` below.
        let (limit, mut answered) = (now() + LIMIT, None);
        while answered.is_none() {
            assert!(now() < limit && self.socket.is_some(), "no answer: {:?}", self.told);
            self.next().await;
            answered = self.told.iter().find_map(|said| match said {
                Say::Answer(answer) => Some(answer.clone()),
                _ => None,
            });
        }
        let answer = answered.unwrap();
        let answer = SdpAnswer::from_sdp_string(&answer.sdp).unwrap();
        self.mouth.rtc.sdp_api().accept_answer(pending, answer).unwrap();
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.mouth.secured && self.ear.secured
    }

    pub(crate) async fn ask(&mut self, message: Ask) {
        let bytes = proto::SignalRequest { message: Some(message) }.encode_to_vec();
        self.socket.as_mut().unwrap().send(Frame::Binary(bytes.into())).await.unwrap();
    }

    async fn next(&mut self) -> Option<Say> {
        let frame = timeout(Duration::from_millis(2), self.socket.as_mut()?.next()).await.ok()?;
        let Some(Ok(Frame::Binary(bytes))) = frame else {
            self.socket = None;
            return None;
        };
        let said = proto::SignalResponse::decode(bytes).unwrap().message.unwrap();
        self.told.push(said.clone());
        if let Say::Offer(offer) = &said {
            self.answer(offer).await;
        }
        Some(said)
    }

    /// Answers an offer, but not before another could have come.
    async fn answer(&mut self, offer: &proto::SessionDescription) {
        let early = timeout(Duration::from_millis(20), self.socket.as_mut().unwrap().next()).await;
        if let Ok(Some(Ok(Frame::Binary(bytes)))) = early {
            let said = proto::SignalResponse::decode(bytes).unwrap().message.unwrap();
            self.impatient += usize::from(matches!(said, Say::Offer(_)));
            self.told.push(said);
        }
        self.tracks = offer.mid_to_track_id.clone().into_iter().collect();
        let text = SdpOffer::from_sdp_string(&offer.sdp).unwrap();
        let answer = self.ear.rtc.sdp_api().accept_offer(text).unwrap();
        let (r#type, sdp, id) = ("answer".to_owned(), answer.to_sdp_string(), offer.id);
        self.ask(Ask::Answer(proto::SessionDescription { r#type, sdp, id, ..Default::default() })).await;
    }

    fn speak(&mut self) {
        if !self.mouth.secured {
            return;
        }
        let rtc = &mut self.mouth.rtc;
        let pt = rtc.media(self.voice).unwrap().remote_pts()[0];
        let (word, payload) = (self.word, self.word.to_be_bytes().to_vec());
        self.word += 1;
        let mut direct = rtc.direct_api();
        let stream = direct.stream_tx_by_mid(self.voice, None).unwrap();
        stream.write_rtp(RtpWrite::new(pt, u64::from(word).into(), u32::from(word) * 960, now(), payload));
    }

    async fn turn(&mut self) {
        self.speak();
        self.mouth.turn().await;
        for event in self.ear.turn().await {
            match event {
                Event::RtpPacket(packet) => {
                    let ssrc = packet.header.ssrc;
                    let mid = self.ear.rtc.direct_api().stream_rx(&ssrc).unwrap().mid().to_string();
                    if let Some(track) = self.tracks.get(&mid) {
                        let word = u16::from_be_bytes([packet.payload[0], packet.payload[1]]);
                        self.heard.entry(track.clone()).or_default().push(word);
                    }
                }
                Event::ChannelData(data) => self.read.push(data.data),
                _ => {}
            }
        }
        for _ in 0..FRAMES_PER_TURN {
            if self.next().await.is_none() {
                break;
            }
        }
    }
}

/// All of them live until it is so.
pub(crate) async fn until(devices: &mut [&mut Older], what: &str, is_so: impl Fn(&[&mut Older]) -> bool) {
    let limit = now() + LIMIT;
    while !is_so(devices) {
        let state: Vec<_> = devices.iter().map(|d| (d.mouth.secured, d.ear.secured, d.heard.len())).collect();
        assert!(now() < limit, "not so: {what}: {state:?}");
        for device in devices.iter_mut() {
            device.turn().await;
        }
    }
}
