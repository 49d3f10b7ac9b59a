//! Signalling state of one session: pending and published tracks, and the media sections that carry tracks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anteroom_media::{Codec, Mid, Msid, OpusParams, Section, with_codec_order, with_opus_params};
use anteroom_room::{Input, Kind, Output, Participant, ParticipantSid, Track, TrackEncoding, TrackSid};

use super::client_offers::{Load, Sections, kind_of};
use super::convert::{RoomInfo, ServerInfo};
use super::server_offers::{Listening, Plan};
use super::signal_response;

/// Signalling state of one session. It outlives its socket: a resumed session continues with it.
pub struct SignalState {
    sid: ParticipantSid,
    subscriber: SubscriberSections,
    /// Tracks that have an id but no section yet, in the order of the requests.
    pending: Vec<PendingTrack>,
    published: BTreeMap<Mid, TrackSid>,
    /// Sections of `published` that carry a track in its second codec.
    backups: BTreeSet<Mid>,
    /// Opus parameters of each audio section that the client sends.
    opus_params: BTreeMap<Mid, OpusParams>,
    /// Codecs of each video section that the client sends, preferred first.
    codecs: BTreeMap<Mid, Vec<Codec>>,
    /// Sections on which the client sends an unknown track.
    unmatched: Vec<SendingSection>,
}

/// Media sections on which the client receives.
enum SubscriberSections {
    /// On the one they offer on.
    Same(Sections),
    /// On a second one, on which we offer.
    Second(Listening),
}

struct PendingTrack {
    cid: String,
    kind: Kind,
    track: TrackSid,
    voice: Option<OpusParams>,
    /// The codec they want to send, if they said so.
    codec: Option<Codec>,
    /// Whether it is the track's second codec.
    is_backup: bool,
}

#[derive(Clone)]
struct SendingSection {
    mid: Mid,
    kind: Kind,
    cid: Option<String>,
    /// Codecs that both sides support, in the client's order.
    codecs: Vec<Codec>,
    redundant: bool,
}

/// What follows from an offer.
#[derive(Default)]
pub struct Negotiation {
    /// The answer, for the socket.
    pub reply: Vec<u8>,
    /// For the room, in this order.
    pub inputs: Vec<Input>,
    /// For the media: forward these from now on.
    pub sinks: Vec<SubscribedSection>,
}

/// A section of this client that carries somebody's track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribedSection {
    /// The section.
    pub mid: Mid,
    /// The track.
    pub track: TrackSid,
    /// The publisher.
    pub from: ParticipantSid,
    /// The publisher's section.
    pub source: Mid,
}

impl SignalState {
    /// A new stay of a client with one connection.
    pub fn new(sid: ParticipantSid) -> Self {
        Self::subscriber(sid, SubscriberSections::Same(Sections::default()))
    }

    /// A new stay of a client with a second connection, on which it receives.
    pub fn with_dual_pc(sid: ParticipantSid) -> Self {
        Self::subscriber(sid, SubscriberSections::Second(Listening::default()))
    }

    fn subscriber(sid: ParticipantSid, subscriber: SubscriberSections) -> Self {
        Self {
            sid,
            subscriber,
            pending: Vec::new(),
            published: BTreeMap::new(),
            backups: BTreeSet::new(),
            opus_params: BTreeMap::new(),
            codecs: BTreeMap::new(),
            unmatched: Vec::new(),
        }
    }

    /// The first message.
    pub fn join_response(
        &self,
        room: &RoomInfo,
        us: &ServerInfo,
        you: &Participant,
        others: &[Arc<Participant>],
    ) -> Vec<u8> {
        signal_response::join(room, us, you, others, matches!(self.subscriber, SubscriberSections::Second(_)))
    }

    /// What is said over the socket about something the room says to this stay.
    pub fn say(&self, output: &Output) -> Option<Vec<u8>> {
        signal_response::of(output)
    }

    /// A track of this client has its name, under which the client will send `cid`. If it is sent already, the room must
    /// know.
    pub fn track_pending(&mut self, cid: &str, track: &Track) -> Vec<Input> {
        self.expect(cid, track);
        let backup = &track.request.options.backup_cid;
        if cid == track.request.cid && !backup.is_empty() {
            self.expect(backup, track);
        }
        self.match_pending()
    }

