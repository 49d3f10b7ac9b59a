//! The way of a packet from one peer to the others, and of a request for a keyframe back.

use std::time::Instant;

use str0m::format::PayloadParams;
use str0m::rtp::{RtpPacket, Vp8Descriptor};

use crate::contained::contained;
use crate::keyframe;
use crate::media::Media;
use crate::peer::{Peer, Said};
use crate::red;
use crate::sink::{Arrival, Form, Verdict};
use crate::table::Port;
use crate::{Codec, Kind, Mid, Output, PeerId, Rid};

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

    /// The layer a sink ought to be on.
    fn best(&self, sink: Port, now: Instant) -> Option<Option<Rid>> {
        let receiver = self.peers.get(&sink.0)?.sinks.get(&sink.1)?;
        let source = self.source(sink)?;
        source.best(now, source.rank(receiver.limit).min(receiver.cap.unwrap_or(usize::MAX)))
    }

    /// This sink needs a keyframe: its source is asked, if there is one and it is not asked too often.
    pub(crate) fn ask_for(&mut self, now: Instant, sink: Port) {
        let Some(source) = self.table.source_of(sink) else {
            return;
        };
        let Some(receiver) = self.peers.get(&sink.0).and_then(|peer| peer.sinks.get(&sink.1)) else {
            return;
        };
        if receiver.paused || receiver.starved {
            return;
        }
        let rid = receiver.shows().or_else(|| self.best(sink, now)).unwrap_or(None);
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

/// What became of a packet at one sink.
enum Taken {
    /// It was sent, or is not for this sink.
    Done,
    /// It was sent, and with it the stream began.
    Begun,
    /// The sink waits for a keyframe of this layer.
    Waits(Option<Rid>),
}

impl Peer {
    /// Takes a packet that is meant for one of its sinks.
    fn take(&mut self, now: Instant, mid: Mid, arrival: &Arrival, best: Option<Rid>) -> Taken {
        // A sink whose section is not agreed on, or not for this codec, must not begin: the numbers it
        // would use up are missing in what the receiver sees.
        self.sinks.entry(mid).or_default();
        if self.payload_type(mid, arrival).is_none() {
            return Taken::Done;
        }
        let verdict = self.sinks.get_mut(&mid).map(|sink| sink.judge(now, arrival, best));
        match verdict {
            Some(Verdict::Send { place, begins }) => {
                self.write(now, mid, place, arrival);
                if begins { Taken::Begun } else { Taken::Done }
            }
            Some(Verdict::NeedsKeyframe(rid)) => Taken::Waits(rid),
            Some(Verdict::Drop) | None => Taken::Done,
        }
    }
}
