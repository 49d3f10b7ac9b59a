//! Messages from the client on the signal socket (LiveKit's `SignalRequest`).

use std::collections::BTreeMap;
use std::time::Duration;

use anteroom_media::Transport;
use anteroom_room::{DisconnectReason, Identity, MetadataChange, SubscriptionPermission, TrackSid, TrackUpdate};
use anteroom_signalling::{ClientRequest, Frame, SessionDescription, SyncState, TrackSettings};
use livekit_protocol as proto;
use livekit_protocol::request_response::Request as Denied;
use livekit_protocol::signal_request::Message;
use prost::Message as _;

use super::signal_response::switched_off;
use super::{convert, limits};

/// The bytes cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a signalling message")]
pub struct MalformedMessage;

/// One message of a client.
#[derive(Clone, Debug, PartialEq)]
pub enum SignalRequest {
    /// For the room.
    Client(Box<ClientRequest>),
    /// `ping`, the old keep-alive: the client's clock in milliseconds.
    Ping(i64),
    /// `ping_req`: the client's clock in milliseconds, echoed in the response.
    PingReq(i64),
    /// A feature that is switched off here: the answer.
    Denied(Frame),
    /// No effect: the message is newer than this server or not supported.
    Nothing,
}

impl SignalRequest {
    /// Converts a message in JSON to protobuf bytes.
    pub fn from_json(text: &str) -> Result<Vec<u8>, MalformedMessage> {
        let request: proto::SignalRequest = serde_json::from_str(text).map_err(|_| MalformedMessage)?;
        Ok(request.encode_to_vec())
    }

    /// Reads one binary message. An unknown (newer) message is [`SignalRequest::Nothing`].
    pub fn read(bytes: &[u8]) -> Result<Self, MalformedMessage> {
        let request = proto::SignalRequest::decode(bytes).map_err(|_| MalformedMessage)?;
        Ok(request.message.map_or(Self::Nothing, Self::from_message))
    }

    #[expect(deprecated, reason = "old clients write these")]
    fn from_message(message: Message) -> Self {
        let request = match message {
            Message::Offer(offer) => ClientRequest::Offer(SessionDescription { sdp: offer.sdp.into(), id: offer.id }),
            Message::Answer(answer) => {
                ClientRequest::Answer(SessionDescription { sdp: answer.sdp.into(), id: answer.id })
            }
            Message::AddTrack(request) => match convert::request(request) {
                Some(request) => ClientRequest::AddTrack(request),
                None => return Self::Nothing,
            },
            Message::Mute(mute) => ClientRequest::Mute { track: mute.sid.as_str().into(), muted: mute.muted },
            Message::Subscription(update) => {
                ClientRequest::UpdateSubscription { wanted: update.subscribe, tracks: tracks_named(update) }
            }
            Message::TrackSetting(settings) => ClientRequest::TrackSettings(TrackSettings {
                tracks: sids(&settings.track_sids, limits::SUBSCRIBED_TRACKS),
                disabled: settings.disabled,
                quality: settings.quality,
                width: settings.width,
                height: settings.height,
                priority: None,
            }),
            Message::UpdateAudioTrack(update) => {
                let features = convert::features(update.features);
                let (track, update) = (update.track_sid.as_str().into(), TrackUpdate::Features(features));
                ClientRequest::UpdateTrack { track, update }
            }
            Message::UpdateVideoTrack(update) => ClientRequest::UpdateTrack {
                track: update.track_sid.as_str().into(),
                update: TrackUpdate::Size(update.width, update.height),
            },
            Message::SubscriptionPermission(permission) => {
                ClientRequest::SubscriptionPermission(subscription_permission(permission))
            }
            Message::UpdateMetadata(update) => {
                ClientRequest::UpdateMetadata { request: update.request_id, change: description(update) }
            }
            Message::SyncState(state) => sync(state),
            Message::Leave(_) => ClientRequest::Leave(DisconnectReason::Left),
            Message::Ping(at) => return Self::Ping(at),
            Message::PingReq(ping) => return Self::PingReq(ping.timestamp),
            Message::Simulate(simulate) => match simulated(&simulate) {
                Some(request) => request,
                None => return Self::Nothing,
            },
            // Candidates are not needed: the server's are in the answer, the client's are learned as peer-reflexive
            // (RFC 8445 section 7.3.1.3).
            Message::Trickle(_)
            | Message::UpdateLayers(_)
            | Message::UnpublishDataTrackRequest(_)
            | Message::UpdateDataSubscription(_) => return Self::Nothing,
            Message::PublishDataTrackRequest(track) => {
                return Self::Denied(switched_off(0, Some(Denied::PublishDataTrack(track))));
            }
            Message::StoreDataBlobRequest(blob) => return Self::Denied(switched_off(blob.request_id, None)),
            Message::GetDataBlobRequest(blob) => return Self::Denied(switched_off(blob.request_id, None)),
        };
        Self::Client(Box::new(request))
    }
}

