//! Routes from publications to subscriptions. Nothing is forwarded without a route.

use std::collections::BTreeMap;

use crate::ids::{PeerId, SectionKey};

/// A subscription has one publication, a publication any number of subscriptions.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    publication_of: BTreeMap<SectionKey, SectionKey>,
    subscriptions_of: BTreeMap<SectionKey, Vec<SectionKey>>,
}

impl Routes {
    /// Moves the subscription to this publication. False if it was there already.
    pub(crate) fn connect(&mut self, publication: SectionKey, subscription: SectionKey) -> bool {
        if self.publication_of.get(&subscription) == Some(&publication) {
            return false;
        }
        self.disconnect(subscription);
        self.publication_of.insert(subscription, publication);
        self.subscriptions_of.entry(publication).or_default().push(subscription);
        true
    }

    pub(crate) fn disconnect(&mut self, subscription: SectionKey) -> Option<SectionKey> {
        let publication = self.publication_of.remove(&subscription)?;
        if let Some(subscriptions) = self.subscriptions_of.get_mut(&publication) {
            subscriptions.retain(|other| *other != subscription);
            if subscriptions.is_empty() {
                self.subscriptions_of.remove(&publication);
            }
        }
        Some(publication)
    }

    /// Removes every route of this peer. Returns the subscriptions of others that lost their publication, and the
    /// publications of others that lost a subscription.
    pub(crate) fn remove_peer(&mut self, peer: PeerId) -> (Vec<SectionKey>, Vec<SectionKey>) {
        let of_peer = |port: &SectionKey| port.0 == peer;
        let affected = self
            .publication_of
            .iter()
            .filter(|(subscription, publication)| of_peer(subscription) || of_peer(publication));
        let affected: Vec<(SectionKey, SectionKey)> =
            affected.map(|(subscription, publication)| (*subscription, *publication)).collect();
        for (subscription, _) in &affected {
            self.disconnect(*subscription);
        }
        let orphans = affected
            .iter()
            .map(|(subscription, _)| *subscription)
            .filter(|subscription| !of_peer(subscription))
            .collect();
        let unwatched =
            affected.iter().map(|(_, publication)| *publication).filter(|publication| !of_peer(publication)).collect();
        (orphans, unwatched)
    }

    pub(crate) fn publication_of(&self, subscription: SectionKey) -> Option<SectionKey> {
        self.publication_of.get(&subscription).copied()
    }

    pub(crate) fn subscriptions_of(&self, publication: SectionKey) -> &[SectionKey] {
        self.subscriptions_of.get(&publication).map_or(&[], Vec::as_slice)
    }
}
