//! Messages from the client on the signalling socket (LiveKit's `SignalRequest`).

use std::collections::BTreeMap;

use anteroom_media::Transport;
use anteroom_room::{
    AddTrack, Identity, MetadataChange, ParticipantSid, SubscriptionPermission, TrackSid, TrackUpdate,
};
use livekit_protocol as proto;
use livekit_protocol::signal_request::Message;
use prost::Message as _;

use super::convert;
use super::join_request::SessionDescription;

/// More features than LiveKit defines; the rest of a longer list is ignored.
const MAX_AUDIO_FEATURES: usize = 32;

/// How many ids of one message are read. Each is looked up on the thread that serves all rooms; a message has room for
/// 400,000, whose look-up would delay the packets of every room.
const MAX_NAMES: usize = 4_096;

/// The bytes cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a signalling message")]
pub struct MalformedMessage;

/// One message of a client.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Negotiate: sections came, went or changed.
    Offer(SessionDescription),
    /// Their answer to an offer of ours.
    Answer(SessionDescription),
    /// A track will be sent.
    AddTrack(AddTrack),
    /// A track of theirs is muted or not.
    Mute {
        /// Which.
        track: TrackSid,
        /// Or not.
        muted: bool,
    },
    /// What they said about a track of theirs is different by now.
    Refine {
        /// Which.
        track: TrackSid,
        /// What changed.
        update: TrackUpdate,
    },
    /// Tracks are wanted or not.
    Subscribe {
        /// Which.
        tracks: Vec<TrackSid>,
        /// Or not.
        requested: bool,
    },
    /// How tracks are wanted.
    TrackSettings(TrackSettings),
    /// Who may receive what they publish.
    SubscriptionPermission(SubscriptionPermission),
    /// What is said about them changes.
    Describe {
        /// The number of the request.
        request: u32,
        /// What changes.
        change: MetadataChange,
    },
    /// After a reconnect: what they believe to be so.
    Sync {
        /// The tracks they believe to publish.
        published: Vec<TrackSid>,
        /// The tracks they want overrides than by default.
        overrides: Vec<TrackSid>,
        /// And whether that is to want them.
        requested: bool,
        /// The tracks that are not on their screen.
        disabled: Vec<TrackSid>,
        /// The number of the last reliable packet they have of each sender.
        received: Vec<(ParticipantSid, u32)>,
    },
    /// They go.
    Leave,
    /// Old keep-alive: milliseconds.
    Ping(i64),
    /// Keep-alive: milliseconds of theirs, to be echoed.
    PingReq(i64),
    /// The server is asked to misbehave, for a test of theirs.
    Simulate(SimulateScenario),
    /// Nothing that needs doing.
    Nothing,
}

/// How a subscriber wants tracks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackSettings {
    /// Which.
    pub tracks: Vec<TrackSid>,
    /// Not now: it is not on their screen.
    pub disabled: bool,
    /// 0 low, 1 medium, 2 high; counts when the size is not given.
    pub quality: i32,
    /// Pixels it is shown at; zero for not given.
    pub width: u32,
    /// Pixels it is shown at; zero for not given.
    pub height: u32,
}

/// What a client's test wants to go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimulateScenario {
    /// The server says goodbye.
    ServerLeave,
    /// The socket closes without a word.
    NodeFailure,
    /// The socket closes once they come back.
    DisconnectOnResume,
    /// They speak, for so many seconds.
    Speak(u64),
    /// When they come in anew, they are to reach us by TCP alone, or by whatever there is again.
    ReachBy(Option<Transport>),
    /// They are told to come in anew.
    FullReconnect,
    /// Anything else.
    Other,
}

impl Request {
    /// A message in JSON, as bytes.
    pub fn from_json(text: &str) -> Result<Vec<u8>, MalformedMessage> {
        let request: proto::SignalRequest = serde_json::from_str(text).map_err(|_| MalformedMessage)?;
        Ok(request.encode_to_vec())
    }

    /// Reads one binary message. What is newer than we are is [`Request::Nothing`].
    pub fn read(bytes: &[u8]) -> Result<Self, MalformedMessage> {
        let request = proto::SignalRequest::decode(bytes).map_err(|_| MalformedMessage)?;
        Ok(request.message.map_or(Self::Nothing, Self::meaning))
    }

