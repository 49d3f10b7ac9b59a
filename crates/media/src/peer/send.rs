//! What goes out to one device: packets under its sinks' numbers, and requests for keyframes.

use std::time::Instant;

use str0m::media::{KeyframeRequestKind, Mid, Pt, Rid};
use str0m::rtp::{ExtensionValues, RtpWrite, SeqNo};

use super::Peer;
use crate::rtp::dependency_descriptor as descriptor;
use crate::rtp::packet::{Arrival, Form, Stream};
use crate::rtp::timeline::Place;
use crate::sdp::section::Kind;
use crate::subscription::{Mapped, Verdict};

/// What became of a packet at one sink.
pub(crate) enum Taken {
    /// It was sent, or is not for this sink.
    Done,
    /// It was sent, and with it the stream began.
    Begun,
    /// The sink waits for a keyframe of this layer.
    Waits(Option<Rid>),
}

impl Peer {
    /// Takes a packet that is meant for one of its sinks.
    pub(crate) fn take(&mut self, now: Instant, mid: Mid, arrival: &Arrival, best: Option<Rid>) -> Taken {
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

    /// The next track on this section comes under a new SSRC. Chromium puts a track's pictures on the screen
    /// by the SSRC of its description: told of a new track under the number of one that has gone, it decodes
    /// every picture and shows none, so whoever stayed would look at black after the other's reload.
    pub(crate) fn renumber(&mut self, mid: Mid) {
        self.sinks.entry(mid).or_default().end();
        let mut direct = self.rtc.direct_api();
        let Some((old, rtx)) = direct.stream_tx_by_mid(mid, None).map(|stream| (stream.ssrc(), stream.rtx())) else {
            return;
        };
        // Not `reset_stream_tx`: it leaves the stream filed under its old number, where no feedback finds it.
        direct.remove_stream_tx(old);
        let (ssrc, rtx) = (direct.new_ssrc(), rtx.map(|_| direct.new_ssrc()));
        direct.declare_stream_tx(ssrc, rtx, mid, None);
    }

    /// Writes a packet out under the sink's numbers. Not sent before the next [`Peer::advance`].
    pub(crate) fn write(&mut self, now: Instant, mid: Mid, place: Place, arrival: &Arrival) {
        let Some(Mapped { pt, wrapped }) = self.payload_type(mid, arrival) else {
            return;
        };
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(mid, None) else {
            return;
        };
        let from = &arrival.rtp;
        let payload = match &arrival.form {
            Form::Redundant(alone) if !wrapped => alone.clone(),
            _ => from.payload.clone(),
        };
        let size = payload.len();
        let nackable = arrival.kind == Kind::Video;
        let mut packet = RtpWrite::new(pt, SeqNo::from(place.seq), place.time, arrival.captured, payload)
            .marker(from.header.marker)
            .ext_vals(passed_on(&from.header.ext_vals))
            .nackable(nackable);
        let sink = self.sinks.get_mut(&mid);
        let vp8 = arrival.vp8.as_ref().zip(sink);
        if let Some(patch) = vp8.and_then(|(vp8, sink)| sink.vp8.patch(vp8, place.seq)) {
            packet = packet.vp8_patch(patch);
        }
        stream.write_rtp(packet);
        self.dirty = true;
        match arrival.kind {
            Kind::Video => self.bandwidth.sends(now),
            _ => self.bandwidth.sound.add(now, size),
        }
        self.last_media = now;
        self.stats.packets_out += 1;
        self.stats.bytes_out += size as u64;
    }

    /// The number this peer has agreed on for the source's codec on this section.
    pub(crate) fn payload_type(&mut self, mid: Mid, arrival: &Arrival) -> Option<Mapped> {
        let key = (Stream::of(arrival), arrival.rtp.header.payload_type);
        let known = self.sinks.get(&mid)?.mapped;
        if let Some((stream, from, to)) = known
            && (stream, from) == key
        {
            return to;
        }
        let to = self.both_know(mid, arrival);
        // A section that is not negotiated yet may be in a moment: remember only what is settled.
        if self.rtc.media(mid).is_some()
            && let Some(sink) = self.sinks.get_mut(&mid)
        {
            sink.mapped = Some((key.0, key.1, to));
        }
        to
    }

    fn both_know(&self, mid: Mid, arrival: &Arrival) -> Option<Mapped> {
        let agreed = |pt: &Pt| self.rtc.media(mid).is_some_and(|media| media.remote_pts().contains(pt));
        let known = self.rtc.codec_config();
        let same = known.match_params(arrival.params).filter(|params| agreed(&params.pt()));
        // Another profile of the same codec is better than nothing: programs that name none decode them all.
        let codec = arrival.params.spec().codec;
        let akin = || known.params().iter().find(|params| params.spec().codec == codec && agreed(&params.pt()));
        let ours = same.or_else(akin)?;
        let red = ours.red().filter(|_| arrival.form != Form::Plain && agreed(&ours.pt()));
        match red {
            Some(pt) => Some(Mapped { pt, wrapped: true }),
            None => Some(ours.pt()).filter(agreed).map(|pt| Mapped { pt, wrapped: false }),
        }
    }

    pub(crate) fn ask_keyframe(&mut self, mid: Mid, rid: Option<Rid>) {
        let ssrc = self.sources.get(&mid).and_then(|source| source.ssrc(rid));
        let mut direct = self.rtc.direct_api();
        let stream = match ssrc {
            Some(ssrc) => direct.stream_rx(&ssrc),
            None => direct.stream_rx_by_mid(mid, rid),
        };
        if let Some(stream) = stream {
            stream.request_keyframe(KeyframeRequestKind::Pli);
            self.stats.keyframes_asked += 1;
            self.dirty = true;
        }
    }
}

/// The header extensions that mean the same to a receiver as they did to us.
fn passed_on(from: &ExtensionValues) -> ExtensionValues {
    let mut passed_on = ExtensionValues {
        audio_level: from.audio_level,
        voice_activity: from.voice_activity,
        video_orientation: from.video_orientation,
        play_delay_min: from.play_delay_min,
        play_delay_max: from.play_delay_max,
        ..ExtensionValues::default()
    };
    descriptor::copy(from, &mut passed_on);
    passed_on
}
