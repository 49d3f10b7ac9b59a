//! Messages to the client on the signal socket (LiveKit's `SignalResponse`).

use std::collections::BTreeMap;
use std::sync::Arc;

use anteroom_media::{Codec, Mid};
use anteroom_room::{
    ConnectionQuality, Denial, DeniedRequest, DisconnectReason, Output, Participant, QualityLevel, Speaker, Track,
    TrackSid,
};
use anteroom_signalling::{Frame, PeerRole, RoomInfo, RoomSnapshot};
use livekit_protocol as proto;
use livekit_protocol::signal_response::Message;
use prost::Message as _;

use super::client_configuration::client_configuration;
use super::convert::{self, ServerInfo};
use super::signal_state::mime;

/// The version of LiveKit's server whose behaviour is followed here. Clients derive features from it: they make no
/// remote procedure calls below 1.8.
const SPEAKS_AS: &str = "1.13.5";
/// The newest protocol version whose server side is implemented. From 18 on native clients open their data channels
/// with pre-negotiated ids.
const PROTOCOL: i32 = 17;
/// Seconds. With zero browsers send no pings and native clients disconnect.
const PING_INTERVAL: i32 = 5;
const PING_TIMEOUT: i32 = 15;

/// The message for an output of the room; `None` for outputs that are not sent on the socket.
pub(crate) fn output(output: &Output) -> Option<Frame> {
    let message = match output {
        Output::ParticipantsUpdated { about, .. } => update(about),
        Output::TrackPending { cid, track, .. } => published(cid, track),
        Output::FirstSubscribed { track, .. } => {
            Message::TrackSubscribed(proto::TrackSubscribed { track_sid: track.to_string() })
        }
        Output::ServerMuted { track, muted, .. } => {
            Message::Mute(proto::MuteTrackRequest { sid: track.to_string(), muted: *muted })
        }
        Output::SubscriptionPermissionChanged { from, track, allowed, .. } => {
            Message::SubscriptionPermissionUpdate(proto::SubscriptionPermissionUpdate {
                participant_sid: from.to_string(),
                track_sid: track.to_string(),
                allowed: *allowed,
            })
        }
        Output::RequestDenied { request, denial, .. } => request_denied(request, *denial),
        Output::RequestGranted { request, .. } => {
            Message::RequestResponse(proto::RequestResponse { request_id: *request, ..Default::default() })
        }
        Output::SpeakersChanged { changes, .. } => speakers_changed(changes),
        Output::ResumeRequested(_) => {
            leave_request(proto::DisconnectReason::UnknownReason, proto::leave_request::Action::Resume)
        }
        Output::ConnectionQualityChanged { quality, .. } => connection_quality(quality),
        Output::TrackNotFound { track, .. } => subscription_failed(track, proto::SubscriptionError::SeTrackNotfound),
        Output::PublishRevoked { track, .. } => {
            Message::TrackUnpublished(proto::TrackUnpublishedResponse { track_sid: track.to_string() })
        }
        Output::Disconnected { reason, .. } => leave_message(*reason),
        Output::Joined { .. }
        | Output::Subscribed { .. }
        | Output::Unsubscribed { .. }
        | Output::Data { .. }
        | Output::MediaConnected(_)
        | Output::Published { .. }
        | Output::BackupCodecPublished { .. }
        | Output::Muted { .. }
        | Output::Unpublished { .. }
        | Output::Closed(_) => return None,
    };
    Some(frame(message))
}

/// `JoinResponse`: the first message of a new session.
pub(crate) fn join(
    room: &RoomInfo,
    info: &ServerInfo,
    you: &Participant,
    others: &[Arc<Participant>],
    dual_pc: bool,
    unpublishable: &[Codec],
) -> Frame {
    let people = others.len() as u32 + u32::from(!you.grants.hidden);
    let publishers = others.iter().filter(|info| !info.tracks.is_empty()).count() as u32;
    let is_disabled = |codec: &proto::Codec| unpublishable.iter().any(|disabled| codec.mime == mime(*disabled));
    let enabled = convert::codecs().into_iter().filter(|codec| !is_disabled(codec));
    frame(Message::Join(proto::JoinResponse {
        room: Some(convert::room(room, people, publishers)),
        participant: Some(convert::participant(you)),
        other_participants: others.iter().map(|info| convert::participant(info)).collect(),
        server_version: SPEAKS_AS.to_owned(),
        // The client waits for its subscriber connection before it reports itself as connected.
        subscriber_primary: dual_pc && you.grants.can_subscribe,
        ping_timeout: PING_TIMEOUT,
        ping_interval: PING_INTERVAL,
        server_info: Some(server(info)),
        enabled_publish_codecs: enabled.collect(),
        client_configuration: client_configuration(unpublishable),
        fast_publish: you.grants.can_publish,
        ..Default::default()
    }))
}

