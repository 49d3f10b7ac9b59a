//! The server API and webhooks over real HTTP, with real clients in the rooms.

use std::sync::{Arc, Mutex};

use anteroom_app::Error;
use anteroom_domain::Refusal;
use anteroom_livekit::{Keys, VideoGrant};
use anteroom_rtc::Url;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use livekit_protocol as proto;
use livekit_protocol::DisconnectReason;
use livekit_protocol::data_packet::Value as Packet;
use livekit_protocol::signal_response::Message as Response;
use prost::Message;
use reqwest::header::{ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, ORIGIN, VARY};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

use crate::peer_connection::{until, within_limit};
use crate::single_pc_client::{SinglePcClient, connect, join_request};
use crate::test_server::TestServer;

/// May do anything in the room `r`.
fn all() -> VideoGrant {
    let (room_create, room_list, room_admin) = (true, true, true);
    VideoGrant { room_create, room_list, room_admin, room: "r".to_owned(), ..VideoGrant::default() }
}

async fn post(server: &TestServer, method: &str, token: &str, kind: &str, body: Vec<u8>) -> (u16, reqwest::Response) {
    // Some callers configure the server URL with a trailing slash.
    let url = format!("http://{}//twirp/livekit.RoomService/{method}", server.address);
    let request = reqwest::Client::new().post(url).header(CONTENT_TYPE, kind).body(body);
    let answer = if token.is_empty() { request } else { request.bearer_auth(token) }.send().await.unwrap();
    (answer.status().as_u16(), answer)
}

/// A call in JSON, as from the JavaScript server SDK.
async fn json(server: &TestServer, method: &str, body: Value) -> (u16, Value) {
    let body = body.to_string().into_bytes();
    let (status, answer) = post(server, method, &server.api_token(all()), "application/json;charset=UTF-8", body).await;
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/json");
    (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap())
}

/// A call in protobuf, as from the other server SDKs.
pub(crate) async fn binary<A: Message + Default>(server: &TestServer, method: &str, body: &impl Message) -> A {
    let (status, answer) =
        post(server, method, &server.api_token(all()), "application/protobuf", body.encode_to_vec()).await;
    assert_eq!((status, &answer.headers()[CONTENT_TYPE]), (200, &"application/protobuf".parse().unwrap()));
    A::decode(answer.bytes().await.unwrap()).unwrap()
}

fn track_of(ada: &SinglePcClient) -> String {
    let published = ada.messages.iter().find_map(|message| match message {
        Response::TrackPublished(published) => Some(published.track.as_ref().unwrap().sid.clone()),
        _ => None,
    });
    published.unwrap()
}

/// Two clients that receive each other's audio.
async fn two(server: &TestServer) -> (SinglePcClient, SinglePcClient) {
    let mut ada = SinglePcClient::join(server, &server.token("r", "ada"), 1).await;
    let mut ben = SinglePcClient::join(server, &server.token("r", "ben"), 1).await;
    until(&mut [&mut ada, &mut ben], "both receive audio", |both| both.iter().all(|one| one.audio_packets() > 5)).await;
    (ada, ben)
}

/// Only the first client receives audio, after packets that were already on their way.
async fn only_first_receives_audio(ada: &mut SinglePcClient, ben: &mut SinglePcClient) {
    let of_ada = ada.audio_packets();
    until(&mut [ada, ben], "ada still receives audio", |both| both[0].audio_packets() > of_ada + 30).await;
    let (of_ada, of_ben) = (ada.audio_packets(), ben.audio_packets());
    until(&mut [ada, ben], "ada still receives audio", |both| both[0].audio_packets() > of_ada + 50).await;
    assert_eq!(ben.audio_packets(), of_ben, "ben still receives audio of ada");
}

