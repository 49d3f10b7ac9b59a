//! The embedded media server with real clients over real sockets.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod allowance;
mod auto_create;
mod dual_pc_client;
mod peer_connection;
mod rtc_path;
mod server_api;
mod shards;
mod single_pc_client;
mod test_server;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anteroom_app::{Admitted, Error, Video};
use anteroom_domain::{ParticipantId, Refusal, RoomName};
use anteroom_livekit::VideoGrant;
use futures_util::{SinkExt, StreamExt};
use livekit_protocol as proto;
use livekit_protocol::DisconnectReason;
use livekit_protocol::signal_request::Message as Request;
use livekit_protocol::signal_response::Message as Response;
use peer_connection::{until, within_limit};
use prost::Message as _;
use single_pc_client::{SinglePcClient, connect, join_request, join_url, next_message};
use test_server::TestServer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::{self, Message as Frame};

/// Status and body of a refused join request.
fn refusal(result: Result<single_pc_client::Socket, tungstenite::Error>) -> (u16, String) {
    let (response, body) = refused_response(result);
    (response.status().as_u16(), body)
}

fn refused_response(
    result: Result<single_pc_client::Socket, tungstenite::Error>,
) -> (tungstenite::http::Response<Option<Vec<u8>>>, String) {
    match result {
        Err(tungstenite::Error::Http(response)) => {
            let body = response.body().clone().unwrap_or_default();
            (*response, String::from_utf8(body).unwrap())
        }
        other => panic!("not refused: {:?}", other.map(|_| "open")),
    }
}

/// The whole response to a GET, in lower case.
async fn fetch(server: &TestServer, path: &str) -> String {
    request(server, "GET", path).await
}

