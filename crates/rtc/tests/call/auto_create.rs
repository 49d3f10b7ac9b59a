//! With `auto_create_rooms` off a token opens no room.

use anteroom_app::Admitted;
use anteroom_domain::{Private, Role};
use livekit_protocol as proto;

use crate::server_api::binary;
use crate::single_pc_client::{connect, join_request};
use crate::test_server::TestServer;
use crate::{fetch, refusal};

#[tokio::test]
async fn without_auto_create_a_join_opens_no_room() {
    let server = TestServer::start_without_auto_create().await;
    let token = server.token("r", "ada");
    let validated = async || fetch(&server, &format!("/rtc/v1/validate?access_token={token}")).await;
    let response = validated().await;
    assert!(response.starts_with("http/1.1 403") && response.ends_with("the room does not exist"), "{response}");
    let early = refusal(connect(&server, &token, &join_request()).await);
    assert_eq!(early, (403, "the room does not exist".to_owned()));
    let plan = proto::CreateRoomRequest { name: "r".to_owned(), ..Default::default() };
    let _: proto::Room = binary(&server, "CreateRoom", &plan).await;
    assert!(validated().await.starts_with("http/1.1 200"));
    connect(&server, &token, &join_request()).await.expect("the room exists now");
}

#[tokio::test]
async fn without_auto_create_a_consultation_opens_its_room() {
    let server = TestServer::start_without_auto_create().await;
    server.on_admission(|_| Ok(Admitted::Participant { name: Private::new("Ada".parse().unwrap()), role: Role::Host }));
    let token = server.token("r", "ada");
    let response = fetch(&server, &format!("/rtc/validate?access_token={token}")).await;
    assert!(response.starts_with("http/1.1 200"), "{response}");
    connect(&server, &token, &join_request()).await.expect("admitted to a consultation");
}
