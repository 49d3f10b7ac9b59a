//! Client offers (`client_offers`, LiveKit's `/rtc/v1`): the client describes its sections, the server answers.

use std::time::Instant;

use super::catch_panic::catch_panic;
use super::description::Description;
use super::media::Media;
use crate::ids::PeerId;
use crate::sdp::answer::Answer;
use crate::sdp::error::OfferError;
use crate::sdp::lines::section_outline;

impl Media {
    /// Answers a client's offer, the first one and every renegotiation. An ICE restart is an offer too; media
    /// continues over the old path until the new one is found.
    ///
    /// Errors: [`OfferError`]. The answer is final once [`Answer::sdp`] has been given its track labels.
    pub fn accept_offer(
        &mut self,
        now: Instant,
        peer: PeerId,
        offer: impl Into<Description>,
    ) -> Result<Answer, OfferError> {
        let now = self.set_now(now);
        let offerer = self.peers.lend(&peer).ok_or(OfferError::UnknownPeer)?;
        let (sdp, offer) = offer.into().into_offer()?;
        let accepted = catch_panic(|| {
            let answer = offerer.rtc.sdp_api().accept_offer(offer);
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
        if section_outline(&text) != section_outline(&sdp) {
            return Err(OfferError::Refused("its sections do not match the offer".to_owned()));
        }
        let answer = offerer.build_answer(&sdp, text);
        for section in answer.sections.iter().filter(|section| section.direction.publishes()) {
            self.update_dynacast(now, (peer, section.mid));
        }
        self.with_peer(peer, |_| Ok(()));
        Ok(answer)
    }
}
