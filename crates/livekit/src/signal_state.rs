//! Signalling state of one session: pending and published tracks, and the media sections that carry tracks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anteroom_media::{
    ChannelConfig, Codec, Mid, OfferChange, OpusParams, Section, with_codec_order, with_opus_params, without_codecs,
};
use anteroom_room::{
    AddTrack, DataMessage, Identity, Input, Output, Participant, ParticipantSid, Track, TrackEncoding, TrackKind,
    TrackSid,
};
use anteroom_signalling::{
    DataFrame, DataInput, Frame, Labels, NegotiatedAnswer, PeerRole, RoomInfo, RoomSnapshot, RpcRequest, ServerData,
    Signalling, SubscribedSection, letters,
};

use crate::client_offers::{ClientOffers, kind_of};
use crate::convert::ServerInfo;
use crate::data_channel::DataChannel;
use crate::data_packet::{plain_message, read_data, write_message};
use crate::ids::track_sid;
use crate::media_sections::Load;
use crate::server_data::{write_rpc_request, write_server_data};
use crate::server_offers::ServerOffers;
use crate::{signal_response, video_layers};

/// Signalling state of one session. It outlives its socket: a resumed session continues with it.
pub struct SignalState {
    sid: ParticipantSid,
    server: ServerInfo,
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
    /// Codecs that the client's device must not send.
    unpublishable: Vec<Codec>,
    /// Sections on which the client sends an unknown track.
    unmatched: Vec<SendingSection>,
}

/// Media sections on which the client receives.
enum SubscriberSections {
    /// On its only peer connection, on which it offers (`/rtc/v1`).
    ClientOffers(ClientOffers),
    /// On its subscriber connection, on which the server offers (`/rtc`).
    ServerOffers(ServerOffers),
}

struct PendingTrack {
    cid: String,
    kind: TrackKind,
    track: TrackSid,
    opus: Option<OpusParams>,
    /// The codec that the client prefers, if it named one.
    codec: Option<Codec>,
    /// Whether it is the track's second codec.
    is_backup: bool,
}

#[derive(Clone)]
struct SendingSection {
    mid: Mid,
    kind: TrackKind,
    cid: Option<String>,
    /// Codecs that both sides support, in the client's order.
    codecs: Vec<Codec>,
    redundant: bool,
}

impl SignalState {
    /// A new session of a client with one peer connection, on which it offers (`/rtc/v1`).
    pub fn client_offers(sid: ParticipantSid, server: ServerInfo) -> Self {
        Self::new(sid, server, SubscriberSections::ClientOffers(ClientOffers::default()))
    }

    /// A new session of a client with dual peer connections: on the subscriber connection the server offers (`/rtc`).
    pub fn server_offers(sid: ParticipantSid, server: ServerInfo) -> Self {
        Self::new(sid, server, SubscriberSections::ServerOffers(ServerOffers::default()))
    }

    /// The client's device must not send these codecs.
    pub fn without_publishing(mut self, codecs: Vec<Codec>) -> Self {
        self.unpublishable = codecs;
        self
    }

    fn new(sid: ParticipantSid, server: ServerInfo, subscriber: SubscriberSections) -> Self {
        Self {
            sid,
            server,
            subscriber,
            pending: Vec::new(),
            published: BTreeMap::new(),
            backups: BTreeSet::new(),
            opus_params: BTreeMap::new(),
            codecs: BTreeMap::new(),
            unpublishable: Vec::new(),
            unmatched: Vec::new(),
        }
    }

    /// Remembers that the client will send this track under this `cid`, unless it does already.
    fn expect(&mut self, cid: &str, track: &Track) {
        let is_backup = cid != track.request.cid;
        let known = self.pending.iter().any(|pending| pending.track == track.sid && pending.is_backup == is_backup);
        let sent = |(mid, sent): (&Mid, &TrackSid)| *sent == track.sid && self.backups.contains(mid) == is_backup;
        if !known && !self.published.iter().any(sent) {
            let codec = track.request.options.codecs.get(usize::from(is_backup));
            let codec = codec.and_then(|codec| Codec::from_name(codec));
            let (cid, kind, track, opus) = (cid.to_owned(), track.kind(), track.sid.clone(), opus_params(track));
            self.pending.push(PendingTrack { cid, kind, track, opus, codec, is_backup });
        }
    }

