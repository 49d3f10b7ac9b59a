//! Dual peer connection (`/rtc`): the server offers on the subscriber peer connection.

use livekit_protocol as proto;
use livekit_protocol::signal_request::Message as Request;
use livekit_protocol::signal_response::Message as Response;

use crate::dual_pc_client::DualPcClient;
use crate::peer_connection::until;
use crate::test_server::TestServer;

#[tokio::test]
async fn dual_pc_clients_receive_audio_and_one_offer_at_a_time() {
    let server = TestServer::start().await;
    let mut ada = DualPcClient::join(&server, &server.token("r", "ada")).await;
    let mut ben = DualPcClient::join(&server, &server.token("r", "ben")).await;
    let mut cem = DualPcClient::join(&server, &server.token("r", "cem")).await;
    until(&mut [&mut ada, &mut ben, &mut cem], "all receive audio of both others", |all| {
        all.iter().all(|one| one.is_connected() && one.audio.values().filter(|words| words.len() > 10).count() == 2)
    })
    .await;
    for one in [&ada, &ben, &cem] {
        assert_eq!(one.overlapping_offers, 0, "an offer before the previous one was answered");
        let Some(Response::Join(join)) = one.messages.first() else { panic!("{:?}", one.messages.first()) };
        assert!(join.subscriber_primary);
    }
    server.wait_for_attendance("ada", &["arrived"]).await;
}

#[tokio::test]
async fn each_departed_participant_leaves_an_inactive_section() {
    let server = TestServer::start().await;
    let mut ada = DualPcClient::join(&server, &server.token("r", "ada")).await;
    for tracks in 1..4 {
        let mut ben = DualPcClient::join(&server, &server.token("r", "ben")).await;
        until(&mut [&mut ada, &mut ben], "ada receives audio of ben", |two| two[0].audio.len() == tracks).await;
        ben.send(Request::Leave(proto::LeaveRequest::default())).await;
        let offers =
            |one: &DualPcClient| one.messages.iter().filter(|message| matches!(message, Response::Offer(_))).count();
        until(&mut [&mut ada], "ada gets an offer without the track", |one| offers(one[0]) == 1 + 2 * tracks).await;
    }
    let last = ada.messages.iter().rev().find_map(|message| match message {
        Response::Offer(offer) => Some(offer.sdp.clone()),
        _ => None,
    });
    let last = last.unwrap();
    let sections = ["m=audio", "a=inactive"].map(|line| last.matches(line).count());
    assert_eq!(sections, [3, 3], "a section that is reused at once would confuse clients");
}

#[tokio::test]
async fn resumed_dual_pc_client_keeps_receiving_audio() {
    let server = TestServer::start().await;
    let mut ada = DualPcClient::join(&server, &server.token("r", "ada")).await;
    let mut ben = DualPcClient::join(&server, &server.token("r", "ben")).await;
    until(&mut [&mut ada, &mut ben], "both receive audio", |both| both.iter().all(|one| one.longest_track() > 10))
        .await;
    ada.socket = None;
    ada.resume(&server, &server.token("r", "ada")).await;
    until(&mut [&mut ada, &mut ben], "ada gets a new offer", |both| {
        both[0].messages.iter().any(|message| matches!(message, Response::Offer(_)))
    })
    .await;
    let before = ada.longest_track();
    until(&mut [&mut ada, &mut ben], "ada still receives audio", |both| both[0].longest_track() > before + 50).await;
    assert!(
        matches!(ada.messages[..], [Response::Reconnect(_), Response::Update(_), Response::RoomUpdate(_), ..]),
        "{:?}",
        ada.messages
    );
}
