//! One client's signalling: what it was told, what its sections carry, which of its tracks are where.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anteroom_media::{Codec, Mid, Msid, OpusParams, Section, with_codec_order, with_opus_params};
use anteroom_room::{Encoding, Input, Kind, Output, Participant, ParticipantSid, Track, TrackSid};

use super::facts::{RoomFacts, Wording};
use super::listening::{Listening, Plan};
use super::reply;
use super::sections::{Load, Sections, kind_of};

/// The state of one stay's signalling. It outlives its socket: a resumed stay goes on with it.
pub struct Session {
    sid: ParticipantSid,
    receiving: Receiving,
    /// Tracks with a name that no section carries yet, in the order they were asked for.
    reserved: Vec<Reserved>,
    published: BTreeMap<Mid, TrackSid>,
    /// Those of them that carry a track in its second codec.
    backups: BTreeSet<Mid>,
    /// How what they say on each section is to be encoded.
    voices: BTreeMap<Mid, OpusParams>,
    /// In which codec what they show on each section is to be sent, the best first.
    codecs: BTreeMap<Mid, Vec<Codec>>,
    /// Sections the client sends on without having said what.
    unclaimed: Vec<Sending>,
}

/// On which connection they receive.
enum Receiving {
    /// On the one they offer on.
    Same(Sections),
    /// On a second one, on which we offer.
    Second(Listening),
}

struct Reserved {
    cid: String,
    kind: Kind,
    track: TrackSid,
    voice: Option<OpusParams>,
    /// The codec they want to send, if they said so.
    codec: Option<Codec>,
    /// It is the track's second codec.
    is_backup: bool,
}

#[derive(Clone)]
struct Sending {
    mid: Mid,
    kind: Kind,
    cid: Option<String>,
    /// What both sides can, in the client's order.
    codecs: Vec<Codec>,
    redundant: bool,
}

/// What follows from an offer.
#[derive(Default)]
pub struct Negotiated {
    /// The answer, for the socket.
    pub reply: Vec<u8>,
    /// For the room, in this order.
    pub inputs: Vec<Input>,
    /// For the media: forward these from now on.
    pub sinks: Vec<Sink>,
}

/// A section of this client that carries somebody's track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sink {
    /// The section.
    pub mid: Mid,
    /// The track.
    pub track: TrackSid,
    /// The publisher.
    pub from: ParticipantSid,
    /// The publisher's section.
    pub source: Mid,
}

impl Session {
    /// A new stay of a client with one connection.
    pub fn new(sid: ParticipantSid) -> Self {
        Self::receiving(sid, Receiving::Same(Sections::default()))
    }

    /// A new stay of a client with a second connection, on which it receives.
    pub fn with_two_connections(sid: ParticipantSid) -> Self {
        Self::receiving(sid, Receiving::Second(Listening::default()))
    }

    fn receiving(sid: ParticipantSid, receiving: Receiving) -> Self {
        Self {
            sid,
            receiving,
            reserved: Vec::new(),
            published: BTreeMap::new(),
            backups: BTreeSet::new(),
            voices: BTreeMap::new(),
            codecs: BTreeMap::new(),
            unclaimed: Vec::new(),
        }
    }

    /// The first message.
    pub fn welcome(&self, room: &RoomFacts, us: &Wording, you: &Participant, others: &[Arc<Participant>]) -> Vec<u8> {
        reply::join(room, us, you, others, matches!(self.receiving, Receiving::Second(_)))
    }

    /// What is said over the socket about something the room says to this stay.
    pub fn say(&self, output: &Output) -> Option<Vec<u8>> {
        reply::of(output)
    }

    /// A track of this client has its name, under which the client will send `cid`. If it is sent already, the room must
    /// know.
    pub fn reserve(&mut self, cid: &str, track: &Track) -> Vec<Input> {
        self.expect(cid, track);
        let backup = &track.draft.details.backup_cid;
        if cid == track.draft.cid && !backup.is_empty() {
            self.expect(backup, track);
        }
        self.claim()
    }