    fn expect(&mut self, cid: &str, track: &Track) {
        let is_backup = cid != track.request.cid;
        let known = self.pending.iter().any(|pending| pending.track == track.sid && pending.is_backup == is_backup);
        let sent = |(mid, sent): (&Mid, &TrackSid)| *sent == track.sid && self.backups.contains(mid) == is_backup;
        if !known && !self.published.iter().any(sent) {
            let codec =
                track.request.options.codecs.get(usize::from(is_backup)).and_then(|codec| Codec::from_name(codec));
            let (cid, kind, track, voice) = (cid.to_owned(), track.kind(), track.sid.clone(), voice(track));
            self.pending.push(PendingTrack { cid, kind, track, voice, codec, is_backup });
        }
    }

    /// This client is to receive a track. It will, with its next offer.
    pub fn subscribe(&mut self, from: &ParticipantSid, track: &Track) {
        match &mut self.subscriber {
            SubscriberSections::Same(sections) => sections.want(from, track),
            SubscriberSections::Second(listening) => listening.want(from, track),
        }
    }

    /// This client is no longer to receive a track. Says which section carried it.
    pub fn unsubscribe(&mut self, track: &TrackSid) -> Option<Mid> {
        match &mut self.subscriber {
            SubscriberSections::Same(sections) => sections.drop_track(track),
            SubscriberSections::Second(listening) => listening.drop_track(track),
        }
    }

    /// The section that carries a track to this client.
    pub fn section_of(&self, track: &TrackSid) -> Option<Mid> {
        match &self.subscriber {
            SubscriberSections::Same(sections) => sections.section_of(track),
            SubscriberSections::Second(listening) => listening.section_of(track),
        }
    }

    /// The track this client sends on a section.
    pub fn published_on(&self, mid: Mid) -> Option<&TrackSid> {
        self.published.get(&mid)
    }

    /// The sections this client sends a track on: one, or two in different codecs.
    pub fn sent_on(&self, track: &TrackSid) -> Vec<Mid> {
        self.published.iter().filter(|(_, published)| *published == track).map(|(mid, _)| *mid).collect()
    }

    /// A request for another offer, if tracks wait for sections. Ask after everything else is said.
    pub fn sections_needed(&mut self) -> Option<Vec<u8>> {
        match &mut self.subscriber {
            SubscriberSections::Same(sections) => {
                sections.sections_needed().map(|(audios, videos)| signal_response::sections(audios, videos))
            }
            SubscriberSections::Second(_) => None,
        }
    }

    /// What we have to offer on their second connection, if no offer is out. Ask after everything else is said.
    pub fn plan(&self) -> Option<Plan> {
        match &self.subscriber {
            SubscriberSections::Same(_) => None,
            SubscriberSections::Second(listening) => listening.plan(),
        }
    }

    /// The media has made an offer of a plan: the message. Its text `sdp` gives once the sections have their labels.
    pub fn propose(
        &mut self,
        plan: Plan,
        added: &[Mid],
        sdp: impl FnOnce(&BTreeMap<Mid, Msid>) -> String,
    ) -> Option<Vec<u8>> {
        let SubscriberSections::Second(listening) = &mut self.subscriber else { return None };
        let number = listening.proposed(plan, added);
        Some(signal_response::offer(number, sdp(&listening.labels()), &listening.tracks()))
    }

    /// They agreed to an offer: what is to be forwarded from now on. `None` if it is not the one that is out.
    pub fn answer_received(&mut self, number: u32) -> Option<Vec<SubscribedSection>> {
        let SubscriberSections::Second(listening) = &mut self.subscriber else { return None };
        Some(listening.answer_received(number)?.into_iter().map(sink).collect())
    }

    /// They came back with a new socket.
    pub fn resume(&mut self) {
        if let SubscriberSections::Second(listening) = &mut self.subscriber {
            listening.resume();
        }
    }

    /// Do we know this track of theirs, by whatever name it is told of?
    pub fn publishes(&self, track: &TrackSid) -> bool {
        self.pending.iter().any(|pending| pending.track == *track)
            || self.published.values().any(|published| published == track)
    }

    /// The media has agreed to an offer of these sections: fills them and writes the answer, whose text
    /// `sdp` gives once the sections have their labels.
    pub fn negotiate(
        &mut self,
        id: u32,
        offered: &[Section],
        sdp: impl FnOnce(&BTreeMap<Mid, Msid>) -> String,
    ) -> Negotiation {
        let sinks = match &mut self.subscriber {
            SubscriberSections::Same(sections) => sections.fill(offered).into_iter().map(sink).collect(),
            SubscriberSections::Second(_) => Vec::new(),
        };
        let (labels, tracks) = match &self.subscriber {
            SubscriberSections::Same(sections) => (sections.labels(), sections.tracks()),
            SubscriberSections::Second(_) => Default::default(),
        };
        let mut inputs = self.withdraw(offered);
        self.unmatched = offered.iter().filter_map(|section| self.unknown(section)).collect();
        inputs.extend(self.match_pending());
        let sdp = with_codec_order(&with_opus_params(&sdp(&labels), &self.opus_params), &self.codecs);
        let reply = signal_response::answer(id, sdp, &tracks);
        Negotiation { reply, inputs, sinks }
    }

