//! Calls on several media threads: one certificate, a port for each thread.

use std::collections::BTreeSet;

use livekit_protocol::signal_response::Message as Response;

use crate::peer_connection::until;
use crate::single_pc_client::SinglePcClient;
use crate::test_server::TestServer;

/// The answer to the client's offer.
fn answer(client: &SinglePcClient) -> Option<&str> {
    client.messages.iter().find_map(|message| match message {
        Response::Answer(answer) => Some(answer.sdp.as_str()),
        _ => None,
    })
}

/// The lines of the answer that begin with `start`, without it.
fn lines<'a>(client: &'a SinglePcClient, start: &str) -> Vec<&'a str> {
    answer(client).into_iter().flat_map(str::lines).filter_map(|line| line.strip_prefix(start)).collect()
}

/// The port of the first candidate: foundation, component, transport, priority, address, port (RFC 8839).
fn port(client: &SinglePcClient) -> u16 {
    lines(client, "a=candidate:")[0].split(' ').nth(5).unwrap().parse().unwrap()
}

#[tokio::test]
async fn calls_on_different_threads_share_the_certificate_and_have_own_ports() {
    let server = TestServer::start().await;
    let mut clients = Vec::new();
    // Every room is another guess at the hash: eight rooms on one of two threads would be an accident of 1 in 128, and
    // these names do not have it.
    for room in 0..8 {
        clients.push(SinglePcClient::join(&server, &server.token(&format!("room-{room}"), "ada"), 0).await);
    }
    let mut all: Vec<&mut SinglePcClient> = clients.iter_mut().collect();
    until(&mut all, "all connect", |all| {
        all.iter().all(|client| answer(client).is_some() && client.pc.client.connected)
    })
    .await;
    let fingerprints: BTreeSet<&str> = clients.iter().map(|client| lines(client, "a=fingerprint:")[0]).collect();
    let ports: BTreeSet<u16> = clients.iter().map(port).collect();
    assert_eq!((fingerprints.len(), ports.len()), (1, 2), "{fingerprints:?} {ports:?}");
}
