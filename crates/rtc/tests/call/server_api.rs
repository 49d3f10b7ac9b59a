//! Programs with an API key, over real HTTP: what they ask, what people notice of it, what they are told.

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
use livekit_protocol::signal_response::Message as Say;
use prost::Message;
use reqwest::header::{ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

use crate::admission::House;
use crate::client::{ClientConnection, hello, join_request, until};

/// May do anything in the room `r`.
fn all() -> VideoGrant {
    let (room_create, room_list, room_admin) = (true, true, true);
    VideoGrant { room_create, room_list, room_admin, room: "r".to_owned(), ..VideoGrant::default() }
}

async fn post(house: &House, method: &str, token: &str, kind: &str, body: Vec<u8>) -> (u16, reqwest::Response) {
    // Some have our address with a slash at its end.
    let url = format!("http://{}//twirp/livekit.RoomService/{method}", house.address);
    let request = reqwest::Client::new().post(url).header(CONTENT_TYPE, kind).body(body);
    let answer = if token.is_empty() { request } else { request.bearer_auth(token) }.send().await.unwrap();
    (answer.status().as_u16(), answer)
}

/// As a program in JavaScript asks: in JSON.
async fn json(house: &House, method: &str, body: Value) -> (u16, Value) {
    let body = body.to_string().into_bytes();
    let (status, answer) = post(house, method, &house.key(all()), "application/json;charset=UTF-8", body).await;
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/json");
    (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap())
}

/// As programs in other languages ask: in protobuf.
async fn binary<A: Message + Default>(house: &House, method: &str, body: &impl Message) -> A {
    let (status, answer) = post(house, method, &house.key(all()), "application/protobuf", body.encode_to_vec()).await;
    assert_eq!((status, &answer.headers()[CONTENT_TYPE]), (200, &"application/protobuf".parse().unwrap()));
    A::decode(answer.bytes().await.unwrap()).unwrap()
}

fn track_of(ada: &ClientConnection) -> String {
    let published = ada.told.iter().find_map(|said| match said {
        Say::TrackPublished(published) => Some(published.track.as_ref().unwrap().sid.clone()),
        _ => None,
    });
    published.unwrap()
}

/// Two who hear each other.
async fn two(house: &House) -> (ClientConnection, ClientConnection) {
    let mut ada = ClientConnection::joins(house, &house.token("r", "ada"), 1).await;
    let mut ben = ClientConnection::joins(house, &house.token("r", "ben"), 1).await;
    until(&mut [&mut ada, &mut ben], "both hear", |both| both.iter().all(|one| one.words() > 5)).await;
    (ada, ben)
}

/// From now on, but for what was already on its way.
async fn only_the_first_hears(ada: &mut ClientConnection, ben: &mut ClientConnection) {
    let of_ada = ada.words();
    until(&mut [ada, ben], "ada still hears", |both| both[0].words() > of_ada + 30).await;
    let (of_ada, of_ben) = (ada.words(), ben.words());
    until(&mut [ada, ben], "ada still hears", |both| both[0].words() > of_ada + 50).await;
    assert_eq!(ben.words(), of_ben, "ben still hears ada");
}

#[tokio::test]
async fn a_stranger_cannot_make_us_read() {
    let house = House::open().await;
    let mut stream = tokio::net::TcpStream::connect(house.address).await.unwrap();
    // Ten megabytes are announced, and not one byte of them is sent.
    let head = "POST /twirp/livekit.RoomService/CreateRoom HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
        Content-Length: 10000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4_096];
    let length = stream.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]).to_lowercase();
    assert!(answer.starts_with("http/1.1 401") && answer.ends_with("permissions denied\"}"), "{answer}");
    let (status, answer) =
        post(&house, "SendData", &house.key(all()), "application/json", vec![b' '; 10 * 1024 * 1024 + 1]).await;
    let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!((status, &body["code"]), (400, &json!("malformed")));
}

