//! Dynacast: reports to a publisher how many of its simulcast layers are subscribed to, so that it can stop encoding
//! the rest.

use std::time::Instant;

use str0m::media::Mid;

use super::media::Media;
use crate::ids::{PeerId, SectionKey};
use crate::io::Output;
use crate::publication::Publication;
use crate::sdp::section::Kind;

impl Media {
    /// The subscriptions to this publication may have changed, or a delayed reduction may be due.
    pub(crate) fn update_dynacast(&mut self, now: Instant, (peer, mid): SectionKey) {
        let subscriptions = self.routes.subscriptions_of((peer, mid));
        let Some(publication) = self.peers.get(&peer).and_then(|peer| peer.publications.get(&mid)) else {
            return;
        };
        let all = publication.layer_count();
        if publication.kind != Kind::Video {
            return;
        }
        let layers_needed = |subscription: &SectionKey| {
            let subscription = self.peers.get(&subscription.0)?.subscriptions.get(&subscription.1)?;
            (!subscription.paused).then(|| publication.layer_index(subscription.max_layer).min(all - 1) + 1)
        };
        let wanted = subscriptions.iter().filter_map(layers_needed).max().unwrap_or(0);
        let publication = self.peers.lend(&peer).and_then(|peer| peer.publications.get_mut(&mid));
        if let Some(layers) = publication.and_then(|publication| publication.layer_demand.update(now, wanted, all)) {
            self.outputs.push_back(Output::DynacastLayers { peer, mid, layers });
        }
    }

    /// Reports again how many layers of a peer's videos are subscribed to, and which tracks it is not sent for want of
    /// bandwidth: its client has missed reports while it had no signalling connection.
    pub fn repeat_reports(&mut self, id: PeerId) {
        let Some(peer) = self.peers.get(&id) else {
            return;
        };
        let advertised = peer.publications.iter().filter_map(|(mid, publication)| {
            let layers = publication.layer_demand.advertised()?;
            Some(Output::DynacastLayers { peer: id, mid: *mid, layers })
        });
        let sent = peer.subscriptions.iter().map(|(mid, subscription)| {
            let paused = subscription.bandwidth_paused;
            Output::VideoPaused { peer: id, mid: *mid, paused }
        });
        let reports: Vec<Output> = advertised.chain(sent).collect();
        self.outputs.extend(reports);
    }

    pub(crate) fn update_due_dynacast(&mut self, now: Instant, id: PeerId) {
        let due = |publication: &Publication| publication.layer_demand.deadline().is_some_and(|at| at <= now);
        let Some(peer) = self.peers.get(&id) else {
            return;
        };
        let mids: Vec<Mid> =
            peer.publications.iter().filter(|(_, publication)| due(publication)).map(|(mid, _)| *mid).collect();
        mids.into_iter().for_each(|mid| self.update_dynacast(now, (id, mid)));
    }
}
