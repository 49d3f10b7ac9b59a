//! Our own offers, for clients with a second connection on which they only receive.

use std::time::Instant;

use str0m::change::SdpAnswer;

use super::catch_panic::contained;
use super::media::Media;
use crate::ids::PeerId;
use crate::sdp::error::OfferError;
use crate::sdp::server_offer::{Change, Proposal};

/// A client's answer to a hundred sections has about 100 kB.
const LONGEST_ANSWER: usize = 512 * 1024;

impl Media {
    /// Makes an offer to this peer. An older one that is not answered yet counts no more. `None` if there is
    /// nothing to say.
    pub fn propose(&mut self, now: Instant, peer: PeerId, change: &Change) -> Result<Option<Proposal>, OfferError> {
        self.at(now);
        let proposing = self.peers.get_mut(&peer).ok_or(OfferError::UnknownPeer)?;
        match contained(|| Ok(proposing.propose(change))) {
            Ok(proposal) => Ok(proposal),
            Err(why) => {
                self.fail(peer, why);
                Err(OfferError::Broken)
            }
        }
    }

    /// The peer's answer to the last offer.
    pub fn agree(&mut self, now: Instant, peer: PeerId, sdp: &str) -> Result<(), OfferError> {
        self.at(now);
        let agreeing = self.peers.get_mut(&peer).ok_or(OfferError::UnknownPeer)?;
        if sdp.len() > LONGEST_ANSWER {
            return Err(OfferError::TooLong);
        }
        let answer = contained(|| SdpAnswer::from_sdp_string(sdp).map_err(|error| error.to_string()))
            .map_err(OfferError::Unreadable)?;
        let Some(pending) = agreeing.pending.take() else {
            return Err(OfferError::Refused("nothing was offered".to_owned()));
        };
        let accepted = contained(|| {
            let accepted = agreeing.rtc.sdp_api().accept_answer(pending, answer);
            Ok(accepted.map_err(|error| error.to_string()))
        });
        match accepted {
            Ok(Ok(())) => {}
            Ok(Err(why)) => return Err(OfferError::Refused(why)),
            Err(why) => {
                self.fail(peer, why);
                return Err(OfferError::Broken);
            }
        }
        agreeing.renegotiated();
        self.turn(peer, |peer| peer.advance(now));
        Ok(())
    }
}
