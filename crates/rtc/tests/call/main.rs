//! The doors and the rooms behind them, over real sockets.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod before;
mod device;
mod house;
mod older;
mod programs;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anteroom_app::{Error, Welcome};
use anteroom_dialect::livekit::VideoGrant;
use anteroom_domain::Refusal;
use device::{Device, hello, knock, until};
use futures_util::SinkExt;
use house::House;
use livekit_protocol as proto;
use livekit_protocol::DisconnectReason;
use livekit_protocol::signal_request::Message as Ask;
use livekit_protocol::signal_response::Message as Say;
use prost::Message as _;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::{self, Message as Frame};

/// Status and body of a refusal.
fn refusal(knocked: Result<device::Socket, tungstenite::Error>) -> (u16, String) {
    match knocked {
        Err(tungstenite::Error::Http(response)) => {
            let body = response.body().clone().unwrap_or_default();
            (response.status().as_u16(), String::from_utf8(body).unwrap())
        }
        other => panic!("no refusal: {:?}", other.map(|_| "open")),
    }
}

/// A plain GET: the whole response.
async fn fetch(house: &House, path: &str) -> String {
    request(house, "GET", path).await
}

async fn request(house: &House, verb: &str, path: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(house.address).await.unwrap();
    let request = format!("{verb} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response.to_lowercase()
}

#[tokio::test]
async fn two_people_who_join_hear_each_other() {
    let house = House::open().await;
    // The first has no place to hear anybody and is asked to make one; the second brings one.
    let mut ada = Device::joins(&house, &house.token("r", "ada"), 0).await;
    let mut ben = Device::joins(&house, &house.token("r", "ben"), 1).await;
    until(&mut [&mut ada, &mut ben], "both hear", |both| both.iter().all(|one| one.words() > 20)).await;
    for one in [&ada, &ben] {
        let (track, words) = one.heard.first_key_value().unwrap();
        assert!(track.starts_with("TR_AM"), "the track has a name: {track:?}");
        assert!(words.is_sorted(), "{words:?}");
    }
    house.has_noted("ada", &["arrived"]).await;
    ada.ask(Ask::Leave(proto::LeaveRequest::default())).await;
    let gone =
        |told: &[Say]| told.iter().any(|said| matches!(said, Say::Update(update) if update.participants[0].state == 3));
    until(&mut [&mut ada, &mut ben], "ada's leaving is told", |both| gone(&both[1].told)).await;
    house.has_noted("ada", &["arrived", "departed"]).await;
    house.has_noted("ben", &["arrived"]).await;
}

#[tokio::test]
async fn every_no_at_the_door_has_a_status_and_a_sentence() {
    let house = House::open().await;
    let token = house.token("r", "ada");
    let told = |knocked| refusal(knocked);
    assert_eq!(told(knock(&house, "", &hello()).await).0, 401);
    assert_eq!(told(knock(&house, "forged", &hello()).await), (401, "invalid token".to_owned()));
    assert_eq!(told(knock(&house, &house.token("", "ada"), &hello()).await).0, 401);
    assert_eq!(told(knock(&house, &house.token("r", ""), &hello()).await).0, 401);

    let opens_at = "2026-11-20T10:00:00Z".parse().unwrap();
    house.refuses(Refusal::TooEarly { opens_at });
    let early = (403, "too_early: The room is not open yet.".to_owned());
    assert_eq!(told(knock(&house, &token, &hello()).await), early);
    house.rule(|_| Err(Error::NotFound));
    assert_eq!(told(knock(&house, &token, &hello()).await).0, 403, "never 404: clients would try another door");
    house.rule(|_| Err(Error::Busy));
    assert_eq!(told(knock(&house, &token, &hello()).await).0, 503);
    house.rule(|_| Err(Error::Internal("a secret of ours")));
    let (status, sentence) = told(knock(&house, &token, &hello()).await);
    assert_eq!(status, 500);
    assert!(!sentence.contains("secret"), "{sentence}");
}

#[tokio::test]
async fn a_browser_may_read_why_it_was_refused() {
    let house = House::open().await;
    let token = house.token("r", "ada");
    let path = format!("/rtc/v1/validate?access_token={token}");
    let open = fetch(&house, &path).await;
    assert!(open.starts_with("http/1.1 200") && open.ends_with("success"), "{open}");
    assert!(open.contains("access-control-allow-origin: *"), "{open}");
    house.refuses(Refusal::Ended);
    let ended = fetch(&house, &path).await;
    assert!(ended.starts_with("http/1.1 403") && ended.ends_with("ended: this session has ended."), "{ended}");
    assert!(ended.contains("access-control-allow-origin: *"), "{ended}");
    house.rule(|_| Ok(Welcome::Plain));
    for (request, status) in [("", 400), ("&join_request=!", 400), ("&join_request=AAAA", 400)] {
        let response = fetch(&house, &format!("/rtc/v1?access_token={token}{request}")).await;
        assert!(response.starts_with(&format!("http/1.1 {status}")), "{request}: {response}");
    }
}

#[tokio::test]
async fn a_browser_on_another_site_learns_that_it_is_online_again_and_nothing_else() {
    let house = House::open().await;
    let awake = request(&house, "HEAD", "/").await;
    assert!(awake.starts_with("http/1.1 200"), "{awake}");
    assert!(awake.contains("access-control-allow-origin: *"), "{awake}");
    assert!(!awake.contains("set-cookie"), "{awake}");
}

/// What the first message says of the newcomer themselves: metadata and attributes.
async fn introduced(house: &House, grant: VideoGrant, request: &proto::JoinRequest) -> (String, Vec<(String, String)>) {
    let mut socket = knock(house, &house.person(grant), request).await.unwrap();
    let said = device::message(&mut socket).await;
    let Say::Join(join) = said else { panic!("{said:?}") };
    let face = join.participant.unwrap();
    (face.metadata, face.attributes.into_iter().collect())
}

#[tokio::test]
async fn what_somebody_says_of_themselves_on_coming_in_counts_where_their_token_lets_them() {
    let house = House::open().await;
    let mut request = hello();
    request.metadata = "floor 2".to_owned();
    request.participant_attributes.insert("mood".to_owned(), "calm".to_owned());
    request.participant_attributes.insert("empty".to_owned(), String::new());
    let room = || VideoGrant { room: "r".to_owned(), room_join: true, ..VideoGrant::default() };
    let may = VideoGrant { can_update_own_metadata: Some(true), ..room() };
    let (metadata, attributes) = introduced(&house, may, &request).await;
    assert_eq!((metadata.as_str(), attributes), ("floor 2", vec![("mood".to_owned(), "calm".to_owned())]));
    assert_eq!(introduced(&house, room(), &request).await, (String::new(), vec![]));
}

#[tokio::test]
async fn the_house_is_asked_about_the_very_ticket_that_is_shown() {
    let house = House::open().await;
    house.rule(|bearer| match bearer.seat {
        Some(3) => Ok(Welcome::Plain),
        _ => Err(Error::Refused(Refusal::Superseded)),
    });
    let old = refusal(knock(&house, &house.ticket("r", "ada", 2), &hello()).await);
    assert_eq!(old, (403, "superseded: You have continued on another device.".to_owned()));
    knock(&house, &house.ticket("r", "ada", 3), &hello()).await.unwrap();
}

#[tokio::test]
async fn a_second_device_takes_the_seat_at_once_and_is_heard() {
    let house = House::open().await;
    let mut ben = Device::joins(&house, &house.token("r", "ben"), 3).await;
    let mut old = Device::joins(&house, &house.token("r", "ada"), 1).await;
    until(&mut [&mut ben, &mut old], "ben hears ada", |two| two[0].words() > 5).await;
    let mut new = Device::joins(&house, &house.token("r", "ada"), 1).await;
    until(&mut [&mut ben, &mut old, &mut new], "the old device is out", |all| all[1].socket.is_none()).await;
    assert_eq!(old.has_left(), Some(DisconnectReason::DuplicateIdentity));
    until(&mut [&mut ben, &mut new], "ben hears the new device", |two| two[0].heard.len() == 2).await;
    let states = ben.told.iter().filter_map(|said| match said {
        Say::Update(update) => {
            Some(update.participants.iter().map(|face| (face.sid.clone(), face.state, face.tracks.len())))
        }
        _ => None,
    });
    let states: Vec<_> = states.flatten().collect();
    let tracks_left = states.iter().position(|(sid, _, tracks)| *sid == old.sid() && *tracks == 0).unwrap();
    let new_came = states.iter().position(|(sid, ..)| *sid == new.sid()).unwrap();
    assert!(tracks_left < new_came, "{states:?}");
    let gone = proto::participant_info::State::Disconnected as i32;
    assert!(states.iter().all(|(_, state, _)| *state != gone), "to Ben she never was away: {states:?}");
    house.has_noted("ada", &["arrived", "departed", "arrived"]).await;
}

#[tokio::test]
async fn who_is_put_out_while_at_the_door_does_not_slip_in_behind() {
    let house = House::open().await;
    let (embedded, asked) = (house.embedded.clone(), Arc::new(AtomicU32::new(0)));
    let count = asked.clone();
    house.rule(move |bearer| {
        if count.fetch_add(1, Ordering::SeqCst) > 0 {
            return Err(Error::Refused(Refusal::Ended));
        }
        // The host ends the consultation between the question and the answer.
        let room = anteroom_domain::RoomName::from_text(&*bearer.room);
        let closing = anteroom_app::Video::close(&*embedded, &room);
        futures_util::FutureExt::now_or_never(closing).unwrap().unwrap();
        Ok(Welcome::Plain)
    });
    let told = refusal(knock(&house, &house.token("r", "ada"), &hello()).await);
    assert_eq!(told, (403, "ended: This session has ended.".to_owned()));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_closed_room_sends_everybody_out_and_says_why() {
    let house = House::open().await;
    let mut ada = Device::joins(&house, &house.token("r", "ada"), 1).await;
    let mut cem = Device::joins(&house, &house.token("another", "cem"), 1).await;
    until(&mut [&mut ada, &mut cem], "both are connected", |two| two.iter().all(|one| one.secured)).await;
    house.closes("r").await;
    until(&mut [&mut ada, &mut cem], "ada is out", |two| two[0].socket.is_none()).await;
    assert_eq!(ada.has_left(), Some(DisconnectReason::RoomClosed));
    let mut dan = Device::joins(&house, &house.token("another", "dan"), 1).await;
    until(&mut [&mut ada, &mut cem, &mut dan], "dan is connected", |all| all[2].secured).await;
    assert!(ada.line_is_up(), "a goodbye on the media may overtake the word, and looks like an accident then");
    assert!(cem.socket.is_some() && cem.has_left().is_none(), "another room is none of it");
}

#[tokio::test]
async fn whoever_talks_nonsense_is_sent_out_and_nobody_else_notices() {
    let house = House::open().await;
    let mut ada = Device::joins(&house, &house.token("r", "ada"), 1).await;
    until(&mut [&mut ada], "ada is in", |one| one[0].secured).await;
    let nonsense = [Frame::Text("hello".into()), Frame::Binary(vec![255; 40].into())];
    for frame in nonsense {
        let mut eve = Device::joins(&house, &house.token("r", "eve"), 1).await;
        eve.frame(frame).await;
        until(&mut [&mut ada, &mut eve], "eve is out", |two| two[1].socket.is_none()).await;
        assert_eq!(eve.has_left(), Some(DisconnectReason::StateMismatch));
    }
    let mut flood = Device::joins(&house, &house.token("r", "flood"), 1).await;
    for _ in 0..1_000 {
        let ping = proto::SignalRequest { message: Some(Ask::Ping(1)) }.encode_to_vec();
        if flood.socket.as_mut().unwrap().send(Frame::Binary(ping.into())).await.is_err() {
            break;
        }
    }
    until(&mut [&mut ada, &mut flood], "the flood is out", |two| two[1].socket.is_none()).await;
    // Few messages, each of them long: it is the bytes that cost.
    let mut heavy = Device::joins(&house, &house.token("r", "heavy"), 1).await;
    let wishes = proto::UpdateTrackSettings { track_sids: vec!["x".repeat(100_000)], ..Default::default() };
    let wish = proto::SignalRequest { message: Some(Ask::TrackSetting(wishes)) }.encode_to_vec();
    for _ in 0..20 {
        if heavy.socket.as_mut().unwrap().send(Frame::Binary(wish.clone().into())).await.is_err() {
            break;
        }
    }
    until(&mut [&mut ada, &mut heavy], "the heavy one is out", |two| two[1].socket.is_none()).await;
    assert!(ada.socket.is_some() && ada.has_left().is_none());
}

#[tokio::test]
async fn a_program_that_reads_our_answer_too_early_gets_a_moment_before_it() {
    let house = House::open().await;
    let sdk = proto::client_info::Sdk::Go as i32;
    let client_info = Some(proto::ClientInfo { sdk, protocol: 17, ..Default::default() });
    let offer = proto::SessionDescription { sdp: "any, for it is answered anyhow".to_owned(), ..Default::default() };
    let request = proto::JoinRequest { client_info, publisher_offer: Some(offer), ..hello() };
    let mut socket = knock(&house, &house.token("r", "ada"), &request).await.unwrap();
    device::message(&mut socket).await;
    let joined = device::now();
    device::message(&mut socket).await;
    let moment = device::now() - joined;
    assert!(moment > std::time::Duration::from_millis(50), "{moment:?}");
}

#[tokio::test]
async fn whoever_hangs_up_while_we_speak_hears_our_goodbye() {
    let house = House::open().await;
    for _ in 0..20 {
        let mut socket = knock(&house, &house.token("r", "ada"), &hello()).await.unwrap();
        for cid in ["one", "two", "three", "four"] {
            let track = proto::AddTrackRequest { cid: cid.to_owned(), source: 2, ..Default::default() };
            let ask = proto::SignalRequest { message: Some(Ask::AddTrack(track)) }.encode_to_vec();
            socket.send(Frame::Binary(ask.into())).await.unwrap();
        }
        socket.close(None).await.unwrap();
        while let Some(said) = device::frame(&mut socket).await {
            said.expect("a browser would report a broken line");
        }
    }
}

#[tokio::test]
async fn a_dropped_socket_stops_no_sound_and_its_stay_can_be_taken_up_again() {
    let house = House::open().await;
    let mut ada = Device::joins(&house, &house.token("r", "ada"), 1).await;
    let mut ben = Device::joins(&house, &house.token("r", "ben"), 1).await;
    until(&mut [&mut ada, &mut ben], "both hear", |both| both.iter().all(|one| one.words() > 5)).await;
    ada.socket = None;
    let before = ben.words();
    until(&mut [&mut ada, &mut ben], "ben still hears ada", |both| both[1].words() > before + 50).await;
    let back = proto::JoinRequest { reconnect: true, participant_sid: ada.sid(), ..hello() };
    let mut socket = knock(&house, &house.token("r", "ada"), &back).await.unwrap();
    let first = device::message(&mut socket).await;
    assert!(matches!(first, Say::Reconnect(_)), "{first:?}");
    ada.socket = Some(socket);
    let before = ada.words();
    until(&mut [&mut ada, &mut ben], "ada still hears ben", |both| both[0].words() > before + 50).await;
    assert!(!ben.told.iter().any(|said| matches!(said, Say::Update(u) if u.participants[0].state == 3)));
}

#[tokio::test]
async fn nobody_takes_up_the_stay_of_another() {
    let house = House::open().await;
    let mut ada = Device::joins(&house, &house.token("r", "ada"), 1).await;
    until(&mut [&mut ada], "ada is in", |one| one[0].secured).await;
    let stolen = proto::JoinRequest { reconnect: true, participant_sid: ada.sid(), ..hello() };
    let mut socket = knock(&house, &house.token("r", "eve"), &stolen).await.unwrap();
    let Say::Leave(leave) = device::message(&mut socket).await else { panic!() };
    assert_eq!(leave.action(), proto::leave_request::Action::Reconnect);
    until(&mut [&mut ada], "ada stays", |one| one[0].socket.is_some()).await;
}
