//! Dynacast: the publisher learns which of its layers are subscribed to.

use std::time::Instant;

use str0m::media::Mid;

use super::media::Media;
use crate::ids::{PeerId, Port};
use crate::io::Output;
use crate::publication::Source;
use crate::sdp::section::Kind;

impl Media {
    /// Somebody's wishes about this source may have changed, or time has passed.
    pub(crate) fn weigh(&mut self, now: Instant, (peer, mid): Port) {
        let sinks = self.table.sinks_of((peer, mid));
        let Some(source) = self.peers.get(&peer).and_then(|peer| peer.sources.get(&mid)) else {
            return;
        };
        let all = source.layers();
        if source.kind != Kind::Video {
            return;
        }
        let wants = |sink: &Port| {
            let sink = self.peers.get(&sink.0)?.sinks.get(&sink.1)?;
            (!sink.paused).then(|| source.rank(sink.limit).min(all - 1) + 1)
        };
        let wanted = sinks.iter().filter_map(wants).max().unwrap_or(0);
        let source = self.peers.get_mut(&peer).and_then(|peer| peer.sources.get_mut(&mid));
        if let Some(layers) = source.and_then(|source| source.demand.weigh(now, wanted, all)) {
            self.outputs.push_back(Output::Wanted { peer, mid, layers });
        }
    }

    pub(crate) fn reconsider(&mut self, now: Instant, id: PeerId) {
        let due = |source: &Source| source.demand.deadline().is_some_and(|at| at <= now);
        let Some(peer) = self.peers.get(&id) else {
            return;
        };
        let mids: Vec<Mid> = peer.sources.iter().filter(|(_, source)| due(source)).map(|(mid, _)| *mid).collect();
        mids.into_iter().for_each(|mid| self.weigh(now, (id, mid)));
    }
}
