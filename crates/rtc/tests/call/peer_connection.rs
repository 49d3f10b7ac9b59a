//! A WebRTC peer connection over a real UDP socket: what both kinds of test client consist of.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anteroom_media::testing::TestClient as Client;
use str0m::media::Mid;
use str0m::net::{Protocol, Transmit};
use tokio::net::UdpSocket;
use tokio::time::timeout;

/// No test waits longer than this for anything.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// Signalling messages read in one poll. More would starve the media: a server that always has another message would
/// keep the client from sending and receiving packets.
pub(crate) const FRAMES_PER_TURN: usize = 100;

#[expect(clippy::disallowed_methods, reason = "real sockets need the real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

pub(crate) struct PeerConnection {
    pub(crate) client: Client,
    udp: UdpSocket,
    next_sequence: u16,
}

impl PeerConnection {
    pub(crate) async fn new() -> Self {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let client = Client::new(now(), udp.local_addr().unwrap(), Protocol::Udp);
        Self { client, udp, next_sequence: 0 }
    }

    /// Sends what is due and receives for a few milliseconds.
    pub(crate) async fn turn(&mut self) {
        self.send_due().await;
        let mut packet = [0; 2_048];
        if let Ok(Ok((length, from))) = timeout(Duration::from_millis(2), self.udp.recv_from(&mut packet)).await {
            self.client.receive(now(), from, &packet[..length]);
            self.send_due().await;
        }
    }

    async fn send_due(&mut self) {
        for Transmit { contents, destination, .. } in self.client.poll(now()) {
            drop(self.udp.send_to(&contents, destination).await);
        }
    }

    /// Sends one audio packet whose payload is its number, once connected.
    pub(crate) fn send_audio(&mut self, mid: Mid) {
        if !self.client.connected {
            return;
        }
        let (sequence, payload) = (self.next_sequence, self.next_sequence.to_be_bytes().to_vec());
        self.next_sequence += 1;
        self.client.write_packet(now(), mid, sequence.into(), u32::from(sequence) * 960, payload);
    }

    /// Appends the numbers of the audio packets received since the last call to their track. `tracks` has the track of
    /// each section; the last packets of an unpublished track may still be on their way and are dropped.
    pub(crate) fn take_audio(&mut self, tracks: &BTreeMap<String, String>, audio: &mut BTreeMap<String, Vec<u16>>) {
        for (mid, packets) in self.client.take_received() {
            if let Some(track) = tracks.get(&*mid) {
                let numbers = packets.iter().map(|packet| u16::from_be_bytes([packet.payload[0], packet.payload[1]]));
                audio.entry(track.clone()).or_default().extend(numbers);
            }
        }
    }
}

/// A client that can be polled together with others.
pub(crate) trait Poll {
    /// A few milliseconds of sending and receiving.
    async fn poll(&mut self);
    /// What a failed wait prints.
    fn state(&self) -> String;
}

/// Polls all clients until the condition holds; fails after [`LIMIT`].
pub(crate) async fn until<C: Poll>(clients: &mut [&mut C], what: &str, holds: impl Fn(&[&mut C]) -> bool) {
    let limit = now() + LIMIT;
    while !holds(clients) {
        let states = || clients.iter().map(|client| client.state()).collect::<Vec<_>>();
        assert!(now() < limit, "timed out: {what}: {:?}", states());
        for client in clients.iter_mut() {
            client.poll().await;
        }
    }
}

/// The future's value; fails after [`LIMIT`].
pub(crate) async fn within_limit<T>(future: impl Future<Output = T>) -> T {
    timeout(LIMIT, future).await.expect("timed out")
}
