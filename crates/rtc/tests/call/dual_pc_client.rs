//! A client with dual peer connection (`/rtc`): it publishes on one peer connection and answers the server's offers on
//! the other.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use livekit_protocol as proto;
use livekit_protocol::signal_request::Message as Request;
use livekit_protocol::signal_response::Message as Response;
use prost::Message as _;
use str0m::media::{Direction, MediaKind, Mid};
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::peer_connection::{FRAMES_PER_TURN, PeerConnection, Poll, within_limit};
use crate::single_pc_client::{Socket, description};
use crate::test_server::TestServer;

pub(crate) struct DualPcClient {
    /// `None` after the server has closed it.
    pub(crate) socket: Option<Socket>,
    /// All signalling messages received, in order.
    pub(crate) messages: Vec<Response>,
    /// Numbers of the audio packets received, by track.
    pub(crate) audio: BTreeMap<String, Vec<u16>>,
    /// Offers received before the previous one was answered.
    pub(crate) overlapping_offers: usize,
    publisher_pc: PeerConnection,
    subscriber_pc: PeerConnection,
    microphone: Mid,
    tracks: BTreeMap<String, String>,
}

impl DualPcClient {
    pub(crate) async fn join(server: &TestServer, token: &str) -> Self {
        let mut client = Self {
            socket: None,
            messages: vec![],
            audio: BTreeMap::new(),
            overlapping_offers: 0,
            publisher_pc: PeerConnection::new().await,
            subscriber_pc: PeerConnection::new().await,
            microphone: Mid::from("-"),
            tracks: BTreeMap::new(),
        };
        client.connect(server, token, "").await;
        client.publish().await;
        client
    }

    /// Resumes its session.
    pub(crate) async fn resume(&mut self, server: &TestServer, token: &str) {
        let sid = self.messages.iter().find_map(|message| match message {
            Response::Join(join) => join.participant.as_ref().map(|info| info.sid.clone()),
            _ => None,
        });
        self.messages.clear();
        self.connect(server, token, &format!("&reconnect=1&sid={}", sid.unwrap())).await;
    }

    async fn connect(&mut self, server: &TestServer, token: &str, more: &str) {
        let url = format!("ws://{}//rtc?access_token={token}&protocol=15&sdk=flutter{more}", server.address);
        self.socket = Some(within_limit(connect_async(url)).await.unwrap().0);
    }

    async fn publish(&mut self) {
        let (offer, microphone) = self.publisher_pc.client.offer(|api| {
            api.add_channel("_reliable".to_owned());
            api.add_media(MediaKind::Audio, Direction::SendOnly, None, Some("mic".to_owned()), None)
        });
        self.microphone = microphone;
        self.send(Request::AddTrack(proto::AddTrackRequest { cid: "mic".to_owned(), source: 2, ..Default::default() }))
            .await;
        self.send(Request::Offer(description("offer", offer, 0))).await;
        let answer = within_limit(async {
            loop {
                let message = self.next_message().await;
                assert!(self.socket.is_some(), "closed before the answer: {:?}", self.messages);
                if let Some(Response::Answer(answer)) = message {
                    return answer;
                }
            }
        });
        let answer = answer.await;
        self.publisher_pc.client.accept_answer(&answer.sdp);
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.publisher_pc.client.connected && self.subscriber_pc.client.connected
    }

    /// Audio packets of the track most were received of.
    pub(crate) fn longest_track(&self) -> usize {
        self.audio.values().map(Vec::len).max().unwrap_or_default()
    }

    pub(crate) async fn send(&mut self, message: Request) {
        let bytes = proto::SignalRequest { message: Some(message) }.encode_to_vec();
        self.socket.as_mut().unwrap().send(Frame::Binary(bytes.into())).await.unwrap();
    }

    /// The next message if one comes within milliseconds.
    async fn next_message(&mut self) -> Option<Response> {
        let frame = timeout(Duration::from_millis(2), self.socket.as_mut()?.next()).await.ok()?;
        let bytes = match frame {
            Some(Ok(Frame::Binary(bytes))) => bytes,
            Some(Ok(Frame::Close(_)) | Err(_)) | None => {
                self.socket = None;
                return None;
            }
            // A ping: the server sends one after ten seconds, which a busy machine may need for a join.
            Some(Ok(_)) => return None,
        };
        let message = proto::SignalResponse::decode(bytes).unwrap().message.unwrap();
        self.messages.push(message.clone());
        if let Response::Offer(offer) = &message {
            self.answer(offer).await;
        }
        Some(message)
    }

    /// Answers an offer only after a while, in which another one would be premature.
    async fn answer(&mut self, offer: &proto::SessionDescription) {
        let premature = timeout(Duration::from_millis(20), self.socket.as_mut().unwrap().next()).await;
        if let Ok(Some(Ok(Frame::Binary(bytes)))) = premature {
            let message = proto::SignalResponse::decode(bytes).unwrap().message.unwrap();
            self.overlapping_offers += usize::from(matches!(message, Response::Offer(_)));
            self.messages.push(message);
        }
        self.tracks = offer.mid_to_track_id.clone().into_iter().collect();
        let answer = self.subscriber_pc.client.accept_offer(&offer.sdp);
        self.send(Request::Answer(description("answer", answer, offer.id))).await;
    }
}

impl Poll for DualPcClient {
    async fn poll(&mut self) {
        self.publisher_pc.send_audio(self.microphone);
        self.publisher_pc.turn().await;
        self.subscriber_pc.turn().await;
        self.subscriber_pc.take_audio(&self.tracks, &mut self.audio);
        for _ in 0..FRAMES_PER_TURN {
            if self.next_message().await.is_none() {
                break;
            }
        }
    }

    fn state(&self) -> String {
        let (publisher, subscriber) = (self.publisher_pc.client.connected, self.subscriber_pc.client.connected);
        format!("publisher: {publisher}, subscriber: {subscriber}, tracks: {}", self.audio.len())
    }
}