    /// Tracks whose sections the client no longer sends on.
    fn unpublish_missing(&mut self, offered: &[Section]) -> Vec<Input> {
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

    /// A section on which the client sends something that is not published yet.
    fn unmatched_section(&self, section: &Section) -> Option<SendingSection> {
        if !section.direction.publishes() || self.published.contains_key(&section.mid) {
            return None;
        }
        Some(SendingSection {
            mid: section.mid,
            kind: kind_of(section)?,
            cid: section.msid.as_ref().map(|msid| msid.track.clone()),
            codecs: section.codecs.iter().filter(|codec| !self.unpublishable.contains(codec)).copied().collect(),
            redundant: section.redundant,
        })
    }

    /// Matches sending sections to pending tracks: by `cid` first; then, for clients that do not put it into the offer,
    /// in order.
    fn match_pending(&mut self) -> Vec<Input> {
        let mut inputs = Vec::new();
        for by_cid in [true, false] {
            for sending in std::mem::take(&mut self.unmatched) {
                // Without its cid, a section carries a track of its own, never a backup codec.
                let fits = |pending: &PendingTrack| {
                    let named = Some(&pending.cid) == sending.cid.as_ref();
                    pending.kind == sending.kind && (named || (!by_cid && !pending.is_backup))
                };
                match self.pending.iter().position(fits) {
                    Some(index) => inputs.push(self.publish(index, sending)),
                    None => self.unmatched.push(sending),
                }
            }
        }
        // A track must be published before its backup codec can be.
        inputs.sort_by_key(|input| matches!(input, Input::BackupCodecPublished { .. }));
        inputs
    }

    fn publish(&mut self, index: usize, sending: SendingSection) -> Input {
        let PendingTrack { cid, track, opus, codec, is_backup, .. } = self.pending.remove(index);
        let SendingSection { mid, mut codecs, redundant, .. } = sending;
        codecs.sort_by_key(|able| Some(*able) != codec);
        let is_red = redundant && opus.is_some_and(|opus| opus.redundant);
        let mime = if is_red { "audio/red" } else { codecs.first().map_or("", |codec| mime(*codec)) }.to_owned();
        match opus {
            Some(opus) => drop((self.opus_params.insert(mid, opus), self.codecs.remove(&mid))),
            None => drop((self.opus_params.remove(&mid), self.codecs.insert(mid, codecs))),
        }
        self.published.insert(mid, track.clone());
        let (who, mid_name) = (self.sid.clone(), mid.to_string());
        if is_backup {
            self.backups.insert(mid);
            let encoding = TrackEncoding { cid, mid: mid_name, mime };
            return Input::BackupCodecPublished { who, track, encoding };
        }
        Input::Negotiated { who, track, mid: mid_name, mime }
    }
}

impl Signalling for SignalState {
    fn dual_pc(&self) -> bool {
        matches!(self.subscriber, SubscriberSections::ServerOffers(_))
    }

    fn mint_track_sid(&self, request: &AddTrack, random: &[u8; 16]) -> TrackSid {
        track_sid(request.kind, request.source, &letters(&random[..12]))
    }

    fn joined(&mut self, room: &RoomInfo, you: &Participant, others: &[Arc<Participant>]) -> Vec<Frame> {
        vec![signal_response::join(room, &self.server, you, others, self.dual_pc(), &self.unpublishable)]
    }

    fn resumed(&mut self, last_sequence: u32) -> Vec<Frame> {
        if let SubscriberSections::ServerOffers(sections) = &mut self.subscriber {
            sections.resume();
        }
        vec![signal_response::reconnect(&self.server, last_sequence)]
    }

    fn output(&mut self, output: &Output) -> Vec<Frame> {
        signal_response::output(output).into_iter().collect()
    }

    fn room_updated(&mut self, room: &RoomSnapshot) -> Vec<Frame> {
        vec![signal_response::room_update(room)]
    }

    fn candidate(&mut self, peer: PeerRole, mid: &str, candidate: &str) -> Vec<Frame> {
        vec![signal_response::trickle(peer, mid, candidate)]
    }

    fn stream_paused(&mut self, from: &ParticipantSid, track: &TrackSid, paused: bool) -> Vec<Frame> {
        vec![video_layers::stream_state(from, track, paused)]
    }

    fn subscribed_layers(&mut self, track: &Track, codec: Codec, layers: usize) -> Vec<Frame> {
        vec![video_layers::subscribed_quality(track, codec, layers)]
    }

    fn codec_unsupported(&mut self, track: &TrackSid) -> Vec<Frame> {
        vec![signal_response::codec_unsupported(track)]
    }

    fn track_pending(&mut self, cid: &str, track: &Track) -> Vec<Input> {
        self.expect(cid, track);
        let backup = &track.request.options.backup_cid;
        if cid == track.request.cid && !backup.is_empty() {
            self.expect(backup, track);
        }
        self.match_pending()
    }

    fn publishes(&self, track: &TrackSid) -> bool {
        self.pending.iter().any(|pending| pending.track == *track)
            || self.published.values().any(|published| published == track)
    }

    fn published_on(&self, mid: Mid) -> Option<&TrackSid> {
        self.published.get(&mid)
    }

    fn publishing_sections(&self, track: &TrackSid) -> Vec<Mid> {
        self.published.iter().filter(|(_, published)| *published == track).map(|(mid, _)| *mid).collect()
    }

    fn subscribe(&mut self, from: &ParticipantSid, track: &Track) {
        match &mut self.subscriber {
            SubscriberSections::ClientOffers(sections) => sections.subscribe(from, track),
            SubscriberSections::ServerOffers(sections) => sections.subscribe(from, track),
        }
    }