/// `ReconnectResponse`: the first message of a resumed session, with the sequence number of the last reliable packet
/// received from the client, so that it repeats later ones.
pub(crate) fn reconnect(info: &ServerInfo, last_sequence: u32) -> Frame {
    frame(Message::Reconnect(proto::ReconnectResponse {
        server_info: Some(server(info)),
        last_message_seq: last_sequence,
        ..Default::default()
    }))
}

/// The only message to a client that resumes an unknown session: asks for a full reconnect.
pub fn state_mismatch() -> Frame {
    frame(leave_request(proto::DisconnectReason::StateMismatch, proto::leave_request::Action::Reconnect))
}

/// `LeaveRequest`: the session has ended.
pub fn leave(reason: DisconnectReason) -> Frame {
    frame(leave_message(reason))
}

/// Reply to the old `ping`; milliseconds since 1970.
pub fn pong(now_ms: i64) -> Frame {
    frame(Message::Pong(now_ms))
}

/// Reply to `ping_req`: the client's timestamp and the server's, in milliseconds.
pub fn pong_resp(client_ms: i64, now_ms: i64) -> Frame {
    frame(Message::PongResp(proto::Pong { last_ping_timestamp: client_ms, timestamp: now_ms }))
}

/// A fresh token for reconnecting.
pub fn refresh_token(token: String) -> Frame {
    frame(Message::RefreshToken(token))
}

