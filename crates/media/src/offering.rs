//! Our own offers, for clients with a second connection on which they only receive.

use std::collections::BTreeMap;
use std::time::Instant;

use str0m::change::SdpAnswer;
use str0m::channel::{ChannelConfig, Reliability};
use str0m::media::{Direction, MediaKind};

use crate::answer;
use crate::contained::contained;
use crate::media::Media;
use crate::peer::Peer;
use crate::{Channel, Kind, Mid, Msid, OfferError, PeerId};

/// A client's answer to a hundred sections has about 100 kB.
const LONGEST_ANSWER: usize = 512 * 1024;

/// What our next offer changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The path is to be found anew (RFC 8445 section 9).
    pub restart: bool,
    /// The data channels are to be opened.
    pub channels: bool,
    /// Empty sections on which we send from now on.
    pub begin: Vec<Mid>,
    /// Sections on which we no longer send.
    pub end: Vec<Mid>,
    /// New sections, on which we send.
    pub add: Vec<Kind>,
}

impl Change {
    /// There is nothing to offer.
    pub fn is_empty(&self) -> bool {
        !self.restart && !self.channels && self.begin.is_empty() && self.end.is_empty() && self.add.is_empty()
    }
}

/// Our offer. As with an answer, the labels are put in at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The new sections, in the order of [`Change::add`].
    pub added: Vec<Mid>,
    /// The local ufrag once it is answered. Route it.
    pub ufrag: String,
    text: String,
}

impl Proposal {
    /// The text to send. A section without a label is offered as one on which we send nothing.
    pub fn sdp(&self, labels: &BTreeMap<Mid, Msid>) -> String {
        answer::labelled(&self.text, labels, true)
    }

    /// Our candidates, as they stand in the text, and the section they stand in.
    pub fn candidates(&self) -> (&str, Vec<&str>) {
        answer::candidates(&self.text)
    }
}

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

impl Peer {
    fn propose(&mut self, change: &Change) -> Option<Proposal> {
        let mut api = self.rtc.sdp_api();
        if change.restart {
            api.ice_restart(true);
        }
        if change.channels {
            for channel in [Channel::Reliable, Channel::Lossy, Channel::DataTrack] {
                api.add_channel_with_config(config_of(channel));
            }
        }
        // There and back: an offer that got lost has already set the direction, and what is not changed is not offered.
        for (mids, first, then) in [
            (&change.begin, Direction::Inactive, Direction::SendOnly),
            (&change.end, Direction::SendOnly, Direction::Inactive),
        ] {
            for mid in mids {
                api.set_direction(*mid, first);
                api.set_direction(*mid, then);
            }
        }
        let kinds = change.add.iter().filter_map(|kind| match kind {
            Kind::Audio => Some(MediaKind::Audio),
            Kind::Video => Some(MediaKind::Video),
            Kind::Data => None,
        });
        let added = kinds.map(|kind| api.add_media(kind, Direction::SendOnly, None, None, None)).collect();
        let (offer, pending) = api.apply()?;
        self.pending = Some(pending);
        let text = offer.to_sdp_string();
        let ufrag = text.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).unwrap_or_default().to_owned();
        Some(Proposal { added, ufrag, text })
    }
}

fn config_of(channel: Channel) -> ChannelConfig {
    let (ordered, reliability) = match channel {
        Channel::Reliable => (true, Reliability::Reliable),
        Channel::Lossy | Channel::DataTrack => (false, Reliability::MaxRetransmits { retransmits: 0 }),
    };
    ChannelConfig { label: channel.label().to_owned(), ordered, reliability, ..ChannelConfig::default() }
}