    /// Sections on which the client stopped sending.
    fn withdraw(&mut self, offered: &[Section]) -> Vec<Input> {
        let still = |mid: &Mid| offered.iter().any(|section| section.mid == *mid && section.direction.publishes());
        let gone: Vec<Mid> = self.published.keys().filter(|mid| !still(mid)).copied().collect();
        let mut inputs = Vec::new();
        for mid in gone {
            let (who, was_backup) = (self.sid.clone(), self.backups.remove(&mid));
            let ended = self.published.remove(&mid).map(|track| match was_backup {
                true => Input::BackupCodecUnpublished { who, track },
                false => Input::Unpublish { who, track },
            });
            inputs.extend(ended);
        }
        inputs
    }

    fn unknown(&self, section: &Section) -> Option<SendingSection> {
        if !section.direction.publishes() || self.published.contains_key(&section.mid) {
            return None;
        }
        Some(SendingSection {
            mid: section.mid,
            kind: kind_of(section)?,
            cid: section.msid.as_ref().map(|msid| msid.track.clone()),
            codecs: section.codecs.clone(),
            redundant: section.redundant,
        })
    }

    /// Brings together what is sent and what was said: by the client's own name of the track first,
    /// then, for clients that rename, in order.
    fn match_pending(&mut self) -> Vec<Input> {
        let mut inputs = Vec::new();
        for by_name in [true, false] {
            for sending in std::mem::take(&mut self.unmatched) {
                // Without its name, what is sent is a track of its own.
                let fits = |pending: &PendingTrack| {
                    let named = Some(&pending.cid) == sending.cid.as_ref();
                    pending.kind == sending.kind && (named || (!by_name && !pending.is_backup))
                };
                match self.pending.iter().position(fits) {
                    Some(place) => inputs.push(self.publish(place, sending)),
                    None => self.unmatched.push(sending),
                }
            }
        }
        // A track must be there before it can be there twice.
        inputs.sort_by_key(|input| matches!(input, Input::BackupCodecPublished { .. }));
        inputs
    }

    fn publish(&mut self, place: usize, sending: SendingSection) -> Input {
        let PendingTrack { cid, track, voice, codec, is_backup, .. } = self.pending.remove(place);
        let SendingSection { mid, mut codecs, redundant, .. } = sending;
        codecs.sort_by_key(|able| Some(*able) != codec);
        let is_red = redundant && voice.is_some_and(|voice| voice.redundant);
        let mime = if is_red { "audio/red" } else { codecs.first().map_or("", |codec| mime(*codec)) }.to_owned();
        match voice {
            Some(voice) => drop((self.opus_params.insert(mid, voice), self.codecs.remove(&mid))),
            None => drop((self.opus_params.remove(&mid), self.codecs.insert(mid, codecs))),
        }
        self.published.insert(mid, track.clone());
        let (who, mid_name) = (self.sid.clone(), mid.to_string());
        if is_backup {
            self.backups.insert(mid);
            return Input::BackupCodecPublished { who, track, encoding: TrackEncoding { cid, mid: mid_name, mime } };
        }
        Input::Negotiated { who, track, mid: mid_name, mime }
    }
}

fn sink((mid, load): (Mid, Load)) -> SubscribedSection {
    SubscribedSection { mid, track: load.track, from: load.from, source: load.source }
}

/// Encrypted frames come without redundancy: what would repeat them cannot look inside.
fn voice(track: &Track) -> Option<OpusParams> {
    let options = &track.request.options;
    (track.kind() == Kind::Audio).then_some(OpusParams {
        redundant: !options.disable_red && !options.encrypted,
        dtx: !options.disable_dtx,
        stereo: options.stereo,
    })
}

pub(super) fn mime(codec: Codec) -> &'static str {
    match codec {
        Codec::Opus => "audio/opus",
        Codec::Vp8 => "video/VP8",
        Codec::H264 => "video/H264",
        Codec::Vp9 => "video/VP9",
        Codec::Av1 => "video/AV1",
    }
}
