//! A seat that asks for too much is refused, however often it reconnects; others are not affected.

use futures_util::SinkExt;
use prost::Message as _;

use crate::peer_connection::until;
use crate::single_pc_client::{SinglePcClient, connect, join_request, next_message};
use crate::test_server::TestServer;
use crate::{Frame, Request, Response, fetch, proto};

/// The largest offer that is not refused for its size alone: 256 sections, 507 kB.
fn largest_offer() -> String {
    let mids = (0..256).map(|mid| format!(" {mid}")).collect::<String>();
    let fingerprint = ["7B"; 32].join(":");
    let mut text = format!(
        "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE{mids}\r\na=ice-ufrag:fuzz\r\n\
         a=ice-pwd:000000000000000000000000\r\na=fingerprint:sha-256 {fingerprint}\r\na=setup:actpass\r\n"
    );
    let padding = format!("a=x-padding:{}\r\n", "x".repeat(1_900));
    for mid in 0..256 {
        text.push_str(&format!("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:{mid}\r\na=recvonly\r\n{padding}"));
    }
    text
}

#[tokio::test]
async fn seat_that_reconnects_with_huge_offers_is_refused_others_are_served() {
    let server = TestServer::start().await;
    let (token, sdp) = (server.token("r", "eve"), largest_offer());
    let (mut answered, mut refused) = (0, 0);
    for id in 0..20 {
        let Ok(mut socket) = connect(&server, &token, &join_request()).await else {
            refused += 1;
            continue;
        };
        let offer =
            proto::SessionDescription { r#type: "offer".to_owned(), sdp: sdp.clone(), id, ..Default::default() };
        let request = proto::SignalRequest { message: Some(Request::Offer(offer)) };
        socket.send(Frame::Binary(request.encode_to_vec().into())).await.unwrap();
        loop {
            match next_message(&mut socket).await {
                Response::Answer(_) => break answered += 1,
                Response::Leave(leave) => {
                    assert_eq!(leave.action(), proto::leave_request::Action::Disconnect);
                    break refused += 1;
                }
                _ => {}
            }
        }
    }
    assert!(answered > 0 && refused > answered, "{answered} answered, {refused} refused");
    let mut ada = SinglePcClient::join(&server, &server.token("other", "ada"), 0).await;
    let mut ben = SinglePcClient::join(&server, &server.token("other", "ben"), 1).await;
    until(&mut [&mut ada, &mut ben], "both receive audio", |both| both.iter().all(|one| one.audio_packets() > 20))
        .await;
}

#[tokio::test]
async fn too_many_joins_of_one_seat_are_refused_by_name() {
    let server = TestServer::start().await;
    let path = format!("/rtc/v1/validate?access_token={}", server.token("r", "eve"));
    let mut refused = String::from("http/1.1 200");
    for _ in 0..3_000 {
        if refused.starts_with("http/1.1 200") {
            refused = fetch(&server, &path).await;
        }
    }
    assert!(refused.starts_with("http/1.1 429"), "{refused}");
    assert!(refused.contains("retry-after: 1"), "{refused}");
    assert!(refused.contains("access-control-allow-origin: *") && refused.ends_with("join again"), "{refused}");
    SinglePcClient::join(&server, &server.token("r", "ada"), 0).await;
}

#[tokio::test]
async fn offer_with_too_many_sections_asks_for_a_full_reconnect() {
    let server = TestServer::start().await;
    let mut socket = connect(&server, &server.token("r", "eve"), &join_request()).await.unwrap();
    let sdp = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:x\r\n".repeat(257);
    let offer = proto::SessionDescription { r#type: "offer".to_owned(), sdp, id: 1, ..Default::default() };
    let request = proto::SignalRequest { message: Some(Request::Offer(offer)) };
    socket.send(Frame::Binary(request.encode_to_vec().into())).await.unwrap();
    loop {
        if let Response::Leave(leave) = next_message(&mut socket).await {
            break assert_eq!(leave.action(), proto::leave_request::Action::Reconnect);
        }
    }
}
