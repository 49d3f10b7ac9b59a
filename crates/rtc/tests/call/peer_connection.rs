//! A WebRTC peer connection over a real UDP socket: what both kinds of test client consist of.

use std::time::{Duration, Instant};

use str0m::media::Mid;
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpPacket, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc};
use tokio::net::UdpSocket;
use tokio::time::timeout;

/// No test waits longer than this for anything.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

#[expect(clippy::disallowed_methods, reason = "real sockets need the real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

pub(crate) struct PeerConnection {
    pub(crate) rtc: Rtc,
    pub(crate) connected: bool,
    udp: UdpSocket,
    next_sequence: u16,
}

impl PeerConnection {
    pub(crate) async fn new() -> Self {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let mut rtc = Rtc::builder().set_rtp_mode(true).build(now());
        let candidate = Candidate::builder().udp().host(udp.local_addr().unwrap()).build();
        rtc.add_local_candidate(candidate.unwrap());
        Self { rtc, connected: false, udp, next_sequence: 0 }
    }

    /// Sends what is due and receives for a few milliseconds.
    pub(crate) async fn turn(&mut self) -> Vec<Event> {
        let mut events = self.drain().await;
        let mut packet = [0; 2_048];
        if let Ok(Ok((length, from))) = timeout(Duration::from_millis(2), self.udp.recv_from(&mut packet)).await {
            let to = self.udp.local_addr().unwrap();
            let received = Receive::new(Protocol::Udp, from, to, &packet[..length]).unwrap();
            self.rtc.handle_input(Input::Receive(now(), received)).unwrap();
            events.extend(self.drain().await);
        }
        self.rtc.handle_input(Input::Timeout(now())).unwrap();
        events
    }

    async fn drain(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while self.rtc.is_alive() {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(_) => break,
                Output::Transmit(out) => drop(self.udp.send_to(&out.contents, out.destination).await),
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(event) => events.push(event),
            }
        }
        events
    }

    /// Sends one audio packet whose payload is its number, once connected.
    pub(crate) fn send_audio(&mut self, mid: Mid) {
        if !self.connected {
            return;
        }
        let pt = self.rtc.media(mid).unwrap().remote_pts()[0];
        let (sequence, payload) = (self.next_sequence, self.next_sequence.to_be_bytes().to_vec());
        self.next_sequence += 1;
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(mid, None).unwrap();
        stream.write_rtp(RtpWrite::new(pt, u64::from(sequence).into(), u32::from(sequence) * 960, now(), payload));
    }

    /// The section of a received audio packet, and the number in its payload.
    pub(crate) fn read_audio(&mut self, packet: &RtpPacket) -> (String, u16) {
        let mid = self.rtc.direct_api().stream_rx(&packet.header.ssrc).unwrap().mid().to_string();
        (mid, u16::from_be_bytes([packet.payload[0], packet.payload[1]]))
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
