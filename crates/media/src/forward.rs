//! The way of a packet from one peer to the others, and of a request for a keyframe back.

use std::time::Instant;

use str0m::rtp::{RtpPacket, Vp8Descriptor};

use crate::contained::contained;
use crate::keyframe;
use crate::media::Media;
use crate::peer::{Peer, Said};
use crate::sink::{Arrival, Verdict};
use crate::table::Port;
use crate::{Kind, Mid, Output, PeerId, Rid};

impl Media {
    /// What a peer said goes to those it concerns.
    pub(crate) fn pass_on(&mut self, now: Instant, id: PeerId, said: Said) {
        for (mid, rid, rtp) in said.packets {
            if let Some(arrival) = self.arrival(now, (id, mid), rid, rtp) {
                self.forward(now, &arrival);
            }
        }
        for mid in said.wants_keyframe {
            self.ask_for(now, (id, mid));
        }
    }

    /// Looks into a packet once, for all who receive it.
    fn arrival(&mut self, now: Instant, source: Port, rid: Option<Rid>, rtp: RtpPacket) -> Option<Arrival> {
        let peer = self.peers.get_mut(&source.0)?;
        let pt = rtp.header.payload_type;
        let params = *peer.rtc.codec_config().params().iter().find(|params| params.pt() == pt)?;
        let published = peer.sources.get_mut(&source.1)?;
        let codec = params.spec().codec;
        let is_vp8 = codec == str0m::format::Codec::Vp8;
        let vp8 = is_vp8.then(|| Vp8Descriptor::parse(&rtp.payload).ok()).flatten();
        let keyframe = keyframe::starts(codec, &rtp.payload, vp8.as_ref());

        published.saw(now, rid, keyframe);
        if !std::mem::replace(&mut published.received, true) {
            self.outputs.push_back(Output::Receiving { peer: source.0, mid: source.1 });
        }
        if let Some(level) = rtp.header.ext_vals.audio_level {
            published.meter.hear(now, level, rtp.header.ext_vals.voice_activity);
        }
        Some(Arrival { source, kind: published.kind, rid, params, keyframe, vp8, rtp })
    }

    fn forward(&mut self, now: Instant, arrival: &Arrival) {
        let mut broken = Vec::new();
        let mut wanted = None;
        for (id, mid) in self.table.sinks_of(arrival.source) {
            let limit = self.peers.get(id).and_then(|peer| peer.sinks.get(mid)).and_then(|s| s.limit);
            let best = best(&self.peers, now, arrival.source, limit).unwrap_or(arrival.rid);
            let Some(peer) = self.peers.get_mut(id) else {
                continue;
            };
            let sent = contained(|| Ok(peer.take(now, *mid, arrival, best)));
            match sent {
                Ok(Some(rid)) => wanted = Some(rid),
                Ok(None) => {}
                Err(why) => broken.push((*id, why)),
            }
        }
        for (id, why) in broken {
            self.fail(id, why);
        }
        if let Some(rid) = wanted {
            self.ask(now, arrival.source, rid);
        }
    }

    /// This sink needs a keyframe: its source is asked, if there is one and it is not asked too often.
    pub(crate) fn ask_for(&mut self, now: Instant, sink: Port) {
        let Some(source) = self.table.source_of(sink) else {
            return;
        };
        let Some(receiver) = self.peers.get(&sink.0).and_then(|peer| peer.sinks.get(&sink.1)) else {
            return;
        };
        if receiver.paused {
            return;
        }
        let shown = receiver.shows();
        let rid = shown.or_else(|| best(&self.peers, now, source, receiver.limit)).unwrap_or(None);
        self.ask(now, source, rid);
    }

    fn ask(&mut self, now: Instant, source: Port, rid: Option<Rid>) {
        let Some(peer) = self.peers.get_mut(&source.0) else {
            return;
        };
        let Some(published) = peer.sources.get_mut(&source.1) else {
            return;
        };
        if published.kind == Kind::Video && published.ask(now, rid) {
            peer.ask_keyframe(source.1, rid);
        }
    }
}

fn best(
    peers: &std::collections::BTreeMap<PeerId, Peer>,
    now: Instant,
    source: Port,
    limit: Option<Rid>,
) -> Option<Option<Rid>> {
    peers.get(&source.0)?.sources.get(&source.1)?.best(now, limit)
}

impl Peer {
    /// Takes a packet that is meant for one of its sinks. Answers the layer it needs a keyframe of.
    fn take(&mut self, now: Instant, mid: Mid, arrival: &Arrival, best: Option<Rid>) -> Option<Option<Rid>> {
        // A sink whose section is not agreed on, or not for this codec, must not begin: the numbers it
        // would use up are missing in what the receiver sees.
        self.sinks.entry(mid).or_default();
        self.payload_type(mid, arrival)?;
        match self.sinks.get_mut(&mid)?.judge(now, arrival, best) {
            Verdict::Send(place) => {
                self.write(now, mid, place, arrival);
                None
            }
            Verdict::Drop => None,
            Verdict::NeedsKeyframe(rid) => Some(rid),
        }
    }
}