    #[expect(deprecated, reason = "old clients write these")]
    fn meaning(message: Message) -> Self {
        match message {
            Message::Offer(offer) => Self::Offer(SessionDescription { sdp: offer.sdp, id: offer.id }),
            Message::Answer(answer) => Self::Answer(SessionDescription { sdp: answer.sdp, id: answer.id }),
            Message::AddTrack(request) => convert::request(request).map_or(Self::Nothing, Self::AddTrack),
            Message::Mute(mute) => Self::Mute { track: mute.sid.as_str().into(), muted: mute.muted },
            Message::Subscription(update) => {
                Self::Subscribe { requested: update.subscribe, tracks: tracks_named(update) }
            }
            Message::TrackSetting(settings) => Self::TrackSettings(TrackSettings {
                tracks: sids(&settings.track_sids),
                disabled: settings.disabled,
                quality: settings.quality,
                width: settings.width,
                height: settings.height,
            }),
            Message::UpdateAudioTrack(update) => Self::Refine {
                track: update.track_sid.as_str().into(),
                update: TrackUpdate::Features(convert::features(
                    update.features.into_iter().take(MAX_AUDIO_FEATURES).collect(),
                )),
            },
            Message::UpdateVideoTrack(update) => Self::Refine {
                track: update.track_sid.as_str().into(),
                update: TrackUpdate::Size(update.width, update.height),
            },
            Message::SubscriptionPermission(permission) => {
                Self::SubscriptionPermission(subscription_permission(permission))
            }
            Message::UpdateMetadata(update) => {
                Self::Describe { request: update.request_id, change: description(update) }
            }
            Message::SyncState(state) => sync(state),
            Message::Leave(_) => Self::Leave,
            Message::Ping(at) => Self::Ping(at),
            Message::PingReq(ping) => Self::PingReq(ping.timestamp),
            Message::Simulate(simulate) => Self::Simulate(scenario(&simulate)),
            // Candidates are not needed: ours are in the answer, theirs show themselves (RFC 8445 section 7.3.1.3).
            Message::Trickle(_)
            | Message::UpdateLayers(_)
            | Message::PublishDataTrackRequest(_)
            | Message::UnpublishDataTrackRequest(_)
            | Message::UpdateDataSubscription(_)
            | Message::StoreDataBlobRequest(_)
            | Message::GetDataBlobRequest(_) => Self::Nothing,
        }
    }
}

fn sync(state: proto::SyncState) -> Request {
    let published = state.publish_tracks.iter().filter_map(|p| Some(p.track.as_ref()?.sid.as_str().into())).collect();
    let received = state.datachannel_receive_states.iter().take(MAX_NAMES);
    let received = received.map(|of| (of.publisher_sid.as_str().into(), of.last_seq)).collect();
    let disabled = sids(&state.track_sids_disabled);
    let requested = state.subscription.as_ref().is_some_and(|update| update.subscribe);
    let overrides = state.subscription.map(tracks_named).unwrap_or_default();
    Request::Sync { published, overrides, requested, disabled, received }
}

fn sids(names: &[String]) -> Vec<TrackSid> {
    names.iter().take(MAX_NAMES).map(|name| name.as_str().into()).collect()
}

fn tracks_named(update: proto::UpdateSubscription) -> Vec<TrackSid> {
    let nested = update.participant_tracks.iter().flat_map(|tracks| &tracks.track_sids);
    update.track_sids.iter().chain(nested).take(MAX_NAMES).map(|name| name.as_str().into()).collect()
}

fn subscription_permission(permission: proto::SubscriptionPermission) -> SubscriptionPermission {
    if permission.all_participants {
        return SubscriptionPermission::All;
    }
    let mut people: BTreeMap<Identity, Option<Vec<TrackSid>>> = BTreeMap::new();
    for entry in permission.track_permissions {
        let tracks = (!entry.all_tracks).then(|| sids(&entry.track_sids));
        people.insert(entry.participant_identity.as_str().into(), tracks);
    }
    SubscriptionPermission::Only(people)
}

/// On this wire an empty string means no change.
fn description(update: proto::UpdateParticipantMetadata) -> MetadataChange {
    let given = |text: String| (!text.is_empty()).then_some(text);
    MetadataChange {
        name: given(update.name),
        metadata: given(update.metadata),
        attributes: update.attributes.into_iter().collect(),
    }
}

fn scenario(simulate: &proto::SimulateScenario) -> SimulateScenario {
    use proto::simulate_scenario::Scenario as Wire;
    match simulate.scenario {
        Some(Wire::ServerLeave(_)) => SimulateScenario::ServerLeave,
        // One that moves to another server disappears from this one as well; here there is no other.
        Some(Wire::NodeFailure(_) | Wire::Migration(_)) => SimulateScenario::NodeFailure,
        Some(Wire::SpeakerUpdate(seconds)) => SimulateScenario::Speak(seconds.try_into().unwrap_or(0)),
        Some(Wire::SwitchCandidateProtocol(protocol)) => {
            let is_tcp = protocol == i32::from(proto::CandidateProtocol::Tcp);
            SimulateScenario::ReachBy(is_tcp.then_some(Transport::Tcp))
        }
        Some(Wire::DisconnectSignalOnResume(_) | Wire::DisconnectSignalOnResumeNoMessages(_)) => {
            SimulateScenario::DisconnectOnResume
        }
        Some(Wire::LeaveRequestFullReconnect(_)) => SimulateScenario::FullReconnect,
        _ => SimulateScenario::Other,
    }
}
