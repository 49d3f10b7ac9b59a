//! Audio levels of publishers, reported a few times a second (RFC 6464).

use std::time::Instant;

use super::media::Media;
use crate::ids::PeerId;
use crate::io::Output;

impl Media {
    /// Reports the audio level of each publication whose measurement window is over.
    pub(crate) fn report_audio_levels(&mut self, now: Instant, id: PeerId) {
        let Some(peer) = self.peers.lend(&id) else {
            return;
        };
        for (mid, publication) in &mut peer.publications {
            if let Some(level) = publication.audio_level.report(now) {
                self.outputs.push_back(Output::AudioLevel {
                    peer: id,
                    mid: *mid,
                    level: level.loudest,
                    active: level.active,
                });
            }
        }
    }
}
