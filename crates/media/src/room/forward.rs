//! The way of a packet from one peer to the others, and of a request for a keyframe back.

use std::time::Instant;

use str0m::format::PayloadParams;
use str0m::media::Rid;
use str0m::rtp::{RtpPacket, Vp8Descriptor};

use super::catch_panic::contained;
use super::media::Media;
use crate::ids::{PeerId, Port};
use crate::io::Output;
use crate::peer::Said;
use crate::peer::send::Taken;
use crate::rtp::packet::{Arrival, Form};
use crate::rtp::{keyframe, red};
use crate::sdp::section::{Codec, Kind};

impl Media {
    /// What a peer said goes to those it concerns.
    pub(crate) fn pass_on(&mut self, now: Instant, id: PeerId, said: Said) {
        for (mid, rid, rtp) in said.packets {
            if let Some(arrival) = self.arrival(now, (id, mid), rid, rtp) {
                self.forward(now, arrival);
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
        let carries = |params: &&PayloadParams| params.pt() == pt || params.red() == Some(pt);
        let params = *peer.rtc.codec_config().params().iter().find(carries)?;
        let captured = peer.clock.captured(&rtp);
        let published = peer.sources.get_mut(&source.1)?;
        if published.muted {
            return None;
        }
        let codec = params.spec().codec;
        let is_vp8 = codec == str0m::format::Codec::Vp8;
        let vp8 = is_vp8.then(|| Vp8Descriptor::parse(&rtp.payload).ok()).flatten();
        let keyframe = keyframe::starts(codec, &rtp.payload, vp8.as_ref());

        published.codec = Codec::of(codec);
        published.saw(now, rid, rtp.header.ssrc, keyframe, rtp.payload.len());
        if !std::mem::replace(&mut published.received, true) {
            self.outputs.push_back(Output::Receiving { peer: source.0, mid: source.1 });
        }
        if let Some(level) = rtp.header.ext_vals.audio_level {
            published.meter.hear(now, level, rtp.header.ext_vals.voice_activity);
        }
        let form = if params.red() == Some(pt) { Form::Redundant(red::primary(&rtp.payload)?) } else { Form::Plain };
        let captured = captured.unwrap_or(now);
        Some(Arrival { source, kind: published.kind, rid, params, keyframe, vp8, form, captured, rtp })
    }

    fn forward(&mut self, now: Instant, arrival: Arrival) {
        let mut broken = Vec::new();
        let mut wanted = None;
        let mut begun = Vec::new();
        for (id, mid) in self.table.sinks_of(arrival.source) {
            let best = self.best((*id, *mid), now).unwrap_or(arrival.rid);
            let Some(peer) = self.peers.get_mut(id) else {
                continue;
            };
            let sent = contained(|| Ok(peer.take(now, *mid, &arrival, best)));
            match sent {
                Ok(Taken::Begun) => begun.push((*id, *mid)),
                Ok(Taken::Waits(rid)) => wanted = Some(rid),
                Ok(Taken::Done) => {}
                Err(why) => broken.push((*id, why)),
            }
        }
        for (id, why) in broken {
            self.fail(id, why);
        }
        if !begun.is_empty() && arrival.kind == Kind::Video {
            self.catch_up(now, &arrival, &begun);
        }
        if let Some(rid) = wanted {
            let source = arrival.source;
            if let Some(source) = self.peers.get_mut(&source.0).and_then(|peer| peer.sources.get_mut(&source.1)) {
                source.early.keep(now, arrival);
            }
            self.ask(now, source, rid);
        }
    }

    /// The first packet of a keyframe was lost and came after the others: those follow it now. Without this
    /// a viewer who begins there waits for another keyframe.
    fn catch_up(&mut self, now: Instant, first: &Arrival, begun: &[Port]) {
        let source = self.peers.get_mut(&first.source.0).and_then(|peer| peer.sources.get_mut(&first.source.1));
        let early = source.map(|source| source.early.after(now, first)).unwrap_or_default();
        for (arrival, (id, mid)) in early.iter().flat_map(|arrival| begun.iter().map(move |sink| (arrival, *sink))) {
            let Some(peer) = self.peers.get_mut(&id) else {
                continue;
            };
            if let Err(why) = contained(|| Ok(peer.take(now, mid, arrival, arrival.rid))) {
                self.fail(id, why);
            }
        }
    }
}
