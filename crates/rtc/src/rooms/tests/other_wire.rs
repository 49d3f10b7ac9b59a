//! A room with clients of another wire than LiveKit's: text frames, ids of its own, offers it may ignore.

use std::sync::Mutex;

use anteroom_livekit::DataChannel;
use anteroom_media::{ChannelConfig, Codec, Mid, OfferChange, Section};
use anteroom_room::{
    AddTrack, DataKind, DataMessage, Identity, Input, Output, Participant, ParticipantSid, Source, Track, TrackKind,
    TrackOptions, TrackSid, WireData,
};
use anteroom_signalling::{
    ApiRequest, ApiResponse, DataFrame, DataInput, Frame, Labels, NegotiatedAnswer, PeerRole, RoomInfo, RoomSnapshot,
    RpcRequest, ServerData, Signalling, SubscribedSection,
};

use super::*;
use crate::rooms::directory::RoomDirectory;

/// Data messages that arrived at clients of this wire: to whom, from whom, which.
type Received = Arc<Mutex<Vec<(String, String, DataMessage)>>>;

struct OtherWire {
    identity: String,
    received: Received,
    directory: Arc<RoomDirectory>,
}

impl OtherWire {
    /// What the room sends about a participant, and what API clients see at that moment if it differs.
    fn shown(&self, info: &Participant) -> String {
        let shown = format!("{} {:?}", info.identity, info.state);
        match self.directory.answer(&ApiRequest::GetParticipant("a".to_owned(), info.identity.clone())) {
            Some(Ok(ApiResponse::Participant(listed))) if *listed == *info => shown,
            Some(Ok(ApiResponse::Participant(listed))) => format!("{shown}, listed {:?}", listed.state),
            _ => format!("{shown}, not listed"),
        }
    }
}

impl Signalling for OtherWire {
    fn dual_pc(&self) -> bool {
        false
    }
    fn mint_track_sid(&self, _: &AddTrack, random: &[u8; 16]) -> TrackSid {
        format!("MT{:032x}", u128::from_be_bytes(*random)).as_str().into()
    }
    fn joined(&mut self, room: &RoomInfo, you: &Participant, others: &[Arc<Participant>]) -> Vec<Frame> {
        vec![Frame::Text(format!("joined {} as {} with {}", room.name, you.identity, others.len()))]
    }
    fn resumed(&mut self, _: u32) -> Vec<Frame> {
        vec![]
    }
    fn output(&mut self, output: &Output) -> Vec<Frame> {
        match output {
            Output::ParticipantsUpdated { about, .. } => {
                let names: Vec<_> = about.iter().map(|info| self.shown(info)).collect();
                vec![Frame::Text(format!("updated {}", names.join(", ")))]
            }
            Output::TrackPending { track, .. } => vec![Frame::Text(format!("pending {}", track.sid))],
            _ => vec![],
        }
    }
    fn room_updated(&mut self, _: &RoomSnapshot) -> Vec<Frame> {
        vec![]
    }
    fn candidate(&mut self, _: PeerRole, _: &str, _: &str) -> Vec<Frame> {
        vec![]
    }
    fn stream_paused(&mut self, _: &ParticipantSid, _: &TrackSid, _: bool) -> Vec<Frame> {
        vec![]
    }
    fn subscribed_layers(&mut self, _: &Track, _: Codec, _: usize) -> Vec<Frame> {
        vec![]
    }
    fn codec_unsupported(&mut self, _: &TrackSid) -> Vec<Frame> {
        vec![]
    }
    fn track_pending(&mut self, _: &str, _: &Track) -> Vec<Input> {
        vec![]
    }
    fn publishes(&self, _: &TrackSid) -> bool {
        false
    }
    fn published_on(&self, _: Mid) -> Option<&TrackSid> {
        None
    }
    fn publishing_sections(&self, _: &TrackSid) -> Vec<Mid> {
        vec![]
    }
    fn subscribe(&mut self, _: &ParticipantSid, _: &Track) {}
    fn unsubscribe(&mut self, _: &TrackSid) -> Option<Mid> {
        None
    }
    fn section_of(&self, _: &TrackSid) -> Option<Mid> {
        None
    }
    /// An offer without a revision is ignored.
    fn prepare_offer(&mut self, offer: SessionDescription) -> Option<SessionDescription> {
        (offer.id > 0).then_some(offer)
    }
    fn answer_offer(&mut self, _: u32, _: &[Section], _: &mut dyn FnMut(&Labels) -> String) -> NegotiatedAnswer {
        NegotiatedAnswer::default()
    }
    fn request_offer(&mut self) -> Vec<Frame> {
        vec![]
    }
    fn plan_offer(&mut self) -> Option<OfferChange> {
        None
    }
    fn offer_created(&mut self, _: &[Mid], _: &mut dyn FnMut(&Labels) -> String) -> Vec<Frame> {
        vec![]
    }
    fn answer_received(&mut self, _: u32) -> Option<Vec<SubscribedSection>> {
        None
    }
    fn data_channels(&self) -> Vec<ChannelConfig> {
        DataChannel::ALL.map(DataChannel::config).to_vec()
    }
    fn receive_data(
        &mut self,
        _: (&ParticipantSid, &Identity),
        label: &str,
        _: bool,
        bytes: &[u8],
    ) -> Option<DataInput> {
        (label == DataChannel::Reliable.label()).then(|| {
            DataInput::Message(DataMessage {
                kind: DataKind::Text,
                topic: None,
                to: vec![],
                reliable: true,
                sequence: 0,
                payload: bytes.into(),
                encoded: WireData::default(),
            })
        })
    }
    fn message(&mut self, (_, from): (&ParticipantSid, &Identity), message: &DataMessage) -> Option<DataFrame> {
        self.received.lock().unwrap().push((self.identity.clone(), from.to_string(), message.clone()));
        let label = DataChannel::Reliable.label().into();
        Some(DataFrame {
            label,
            binary: message.kind != DataKind::Text,
            reliable: message.reliable,
            bytes: Arc::clone(&message.payload),
        })
    }
    fn server_data(&mut self, _: &ServerData) -> Option<DataFrame> {
        None
    }
    fn rpc_request(&mut self, _: &RpcRequest) -> Option<DataFrame> {
        None
    }
}