/// The answer to the client's offer; `tracks` is always the complete map.
pub(crate) fn answer(id: u32, sdp: String, tracks: &BTreeMap<Mid, TrackSid>) -> Frame {
    let mid_to_track_id = tracks.iter().map(|(mid, track)| (mid.to_string(), track.to_string())).collect();
    frame(Message::Answer(proto::SessionDescription { r#type: "answer".into(), sdp, id, mid_to_track_id }))
}

/// An ICE candidate of the server for one of the client's peer connections. The SDP has it, too; connection tests of the
/// clients expect it here. Never an empty candidate: native clients crash on it.
pub(crate) fn trickle(peer: PeerRole, mid: &str, candidate: &str) -> Frame {
    let target = match peer {
        PeerRole::Publisher => proto::SignalTarget::Publisher,
        PeerRole::Subscriber => proto::SignalTarget::Subscriber,
    };
    let candidate = serde_json::json!({ "candidate": candidate, "sdpMid": mid, "sdpMLineIndex": 0 });
    let (candidate_init, target) = (candidate.to_string(), target.into());
    frame(Message::Trickle(proto::TrickleRequest { candidate_init, target, r#final: false }))
}

/// An offer of the server, for the subscriber connection.
pub(crate) fn offer(id: u32, sdp: String, tracks: &BTreeMap<Mid, TrackSid>) -> Frame {
    let mid_to_track_id = tracks.iter().map(|(mid, track)| (mid.to_string(), track.to_string())).collect();
    frame(Message::Offer(proto::SessionDescription { r#type: "offer".into(), sdp, id, mid_to_track_id }))
}

/// Requests an offer with this many more receiving sections; zeros request just an offer.
pub(crate) fn sections(audios: u32, videos: u32) -> Frame {
    frame(Message::MediaSectionsRequirement(proto::MediaSectionsRequirement { num_audios: audios, num_videos: videos }))
}

/// Attributes of the room have changed.
pub(crate) fn room_update(room: &RoomSnapshot) -> Frame {
    frame(Message::RoomUpdate(proto::RoomUpdate { room: Some(convert::room_snapshot(room)) }))
}

/// The same message in JSON, for clients that use text frames.
pub fn as_json(frame: &[u8]) -> Option<String> {
    serde_json::to_string(&proto::SignalResponse::decode(frame).ok()?).ok()
}

/// The client supports no codec in which this track is sent.
pub(crate) fn codec_unsupported(track: &TrackSid) -> Frame {
    frame(subscription_failed(track, proto::SubscriptionError::SeCodecUnsupported))
}

pub(crate) fn frame(message: Message) -> Frame {
    Frame::Binary(proto::SignalResponse { message: Some(message) }.encode_to_vec())
}

fn server(info: &ServerInfo) -> proto::ServerInfo {
    proto::ServerInfo {
        version: SPEAKS_AS.to_owned(),
        protocol: PROTOCOL,
        node_id: info.node.clone(),
        debug_info: info.version.clone(),
        ..Default::default()
    }
}

fn update(about: &[Arc<Participant>]) -> Message {
    let participants = about.iter().map(|info| convert::participant(info)).collect();
    Message::Update(proto::ParticipantUpdate { participants })
}

fn published(cid: &str, track: &Track) -> Message {
    Message::TrackPublished(proto::TrackPublishedResponse { cid: cid.to_owned(), track: Some(convert::track(track)) })
}

fn speakers_changed(changes: &[Speaker]) -> Message {
    let speaker = |speaker: &Speaker| proto::SpeakerInfo {
        sid: speaker.sid.to_string(),
        level: speaker.level,
        active: speaker.level > 0.0,
    };
    Message::SpeakersChanged(proto::SpeakersChanged { speakers: changes.iter().map(speaker).collect() })
}

fn connection_quality(of: &ConnectionQuality) -> Message {
    let quality = match of.quality {
        QualityLevel::Lost => proto::ConnectionQuality::Lost,
        QualityLevel::Poor => proto::ConnectionQuality::Poor,
        QualityLevel::Good => proto::ConnectionQuality::Good,
        QualityLevel::Excellent => proto::ConnectionQuality::Excellent,
    };
    // On the wire the score is a mean opinion score (ITU-T P.800), from 1, bad, to 4.5, the best of telephony.
    let score = 1.0 + f32::from(of.score) * 3.5 / 100.0;
    let info = proto::ConnectionQualityInfo { participant_sid: of.sid.to_string(), quality: quality.into(), score };
    Message::ConnectionQuality(proto::ConnectionQualityUpdate { updates: vec![info] })
}

fn subscription_failed(track: &TrackSid, error: proto::SubscriptionError) -> Message {
    Message::SubscriptionResponse(proto::SubscriptionResponse { track_sid: track.to_string(), err: error.into() })
}

fn request_denied(request: &DeniedRequest, denial: Denial) -> Message {
    use proto::request_response::{Reason, Request as Wire};
    let (reason, message) = match denial {
        Denial::NotAllowed => (Reason::NotAllowed, "your token does not grant this"),
        Denial::TooMuch => (Reason::LimitExceeded, "too many, or too long"),
    };
    let (request_id, request) = match request {
        DeniedRequest::Publish(request) => (0, Some(Wire::AddTrack(convert::add_track(request)))),
        DeniedRequest::UpdateMetadata(number) => (*number, None),
    };
    let reason = reason.into();
    Message::RequestResponse(proto::RequestResponse { request_id, reason, message: message.to_owned(), request })
}

/// The answer of a LiveKit server on which a feature (data tracks, data blobs) is switched off.
pub(crate) fn switched_off(request_id: u32, request: Option<proto::request_response::Request>) -> Frame {
    let reason = proto::request_response::Reason::NotAllowed.into();
    let message = "this server does not offer it".to_owned();
    frame(Message::RequestResponse(proto::RequestResponse { request_id, reason, message, request }))
}

/// Clients rejoin by themselves after a lost connection, not after a removal.
fn leave_message(reason: DisconnectReason) -> Message {
    let action = match reason {
        DisconnectReason::MediaLost
        | DisconnectReason::SignalLost
        | DisconnectReason::StateMismatch
        | DisconnectReason::Draining => proto::leave_request::Action::Reconnect,
        _ => proto::leave_request::Action::Disconnect,
    };
    leave_request(convert::disconnect_reason(reason), action)
}

fn leave_request(reason: proto::DisconnectReason, action: proto::leave_request::Action) -> Message {
    let can_reconnect = action != proto::leave_request::Action::Disconnect;
    Message::Leave(proto::LeaveRequest { can_reconnect, reason: reason.into(), action: action.into(), regions: None })
}
