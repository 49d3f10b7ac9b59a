//! Server offers (`server_offers`, LiveKit's `/rtc`): the server describes the sections of a connection on which the
//! client only receives, the client answers. With dual peer connections: the subscriber peer connection.

use std::time::Instant;

use super::catch_panic::catch_panic;
use super::description::Description;
use super::media::Media;
use crate::ids::PeerId;
use crate::sdp::error::OfferError;
use crate::sdp::server_offer::{OfferChange, ServerOffer};

impl Media {
    /// Creates an offer for this peer. Replaces an offer that is not answered yet. `None` if `change` changes
    /// nothing.
    pub fn create_offer(
        &mut self,
        now: Instant,
        peer: PeerId,
        change: &OfferChange,
    ) -> Result<Option<ServerOffer>, OfferError> {
        self.set_now(now);
        let receiver = self.peers.lend(&peer).ok_or(OfferError::UnknownPeer)?;
        match catch_panic(|| Ok(receiver.create_offer(change))) {
            Ok(offer) => Ok(offer),
            Err(why) => {
                self.fail(peer, why);
                Err(OfferError::Broken)
            }
        }
    }

    /// Applies the client's answer to the last offer. Errors: [`OfferError`], `Refused` if there is no unanswered
    /// offer.
    pub fn accept_answer(
        &mut self,
        now: Instant,
        peer: PeerId,
        answer: impl Into<Description>,
    ) -> Result<(), OfferError> {
        self.set_now(now);
        let answerer = self.peers.lend(&peer).ok_or(OfferError::UnknownPeer)?;
        let answer = answer.into().into_answer()?;
        let Some(pending) = answerer.pending_offer.take() else {
            return Err(OfferError::Refused("no offer is pending".to_owned()));
        };
        let accepted = catch_panic(|| {
            let accepted = answerer.rtc.sdp_api().accept_answer(pending, answer);
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
        answerer.clear_negotiated();
        self.with_peer(peer, |peer| peer.advance(now));
        Ok(())
    }
}