    fn expect(&mut self, cid: &str, track: &Track) {
        let is_backup = cid != track.draft.cid;
        let known = self.reserved.iter().any(|reserved| reserved.track == track.sid && reserved.is_backup == is_backup);
        let sent = |(mid, sent): (&Mid, &TrackSid)| *sent == track.sid && self.backups.contains(mid) == is_backup;
        if !known && !self.published.iter().any(sent) {
            let codec =
                track.draft.details.codecs.get(usize::from(is_backup)).and_then(|codec| Codec::from_name(codec));
            let (cid, kind, track, voice) = (cid.to_owned(), track.kind(), track.sid.clone(), voice(track));
            self.reserved.push(Reserved { cid, kind, track, voice, codec, is_backup });
        }
    }

    /// This client is to receive a track. It will, with its next offer.
    pub fn subscribe(&mut self, from: &ParticipantSid, track: &Track) {
        match &mut self.receiving {
            Receiving::Same(sections) => sections.want(from, track),
            Receiving::Second(listening) => listening.want(from, track),
        }
    }

    /// This client is no longer to receive a track. Says which section carried it.
    pub fn unsubscribe(&mut self, track: &TrackSid) -> Option<Mid> {
        match &mut self.receiving {
            Receiving::Same(sections) => sections.drop_track(track),
            Receiving::Second(listening) => listening.drop_track(track),
        }
    }

