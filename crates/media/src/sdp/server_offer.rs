//! A server offer: what it changes, and its text.

use std::collections::BTreeMap;

use str0m::media::Mid;

use super::section::{Kind, Msid};
use super::{candidates, labels};
use crate::io::ChannelConfig;

/// What the next server offer changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfferChange {
    /// ICE restart (RFC 8445 section 9).
    pub ice_restart: bool,
    /// Data channels to open. They are bound to the handles reserved for their labels.
    pub channels: Vec<ChannelConfig>,
    /// Inactive sections on which we send from now on.
    pub activate: Vec<Mid>,
    /// Sections on which we no longer send.
    pub deactivate: Vec<Mid>,
    /// New sections on which we send. [`Kind::Data`] is ignored.
    pub add: Vec<Kind>,
}

impl OfferChange {
    /// Nothing to offer.
    pub fn is_empty(&self) -> bool {
        !self.ice_restart
            && self.channels.is_empty()
            && self.activate.is_empty()
            && self.deactivate.is_empty()
            && self.add.is_empty()
    }
}

/// A server offer. Track labels are inserted last, as in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerOffer {
    /// The new sections, in the order of [`OfferChange::add`].
    pub added: Vec<Mid>,
    /// The local ICE ufrag once the offer is answered. The demultiplexer must know it.
    pub ufrag: String,
    pub(crate) text: String,
}

impl ServerOffer {
    /// The SDP to send. A section without a label is offered as inactive.
    pub fn sdp(&self, labels: &BTreeMap<Mid, Msid>) -> String {
        labels::labelled(&self.text, labels, true)
    }

    /// Our candidates as `candidate:` lines, and the mid of the section they are in.
    pub fn candidates(&self) -> (&str, Vec<&str>) {
        candidates::candidates(&self.text)
    }
}