#[tokio::test]
async fn body_is_read_only_after_authentication_and_is_bounded() {
    let server = TestServer::start().await;
    let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    // Content-Length announces ten megabytes; none of them are sent.
    let head = "POST /twirp/livekit.RoomService/CreateRoom HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
        Content-Length: 10000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4_096];
    let length = within_limit(stream.read(&mut answer)).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]).to_lowercase();
    assert!(answer.starts_with("http/1.1 401") && answer.ends_with("permissions denied\"}"), "{answer}");
    let (status, answer) =
        post(&server, "SendData", &server.api_token(all()), "application/json", vec![b' '; 10 * 1024 * 1024 + 1]).await;
    let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!((status, &body["code"]), (400, &json!("malformed")));
}

#[tokio::test]
async fn pages_of_any_origin_may_call_and_read_errors() {
    let server = TestServer::start().await;
    let url = format!("http://{}/twirp/livekit.RoomService/ListRooms", server.address);
    let preflight = reqwest::Client::new().request(reqwest::Method::OPTIONS, &url).send().await.unwrap();
    assert_eq!(preflight.status(), 204);
    assert_eq!(preflight.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    // `*` does not cover the Authorization header (Fetch, section 3.3.2).
    assert!(preflight.headers()[ACCESS_CONTROL_ALLOW_HEADERS].to_str().unwrap().contains("Authorization"));
    let refused = reqwest::Client::new().get(&url).send().await.unwrap();
    assert_eq!(
        (refused.status(), &refused.headers()[ACCESS_CONTROL_ALLOW_ORIGIN]),
        (StatusCode::NOT_FOUND, &"*".parse().unwrap())
    );
    // The origin is returned, also on a path without such a route.
    let root = format!("http://{}", server.address);
    let answer = reqwest::Client::new().post(root).header(ORIGIN, "https://page.example").send().await.unwrap();
    assert_eq!(answer.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "https://page.example");
    assert_eq!(answer.headers()[VARY], "Origin");
}

#[tokio::test]
async fn both_encodings_operate_on_the_same_rooms() {
    let server = TestServer::start().await;
    let plan = proto::CreateRoomRequest { name: "r".to_owned(), max_participants: 2, ..Default::default() };
    let made: proto::Room = binary(&server, "CreateRoom", &plan).await;
    let (_, found) = json(&server, "ListRooms", json!({"names": ["r", "nowhere"]})).await;
    assert_eq!((&found["rooms"][0]["sid"], found["rooms"].as_array().unwrap().len()), (&json!(made.sid), 1));
    for name in ["ada", "ben"] {
        connect(&server, &server.token("r", name), &join_request()).await.unwrap();
    }
    let full = connect(&server, &server.token("r", "cem"), &join_request()).await;
    assert!(full.is_err(), "a third participant joined");
}

#[tokio::test]
async fn server_api_cannot_create_consultation_rooms() {
    let server = TestServer::start().await;
    server.on_admission(|bearer| match (bearer.room.as_str(), bearer.identity.as_str()) {
        ("r", "") => Err(Error::Refused(Refusal::NotAdmitted)),
        ("r", _) => Err(Error::Refused(Refusal::Ended)),
        _ => Err(Error::Busy),
    });
    let (status, refused) = json(&server, "CreateRoom", json!({"name": "r"})).await;
    assert_eq!((status, &refused["code"]), (412, &json!("failed_precondition")));
    assert!(connect(&server, &server.token("r", "ada"), &join_request()).await.is_err());
    assert_eq!(json(&server, "ListRooms", json!({})).await.1, json!({}));
    assert_eq!(json(&server, "CreateRoom", json!({"name": "busy"})).await.0, 503);
}

#[tokio::test]
async fn server_mute_reaches_the_publisher_and_the_others() {
    let server = TestServer::start().await;
    let (mut ada, mut ben) = two(&server).await;
    let track = track_of(&ada);
    let mute = proto::MuteRoomTrackRequest {
        room: "r".to_owned(),
        identity: "ada".to_owned(),
        track_sid: track.clone(),
        muted: true,
    };
    let response: proto::MuteRoomTrackResponse = binary(&server, "MutePublishedTrack", &mute).await;
    assert!(response.track.unwrap().muted);
    let muted = |message: &Response| matches!(message, Response::Mute(mute) if mute.sid == track && mute.muted);
    let updated = |message: &Response| match message {
        Response::Update(update) => update.participants.iter().any(|info| info.tracks.iter().any(|track| track.muted)),
        _ => false,
    };
    until(&mut [&mut ada, &mut ben], "both are sent the mute", |both| {
        both[0].messages.iter().any(muted) && both[1].messages.iter().any(updated)
    })
    .await;
}

#[tokio::test]
async fn revoked_publish_grant_stops_audio_and_changes_the_token() {
    let server = TestServer::start().await;
    let (mut ada, mut ben) = two(&server).await;
    let permission = json!({"canSubscribe": true, "canPublish": false, "canPublishData": true});
    let body = json!({"room": "r", "identity": "ada", "name": "Listener", "permission": permission});
    let (_, info) = json(&server, "UpdateParticipant", body).await;
    assert_eq!((&info["name"], info["tracks"].as_array()), (&json!("Listener"), None));
    let claims = |ada: &SinglePcClient| {
        let mut tokens = ada.messages.iter().filter_map(|message| match message {
            Response::RefreshToken(token) => Some(token.clone()),
            _ => None,
        });
        Keys::single("devkey", "secret").verify(&tokens.next_back().unwrap_or_default(), 0).ok()
    };
    until(&mut [&mut ada, &mut ben], "ada is sent the change", |both| {
        let unpublished = both[0].messages.iter().any(|message| matches!(message, Response::TrackUnpublished(_)));
        unpublished
            && claims(both[0]).is_some_and(|claims| claims.name == "Listener" && !claims.video.grants().can_publish)
    })
    .await;
    only_first_receives_audio(&mut ada, &mut ben).await;
}

#[tokio::test]
async fn update_subscriptions_stops_the_audio() {
    let server = TestServer::start().await;
    let (mut ada, mut ben) = two(&server).await;
    let body = json!({"room": "r", "identity": "ben", "trackSids": [track_of(&ada)], "subscribe": false});
    assert_eq!(json(&server, "UpdateSubscriptions", body).await, (200, json!({})));
    only_first_receives_audio(&mut ada, &mut ben).await;
}

#[tokio::test]
async fn server_data_reaches_its_destinations_once() {
    let server = TestServer::start().await;
    let (mut ada, mut ben) = two(&server).await;
    until(&mut [&mut ada, &mut ben], "channels are open", |both| both.iter().all(|one| one.can_send_data())).await;
    let send = |text: &str, to: &[&str]| proto::SendDataRequest {
        room: "r".to_owned(),
        data: text.into(),
        destination_identities: to.iter().map(ToString::to_string).collect(),
        topic: Some("news".to_owned()),
        nonce: vec![text.len() as u8; 16],
        ..Default::default()
    };
    for request in [send("twice", &["ada"]), send("twice", &["ada"]), send("for all", &[])] {
        let _: proto::SendDataResponse = binary(&server, "SendData", &request).await;
    }
    until(&mut [&mut ada, &mut ben], "both have received data", |both| {
        both[0].data.len() >= 2 && !both[1].data.is_empty()
    })
    .await;
    let texts = |client: &SinglePcClient| -> Vec<String> {
        let packets = client.data.iter().map(|bytes| proto::DataPacket::decode(&**bytes).unwrap());
        let users = packets.map(|packet| match packet.value {
            Some(Packet::User(user)) if user.topic.as_deref() == Some("news") => user.payload,
            other => panic!("{other:?}"),
        });
        users.map(|payload| String::from_utf8(payload).unwrap()).collect()
    };
    assert_eq!(
        (texts(&ada), texts(&ben)),
        (vec!["twice".to_owned(), "for all".to_owned()], vec!["for all".to_owned()])
    );
}

#[tokio::test]
async fn receiver_that_loses_reliable_data_is_asked_for_a_full_reconnect() {
    let server = TestServer::start().await;
    let (mut ada, mut ben) = two(&server).await;
    until(&mut [&mut ada, &mut ben], "channels are open", |both| both.iter().all(|one| one.can_send_data())).await;
    // Ada reads nothing meanwhile.
    for number in 0..60 {
        let data = vec![number; 60_000];
        let destination_identities = vec!["ada".to_owned()];
        let request =
            proto::SendDataRequest { room: "r".to_owned(), data, destination_identities, ..Default::default() };
        let _: proto::SendDataResponse = binary(&server, "SendData", &request).await;
    }
    until(&mut [&mut ada, &mut ben], "ada is disconnected", |both| both[0].socket.is_none()).await;
    let leave = ada.messages.iter().find_map(|message| match message {
        Response::Leave(leave) => Some(leave.action()),
        _ => None,
    });
    assert_eq!(leave, Some(proto::leave_request::Action::Reconnect));
    assert!(ben.socket.is_some() && ben.leave_reason().is_none());
}

#[tokio::test]
async fn only_the_called_participant_answers_an_rpc() {
    let server = TestServer::start().await;
    let (mut ada, mut eve) = two(&server).await;
    until(&mut [&mut ada, &mut eve], "channels are open", |both| both.iter().all(|one| one.can_send_data())).await;
    let body = json!({"room": "r", "destinationIdentity": "ada", "method": "pulse", "payload": "now?",
        "responseTimeoutMs": 60_000});
    let asking = json(&server, "PerformRpc", body);
    let answering = async {
        until(&mut [&mut ada, &mut eve], "ada has received the request", |both| !both[0].data.is_empty()).await;
        let packet = proto::DataPacket::decode(&*ada.data[0]).unwrap();
        let Some(Packet::RpcRequest(request)) = packet.value else { panic!("{packet:?}") };
        assert_eq!((request.method.as_str(), request.payload.as_str()), ("pulse", "now?"));
        let to = vec![packet.participant_identity];
        let packet =
            |value| proto::DataPacket { destination_identities: to.clone(), value: Some(value), ..Default::default() };
        let response = |payload: &str| {
            let value = Some(proto::rpc_response::Value::Payload(payload.to_owned()));
            Packet::RpcResponse(proto::RpcResponse { request_id: request.id.clone(), value })
        };
        // At once: a request that is not acknowledged within seven seconds fails.
        ada.send_data(&packet(Packet::RpcAck(proto::RpcAck { request_id: request.id.clone() })));
        eve.send_data(&packet(response("forged")));
        until(&mut [&mut ada, &mut eve], "eve's response has arrived", |both| both[0].audio_packets() > 100).await;
        ada.send_data(&packet(response("72")));
        until(&mut [&mut ada, &mut eve], "ada's response has arrived", |both| both[1].audio_packets() > 200).await;
    };
    let (answer, ()) = tokio::join!(asking, answering);
    assert_eq!(answer, (200, json!({"payload": "72"})));
}

#[tokio::test]
async fn removal_and_room_deletion_send_their_reasons() {
    let server = TestServer::start().await;
    let (mut ada, mut ben) = two(&server).await;
    assert_eq!(json(&server, "RemoveParticipant", json!({"room": "r", "identity": "ada"})).await.0, 200);
    until(&mut [&mut ada, &mut ben], "ada is disconnected", |both| both[0].socket.is_none()).await;
    assert_eq!(ada.leave_reason(), Some(DisconnectReason::ParticipantRemoved));
    let (_, left) = json(&server, "ListParticipants", json!({"room": "r"})).await;
    let identities: Vec<_> = left["participants"].as_array().unwrap().iter().map(|info| &info["identity"]).collect();
    assert_eq!(identities, [&json!("ben")]);
    assert_eq!(json(&server, "DeleteRoom", json!({"room": "r"})).await, (200, json!({})));
    until(&mut [&mut ben], "ben is disconnected", |one| one[0].socket.is_none()).await;
    assert_eq!(ben.leave_reason(), Some(DisconnectReason::RoomDeleted));
    assert_eq!(json(&server, "DeleteRoom", json!({"room": "r"})).await.0, 404);
}

/// A webhook receiver.
struct WebhookReceiver {
    url: Url,
    events: watch::Receiver<Vec<Value>>,
}

impl WebhookReceiver {
    /// Rejects the first request, which must then be retried.
    async fn start() -> Self {
        let (sender, events) = watch::channel(vec![]);
        let rejected = Arc::new(Mutex::new(false));
        let router = axum::Router::new().fallback(receive).with_state((Arc::new(sender), rejected));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, events }
    }

    /// Event name and identity of each event, once there are `count`.
    async fn wait_for(&mut self, count: usize) -> Vec<String> {
        let events = within_limit(self.events.wait_for(|events| events.len() >= count)).await.unwrap();
        let summary = |event: &Value| {
            let identity = event["participant"]["identity"].as_str().unwrap_or_default();
            format!("{} {identity}", event["event"].as_str().unwrap()).trim().to_owned()
        };
        events.iter().map(summary).collect()
    }
}

