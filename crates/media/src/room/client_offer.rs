//! Offers: the client describes its sections, we agree.

use std::time::Instant;

use str0m::change::SdpOffer;

use super::catch_panic::contained;
use super::media::Media;
use crate::ids::PeerId;
use crate::sdp::answer::Answer;
use crate::sdp::error::OfferError;
use crate::sdp::lines::outline;

/// A browser's offer with a hundred sections has about 200 kB.
const LONGEST_OFFER: usize = 512 * 1024;

impl Media {
    /// Agrees to what the client offers, the first time and every time. An ICE restart is an offer too;
    /// media goes on over the old path until the new one is found.
    pub fn offer(&mut self, now: Instant, peer: PeerId, sdp: &str) -> Result<Answer, OfferError> {
        let now = self.at(now);
        let offering = self.peers.get_mut(&peer).ok_or(OfferError::UnknownPeer)?;
        if sdp.len() > LONGEST_OFFER {
            return Err(OfferError::TooLong);
        }
        let offer = contained(|| SdpOffer::from_sdp_string(sdp).map_err(|error| error.to_string()))
            .map_err(OfferError::Unreadable)?;
        let accepted = contained(|| {
            let answer = offering.rtc.sdp_api().accept_offer(offer);
            Ok(answer.map(|answer| answer.to_sdp_string()).map_err(|error| error.to_string()))
        });
        let text = match accepted {
            Ok(Ok(text)) => text,
            Ok(Err(why)) => return Err(OfferError::Refused(why)),
            Err(why) => {
                self.fail(peer, why);
                return Err(OfferError::Broken);
            }
        };
        if outline(&text) != outline(sdp) {
            return Err(OfferError::Refused("its sections are not the ones it had".to_owned()));
        }
        let answer = offering.agreed(sdp, text);
        for section in answer.sections.iter().filter(|section| section.direction.publishes()) {
            self.weigh(now, (peer, section.mid));
        }
        self.turn(peer, |_| Ok(()));
        Ok(answer)
    }
}