fn sync(state: proto::SyncState) -> ClientRequest {
    let published = state.publish_tracks.iter().take(limits::OWN_TRACKS);
    let published = published.filter_map(|p| Some(p.track.as_ref()?.sid.as_str().into())).collect();
    let received = state.datachannel_receive_states.iter().take(limits::SENDERS);
    let received = received.map(|of| (of.publisher_sid.as_str().into(), of.last_seq)).collect();
    let wanted = state.subscription.as_ref().is_some_and(|update| update.subscribe);
    let overrides = state.subscription.map(tracks_named).unwrap_or_default();
    ClientRequest::SyncState(SyncState { published, overrides, wanted, received })
}

fn sids(names: &[String], limit: usize) -> Vec<TrackSid> {
    names.iter().take(limit).map(|name| name.as_str().into()).collect()
}

fn tracks_named(update: proto::UpdateSubscription) -> Vec<TrackSid> {
    let nested = update.participant_tracks.iter().flat_map(|tracks| &tracks.track_sids);
    update.track_sids.iter().chain(nested).take(limits::SUBSCRIBED_TRACKS).map(|name| name.as_str().into()).collect()
}

fn subscription_permission(permission: proto::SubscriptionPermission) -> SubscriptionPermission {
    if permission.all_participants {
        return SubscriptionPermission::All;
    }
    let mut people: BTreeMap<Identity, Option<Vec<TrackSid>>> = BTreeMap::new();
    for entry in permission.track_permissions.into_iter().take(limits::PERMISSIONS) {
        let tracks = (!entry.all_tracks).then(|| sids(&entry.track_sids, limits::OWN_TRACKS));
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

/// The request of a client's self-test. The scenarios of a disconnect on resume need none.
fn simulated(simulate: &proto::SimulateScenario) -> Option<ClientRequest> {
    use proto::simulate_scenario::Scenario;
    match simulate.scenario? {
        Scenario::ServerLeave(_) => Some(ClientRequest::Leave(DisconnectReason::Shutdown)),
        // A session that moves to another server disappears from this one as well; here there is no other.
        Scenario::NodeFailure(_) | Scenario::Migration(_) => Some(ClientRequest::Leave(DisconnectReason::Left)),
        Scenario::SpeakerUpdate(seconds) => {
            Some(ClientRequest::SimulateSpeaker(Duration::from_secs(seconds.try_into().unwrap_or(0))))
        }
        Scenario::SwitchCandidateProtocol(protocol) => {
            let is_tcp = protocol == i32::from(proto::CandidateProtocol::Tcp);
            Some(ClientRequest::ForceTransport(is_tcp.then_some(Transport::Tcp)))
        }
        Scenario::LeaveRequestFullReconnect(_) => Some(ClientRequest::Leave(DisconnectReason::StateMismatch)),
        Scenario::DisconnectSignalOnResume(_)
        | Scenario::DisconnectSignalOnResumeNoMessages(_)
        | Scenario::SubscriberBandwidth(_) => None,
    }
}
