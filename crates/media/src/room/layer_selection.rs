//! Layer selection: which simulcast layer a subscription is sent.

use std::time::Instant;

use super::media::Media;
use crate::ids::{LayerKey, SectionKey};

impl Media {
    /// The highest active layer within the subscriber's limit and the allocated bandwidth. `None` without a route
    /// or an active layer.
    pub(crate) fn selected_layer(&self, subscription: SectionKey, now: Instant) -> Option<Option<LayerKey>> {
        let receiver = self.peers.get(&subscription.0)?.subscriptions.get(&subscription.1)?;
        let publication = self.publication_for(subscription)?;
        publication.best_layer(
            now,
            receiver.highest_layer(now, publication).min(receiver.allocated_layer.unwrap_or(usize::MAX)),
        )
    }
}