async fn request(server: &TestServer, verb: &str, path: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let request = format!("{verb} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    within_limit(stream.read_to_string(&mut response)).await.unwrap();
    response.to_lowercase()
}

#[tokio::test]
async fn two_clients_receive_each_others_audio() {
    let server = TestServer::start().await;
    // Ada has no section to receive on and is asked to offer one; Ben brings one.
    let mut ada = SinglePcClient::join(&server, &server.token("r", "ada"), 0).await;
    let participant = ParticipantId::new(jiff::Timestamp::UNIX_EPOCH, [2; 10]);
    let mut ben = SinglePcClient::join(&server, &server.token("r", &participant.to_string()), 1).await;
    until(&mut [&mut ada, &mut ben], "both receive audio", |both| both.iter().all(|one| one.audio_packets() > 20))
        .await;
    for one in [&ada, &ben] {
        let (track, numbers) = one.audio.first_key_value().unwrap();
        assert!(track.starts_with("TR_AM"), "the sid of a microphone: {track:?}");
        assert!(numbers.is_sorted(), "{numbers:?}");
    }
    // Ada is no participant of a consultation.
    let connected = async || server.embedded.connected().await.unwrap();
    assert_eq!(connected().await, [(RoomName::from_text("r"), participant)]);
    server.wait_for_attendance("ada", &["arrived"]).await;
    ada.send(Request::Leave(proto::LeaveRequest::default())).await;
    let is_departure =
        |message: &Response| matches!(message, Response::Update(update) if update.participants[0].state == 3);
    until(&mut [&mut ada, &mut ben], "ben is sent ada's departure", |both| both[1].messages.iter().any(is_departure))
        .await;
    server.wait_for_attendance("ada", &["arrived", "departed"]).await;
    server.wait_for_attendance(&participant.to_string(), &["arrived"]).await;
}

#[tokio::test]
async fn every_refused_join_has_a_status_and_a_message() {
    let server = TestServer::start().await;
    let token = server.token("r", "ada");
    assert_eq!(refusal(connect(&server, "", &join_request()).await).0, 401);
    assert_eq!(refusal(connect(&server, "forged", &join_request()).await), (401, "invalid token".to_owned()));
    assert_eq!(refusal(connect(&server, &server.token("", "ada"), &join_request()).await).0, 401);
    assert_eq!(refusal(connect(&server, &server.token("r", ""), &join_request()).await).0, 401);

    let offer = |sdp: &str| proto::SessionDescription { sdp: sdp.to_owned(), id: 1, ..Default::default() };
    let with_offer = |sdp| proto::JoinRequest { publisher_offer: Some(offer(sdp)), ..join_request() };
    assert_eq!(refusal(connect(&server, &token, &with_offer("no SDP")).await).0, 400);
    let sections = "m=audio 9 RTP 0\r\n".repeat(257);
    let too_large = (413, "the description is too large: it has more than 256 sections".to_owned());
    assert_eq!(refusal(connect(&server, &token, &with_offer(&sections)).await), too_large);

    let opens_at = "2026-11-20T10:00:00Z".parse().unwrap();
    server.refuse_with(Refusal::TooEarly { opens_at });
    let early = (403, "too_early: The room is not open yet.".to_owned());
    assert_eq!(refusal(connect(&server, &token, &join_request()).await), early);
    server.on_admission(|_| Err(Error::NotFound));
    assert_eq!(
        refusal(connect(&server, &token, &join_request()).await).0,
        403,
        "never 404: clients would fall back to /rtc"
    );
    server.on_admission(|_| Err(Error::Busy));
    let (busy, _) = refused_response(connect(&server, &token, &join_request()).await);
    assert_eq!((busy.status().as_u16(), &busy.headers()["retry-after"]), (503, &"2".parse().unwrap()));
    server.on_admission(|_| Err(Error::Internal("a secret of ours")));
    let (status, message) = refusal(connect(&server, &token, &join_request()).await);
    assert_eq!(status, 500);
    assert!(!message.contains("secret"), "{message}");
}

#[tokio::test]
async fn browsers_of_any_origin_can_read_a_refusal() {
    let server = TestServer::start().await;
    let token = server.token("r", "ada");
    let path = format!("/rtc/v1/validate?access_token={token}");
    let open = fetch(&server, &path).await;
    assert!(open.starts_with("http/1.1 200") && open.ends_with("success"), "{open}");
    assert!(open.contains("access-control-allow-origin: *"), "{open}");
    server.refuse_with(Refusal::Ended);
    let ended = fetch(&server, &path).await;
    assert!(ended.starts_with("http/1.1 403") && ended.ends_with("ended: this session has ended."), "{ended}");
    assert!(ended.contains("access-control-allow-origin: *"), "{ended}");
    server.on_admission(|_| Ok(Admitted::TokenOnly));
    for (request, status) in [("", 400), ("&join_request=!", 400), ("&join_request=AAAA", 400)] {
        let response = fetch(&server, &format!("/rtc/v1?access_token={token}{request}")).await;
        assert!(response.starts_with(&format!("http/1.1 {status}")), "{request}: {response}");
    }
}

#[tokio::test]
async fn head_request_from_another_origin_answers_only_ok() {
    let server = TestServer::start().await;
    let response = request(&server, "HEAD", "/").await;
    assert!(response.starts_with("http/1.1 200"), "{response}");
    assert!(response.contains("access-control-allow-origin: *"), "{response}");
    assert!(!response.contains("set-cookie"), "{response}");
}

/// Metadata and attributes of the new participant in its join response.
async fn joined_metadata(
    server: &TestServer,
    grant: VideoGrant,
    request: &proto::JoinRequest,
) -> (String, Vec<(String, String)>) {
    let mut socket = connect(server, &server.token_with_grant(grant), request).await.unwrap();
    let first = next_message(&mut socket).await;
    let Response::Join(join) = first else { panic!("{first:?}") };
    let info = join.participant.unwrap();
    (info.metadata, info.attributes.into_iter().collect())
}

#[tokio::test]
async fn metadata_in_join_request_counts_only_with_the_grant() {
    let server = TestServer::start().await;
    let mut request = join_request();
    request.metadata = "floor 2".to_owned();
    request.participant_attributes.insert("mood".to_owned(), "calm".to_owned());
    request.participant_attributes.insert("empty".to_owned(), String::new());
    let room = || VideoGrant { room: "r".to_owned(), room_join: true, ..VideoGrant::default() };
    let may = VideoGrant { can_update_own_metadata: Some(true), ..room() };
    let (metadata, attributes) = joined_metadata(&server, may, &request).await;
    assert_eq!((metadata.as_str(), attributes), ("floor 2", vec![("mood".to_owned(), "calm".to_owned())]));
    assert_eq!(joined_metadata(&server, room(), &request).await, (String::new(), vec![]));
}

#[tokio::test]
async fn admission_check_receives_the_ticket_number() {
    let server = TestServer::start().await;
    server.on_admission(|bearer| match bearer.ticket_number {
        Some(3) => Ok(Admitted::TokenOnly),
        _ => Err(Error::Refused(Refusal::Superseded)),
    });
    let old = refusal(connect(&server, &server.token_with_ticket("r", "ada", 2), &join_request()).await);
    assert_eq!(old, (403, "superseded: You have continued on another device.".to_owned()));
    connect(&server, &server.token_with_ticket("r", "ada", 3), &join_request()).await.unwrap();
}

#[tokio::test]
async fn removal_spares_a_connection_with_a_newer_ticket() {
    let server = TestServer::start().await;
    let room = RoomName::from_text("r");
    let [ada, ben] = [1, 2].map(|n| ParticipantId::new(jiff::Timestamp::UNIX_EPOCH, [n; 10]));
    let token = |who: ParticipantId| server.token_with_ticket("r", &who.to_string(), 3);
    let mut one = SinglePcClient::join(&server, &token(ada), 1).await;
    let mut other = SinglePcClient::join(&server, &token(ben), 1).await;
    until(&mut [&mut one, &mut other], "both are in", |two| two.iter().all(|one| one.pc.client.connected)).await;
    let remove = async |who, older_than| server.embedded.remove(&room, who, older_than).await.unwrap();
    remove(ada, 3).await;
    remove(ben, 4).await;
    until(&mut [&mut one, &mut other], "ben is removed", |two| two[1].socket.is_none()).await;
    assert_eq!(other.leave_reason(), Some(DisconnectReason::ParticipantRemoved));
    server.wait_for_attendance(&ben.to_string(), &["arrived", "departed"]).await;
    server.wait_for_attendance(&ada.to_string(), &["arrived"]).await; // Recorded in order: ada has a newer ticket.
    remove(ada, 4).await;
    until(&mut [&mut one, &mut other], "ada is removed", |two| two[0].socket.is_none()).await;
}

#[tokio::test]
async fn second_device_replaces_the_first_and_is_received() {
    let server = TestServer::start().await;
    let mut ben = SinglePcClient::join(&server, &server.token("r", "ben"), 3).await;
    let mut old = SinglePcClient::join(&server, &server.token("r", "ada"), 1).await;
    until(&mut [&mut ben, &mut old], "ben receives audio of ada", |two| two[0].audio_packets() > 5).await;
    let mut new = SinglePcClient::join(&server, &server.token("r", "ada"), 1).await;
    until(&mut [&mut ben, &mut old, &mut new], "the old device is disconnected", |all| all[1].socket.is_none()).await;
    assert_eq!(old.leave_reason(), Some(DisconnectReason::DuplicateIdentity));
    until(&mut [&mut ben, &mut new], "ben receives audio of the new device", |two| two[0].audio.len() == 2).await;
    let states = ben.messages.iter().filter_map(|message| match message {
        Response::Update(update) => {
            Some(update.participants.iter().map(|info| (info.sid.clone(), info.state, info.tracks.len())))
        }
        _ => None,
    });
    let states: Vec<_> = states.flatten().collect();
    let unpublished = states.iter().position(|(sid, _, tracks)| *sid == old.sid() && *tracks == 0).unwrap();
    let joined = states.iter().position(|(sid, ..)| *sid == new.sid()).unwrap();
    assert!(unpublished < joined, "{states:?}");
    let gone = proto::participant_info::State::Disconnected as i32;
    assert!(states.iter().all(|(_, state, _)| *state != gone), "no disconnect is reported to ben: {states:?}");
    server.wait_for_attendance("ada", &["arrived", "departed", "arrived"]).await;
}

#[tokio::test]
async fn room_closed_during_the_admission_check_refuses_the_join() {
    let server = TestServer::start().await;
    let (embedded, calls) = (server.embedded.clone(), Arc::new(AtomicU32::new(0)));
    let count = calls.clone();
    server.on_admission(move |bearer| {
        if count.fetch_add(1, Ordering::SeqCst) > 0 {
            return Err(Error::Refused(Refusal::Ended));
        }
        // The host ends the consultation during the check.
        let room = anteroom_domain::RoomName::from_text(&*bearer.room);
        let closing = anteroom_app::Video::close(&*embedded, &room);
        futures_util::FutureExt::now_or_never(closing).unwrap().unwrap();
        Ok(Admitted::TokenOnly)
    });
    let refused = refusal(connect(&server, &server.token("r", "ada"), &join_request()).await);
    assert_eq!(refused, (403, "ended: This session has ended.".to_owned()));
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn closed_room_disconnects_everyone_with_the_reason() {
    let server = TestServer::start().await;
    let mut ada = SinglePcClient::join(&server, &server.token("r", "ada"), 1).await;
    let mut cem = SinglePcClient::join(&server, &server.token("another", "cem"), 1).await;
    until(&mut [&mut ada, &mut cem], "both are connected", |two| two.iter().all(|one| one.pc.client.connected)).await;
    server.close_room("r").await;
    until(&mut [&mut ada, &mut cem], "ada is disconnected", |two| two[0].socket.is_none()).await;
    assert_eq!(ada.leave_reason(), Some(DisconnectReason::RoomClosed));
    let mut dan = SinglePcClient::join(&server, &server.token("another", "dan"), 1).await;
    until(&mut [&mut ada, &mut cem, &mut dan], "dan is connected", |all| all[2].pc.client.connected).await;
    assert!(ada.pc.client.rtc.is_alive(), "closing the media could overtake the leave message and look like a failure");
    assert!(cem.socket.is_some() && cem.leave_reason().is_none(), "another room is not affected");
}

#[tokio::test]
async fn protocol_errors_and_floods_disconnect_only_their_sender() {
    let server = TestServer::start().await;
    let mut ada = SinglePcClient::join(&server, &server.token("r", "ada"), 1).await;
    until(&mut [&mut ada], "ada is in", |one| one[0].pc.client.connected).await;
    let malformed = [Frame::Text("hello".into()), Frame::Binary(vec![255; 40].into())];
    for frame in malformed {
        let mut eve = SinglePcClient::join(&server, &server.token("r", "eve"), 1).await;
        eve.send_frame(frame).await;
        until(&mut [&mut ada, &mut eve], "eve is disconnected", |two| two[1].socket.is_none()).await;
        assert_eq!(eve.leave_reason(), Some(DisconnectReason::StateMismatch));
    }
    let mut flood = SinglePcClient::join(&server, &server.token("r", "flood"), 1).await;
    for _ in 0..10_000 {
        let ping = proto::SignalRequest { message: Some(Request::Ping(1)) }.encode_to_vec();
        if flood.socket.as_mut().unwrap().send(Frame::Binary(ping.into())).await.is_err() {
            break;
        }
    }
    until(&mut [&mut ada, &mut flood], "the flooding client is disconnected", |two| two[1].socket.is_none()).await;
    // Few messages, but large ones: bytes count.
    let mut heavy = SinglePcClient::join(&server, &server.token("r", "heavy"), 1).await;
    let settings = proto::UpdateTrackSettings { track_sids: vec!["x".repeat(100_000)], ..Default::default() };
    let large = proto::SignalRequest { message: Some(Request::TrackSetting(settings)) }.encode_to_vec();
    for _ in 0..200 {
        if heavy.socket.as_mut().unwrap().send(Frame::Binary(large.clone().into())).await.is_err() {
            break;
        }
    }
    until(&mut [&mut ada, &mut heavy], "the client with large messages is disconnected", |two| two[1].socket.is_none())
        .await;
    assert!(ada.socket.is_some() && ada.leave_reason().is_none());
}

/// Virtual time passes only while the server waits for a timer. So nothing here has a limit of its own: the server
/// closes an idle socket.
#[tokio::test(start_paused = true)]
async fn clients_with_the_early_answer_race_get_a_pause() {
    let server = TestServer::start().await;
    let pause = async |sdk: proto::client_info::Sdk| {
        let client_info = Some(proto::ClientInfo { sdk: sdk as i32, protocol: 17, ..Default::default() });
        let sdp = include_str!("../../../../fuzz/offers/chromium-plain.sdp");
        let offer = proto::SessionDescription { sdp: sdp.to_owned(), ..Default::default() };
        let request = proto::JoinRequest { client_info, publisher_offer: Some(offer), ..join_request() };
        let url = join_url(&server, &server.token("r", "ada"), &request);
        let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        socket.next().await.unwrap().unwrap();
        let joined = tokio::time::Instant::now();
        socket.next().await.unwrap().unwrap();
        joined.elapsed().as_millis()
    };
    assert!((100..200).contains(&pause(proto::client_info::Sdk::Go).await));
    assert!(pause(proto::client_info::Sdk::Js).await < 100);
}

#[tokio::test]
async fn closing_while_messages_are_in_flight_ends_with_a_close_frame() {
    let server = TestServer::start().await;
    for _ in 0..20 {
        let mut socket = connect(&server, &server.token("r", "ada"), &join_request()).await.unwrap();
        for cid in ["one", "two", "three", "four"] {
            let track = proto::AddTrackRequest { cid: cid.to_owned(), source: 2, ..Default::default() };
            let request = proto::SignalRequest { message: Some(Request::AddTrack(track)) }.encode_to_vec();
            socket.send(Frame::Binary(request.into())).await.unwrap();
        }
        socket.close(None).await.unwrap();
        let mut closed = false;
        while let Some(frame) = within_limit(socket.next()).await {
            let frame = frame.expect("a browser would report a broken connection");
            closed |= matches!(frame, Frame::Close(_));
        }
        assert!(closed, "no close frame");
    }
}

#[tokio::test]
async fn audio_survives_a_lost_socket_and_the_session_resumes() {
    let server = TestServer::start().await;
    let mut ada = SinglePcClient::join(&server, &server.token("r", "ada"), 1).await;
    let mut ben = SinglePcClient::join(&server, &server.token("r", "ben"), 1).await;
    until(&mut [&mut ada, &mut ben], "both receive audio", |both| both.iter().all(|one| one.audio_packets() > 5)).await;
    ada.socket = None;
    let before = ben.audio_packets();
    until(&mut [&mut ada, &mut ben], "ben still receives audio of ada", |both| both[1].audio_packets() > before + 50)
        .await;
    let back = proto::JoinRequest { reconnect: true, participant_sid: ada.sid(), ..join_request() };
    let mut socket = connect(&server, &server.token("r", "ada"), &back).await.unwrap();
    let first = next_message(&mut socket).await;
    assert!(matches!(first, Response::Reconnect(_)), "{first:?}");
    ada.socket = Some(socket);
    let before = ada.audio_packets();
    until(&mut [&mut ada, &mut ben], "ada still receives audio of ben", |both| both[0].audio_packets() > before + 50)
        .await;
    assert!(!ben.messages.iter().any(|message| matches!(message, Response::Update(u) if u.participants[0].state == 3)));
}

#[tokio::test]
async fn session_of_another_identity_cannot_be_resumed() {
    let server = TestServer::start().await;
    let mut ada = SinglePcClient::join(&server, &server.token("r", "ada"), 1).await;
    let mut ben = SinglePcClient::join(&server, &server.token("r", "ben"), 1).await;
    until(&mut [&mut ada, &mut ben], "both receive audio", |both| both.iter().all(|one| one.audio_packets() > 5)).await;
    let stolen = proto::JoinRequest { reconnect: true, participant_sid: ada.sid(), ..join_request() };
    let mut socket = connect(&server, &server.token("r", "eve"), &stolen).await.unwrap();
    let first = next_message(&mut socket).await;
    let Response::Leave(leave) = first else { panic!("{first:?}") };
    assert_eq!(leave.action(), proto::leave_request::Action::Reconnect);
    let before = [ada.audio_packets(), ben.audio_packets()];
    until(&mut [&mut ada, &mut ben], "both still receive audio", |both| {
        both.iter().zip(before).all(|(one, before)| one.audio_packets() > before + 50)
    })
    .await;
    assert!(ada.socket.is_some() && ada.leave_reason().is_none(), "ada keeps her session: {:?}", ada.messages);
}
