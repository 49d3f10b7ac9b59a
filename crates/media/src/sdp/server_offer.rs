//! What an offer of ours changes, and its text.

use std::collections::BTreeMap;

use str0m::media::Mid;

use super::section::{Kind, Msid};
use super::{candidates, labels};

/// What our next offer changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfferChange {
    /// The path is to be found anew (RFC 8445 section 9).
    pub ice_restart: bool,
    /// The data channels are to be opened.
    pub channels: bool,
    /// Empty sections on which we send from now on.
    pub activate: Vec<Mid>,
    /// Sections on which we no longer send.
    pub deactivate: Vec<Mid>,
    /// New sections, on which we send.
    pub add: Vec<Kind>,
}

impl OfferChange {
    /// There is nothing to offer.
    pub fn is_empty(&self) -> bool {
        !self.ice_restart
            && !self.channels
            && self.activate.is_empty()
            && self.deactivate.is_empty()
            && self.add.is_empty()
    }
}

/// Our offer. As with an answer, the labels are put in at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerOffer {
    /// The new sections, in the order of [`Change::add`].
    pub added: Vec<Mid>,
    /// The local ufrag once it is answered. Route it.
    pub ufrag: String,
    pub(crate) text: String,
}

impl ServerOffer {
    /// The text to send. A section without a label is offered as one on which we send nothing.
    pub fn sdp(&self, labels: &BTreeMap<Mid, Msid>) -> String {
        labels::labelled(&self.text, labels, true)
    }

    /// Our candidates, as they stand in the text, and the section they stand in.
    pub fn candidates(&self) -> (&str, Vec<&str>) {
        candidates::candidates(&self.text)
    }
}