    /// The section that carries a track to this client.
    pub fn section_of(&self, track: &TrackSid) -> Option<Mid> {
        match &self.receiving {
            Receiving::Same(sections) => sections.section_of(track),
            Receiving::Second(listening) => listening.section_of(track),
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
    pub fn shortage(&mut self) -> Option<Vec<u8>> {
        match &mut self.receiving {
            Receiving::Same(sections) => sections.shortage().map(|(audios, videos)| reply::sections(audios, videos)),
            Receiving::Second(_) => None,
        }
    }

    /// What we have to offer on their second connection, if no offer is out. Ask after everything else is said.
    pub fn plan(&self) -> Option<Plan> {
        match &self.receiving {
            Receiving::Same(_) => None,
            Receiving::Second(listening) => listening.plan(),
        }
    }

    /// The media has made an offer of a plan: the message. Its text `sdp` gives once the sections have their labels.
    pub fn propose(
        &mut self,
        plan: Plan,
        added: &[Mid],
        sdp: impl FnOnce(&BTreeMap<Mid, Msid>) -> String,
    ) -> Option<Vec<u8>> {
        let Receiving::Second(listening) = &mut self.receiving else { return None };
        let number = listening.proposed(plan, added);
        Some(reply::offer(number, sdp(&listening.labels()), &listening.tracks()))
    }

    /// They agreed to an offer: what is to be forwarded from now on. `None` if it is not the one that is out.
    pub fn agreed(&mut self, number: u32) -> Option<Vec<Sink>> {
        let Receiving::Second(listening) = &mut self.receiving else { return None };
        Some(listening.agreed(number)?.into_iter().map(sink).collect())
    }

    /// They came back with a new socket.
    pub fn begin_again(&mut self) {
        if let Receiving::Second(listening) = &mut self.receiving {
            listening.begin_again();
        }
    }

    /// Do we know this track of theirs, by whatever name it is told of?
    pub fn publishes(&self, track: &TrackSid) -> bool {
        self.reserved.iter().any(|reserved| reserved.track == *track)
            || self.published.values().any(|published| published == track)
    }

    /// The media has agreed to an offer of these sections: fills them and writes the answer, whose text
    /// `sdp` gives once the sections have their labels.
    pub fn negotiate(
        &mut self,
        id: u32,
        offered: &[Section],
        sdp: impl FnOnce(&BTreeMap<Mid, Msid>) -> String,
    ) -> Negotiated {
        let sinks = match &mut self.receiving {
            Receiving::Same(sections) => sections.fill(offered).into_iter().map(sink).collect(),
            Receiving::Second(_) => Vec::new(),
        };
        let (labels, tracks) = match &self.receiving {
            Receiving::Same(sections) => (sections.labels(), sections.tracks()),
            Receiving::Second(_) => Default::default(),
        };
        let mut inputs = self.withdraw(offered);
        self.unclaimed = offered.iter().filter_map(|section| self.unknown(section)).collect();
        inputs.extend(self.claim());
        let sdp = with_codec_order(&with_opus_params(&sdp(&labels), &self.voices), &self.codecs);
        let reply = reply::answer(id, sdp, &tracks);
        Negotiated { reply, inputs, sinks }
    }

    /// Sections on which the client stopped sending.
    fn withdraw(&mut self, offered: &[Section]) -> Vec<Input> {
        let still = |mid: &Mid| offered.iter().any(|section| section.mid == *mid && section.direction.publishes());
        let gone: Vec<Mid> = self.published.keys().filter(|mid| !still(mid)).copied().collect();
        let mut inputs = Vec::new();
        for mid in gone {
            let (who, was_backup) = (self.sid.clone(), self.backups.remove(&mid));
            let ended = self.published.remove(&mid).map(|track| match was_backup {
                true => Input::Unbacked { who, track },
                false => Input::Unpublish { who, track },
            });
            inputs.extend(ended);
        }
        inputs
    }

    fn unknown(&self, section: &Section) -> Option<Sending> {
        if !section.direction.publishes() || self.published.contains_key(&section.mid) {
            return None;
        }
        Some(Sending {
            mid: section.mid,
            kind: kind_of(section)?,
            cid: section.msid.as_ref().map(|msid| msid.track.clone()),
            codecs: section.codecs.clone(),
            redundant: section.redundant,
        })
    }

    /// Brings together what is sent and what was said: by the client's own name of the track first,
    /// then, for clients that rename, in order.
    fn claim(&mut self) -> Vec<Input> {
        let mut inputs = Vec::new();
        for by_name in [true, false] {
            for sending in std::mem::take(&mut self.unclaimed) {
                // Without its name, what is sent is a track of its own.
                let fits = |reserved: &Reserved| {
                    let named = Some(&reserved.cid) == sending.cid.as_ref();
                    reserved.kind == sending.kind && (named || (!by_name && !reserved.is_backup))
                };
                match self.reserved.iter().position(fits) {
                    Some(place) => inputs.push(self.publish(place, sending)),
                    None => self.unclaimed.push(sending),
                }
            }
        }
        // A track must be there before it can be there twice.
        inputs.sort_by_key(|input| matches!(input, Input::Backed { .. }));
        inputs
    }

    fn publish(&mut self, place: usize, sending: Sending) -> Input {
        let Reserved { cid, track, voice, codec, is_backup, .. } = self.reserved.remove(place);
        let Sending { mid, mut codecs, redundant, .. } = sending;
        codecs.sort_by_key(|able| Some(*able) != codec);
        let is_red = redundant && voice.is_some_and(|voice| voice.redundant);
        let mime = if is_red { "audio/red" } else { codecs.first().map_or("", |codec| mime(*codec)) }.to_owned();
        match voice {
            Some(voice) => drop((self.voices.insert(mid, voice), self.codecs.remove(&mid))),
            None => drop((self.voices.remove(&mid), self.codecs.insert(mid, codecs))),
        }
        self.published.insert(mid, track.clone());
        let (who, mid_name) = (self.sid.clone(), mid.to_string());
        if is_backup {
            self.backups.insert(mid);
            return Input::Backed { who, track, encoding: Encoding { cid, mid: mid_name, mime } };
        }
        Input::Negotiated { who, track, mid: mid_name, mime }
    }
}

fn sink((mid, load): (Mid, Load)) -> Sink {
    Sink { mid, track: load.track, from: load.from, source: load.source }
}

/// Encrypted frames come without redundancy: what would repeat them cannot look inside.
fn voice(track: &Track) -> Option<OpusParams> {
    let details = &track.draft.details;
    (track.kind() == Kind::Audio).then_some(OpusParams {
        redundant: !details.disable_red && details.encryption == 0,
        dtx: !details.disable_dtx,
        stereo: details.stereo,
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
