//! ICE-TCP: framing, limits and slow readers.

use super::*;

fn frame(packet: &[u8]) -> Vec<u8> {
    let mut framed = u16::try_from(packet.len()).unwrap().to_be_bytes().to_vec();
    framed.extend(packet);
    framed
}

fn read_frame(stream: &mut TcpStream) -> Vec<u8> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut packet = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut packet).unwrap();
    packet
}

#[test]
fn tcp_frames_split_at_every_byte_are_reassembled() {
    let mut harness = Harness::new();
    let mut stream = harness.tcp();
    stream.set_nodelay(true).unwrap();
    for byte in frame(&request_to("known")) {
        stream.write_all(&[byte]).unwrap();
        harness.turn();
    }
    harness.until_received(1);
    assert_eq!(read_frame(&mut stream), request_to("known"));
    let two = [frame(RTP), frame(&[0x80; 1_200])].concat();
    stream.write_all(&two).unwrap();
    let received = harness.until_received(3);
    assert_eq!(received[1], (Transport::Tcp, RTP.to_vec()));
    assert_eq!(received[2].1.len(), 1_200);
}

#[test]
fn invalid_tcp_data_closes_only_its_connection() {
    let mut harness = Harness::new();
    let mut good = harness.tcp();
    good.write_all(&frame(&request_to("known"))).unwrap();
    harness.until_received(1);
    for invalid in [&b"GET / HTTP/1.1\r\n\r\n"[..], &frame(RTP), &frame(&request_to("unknown")), &[0, 0]] {
        let mut bad = harness.tcp();
        bad.write_all(invalid).unwrap();
        harness.until_closed(&mut bad);
    }
    good.write_all(&frame(RTP)).unwrap();
    assert_eq!(harness.until_received(2)[1].1, RTP);
}

#[test]
fn refused_connections_are_counted() {
    let mut harness = Harness::new();
    let _streams: Vec<_> = (0..66).map(|_| harness.tcp()).collect();
    let stats = Arc::clone(&harness.stats);
    harness.until("two are refused", |_| stats.snapshot()[Counter::TcpConnectionsRefused] == 2);
}

#[test]
fn idle_unrecognised_connection_is_closed_by_its_timeout() {
    let mut harness = Harness::new();
    let mut idle = harness.tcp();
    let mut known = harness.tcp();
    known.write_all(&frame(&request_to("known"))).unwrap();
    harness.until_received(1);
    harness.until("connections are accepted", |event_loop| event_loop.net.deadline().is_some());
    harness.now += Duration::from_secs(11);
    harness.until_closed(&mut idle);
    known.write_all(&frame(RTP)).unwrap();
    assert_eq!(harness.until_received(2)[1].1, RTP, "a recognised connection may be idle");
}

#[test]
fn connections_per_address_are_limited() {
    let mut harness = Harness::new();
    let mut streams: Vec<TcpStream> = (0..65).map(|_| harness.tcp()).collect();
    let mut last = streams.pop().unwrap();
    harness.until_closed(&mut last);
    streams[0].write_all(&frame(&request_to("known"))).unwrap();
    harness.until_received(1);
}

#[test]
fn slow_tcp_reader_loses_whole_packets_and_stays_connected() {
    let mut harness = Harness::new();
    let mut slow = harness.tcp();
    slow.write_all(&frame(&request_to("known"))).unwrap();
    harness.until_received(1);
    let to = slow.local_addr().unwrap();
    for _ in 0..100 {
        harness.command(EchoCommand::Send(Transport::Tcp, to, 100));
    }
    let full = harness.stats.snapshot()[Counter::DroppedTcpQueueFull];
    assert!(full > 0, "the kernel does not buffer 12 MB");
    harness.now += Duration::from_secs(1);
    harness.command(EchoCommand::Send(Transport::Tcp, to, 1));
    let stats = harness.stats.snapshot();
    assert!(stats[Counter::DroppedTcpQueueLate] > 0);
    assert_eq!(stats[Counter::DroppedTcpQueueFull], full, "there is space for new ones");

    assert_eq!(read_frame(&mut slow), request_to("known"));
    // One may be partly sent.
    for _ in 1..stats[Counter::TcpFramesSent] {
        assert_eq!(read_frame(&mut slow), [1; 1_200]);
    }
    slow.write_all(&frame(RTP)).unwrap();
    assert_eq!(harness.until_received(2)[1].1, RTP);
    let echo = std::iter::from_fn(|| Some(read_frame(&mut slow))).find(|packet| packet != &[1; 1_200]);
    assert_eq!(echo.unwrap(), RTP, "the framing is intact");
}

