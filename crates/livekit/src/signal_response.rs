//! What we say over the open socket, as bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use anteroom_media::Mid;
use anteroom_room::{Denial, Line, Output, Participant, Quality, Reason, Request, Speaker, Track, TrackSid};
use livekit_protocol as proto;
use livekit_protocol::signal_response::Message;
use prost::Message as _;

use super::convert::{self, RoomFacts, Wording};

/// The server whose manners we keep. Clients judge by this number what a server can: they offer no remote calls
/// to one that says less than 1.8.
const SPEAKS_AS: &str = "1.13.5";
/// The newest protocol whose server side we speak. From 18 on native clients open their data
/// channels by numbers agreed beforehand.
const PROTOCOL: i32 = 17;
/// Seconds; zero would stop browsers from asking and native clients from living.
const PING_INTERVAL: i32 = 5;
const PING_TIMEOUT: i32 = 15;

/// A room's output as bytes for the one it names; `None` for what is not said over the socket.
pub(crate) fn of(output: &Output) -> Option<Vec<u8>> {
    let message = match output {
        Output::Changed { about, .. } => update(about),
        Output::Reserved { cid, track, .. } => published(cid, track),
        Output::Heard { track, .. } => {
            Message::TrackSubscribed(proto::TrackSubscribed { track_sid: track.to_string() })
        }
        Output::Silenced { track, muted, .. } => {
            Message::Mute(proto::MuteTrackRequest { sid: track.to_string(), muted: *muted })
        }
        Output::Allowed { from, track, allowed, .. } => {
            Message::SubscriptionPermissionUpdate(proto::SubscriptionPermissionUpdate {
                participant_sid: from.to_string(),
                track_sid: track.to_string(),
                allowed: *allowed,
            })
        }
        Output::Denied { request, denial, .. } => denied(request, *denial),
        Output::Granted { request, .. } => {
            Message::RequestResponse(proto::RequestResponse { request_id: *request, ..Default::default() })
        }
        Output::Speaking { changes, .. } => speaking(changes),
        Output::ComeBack(_) => farewell(proto::DisconnectReason::UnknownReason, proto::leave_request::Action::Resume),
        Output::Line { line, .. } => quality(line),
        Output::Missing { track, .. } => subscription_failed(track, proto::SubscriptionError::SeTrackNotfound),
        Output::Withdrawn { track, .. } => {
            Message::TrackUnpublished(proto::TrackUnpublishedResponse { track_sid: track.to_string() })
        }
        Output::Gone { reason, .. } => goodbye(*reason),
        Output::Welcome { .. }
        | Output::Subscribed { .. }
        | Output::Unsubscribed { .. }
        | Output::Data { .. }
        | Output::Arrived(_)
        | Output::Published { .. }
        | Output::Backed { .. }
        | Output::Muted { .. }
        | Output::Unpublished { .. }
        | Output::Ended(_) => return None,
    };
    Some(bytes(message))
}

/// The first message of a new stay.
pub(crate) fn join(
    room: &RoomFacts,
    us: &Wording,
    you: &Participant,
    others: &[Arc<Participant>],
    two_connections: bool,
) -> Vec<u8> {
    let people = others.len() as u32 + u32::from(!you.grants.hidden);
    let publishers = others.iter().filter(|face| !face.tracks.is_empty()).count() as u32;
    bytes(Message::Join(proto::JoinResponse {
        room: Some(convert::room(room, people, publishers)),
        participant: Some(convert::participant(you)),
        other_participants: others.iter().map(|face| convert::participant(face)).collect(),
        server_version: SPEAKS_AS.to_owned(),
        // Their call counts as connected when the connection on which they receive is.
        subscriber_primary: two_connections && you.grants.can_subscribe,
        ping_timeout: PING_TIMEOUT,
        ping_interval: PING_INTERVAL,
        server_info: Some(server(us)),
        enabled_publish_codecs: convert::codecs(),
        fast_publish: you.grants.can_publish,
        ..Default::default()
    }))
}

/// The first message of a stay that goes on; with the number of the last reliable packet that came from them, so that
/// they say again what did not.
pub fn reconnect(us: &Wording, last_said: u32) -> Vec<u8> {
    bytes(Message::Reconnect(proto::ReconnectResponse {
        server_info: Some(server(us)),
        last_message_seq: last_said,
        ..Default::default()
    }))
}

/// The only message to someone whose stay we do not know: come back as a new one.
pub fn state_mismatch() -> Vec<u8> {
    bytes(farewell(proto::DisconnectReason::StateMismatch, proto::leave_request::Action::Reconnect))
}

/// Goodbye, for good.
pub fn leave(reason: Reason) -> Vec<u8> {
    bytes(goodbye(reason))
}

/// The reply to the old keep-alive.
pub fn pong(now_ms: i64) -> Vec<u8> {
    bytes(Message::Pong(now_ms))
}

/// The reply to the keep-alive: their time, and ours.
pub fn pong_resp(theirs: i64, now_ms: i64) -> Vec<u8> {
    bytes(Message::PongResp(proto::Pong { last_ping_timestamp: theirs, timestamp: now_ms }))
}

/// A token to come back with.
pub fn refresh_token(token: String) -> Vec<u8> {
    bytes(Message::RefreshToken(token))
}