    fn unsubscribe(&mut self, track: &TrackSid) -> Option<Mid> {
        match &mut self.subscriber {
            SubscriberSections::ClientOffers(sections) => sections.unsubscribe(track),
            SubscriberSections::ServerOffers(sections) => sections.unsubscribe(track),
        }
    }

    fn section_of(&self, track: &TrackSid) -> Option<Mid> {
        match &self.subscriber {
            SubscriberSections::ClientOffers(sections) => sections.section_of(track),
            SubscriberSections::ServerOffers(sections) => sections.section_of(track),
        }
    }

    fn answer_offer(
        &mut self,
        id: u32,
        offered: &[Section],
        sdp: &mut dyn FnMut(&Labels) -> String,
    ) -> NegotiatedAnswer {
        let (sections, labels, tracks) = match &mut self.subscriber {
            SubscriberSections::ClientOffers(sections) => {
                let filled = sections.fill(offered).into_iter().map(subscribed_section).collect();
                (filled, sections.labels(), sections.tracks())
            }
            SubscriberSections::ServerOffers(_) => Default::default(),
        };
        let mut inputs = self.unpublish_missing(offered);
        self.unmatched = offered.iter().filter_map(|section| self.unmatched_section(section)).collect();
        inputs.extend(self.match_pending());
        let sent = offered.iter().filter(|section| section.direction.publishes()).map(|section| section.mid).collect();
        let sdp = without_codecs(&sdp(&labels), &self.unpublishable, &sent);
        let sdp = with_codec_order(&with_opus_params(&sdp, &self.opus_params), &self.codecs);
        NegotiatedAnswer {
            frames: vec![signal_response::answer(id, sdp, &tracks)],
            inputs,
            sections,
            ..NegotiatedAnswer::default()
        }
    }

    fn request_offer(&mut self) -> Vec<Frame> {
        let needed = match &mut self.subscriber {
            SubscriberSections::ClientOffers(sections) => sections.sections_needed(),
            SubscriberSections::ServerOffers(_) => None,
        };
        needed.map(|(audios, videos)| signal_response::sections(audios, videos)).into_iter().collect()
    }

    fn plan_offer(&mut self) -> Option<OfferChange> {
        match &mut self.subscriber {
            SubscriberSections::ClientOffers(_) => None,
            SubscriberSections::ServerOffers(sections) => sections.plan(),
        }
    }

    fn offer_created(&mut self, added: &[Mid], sdp: &mut dyn FnMut(&Labels) -> String) -> Vec<Frame> {
        let SubscriberSections::ServerOffers(sections) = &mut self.subscriber else { return Vec::new() };
        let Some(number) = sections.offer_created(added) else { return Vec::new() };
        vec![signal_response::offer(number, sdp(&sections.labels()), &sections.tracks())]
    }

    fn answer_received(&mut self, id: u32) -> Option<Vec<SubscribedSection>> {
        let SubscriberSections::ServerOffers(sections) = &mut self.subscriber else { return None };
        Some(sections.answer_received(id)?.into_iter().map(subscribed_section).collect())
    }

    fn data_channels(&self) -> Vec<ChannelConfig> {
        DataChannel::ALL.map(DataChannel::config).to_vec()
    }

    fn receive_data(
        &mut self,
        (sid, identity): (&ParticipantSid, &Identity),
        label: &str,
        _binary: bool,
        bytes: &[u8],
    ) -> Option<DataInput> {
        let reliable = match DataChannel::of_label(label) {
            Some(DataChannel::Reliable) => true,
            Some(DataChannel::Lossy) => false,
            // Data tracks are not forwarded.
            Some(DataChannel::DataTrack) => return None,
            None => return Some(DataInput::Message(plain_message(bytes))),
        };
        Some(match read_data(bytes, sid, identity, reliable)? {
            (message, Some(reply)) => DataInput::RpcReply(reply, message),
            (message, None) => DataInput::Message(message),
        })
    }

    fn message(&mut self, (sid, identity): (&ParticipantSid, &Identity), message: &DataMessage) -> Option<DataFrame> {
        Some(data_frame(message.reliable, write_message(sid, identity, message)?))
    }

    fn server_data(&mut self, data: &ServerData) -> Option<DataFrame> {
        Some(data_frame(data.reliable, write_server_data(data).into()))
    }

    fn rpc_request(&mut self, request: &RpcRequest) -> Option<DataFrame> {
        Some(data_frame(true, write_rpc_request(request).into()))
    }
}

fn data_frame(reliable: bool, bytes: Arc<[u8]>) -> DataFrame {
    let channel = if reliable { DataChannel::Reliable } else { DataChannel::Lossy };
    DataFrame { label: channel.label().into(), binary: true, reliable, bytes }
}

fn subscribed_section((mid, load): (Mid, Load)) -> SubscribedSection {
    SubscribedSection { mid, track: load.track, from: load.from, source: load.source }
}

/// Encrypted frames have no redundancy: RED needs the plain payload.
fn opus_params(track: &Track) -> Option<OpusParams> {
    let options = &track.request.options;
    (track.kind() == TrackKind::Audio).then_some(OpusParams {
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
