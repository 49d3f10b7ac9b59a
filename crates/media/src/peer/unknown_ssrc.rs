//! RTP packets with an SSRC of which none has been authenticated yet.
//!
//! str0m assigns such an SSRC to the section that the packet names (MID, RFC 8843 section 9.2), and only then finds out
//! whether the packet is authentic. A forged one would take the section away from its publisher, whose packets name it
//! only until they are acknowledged. So what a packet has changed is undone if it proves to be forged.

use str0m::media::{Mid, Rid};
use str0m::rtp::Ssrc;

use super::Peer;
use crate::ids::LayerKey;
use crate::sdp::section::Kind;

/// More than any client uses in its life; then all are unknown once more.
const MAX_SSRCS: usize = 1_024;

/// The SSRC of a packet.
pub(super) struct UnknownSsrc {
    ssrc: Ssrc,
    /// The streams that str0m knew before, if it may assign the SSRC to one; `None` if the client's offer declares it.
    streams: Option<Vec<Stream>>,
}

/// The SSRCs of what is received on a section.
#[derive(Debug)]
struct Stream {
    kind: Kind,
    mid: Mid,
    rid: Option<Rid>,
    ssrc: Ssrc,
    rtx: Option<Ssrc>,
}

impl Peer {
    /// The SSRC of this RTP packet, if none of its packets has been authenticated.
    pub(super) fn unknown_ssrc(&mut self, packet: &[u8]) -> Option<UnknownSsrc> {
        let bytes = packet.get(8..12)?.try_into().ok()?;
        let ssrc = Ssrc::from(u32::from_be_bytes(bytes));
        if self.authenticated_ssrcs.contains(&ssrc) {
            return None;
        }
        let streams = self.received_streams();
        let is_declared =
            self.rtc.direct_api().stream_rx(&ssrc).is_some() || streams.iter().any(|stream| stream.rtx == Some(ssrc));
        Some(UnknownSsrc { ssrc, streams: (!is_declared).then_some(streams) })
    }

    fn received_streams(&mut self) -> Vec<Stream> {
        let mut direct = self.rtc.direct_api();
        let mut streams = Vec::new();
        for (mid, publication) in &self.publications {
            let rids: Vec<_> = publication.layers().into_iter().map(LayerKey::rid).collect();
            for rid in if rids.is_empty() { vec![None] } else { rids } {
                if let Some(stream) = direct.stream_rx_by_mid(*mid, rid) {
                    let (rid, ssrc, rtx) = (stream.rid(), stream.ssrc(), stream.rtx());
                    streams.push(Stream { kind: publication.kind, mid: *mid, rid, ssrc, rtx });
                }
            }
        }
        streams
    }

    /// The packet was fed, and proved to be authentic or not.
    pub(super) fn settle(&mut self, UnknownSsrc { ssrc, streams }: UnknownSsrc, is_authentic: bool) {
        if is_authentic {
            if self.authenticated_ssrcs.len() >= MAX_SSRCS {
                self.authenticated_ssrcs.clear();
            }
            self.authenticated_ssrcs.insert(ssrc);
        } else if let Some(streams) = streams {
            self.restore(ssrc, &streams);
        }
    }

    fn restore(&mut self, forged: Ssrc, streams: &[Stream]) {
        let mut direct = self.rtc.direct_api();
        direct.remove_stream_rx(forged);
        for before in streams {
            let is_unchanged = |stream: &mut str0m::rtp::StreamRx| stream.rtx() == before.rtx;
            if direct.stream_rx(&before.ssrc).is_some_and(is_unchanged) {
                continue;
            }
            let stream = direct.expect_stream_rx(before.ssrc, before.rtx, before.mid, before.rid);
            // Without an RTX stream nothing is sent again.
            stream.suppress_nack(before.kind == Kind::Audio);
        }
    }
}
