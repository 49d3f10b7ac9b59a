//! When bandwidth probes are sent.

use std::time::Duration;

use str0m::net::Protocol;
use str0m::rtp::rtcp::Rtcp;
use str0m::rtp::{RawPacket, Ssrc};

use super::client::Client;
use super::sim::{RECV_VIDEO, SEND_VIDEO, Sim};
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
