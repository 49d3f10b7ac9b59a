//! When bandwidth probes are sent.

use std::time::Duration;

use str0m::net::Protocol;
use str0m::rtp::rtcp::Rtcp;
use str0m::rtp::{RawPacket, Ssrc};

use super::client::Client;
use super::sim::{RECV_AUDIO, RECV_VIDEO, SEND_AUDIO, SEND_VIDEO, Sim};
use crate::subscription::Subscription;

/// The index of the first packet with a payload. Padding alone has none.
fn first_packet(raw: &[RawPacket], of: Ssrc) -> Option<usize> {
    raw.iter().position(|packet| match packet {
        RawPacket::RtpRx(header, payload) => header.ssrc == of && !payload.is_empty(),
        _ => false,
    })
}

fn first_report(raw: &[RawPacket], on: Ssrc) -> Option<usize> {
    raw.iter().position(|packet| {
        let reports = match packet {
            RawPacket::RtcpTx(Rtcp::ReceiverReport(report)) => &report.reports,
            RawPacket::RtcpTx(Rtcp::SenderReport(report)) => &report.reports,
            _ => return false,
        };
        reports.iter().any(|block| block.ssrc == on)
    })
}

/// pion takes a track's codec from the packet it reads first, and reads a copy on the RTX SSRC before its original if
/// both came before it had set up the stream.
#[test]
fn no_probe_is_sent_before_the_first_receiver_report() {
    let mut sim = Sim::new(1);
    let one = sim.join(1, &[SEND_VIDEO, SEND_VIDEO]);
    let viewer = Client::with(sim.now, 2, Protocol::Udp, |config| config.enable_raw_packets(true));
    let two = sim.join_client(2, viewer, &[RECV_VIDEO, RECV_VIDEO], &[]);
    let mut copies = 0;
    for (from, to) in one.iter().zip(&two) {
        sim.connect((1, *from), (2, *to));
        sim.seconds(8);
        let viewer = sim.client(2);
        let mut direct = viewer.rtc.direct_api();
        let stream = direct.stream_rx_by_mid(*to, None).expect("it receives");
        let (main, rtx) = (stream.ssrc(), stream.rtx().expect("an RTX SSRC"));
        let raw = std::mem::take(&mut viewer.raw);
        let reported = first_report(&raw, main).expect("a reception report");
        assert!(first_packet(&raw, main).is_some_and(|begun| begun < reported));
        if let Some(copied) = first_packet(&raw, rtx) {
            assert!(reported < copied, "reported at packet {reported}, copied at packet {copied}");
            copies += 1;
        }
    }
    assert!(copies > 0, "nothing is probed at all");
}

#[test]
fn missing_receiver_reports_delay_probing_by_five_seconds() {
    let (now, mut subscription) = (super::origin(), Subscription::default());
    assert!(!subscription.is_unreported(now), "nothing to send");
    subscription.await_report(now);
    assert!(subscription.is_unreported(now + Duration::from_millis(4_999)));
    assert!(!subscription.is_unreported(now + Duration::from_secs(5)));
    subscription.sending(now + Duration::from_secs(1));
    assert!(subscription.is_unreported(now + Duration::from_secs(5)), "from the first packet on");
    subscription.sending(now + Duration::from_secs(2));
    assert!(!subscription.is_unreported(now + Duration::from_secs(6)), "a change of layer does not extend it");
    assert!(subscription.is_unreported(now + Duration::from_millis(5_999)));
    subscription.reported = true;
    assert!(!subscription.is_unreported(now));
}

/// Packets that a viewer receives, by kind.
#[derive(Debug, Default)]
struct Received {
    media: usize,
    /// Copies of media on the RTX SSRC that nobody requested, and padding.
    padding: usize,
    rtcp: usize,
}

impl Received {
    fn count(raw: &[RawPacket], rtx: Ssrc) -> Self {
        let mut received = Self::default();
        for packet in raw {
            match packet {
                RawPacket::RtpRx(header, payload) if header.ssrc == rtx || payload.is_empty() => received.padding += 1,
                RawPacket::RtpRx(..) => received.media += 1,
                RawPacket::RtcpRx(_) => received.rtcp += 1,
                _ => {}
            }
        }
        received
    }
}

/// Besides media a viewer is sent reports. Feedback to publishers is more: str0m sends it twenty times a second.
#[test]
fn uncongested_line_is_sent_hardly_anything_but_media() {
    for (rids, size) in [(&[][..], 1_042), (&[][..], 300), (&["q", "h", "f"][..], 1_042)] {
        let mut sim = Sim::new(2);
        let one = sim.join_as(1, &[SEND_AUDIO, SEND_VIDEO], rids, Protocol::Udp);
        let highest = sim.client(1).tracks.last_mut().unwrap();
        (highest.size, highest.parts) = (size, 6);
        let viewer = Client::with(sim.now, 2, Protocol::Udp, |config| config.enable_raw_packets(true));
        let two = sim.join_client(2, viewer, &[RECV_AUDIO, RECV_VIDEO], &[]);
        sim.connect((1, one[0]), (2, two[0]));
        sim.connect((1, one[1]), (2, two[1]));
        sim.seconds(6);
        let viewer = sim.client(2);
        let rtx = viewer.rtc.direct_api().stream_rx_by_mid(two[1], None).and_then(|stream| stream.rtx());
        viewer.raw.clear();
        sim.seconds(20);
        let received = Received::count(&sim.client(2).raw, rtx.expect("an RTX SSRC"));
        assert!(received.media > 4_400, "{received:?}");
        assert!(received.padding * 100 <= received.media, "{received:?}");
        assert!(received.rtcp * 50 <= received.media, "{received:?}");
    }
}