fn join_other(harness: &mut RoomsHarness, identity: &str, received: &Received) -> Client {
    let (received, directory) = (Arc::clone(received), Arc::clone(&harness.rooms.directory));
    let signalling = OtherWire { identity: identity.to_owned(), received, directory };
    let join_request = JoinRequest { auto_subscribe: true, ..JoinRequest::default() };
    harness.join_with("a", identity, join_request, |_| Box::new(signalling)).unwrap()
}

fn offer(id: u32) -> ClientRequest {
    ClientRequest::Offer(SessionDescription { sdp: "not SDP".into(), id })
}

#[test]
fn clients_of_two_wires_are_shown_to_each_other() {
    let (mut harness, received) = (harness(), Received::default());
    let mut ada = join(&mut harness, "a", "ada");
    let mut ben = join_other(&mut harness, "ben", &received);
    assert_eq!(ben.texts(), ["joined a as ben with 1"]);
    harness.media_event(&ada, &MediaEvent::Connected);
    assert_eq!(ben.texts(), ["updated ada Active"]);
    messages(&mut ada);
    harness.media_event(&ben, &MediaEvent::Connected);
    let sid = ben.sid().to_string();
    assert!(messages(&mut ada).iter().any(|message| states(message).iter().any(|(shown, _)| *shown == sid)));
}

#[test]
fn track_sids_have_the_form_of_their_wire() {
    let (mut harness, received) = (harness(), Received::default());
    let mut ben = join_other(&mut harness, "ben", &received);
    let request = AddTrack {
        kind: TrackKind::Audio,
        source: Source::Microphone,
        cid: "mic".to_owned(),
        codec_of: None,
        name: String::new(),
        muted: false,
        width: 0,
        height: 0,
        options: TrackOptions::default(),
    };
    harness.request(&ben, ClientRequest::AddTrack(request));
    let pending = ben.texts().pop().unwrap();
    let sid = pending.strip_prefix("pending MT").unwrap();
    assert!(sid.len() == 32 && sid.chars().all(|digit| digit.is_ascii_hexdigit()), "{sid}");
}

#[test]
fn data_messages_cross_wires_in_neutral_form() {
    let (mut harness, received) = (harness(), Received::default());
    let ada = join(&mut harness, "a", "ada");
    let ben = join_other(&mut harness, "ben", &received);
    let cleo = join_other(&mut harness, "cleo", &received);
    for client in [&ada, &ben, &cleo] {
        harness.media_event(client, &MediaEvent::Connected);
    }
    harness.media_event(&ben, &MediaEvent::Data(DataChannel::Reliable, b"hello".to_vec()));
    let packet = proto::DataPacket {
        value: Some(proto::data_packet::Value::User(proto::UserPacket {
            payload: b"hi".to_vec(),
            ..Default::default()
        })),
        ..Default::default()
    };
    harness.media_event(&ada, &MediaEvent::Data(DataChannel::Reliable, packet.encode_to_vec()));
    let received = received.lock().unwrap();
    let of = |(to, from, message): &(String, String, DataMessage)| {
        format!("{from} to {to}: {:?} {}", message.kind, String::from_utf8_lossy(&message.payload))
    };
    let received: Vec<String> = received.iter().map(of).collect();
    assert_eq!(received, ["ben to cleo: Text hello", "ada to ben: Binary hi", "ada to cleo: Binary hi"]);
}

#[test]
fn only_an_offer_that_the_wire_takes_reaches_the_media() {
    let (mut harness, received) = (harness(), Received::default());
    let mut ben = join_other(&mut harness, "ben", &received);
    harness.request(&ben, offer(0));
    ben.texts();
    assert!(!ben.is_closed());
    harness.request(&ben, offer(1));
    ben.texts();
    assert!(ben.is_closed(), "malformed SDP is a protocol error");
}
