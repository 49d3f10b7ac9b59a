//! A whole client: it signals as LiveKit's do, over a real WebSocket, and sends sound over real UDP.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anteroom_dialect::livekit::Knock;
use futures_util::{SinkExt, StreamExt};
use livekit_protocol as proto;
use livekit_protocol::signal_request::Message as Ask;
use livekit_protocol::signal_response::Message as Say;
use prost::Message as _;
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::channel::ChannelId;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{self, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::house::House;

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What has not happened by then never happens. Every loop of these tests ends by it: one without a limit hangs where it
/// ought to fail.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);
/// So many frames are read before a device's media has its turn again.
pub(crate) const FRAMES_PER_TURN: usize = 100;

pub(crate) struct Device {
    pub(crate) socket: Option<Socket>,
    /// Everything that was said over the socket, in order.
    pub(crate) told: Vec<Say>,
    /// Which words were heard in whose track.
    pub(crate) heard: BTreeMap<String, Vec<u16>>,
    pub(crate) secured: bool,
    /// Data packets, as they came.
    pub(crate) read: Vec<Vec<u8>>,
    channel: Option<ChannelId>,
    rtc: Rtc,
    udp: UdpSocket,
    pending: Option<SdpPendingOffer>,
    voice: Mid,
    tracks: BTreeMap<String, String>,
    word: u16,
    offers: u32,
}

#[expect(clippy::disallowed_methods, reason = "real sockets need the real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Knocks with a join request; what the door says instead of opening is the error.
pub(crate) async fn knock(
    house: &House,
    token: &str,
    request: &proto::JoinRequest,
) -> Result<Socket, tungstenite::Error> {
    let join = Knock::write(request).replace('=', "%3D");
    let url = format!("ws://{}/rtc/v1?access_token={token}&join_request={join}", house.address);
    connect_async(url).await.map(|(socket, _)| socket)
}

/// The next frame, `None` at the end. Panics if neither comes.
pub(crate) async fn frame(socket: &mut Socket) -> Option<Result<Frame, tungstenite::Error>> {
    timeout(LIMIT, socket.next()).await.expect("a frame within the limit")
}

/// The next message. Panics if none comes.
pub(crate) async fn message(socket: &mut Socket) -> Say {
    let bytes = frame(socket).await.expect("an open socket").unwrap().into_data();
    proto::SignalResponse::decode(bytes).unwrap().message.unwrap()
}

impl Device {
    /// Joins with a microphone, and with places to hear `places` others.
    pub(crate) async fn joins(house: &House, token: &str, places: usize) -> Self {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let mut rtc = Rtc::builder().set_rtp_mode(true).build(now());
        let candidate = Candidate::builder().udp().host(udp.local_addr().unwrap()).build();
        rtc.add_local_candidate(candidate.unwrap());
        let mut api = rtc.sdp_api();
        api.add_channel("_reliable".to_owned());
        let voice = api.add_media(MediaKind::Audio, Direction::SendOnly, None, Some("mic".to_owned()), None);
        for _ in 0..places {
            api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        }
        let (offer, pending) = api.apply().unwrap();
        let microphone = proto::AddTrackRequest { cid: "mic".to_owned(), source: 2, ..Default::default() };
        let offer = proto::SessionDescription {
            r#type: "offer".to_owned(),
            sdp: offer.to_sdp_string(),
            id: 1,
            ..Default::default()
        };
        let request =
            proto::JoinRequest { add_track_requests: vec![microphone], publisher_offer: Some(offer), ..hello() };
        let socket = knock(house, token, &request).await.unwrap();
        Self {
            socket: Some(socket),
            told: vec![],
            heard: BTreeMap::new(),
            secured: false,
            read: vec![],
            channel: None,
            rtc,
            udp,
            pending: Some(pending),
            voice,
            tracks: BTreeMap::new(),
            word: 0,
            offers: 1,
        }
    }

    pub(crate) fn sid(&self) -> String {
        let joined = self.told.iter().find_map(|said| match said {
            Say::Join(join) => join.participant.as_ref().map(|face| face.sid.clone()),
            _ => None,
        });
        joined.expect("joined")
    }

    /// Nobody closed its media connection.
    pub(crate) fn line_is_up(&self) -> bool {
        self.rtc.is_alive()
    }

    pub(crate) fn has_left(&self) -> Option<proto::DisconnectReason> {
        self.told.iter().find_map(|said| match said {
            Say::Leave(leave) => Some(leave.reason()),
            _ => None,
        })
    }

    /// How many words were heard in all.
    pub(crate) fn words(&self) -> usize {
        self.heard.values().map(Vec::len).sum()
    }

    pub(crate) async fn ask(&mut self, message: Ask) {
        let bytes = proto::SignalRequest { message: Some(message) }.encode_to_vec();
        self.frame(Frame::Binary(bytes.into())).await;
    }

    pub(crate) async fn frame(&mut self, frame: Frame) {
        self.socket.as_mut().expect("a socket").send(frame).await.unwrap();
    }

    /// A few milliseconds of its life.
    async fn turn(&mut self) {
        self.speak();
        self.drain().await;
        let mut packet = [0; 2_048];
        let wait = Duration::from_millis(3);
        if let Ok(Ok((length, from))) = timeout(wait, self.udp.recv_from(&mut packet)).await {
            self.receive(from, &packet[..length]);
        }
        for _ in 0..FRAMES_PER_TURN {
            let Some(socket) = &mut self.socket else { break };
            match timeout(Duration::from_millis(1), socket.next()).await {
                Ok(Some(Ok(Frame::Binary(bytes)))) => self.hear(&bytes).await,
                Ok(Some(Ok(Frame::Close(_)) | Err(_)) | None) => self.socket = None,
                Ok(Some(Ok(_))) => {}
                Err(_) => break,
            }
        }
        self.rtc.handle_input(Input::Timeout(now())).unwrap();
    }

    fn receive(&mut self, from: SocketAddr, packet: &[u8]) {
        let received = Receive::new(Protocol::Udp, from, self.udp.local_addr().unwrap(), packet).unwrap();
        self.rtc.handle_input(Input::Receive(now(), received)).unwrap();
    }

    async fn drain(&mut self) {
        while self.rtc.is_alive() {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(_) => return,
                Output::Transmit(out) => drop(self.udp.send_to(&out.contents, out.destination).await),
                Output::Event(Event::Connected) => self.secured = true,
                Output::Event(Event::RtpPacket(packet)) => {
                    let ssrc = packet.header.ssrc;
                    let mid = self.rtc.direct_api().stream_rx(&ssrc).unwrap().mid().to_string();
                    // The last packets of a track that is over may still be on their way.
                    if let Some(track) = self.tracks.get(&mid) {
                        let word = u16::from_be_bytes([packet.payload[0], packet.payload[1]]);
                        self.heard.entry(track.clone()).or_default().push(word);
                    }
                }
                Output::Event(Event::ChannelOpen(channel, _)) => self.channel = Some(channel),
                Output::Event(Event::ChannelData(data)) => self.read.push(data.data),
                Output::Event(_) => {}
            }
        }
    }

    /// Can it say data?
    pub(crate) fn can_write(&self) -> bool {
        self.channel.is_some()
    }

    pub(crate) fn write(&mut self, packet: &proto::DataPacket) {
        let mut channel = self.rtc.channel(self.channel.expect("an open channel")).unwrap();
        assert!(channel.write(true, &packet.encode_to_vec()).unwrap());
    }

    fn speak(&mut self) {
        if !self.secured {
            return;
        }
        let pt = self.rtc.media(self.voice).unwrap().remote_pts()[0];
        let (word, payload) = (self.word, self.word.to_be_bytes().to_vec());
        self.word += 1;
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(self.voice, None).unwrap();
        stream.write_rtp(RtpWrite::new(pt, u64::from(word).into(), u32::from(word) * 960, now(), payload));
    }

    async fn hear(&mut self, bytes: &[u8]) {
        let said = proto::SignalResponse::decode(bytes).unwrap().message.unwrap();
        match &said {
            Say::Answer(answer) => {
                self.tracks = answer.mid_to_track_id.clone().into_iter().collect();
                let text = SdpAnswer::from_sdp_string(&answer.sdp).unwrap();
                self.rtc.sdp_api().accept_answer(self.pending.take().unwrap(), text).unwrap();
            }
            Say::MediaSectionsRequirement(more) => {
                // str0m has nothing to offer when nothing has changed, so even "offer again" adds a place.
                self.offer(more.num_audios.max(1)).await;
            }
            _ => {}
        }
        self.told.push(said);
    }

    async fn offer(&mut self, more_places: u32) {
        let mut api = self.rtc.sdp_api();
        for _ in 0..more_places {
            api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        }
        let (offer, pending) = api.apply().expect("places were added");
        self.pending = Some(pending);
        self.offers += 1;
        let (r#type, sdp, id) = ("offer".to_owned(), offer.to_sdp_string(), self.offers);
        self.ask(Ask::Offer(proto::SessionDescription { r#type, sdp, id, ..Default::default() })).await;
    }
}

pub(crate) fn hello() -> proto::JoinRequest {
    let settings = proto::ConnectionSettings { auto_subscribe: true, ..Default::default() };
    proto::JoinRequest {
        client_info: Some(proto::ClientInfo { protocol: 17, client_protocol: 2, ..Default::default() }),
        connection_settings: Some(settings),
        ..Default::default()
    }
}

/// All of them live until it is so.
pub(crate) async fn until(devices: &mut [&mut Device], what: &str, is_so: impl Fn(&[&mut Device]) -> bool) {
    let limit = now() + LIMIT;
    while !is_so(devices) {
        assert!(
            now() < limit,
            "not so: {what}: {:?}",
            devices.iter().map(|d| (d.secured, d.words())).collect::<Vec<_>>()
        );
        for device in devices.iter_mut() {
            device.turn().await;
        }
    }
}