#[tokio::test]
async fn a_page_of_another_origin_may_ask_and_read_why_not() {
    let house = House::open().await;
    let url = format!("http://{}/twirp/livekit.RoomService/ListRooms", house.address);
    let asked = reqwest::Client::new().request(reqwest::Method::OPTIONS, &url).send().await.unwrap();
    assert_eq!(asked.status(), 204);
    assert_eq!(asked.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    // The token's header is not among those that a star stands for (Fetch, section 3.3.2).
    assert!(asked.headers()[ACCESS_CONTROL_ALLOW_HEADERS].to_str().unwrap().contains("Authorization"));
    let refused = reqwest::Client::new().get(&url).send().await.unwrap();
    assert_eq!(
        (refused.status(), &refused.headers()[ACCESS_CONTROL_ALLOW_ORIGIN]),
        (StatusCode::NOT_FOUND, &"*".parse().unwrap())
    );
}

#[tokio::test]
async fn a_room_made_in_one_encoding_is_the_room_found_in_the_other() {
    let house = House::open().await;
    let plan = proto::CreateRoomRequest { name: "r".to_owned(), max_participants: 2, ..Default::default() };
    let made: proto::Room = binary(&house, "CreateRoom", &plan).await;
    let (_, found) = json(&house, "ListRooms", json!({"names": ["r", "nowhere"]})).await;
    assert_eq!((&found["rooms"][0]["sid"], found["rooms"].as_array().unwrap().len()), (&json!(made.sid), 1));
    for name in ["ada", "ben"] {
        join_request(&house, &house.token("r", name), &hello()).await.unwrap();
    }
    let full = join_request(&house, &house.token("r", "cem"), &hello()).await;
    assert!(full.is_err(), "a third comes in");
}

#[tokio::test]
async fn nobody_enters_a_consultation_through_a_program() {
    let house = House::open().await;
    house.rule(|bearer| match (bearer.room.as_str(), bearer.identity.as_str()) {
        ("r", "") => Err(Error::Refused(Refusal::NotAdmitted)),
        ("r", _) => Err(Error::Refused(Refusal::Ended)),
        _ => Err(Error::Busy),
    });
    let (status, refused) = json(&house, "CreateRoom", json!({"name": "r"})).await;
    assert_eq!((status, &refused["code"]), (412, &json!("failed_precondition")));
    assert!(join_request(&house, &house.token("r", "ada"), &hello()).await.is_err());
    assert_eq!(json(&house, "ListRooms", json!({})).await.1, json!({}));
    assert_eq!(json(&house, "CreateRoom", json!({"name": "busy"})).await.0, 503);
}

#[tokio::test]
async fn whom_a_program_mutes_is_told_and_seen_muted() {
    let house = House::open().await;
    let (mut ada, mut ben) = two(&house).await;
    let track = track_of(&ada);
    let mute = proto::MuteRoomTrackRequest {
        room: "r".to_owned(),
        identity: "ada".to_owned(),
        track_sid: track.clone(),
        muted: true,
    };
    let muted: proto::MuteRoomTrackResponse = binary(&house, "MutePublishedTrack", &mute).await;
    assert!(muted.track.unwrap().muted);
    let told = |said: &Say| matches!(said, Say::Mute(mute) if mute.sid == track && mute.muted);
    let seen = |said: &Say| match said {
        Say::Update(update) => update.participants.iter().any(|info| info.tracks.iter().any(|track| track.muted)),
        _ => false,
    };
    until(&mut [&mut ada, &mut ben], "ada is told and ben sees", |both| {
        both[0].told.iter().any(told) && both[1].told.iter().any(seen)
    })
    .await;
}

#[tokio::test]
async fn whoever_may_no_longer_publish_is_not_heard_and_their_next_token_says_so() {
    let house = House::open().await;
    let (mut ada, mut ben) = two(&house).await;
    let permission = json!({"canSubscribe": true, "canPublish": false, "canPublishData": true});
    let body = json!({"room": "r", "identity": "ada", "name": "Listener", "permission": permission});
    let (_, info) = json(&house, "UpdateParticipant", body).await;
    assert_eq!((&info["name"], info["tracks"].as_array()), (&json!("Listener"), None));
    let claims = |ada: &ClientConnection| {
        let mut tokens = ada.told.iter().filter_map(|said| match said {
            Say::RefreshToken(token) => Some(token.clone()),
            _ => None,
        });
        Keys::single("devkey", "secret").verify(&tokens.next_back().unwrap_or_default(), 0).ok()
    };
    until(&mut [&mut ada, &mut ben], "ada is told", |both| {
        let withdrawn = both[0].told.iter().any(|said| matches!(said, Say::TrackUnpublished(_)));
        withdrawn
            && claims(both[0]).is_some_and(|claims| claims.name == "Listener" && !claims.video.grants().can_publish)
    })
    .await;
    only_the_first_hears(&mut ada, &mut ben).await;
}

#[tokio::test]
async fn a_program_says_who_hears_whom() {
    let house = House::open().await;
    let (mut ada, mut ben) = two(&house).await;
    let body = json!({"room": "r", "identity": "ben", "trackSids": [track_of(&ada)], "subscribe": false});
    assert_eq!(json(&house, "UpdateSubscriptions", body).await, (200, json!({})));
    only_the_first_hears(&mut ada, &mut ben).await;
}

#[tokio::test]
async fn data_from_a_program_reaches_those_it_is_for_and_once() {
    let house = House::open().await;
    let (mut ada, mut ben) = two(&house).await;
    until(&mut [&mut ada, &mut ben], "channels are open", |both| both.iter().all(|one| one.can_write())).await;
    let send = |text: &str, to: &[&str]| proto::SendDataRequest {
        room: "r".to_owned(),
        data: text.into(),
        destination_identities: to.iter().map(ToString::to_string).collect(),
        topic: Some("news".to_owned()),
        nonce: vec![text.len() as u8; 16],
        ..Default::default()
    };
    for request in [send("twice", &["ada"]), send("twice", &["ada"]), send("for all", &[])] {
        let _: proto::SendDataResponse = binary(&house, "SendData", &request).await;
    }
    until(&mut [&mut ada, &mut ben], "both have read", |both| both[0].read.len() >= 2 && !both[1].read.is_empty())
        .await;
    let said = |device: &ClientConnection| -> Vec<String> {
        let packets = device.read.iter().map(|bytes| proto::DataPacket::decode(&**bytes).unwrap());
        let users = packets.map(|packet| match packet.value {
            Some(Packet::User(user)) if user.topic.as_deref() == Some("news") => user.payload,
            other => panic!("{other:?}"),
        });
        users.map(|payload| String::from_utf8(payload).unwrap()).collect()
    };
    assert_eq!((said(&ada), said(&ben)), (vec!["twice".to_owned(), "for all".to_owned()], vec!["for all".to_owned()]));
}

#[tokio::test]
async fn a_participant_answers_a_programs_question_and_nobody_else_can() {
    let house = House::open().await;
    let (mut ada, mut eve) = two(&house).await;
    until(&mut [&mut ada, &mut eve], "channels are open", |both| both.iter().all(|one| one.can_write())).await;
    let body = json!({"room": "r", "destinationIdentity": "ada", "method": "pulse", "payload": "now?"});
    let asking = json(&house, "PerformRpc", body);
    let answering = async {
        until(&mut [&mut ada, &mut eve], "ada is asked", |both| !both[0].read.is_empty()).await;
        let question = proto::DataPacket::decode(&*ada.read[0]).unwrap();
        let Some(Packet::RpcRequest(request)) = question.value else { panic!("{question:?}") };
        assert_eq!((request.method.as_str(), request.payload.as_str()), ("pulse", "now?"));
        let to = vec![question.participant_identity];
        let packet =
            |value| proto::DataPacket { destination_identities: to.clone(), value: Some(value), ..Default::default() };
        let response = |payload: &str| {
            let value = Some(proto::rpc_response::Value::Payload(payload.to_owned()));
            Packet::RpcResponse(proto::RpcResponse { request_id: request.id.clone(), value })
        };
        eve.write(&packet(response("forged")));
        until(&mut [&mut ada, &mut eve], "eve has spoken", |both| both[0].words() > 100).await;
        ada.write(&packet(Packet::RpcAck(proto::RpcAck { request_id: request.id.clone() })));
        ada.write(&packet(response("72")));
        until(&mut [&mut ada, &mut eve], "ada has spoken", |both| both[1].words() > 200).await;
    };
    let (answer, ()) = tokio::join!(asking, answering);
    assert_eq!(answer, (200, json!({"payload": "72"})));
}

#[tokio::test]
async fn whoever_is_removed_is_told_why_and_the_deleted_room_ends_for_the_rest() {
    let house = House::open().await;
    let (mut ada, mut ben) = two(&house).await;
    assert_eq!(json(&house, "RemoveParticipant", json!({"room": "r", "identity": "ada"})).await.0, 200);
    until(&mut [&mut ada, &mut ben], "ada is out", |both| both[0].socket.is_none()).await;
    assert_eq!(ada.has_left(), Some(DisconnectReason::ParticipantRemoved));
    let (_, left) = json(&house, "ListParticipants", json!({"room": "r"})).await;
    let identities: Vec<_> = left["participants"].as_array().unwrap().iter().map(|info| &info["identity"]).collect();
    assert_eq!(identities, [&json!("ben")]);
    assert_eq!(json(&house, "DeleteRoom", json!({"room": "r"})).await, (200, json!({})));
    until(&mut [&mut ben], "ben is out", |one| one[0].socket.is_none()).await;
    assert_eq!(ben.has_left(), Some(DisconnectReason::RoomDeleted));
    assert_eq!(json(&house, "DeleteRoom", json!({"room": "r"})).await.0, 404);
}

/// Somebody who is told what happens in the rooms.
struct Ear {
    url: Url,
    told: watch::Receiver<Vec<Value>>,
}

impl Ear {
    /// The first letter of all is not accepted at once.
    async fn open() -> Self {
        let (tell, told) = watch::channel(vec![]);
        let refused = Arc::new(Mutex::new(false));
        let router = axum::Router::new().fallback(hear).with_state((Arc::new(tell), refused));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, told }
    }

    /// Event and whom it is about, once that many are told.
    async fn hears(&mut self, count: usize) -> Vec<String> {
        let told = self.told.wait_for(|told| told.len() >= count);
        let told = tokio::time::timeout(std::time::Duration::from_secs(30), told).await.expect("not told").unwrap();
        let line = |it: &Value| {
            let about = it["participant"]["identity"].as_str().unwrap_or_default();
            format!("{} {about}", it["event"].as_str().unwrap()).trim().to_owned()
        };
        told.iter().map(line).collect()
    }
}