type Received = (Arc<watch::Sender<Vec<Value>>>, Arc<Mutex<bool>>);

async fn receive(State((sender, rejected)): State<Received>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if !std::mem::replace(&mut *rejected.lock().unwrap(), true) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    assert_eq!(headers["content-type"], "application/webhook+json");
    let claims = Keys::single("devkey", "secret").verify(headers["authorization"].to_str().unwrap(), 0).unwrap();
    assert!(!claims.sha256.is_empty());
    sender.send_modify(|events| events.push(serde_json::from_slice(&body).unwrap()));
    StatusCode::OK
}

#[tokio::test]
async fn webhooks_report_a_call_from_start_to_end() {
    let mut receiver = WebhookReceiver::start().await;
    let server = TestServer::start_with_webhooks(vec![receiver.url.clone()]).await;
    let mut ada = SinglePcClient::join(&server, &server.token("r", "ada"), 1).await;
    until(&mut [&mut ada], "ada is connected", |one| one[0].pc.client.connected).await;
    json(&server, "DeleteRoom", json!({"room": "r"})).await;
    until(&mut [&mut ada], "ada is disconnected", |one| one[0].socket.is_none()).await;
    server.embedded.shutdown();
    let mut events = receiver.wait_for(6).await;
    // Whether the track is negotiated before or after its publisher is connected depends on the network.
    events[1..3].sort();
    let expected = [
        "room_started",
        "participant_joined ada",
        "track_published ada",
        "track_unpublished ada",
        "participant_left ada",
        "room_finished",
    ];
    assert_eq!(events, expected);
    let events = receiver.events.borrow();
    assert_eq!(events[5]["roomEndReason"], "ROOM_END_API_DELETE");
    assert!(events.iter().all(|it| it["id"].as_str().unwrap().starts_with("EV_") && it["createdAt"].is_string()));
}

#[tokio::test]
async fn shutdown_sends_the_last_webhooks() {
    let mut receiver = WebhookReceiver::start().await;
    let server = TestServer::start_with_webhooks(vec![receiver.url.clone()]).await;
    json(&server, "CreateRoom", json!({"name": "r"})).await;
    receiver.wait_for(1).await;
    server.embedded.shutdown();
    server.embedded.flush_webhooks().await;
    assert_eq!(receiver.events.borrow().len(), 2);
    assert_eq!(receiver.events.borrow()[1]["roomEndReason"], "ROOM_END_SERVER_SHUTDOWN");
}
