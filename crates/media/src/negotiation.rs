//! Offers: the client describes its sections, we agree.

use std::time::Instant;

use str0m::change::SdpOffer;

use crate::contained::contained;
use crate::media::Media;
use crate::offer::{self, Offered};
use crate::peer::Peer;
use crate::source::Source;
use crate::{Answer, Codec, Kind, OfferError, PeerId, Section};

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
        if offer::outline(&text) != offer::outline(sdp) {
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

impl Peer {
    fn agreed(&mut self, sdp: &str, text: String) -> Answer {
        self.renegotiated();
        let offered = offer::sections(sdp);
        for section in &offered {
            self.describe(section);
        }
        let ufrag = self.rtc.direct_api().local_ice_credentials().ufrag;
        let sections = offered.into_iter().map(|section| self.section(section)).collect();
        Answer { sections, ufrag, text }
    }

    fn describe(&mut self, section: &Offered) {
        if section.kind == Kind::Data || !section.direction.publishes() {
            self.sources.remove(&section.mid);
            return;
        }
        self.sources
            .entry(section.mid)
            .and_modify(|source| source.describe(section.kind, &section.rids))
            .or_insert_with(|| Source::new(section.kind, &section.rids));
    }

    fn section(&self, offered: Offered) -> Section {
        let pts = self.rtc.media(offered.mid).map(|media| media.remote_pts()).unwrap_or_default();
        let params = self.rtc.codec_config().params();
        let mut codecs = Vec::new();
        for pt in pts {
            let known = params.iter().find(|params| params.pt() == *pt);
            if let Some(codec) = known.and_then(|params| Codec::of(params.spec().codec))
                && !codecs.contains(&codec)
            {
                codecs.push(codec);
            }
        }
        Section {
            mid: offered.mid,
            kind: offered.kind,
            direction: offered.direction,
            msid: offered.msid,
            rids: offered.rids,
            codecs,
            redundant: offered.redundant,
        }
    }
}
