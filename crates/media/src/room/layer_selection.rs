//! Layer selection: which layer a subscription is sent.

use std::time::Instant;

use super::media::Media;
use crate::ids::SectionKey;
use crate::subscription::Selection;

impl Media {
    /// The highest active layer within the subscriber's limit and the allocated bandwidth. `None` without a route
    /// or an active layer.
    pub(crate) fn select_layers(&self, subscription: SectionKey, now: Instant) -> Option<Selection> {
        let receiver = self.peers.get(&subscription.0)?.subscriptions.get(&subscription.1)?;
        let publication = self.publication_for(subscription)?;
        let highest = receiver.highest_layer(now, publication).min(receiver.allocated_layer.unwrap_or(usize::MAX));
        let layer = publication.best_layer(now, highest)?;
        Some(Selection { layer, target: publication.scalability.target(highest) })
    }
}