/// The answer to an offer; `tracks` is always the complete map.
pub(crate) fn answer(id: u32, sdp: String, tracks: &BTreeMap<Mid, TrackSid>) -> Vec<u8> {
    let mid_to_track_id = tracks.iter().map(|(mid, track)| (mid.to_string(), track.to_string())).collect();
    bytes(Message::Answer(proto::SessionDescription { r#type: "answer".into(), sdp, id, mid_to_track_id }))
}

/// A candidate of ours, for the connection they offer on or for their second one. It is in our description, too; programs
/// that test a line look for it here. Never an empty one: native clients do not survive it.
pub fn trickle(mid: &str, candidate: &str, second: bool) -> Vec<u8> {
    let target = if second { proto::SignalTarget::Subscriber } else { proto::SignalTarget::Publisher };
    let candidate = serde_json::json!({ "candidate": candidate, "sdpMid": mid, "sdpMLineIndex": 0 });
    let (candidate_init, target) = (candidate.to_string(), target.into());
    bytes(Message::Trickle(proto::TrickleRequest { candidate_init, target, r#final: false }))
}

/// An offer of ours, for their second connection.
pub(crate) fn offer(id: u32, sdp: String, tracks: &BTreeMap<Mid, TrackSid>) -> Vec<u8> {
    let mid_to_track_id = tracks.iter().map(|(mid, track)| (mid.to_string(), track.to_string())).collect();
    bytes(Message::Offer(proto::SessionDescription { r#type: "offer".into(), sdp, id, mid_to_track_id }))
}

/// So many more receiving sections are needed; none of either means that an offer is.
pub(crate) fn sections(audios: u32, videos: u32) -> Vec<u8> {
    bytes(Message::MediaSectionsRequirement(proto::MediaSectionsRequirement { num_audios: audios, num_videos: videos }))
}

/// The room's own facts have changed.
pub fn room_update(room: &RoomFacts, people: u32, publishers: u32) -> Vec<u8> {
    bytes(Message::RoomUpdate(proto::RoomUpdate { room: Some(convert::room(room, people, publishers)) }))
}

/// The same in JSON, for those who speak it.
pub fn as_json(frame: &[u8]) -> Option<String> {
    serde_json::to_string(&proto::SignalResponse::decode(frame).ok()?).ok()
}

/// Their connection cannot take any codec this track is sent in.
pub fn codec_unsupported(track: &TrackSid) -> Vec<u8> {
    bytes(subscription_failed(track, proto::SubscriptionError::SeCodecUnsupported))
}

fn bytes(message: Message) -> Vec<u8> {
    proto::SignalResponse { message: Some(message) }.encode_to_vec()
}

fn server(us: &Wording) -> proto::ServerInfo {
    proto::ServerInfo {
        version: SPEAKS_AS.to_owned(),
        protocol: PROTOCOL,
        node_id: us.node.clone(),
        debug_info: us.version.clone(),
        ..Default::default()
    }
}

fn update(about: &[Arc<Participant>]) -> Message {
    let participants = about.iter().map(|face| convert::participant(face)).collect();
    Message::Update(proto::ParticipantUpdate { participants })
}

fn published(cid: &str, track: &Track) -> Message {
    Message::TrackPublished(proto::TrackPublishedResponse { cid: cid.to_owned(), track: Some(convert::track(track)) })
}

fn speaking(changes: &[Speaker]) -> Message {
    let speaker = |speaker: &Speaker| proto::SpeakerInfo {
        sid: speaker.sid.to_string(),
        level: speaker.level,
        active: speaker.level > 0.0,
    };
    Message::SpeakersChanged(proto::SpeakersChanged { speakers: changes.iter().map(speaker).collect() })
}

fn quality(line: &Line) -> Message {
    let quality = match line.quality {
        Quality::Lost => proto::ConnectionQuality::Lost,
        Quality::Poor => proto::ConnectionQuality::Poor,
        Quality::Good => proto::ConnectionQuality::Good,
        Quality::Excellent => proto::ConnectionQuality::Excellent,
    };
    // On the wire a score is a mean opinion (ITU-T P.800): from 1, bad, to 4.5, what a telephone can reach.
    let score = 1.0 + f32::from(line.score) * 3.5 / 100.0;
    let info = proto::ConnectionQualityInfo { participant_sid: line.sid.to_string(), quality: quality.into(), score };
    Message::ConnectionQuality(proto::ConnectionQualityUpdate { updates: vec![info] })
}

fn subscription_failed(track: &TrackSid, error: proto::SubscriptionError) -> Message {
    Message::SubscriptionResponse(proto::SubscriptionResponse { track_sid: track.to_string(), err: error.into() })
}

fn denied(request: &Request, denial: Denial) -> Message {
    use proto::request_response::{Reason, Request as Wire};
    let (reason, message) = match denial {
        Denial::NotAllowed => (Reason::NotAllowed, "your token does not grant this"),
        Denial::TooMuch => (Reason::LimitExceeded, "too many, or too long"),
    };
    let (request_id, request) = match request {
        Request::Publish(draft) => (0, Some(Wire::AddTrack(convert::add_track(draft)))),
        Request::Describe(number) => (*number, None),
    };
    let reason = reason.into();
    Message::RequestResponse(proto::RequestResponse { request_id, reason, message: message.to_owned(), request })
}

/// Whoever lost the line comes in anew by themselves; whoever was sent away does not.
fn goodbye(reason: Reason) -> Message {
    let action = match reason {
        Reason::MediaLost | Reason::SignalLost | Reason::OutOfStep | Reason::Draining => {
            proto::leave_request::Action::Reconnect
        }
        _ => proto::leave_request::Action::Disconnect,
    };
    farewell(convert::disconnect_reason(reason), action)
}

fn farewell(reason: proto::DisconnectReason, action: proto::leave_request::Action) -> Message {
    let can_reconnect = action != proto::leave_request::Action::Disconnect;
    Message::Leave(proto::LeaveRequest { can_reconnect, reason: reason.into(), action: action.into(), regions: None })
}
