//! Who receives what. Nothing is forwarded that is not written here.

use std::collections::BTreeMap;

use crate::ids::{PeerId, Port};

/// A sink has one source, a source any number of sinks.
#[derive(Debug, Default)]
pub(crate) struct Table {
    source_of: BTreeMap<Port, Port>,
    sinks_of: BTreeMap<Port, Vec<Port>>,
}

impl Table {
    /// Moves the sink to this source. False if it was there already.
    pub(crate) fn connect(&mut self, source: Port, sink: Port) -> bool {
        if self.source_of.get(&sink) == Some(&source) {
            return false;
        }
        self.disconnect(sink);
        self.source_of.insert(sink, source);
        self.sinks_of.entry(source).or_default().push(sink);
        true
    }

    pub(crate) fn disconnect(&mut self, sink: Port) -> Option<Port> {
        let source = self.source_of.remove(&sink)?;
        if let Some(sinks) = self.sinks_of.get_mut(&source) {
            sinks.retain(|other| *other != sink);
            if sinks.is_empty() {
                self.sinks_of.remove(&source);
            }
        }
        Some(source)
    }

    /// Removes every line this peer is in. Answers the sinks that lost their source, and the sources that
    /// lost a sink.
    pub(crate) fn forget(&mut self, peer: PeerId) -> (Vec<Port>, Vec<Port>) {
        let of_peer = |port: &Port| port.0 == peer;
        let involved = self.source_of.iter().filter(|(sink, source)| of_peer(sink) || of_peer(source));
        let involved: Vec<(Port, Port)> = involved.map(|(sink, source)| (*sink, *source)).collect();
        for (sink, _) in &involved {
            self.disconnect(*sink);
        }
        let orphans = involved.iter().map(|(sink, _)| *sink).filter(|sink| !of_peer(sink)).collect();
        let unwatched = involved.iter().map(|(_, source)| *source).filter(|source| !of_peer(source)).collect();
        (orphans, unwatched)
    }

    pub(crate) fn source_of(&self, sink: Port) -> Option<Port> {
        self.source_of.get(&sink).copied()
    }

    pub(crate) fn sinks_of(&self, source: Port) -> &[Port] {
        self.sinks_of.get(&source).map_or(&[], Vec::as_slice)
    }
}