type Told = (Arc<watch::Sender<Vec<Value>>>, Arc<Mutex<bool>>);

async fn hear(State((tell, refused)): State<Told>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if !std::mem::replace(&mut *refused.lock().unwrap(), true) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    assert_eq!(headers["content-type"], "application/webhook+json");
    let claims = Keys::single("devkey", "secret").verify(headers["authorization"].to_str().unwrap(), 0).unwrap();
    assert!(!claims.sha256.is_empty());
    tell.send_modify(|told| told.push(serde_json::from_slice(&body).unwrap()));
    StatusCode::OK
}

#[tokio::test]
async fn a_program_is_told_of_a_call_from_its_first_to_its_last_moment() {
    let mut ear = Ear::open().await;
    let house = House::open_telling(vec![ear.url.clone()]).await;
    let mut ada = ClientConnection::joins(&house, &house.token("r", "ada"), 1).await;
    until(&mut [&mut ada], "ada is in", |one| one[0].secured).await;
    json(&house, "DeleteRoom", json!({"room": "r"})).await;
    until(&mut [&mut ada], "ada is out", |one| one[0].socket.is_none()).await;
    house.embedded.shutdown();
    let mut told = ear.hears(6).await;
    // Whether a track is negotiated before or after its publisher is connected is up to the network.
    told[1..3].sort();
    let expected = [
        "room_started",
        "participant_joined ada",
        "track_published ada",
        "track_unpublished ada",
        "participant_left ada",
        "room_finished",
    ];
    assert_eq!(told, expected);
    let told = ear.told.borrow();
    assert_eq!(told[5]["roomEndReason"], "ROOM_END_API_DELETE");
    assert!(told.iter().all(|it| it["id"].as_str().unwrap().starts_with("EV_") && it["createdAt"].is_string()));
}

#[tokio::test]
async fn what_happens_last_is_told_before_the_program_ends() {
    let mut ear = Ear::open().await;
    let house = House::open_telling(vec![ear.url.clone()]).await;
    json(&house, "CreateRoom", json!({"name": "r"})).await;
    ear.hears(1).await;
    house.embedded.shutdown();
    house.embedded.flush_webhooks().await;
    assert_eq!(ear.told.borrow().len(), 2);
    assert_eq!(ear.told.borrow()[1]["roomEndReason"], "ROOM_END_SERVER_SHUTDOWN");
}
