//! Limits publishers without layers (REMB) to what their subscribers can receive: with a single subscriber, a picture
//! that is less sharp for all is better than none.
//!
//! libwebrtc applies the limit to everything that the peer sends.

use std::time::Instant;

use str0m::bwe::Bitrate;
use str0m::media::Mid;

use super::media::Media;
use crate::ids::{PeerId, SectionKey};
use crate::peer::Peer;
use crate::sdp::section::Kind;

impl Media {
    /// The limits of these subscriptions may have changed.
    pub(crate) fn limit_senders(&mut self, now: Instant, subscriber: PeerId, mids: &[Mid]) {
        for mid in mids {
            let Some((publisher, _)) = self.routes.publication_of((subscriber, *mid)) else {
                continue;
            };
            let limit = self.peers.get(&publisher).and_then(|peer| self.limit_of(now, peer));
            if let Some(peer) = self.peers.lend(&publisher)
                && let Some(limit) = peer.sent_limit.update(now, limit)
            {
                peer.send_remb(limit);
            }
        }
    }

    /// Bits per second for everything that a peer publishes; `None` if a publication has a subscriber that can receive
    /// all of it.
    fn limit_of(&self, now: Instant, peer: &Peer) -> Option<u64> {
        let mut total = 0;
        let mut limited = false;
        for (mid, publication) in peer.publications.iter().filter(|(_, publication)| publication.is_active(now)) {
            let limit = match publication.kind {
                Kind::Video => self.limit_of_subscribers((peer.id, *mid)),
                _ => None,
            };
            limited |= limit.is_some();
            match limit {
                Some(Some(limit)) => total += limit,
                Some(None) => return None,
                None => total += publication.bitrate(now),
            }
        }
        limited.then_some(total)
    }

    /// The highest limit of the subscribers of a publication: `Some(None)` if one of them has none, `None` without
    /// subscribers.
    fn limit_of_subscribers(&self, publication: SectionKey) -> Option<Option<u64>> {
        let limit = |subscription: &SectionKey| {
            let peer = self.peers.get(&subscription.0).filter(|peer| peer.can_receive_media())?;
            let subscription = peer.subscriptions.get(&subscription.1)?;
            (!subscription.paused && !subscription.excess).then_some(subscription.sender_limit)
        };
        let limits: Vec<Option<u64>> = self.routes.subscriptions_of(publication).iter().filter_map(limit).collect();
        let all_limited = limits.iter().all(Option::is_some);
        let highest = limits.into_iter().max()?;
        Some(highest.filter(|_| all_limited))
    }
}

impl Peer {
    fn send_remb(&mut self, bits_per_second: u64) {
        let publications = self.publications.values().filter(|publication| publication.kind == Kind::Video);
        let Some(ssrc) = publications.filter_map(|publication| publication.ssrc(None)).next() else {
            return;
        };
        if let Some(stream) = self.rtc.direct_api().stream_rx(&ssrc) {
            stream.request_remb(Bitrate::bps(bits_per_second));
            self.mark_written();
        }
    }
}
