//! A client with one peer connection (`/rtc/v1`): signals over a real WebSocket and sends audio over real UDP.

use std::collections::BTreeMap;
use std::time::Duration;

use anteroom_livekit::JoinRequest;
use futures_util::{SinkExt, StreamExt};
use livekit_protocol as proto;
use livekit_protocol::signal_request::Message as Request;
use livekit_protocol::signal_response::Message as Response;
use prost::Message as _;
use str0m::media::{Direction, MediaKind, Mid};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::peer_connection::{FRAMES_PER_TURN, PeerConnection, Poll, within_limit};
use crate::test_server::TestServer;

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The data channel on which it sends.
const CHANNEL: &str = "_reliable";

pub(crate) struct SinglePcClient {
    pub(crate) pc: PeerConnection,
    /// `None` after the server has closed it.
    pub(crate) socket: Option<Socket>,
    /// All signalling messages received, in order.
    pub(crate) messages: Vec<Response>,
    /// Numbers of the audio packets received, by track.
    pub(crate) audio: BTreeMap<String, Vec<u16>>,
    /// Data packets received.
    pub(crate) data: Vec<Vec<u8>>,
    microphone: Mid,
    tracks: BTreeMap<String, String>,
    offers: u32,
}

/// Connects with a join request. The error is the HTTP response of a refusal.
pub(crate) async fn connect(
    server: &TestServer,
    token: &str,
    request: &proto::JoinRequest,
) -> Result<Socket, tokio_tungstenite::tungstenite::Error> {
    within_limit(connect_async(join_url(server, token, request))).await.map(|(socket, _)| socket)
}

pub(crate) fn join_url(server: &TestServer, token: &str, request: &proto::JoinRequest) -> String {
    let join = JoinRequest::write(request).replace('=', "%3D");
    format!("ws://{}/rtc/v1?access_token={token}&join_request={join}", server.address)
}

/// The next message; fails if the server closes or stays silent.
pub(crate) async fn next_message(socket: &mut Socket) -> Response {
    let frame = within_limit(socket.next()).await.expect("an open socket").unwrap();
    proto::SignalResponse::decode(frame.into_data()).unwrap().message.unwrap()
}

impl SinglePcClient {
    /// Joins with a microphone and `receivers` sections for the audio of others.
    pub(crate) async fn join(server: &TestServer, token: &str, receivers: usize) -> Self {
        let mut pc = PeerConnection::new().await;
        let (offer, microphone) = pc.client.offer(|api| {
            api.add_channel(CHANNEL.to_owned());
            let microphone = api.add_media(MediaKind::Audio, Direction::SendOnly, None, Some("mic".to_owned()), None);
            for _ in 0..receivers {
                api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
            }
            microphone
        });
        let add_track = proto::AddTrackRequest { cid: "mic".to_owned(), source: 2, ..Default::default() };
        let offer = description("offer", offer, 1);
        let request =
            proto::JoinRequest { add_track_requests: vec![add_track], publisher_offer: Some(offer), ..join_request() };
        let socket = connect(server, token, &request).await.unwrap();
        Self {
            pc,
            socket: Some(socket),
            messages: vec![],
            audio: BTreeMap::new(),
            data: vec![],
            microphone,
            tracks: BTreeMap::new(),
            offers: 1,
        }
    }

    pub(crate) fn sid(&self) -> String {
        let joined = self.messages.iter().find_map(|message| match message {
            Response::Join(join) => join.participant.as_ref().map(|info| info.sid.clone()),
            _ => None,
        });
        joined.expect("joined")
    }

    /// The reason of the leave message, if one was received.
    pub(crate) fn leave_reason(&self) -> Option<proto::DisconnectReason> {
        self.messages.iter().find_map(|message| match message {
            Response::Leave(leave) => Some(leave.reason()),
            _ => None,
        })
    }

    /// Audio packets received on all tracks.
    pub(crate) fn audio_packets(&self) -> usize {
        self.audio.values().map(Vec::len).sum()
    }

    pub(crate) async fn send(&mut self, message: Request) {
        let bytes = proto::SignalRequest { message: Some(message) }.encode_to_vec();
        self.send_frame(Frame::Binary(bytes.into())).await;
    }

    pub(crate) async fn send_frame(&mut self, frame: Frame) {
        self.socket.as_mut().expect("an open socket").send(frame).await.unwrap();
    }

    /// The data channel is open.
    pub(crate) fn can_send_data(&self) -> bool {
        self.pc.client.channels.contains_key(CHANNEL)
    }

    pub(crate) fn send_data(&mut self, packet: &proto::DataPacket) {
        self.pc.client.send_message(CHANNEL, &packet.encode_to_vec());
    }

    async fn on_message(&mut self, bytes: &[u8]) {
        let message = proto::SignalResponse::decode(bytes).unwrap().message.unwrap();
        match &message {
            Response::Answer(answer) => {
                self.tracks = answer.mid_to_track_id.clone().into_iter().collect();
                self.pc.client.accept_answer(&answer.sdp);
            }
            // str0m makes no offer without a change, so "offer again" adds a section, too.
            Response::MediaSectionsRequirement(more) => self.offer(more.num_audios.max(1)).await,
            _ => {}
        }
        self.messages.push(message);
    }

    async fn offer(&mut self, receivers: u32) {
        let (offer, ()) = self.pc.client.offer(|api| {
            for _ in 0..receivers {
                api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
            }
        });
        self.offers += 1;
        self.send(Request::Offer(description("offer", offer, self.offers))).await;
    }
}

impl Poll for SinglePcClient {
    async fn poll(&mut self) {
        self.pc.send_audio(self.microphone);
        self.pc.turn().await;
        self.pc.take_audio(&self.tracks, &mut self.audio);
        self.data.extend(self.pc.client.messages.drain(..).map(|(_, bytes)| bytes));
        for _ in 0..FRAMES_PER_TURN {
            let Some(socket) = &mut self.socket else { break };
            match timeout(Duration::from_millis(1), socket.next()).await {
                Ok(Some(Ok(Frame::Binary(bytes)))) => self.on_message(&bytes).await,
                Ok(Some(Ok(Frame::Close(_)) | Err(_)) | None) => self.socket = None,
                Ok(Some(Ok(_))) => {}
                Err(_) => break,
            }
        }
    }

    fn state(&self) -> String {
        format!("connected: {}, audio packets: {}", self.pc.client.connected, self.audio_packets())
    }
}

pub(crate) fn description(kind: &str, sdp: String, id: u32) -> proto::SessionDescription {
    proto::SessionDescription { r#type: kind.to_owned(), sdp, id, ..Default::default() }
}

/// A join request without tracks.
pub(crate) fn join_request() -> proto::JoinRequest {
    let settings = proto::ConnectionSettings { auto_subscribe: true, ..Default::default() };
    proto::JoinRequest {
        client_info: Some(proto::ClientInfo { protocol: 17, client_protocol: 2, ..Default::default() }),
        connection_settings: Some(settings),
        ..Default::default()
    }
}