#[test]
fn frames_of_a_turn_are_one_write() {
    let mut harness = Harness::new();
    let mut stream = harness.tcp();
    stream.write_all(&frame(&request_to("known"))).unwrap();
    harness.until_received(1);
    read_frame(&mut stream);
    let to = stream.local_addr().unwrap();
    let before = harness.stats.snapshot()[Counter::TcpWriteCalls];
    harness.command(EchoCommand::Send(Transport::Tcp, to, 10));
    (0..10).for_each(|_| assert_eq!(read_frame(&mut stream).len(), 1_200));
    let calls = harness.stats.snapshot()[Counter::TcpWriteCalls] - before;
    assert!((1..=2).contains(&calls), "{calls} calls: two where the ring of bytes has its end");
}

#[test]
fn last_packets_of_a_peer_are_sent_before_its_connection_closes() {
    let mut harness = Harness::new();
    let mut stream = harness.tcp();
    stream.write_all(&frame(&request_to("known"))).unwrap();
    harness.until_received(1);
    read_frame(&mut stream);
    let (to, rooms) = (stream.local_addr().unwrap(), &mut harness.event_loop.rooms);
    rooms.replies.push((Transport::Tcp, to, to, b"close_notify".to_vec()));
    rooms.unrouted.push(ROUTE);
    harness.turn_now();
    assert_eq!(read_frame(&mut stream), b"close_notify");
    assert_eq!(stream.read(&mut [0]).unwrap(), 0, "closed");
}

#[test]
fn unrouted_peer_loses_its_addresses_and_connections() {
    let mut harness = Harness::new();
    let mut stream = harness.tcp();
    stream.write_all(&frame(&request_to("known"))).unwrap();
    harness.until_received(1);
    harness.command(EchoCommand::Unroute);
    harness.until_closed(&mut stream);
    let socket = harness.udp();
    socket.send(&request_to("known")).unwrap();
    harness.command(EchoCommand::Route("again"));
    socket.send(&request_to("again")).unwrap();
    assert_eq!(harness.until_received(2)[1].1, request_to("again"));
}

#[test]
fn displaced_connection_of_a_peer_is_closed() {
    let mut harness = Harness::new();
    let connect = |harness: &mut Harness| {
        let mut stream = harness.tcp();
        let received = harness.event_loop.rooms.received.len();
        stream.write_all(&frame(&request_to("known"))).unwrap();
        harness.until_received(received + 1);
        read_frame(&mut stream);
        stream
    };
    let mut streams: Vec<TcpStream> = (0..32).map(|_| connect(&mut harness)).collect();
    streams[0].write_all(&frame(RTP)).unwrap();
    harness.until_received(33);
    streams.push(connect(&mut harness));
    harness.until_closed(&mut streams[1]);
    assert_eq!(read_frame(&mut streams[0]), RTP, "it has sent something since");
    for (number, at) in [0, 2, 32].into_iter().zip(35..) {
        streams[number].write_all(&frame(RTP)).unwrap();
        harness.until_received(at);
        assert_eq!(read_frame(&mut streams[number]), RTP, "open");
    }
}

#[test]
fn unanswered_connection_of_a_peer_that_ends_is_closed() {
    let mut harness = Harness::new();
    harness.event_loop.rooms.ignore_stun = true;
    let mut stream = harness.tcp();
    stream.write_all(&frame(&request_to("known"))).unwrap();
    harness.until_received(1);
    harness.command(EchoCommand::Unroute);
    harness.until_closed(&mut stream);
}

/// A peer that sends RTP with 1,100 SSRCs.
fn with_many_ssrcs(forged: bool) -> Harness {
    let mut harness = Harness::new();
    let mut known = harness.tcp();
    known.write_all(&frame(&request_to("known"))).unwrap();
    harness.until_received(1);
    (harness.event_loop.rooms.ignore_stun, harness.event_loop.rooms.forged) = (true, forged);
    for ssrc in 0..1_100_u32 {
        // Time passes: unknown SSRCs have a rate of their own.
        harness.now += Duration::from_millis(20);
        known.write_all(&frame(&[&RTP[..2], &[0; 6], &ssrc.to_be_bytes()].concat())).unwrap();
        let received = harness.event_loop.rooms.received.len();
        let ended = |event_loop: &EventLoop<Echo>| !event_loop.rooms.overrun.is_empty();
        harness.until("the packet", |event_loop| event_loop.rooms.received.len() > received || ended(event_loop));
    }
    harness
}

#[test]
fn peer_that_sends_too_many_ssrcs_is_ended_and_ignored() {
    let harness = with_many_ssrcs(false);
    assert_eq!(harness.event_loop.rooms.overrun, [ROUTE]);
    assert_eq!(harness.event_loop.rooms.received.len(), 1 + 1_001);
    assert_eq!(harness.stats.snapshot()[Counter::PeersOverrun], 1);
}

#[test]
fn ssrcs_of_forged_packets_do_not_end_the_peer() {
    let harness = with_many_ssrcs(true);
    assert_eq!(harness.event_loop.rooms.overrun, []);
    assert_eq!(harness.event_loop.rooms.received.len(), 1 + 1_100);
}
