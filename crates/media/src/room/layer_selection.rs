//! Layer selection: which simulcast layer a subscription is sent.

use std::time::Instant;

use str0m::media::Rid;

use super::media::Media;
use crate::ids::Port;

impl Media {
    /// The layer a sink ought to be on.
    pub(crate) fn best(&self, sink: Port, now: Instant) -> Option<Option<Rid>> {
        let receiver = self.peers.get(&sink.0)?.sinks.get(&sink.1)?;
        let source = self.source(sink)?;
        source.best(now, source.rank(receiver.limit).min(receiver.cap.unwrap_or(usize::MAX)))
    }
}
