//! Conversion of participants, tracks and rooms to and from LiveKit's protobuf messages.

use anteroom_media::Codec;
use anteroom_room::{
    AddTrack, DisconnectReason, Grants, Participant, ParticipantState, Source, Track, TrackKind, TrackOptions,
    VideoLayer, WireData,
};
use anteroom_signalling::{RoomInfo, RoomSnapshot};
use livekit_protocol as proto;

use super::signal_state;
use crate::{WIRE, limits};

/// What the server reports about itself (LiveKit's `ServerInfo`).
#[derive(Clone, Debug)]
pub struct ServerInfo {
    /// Anteroom's version, for diagnosis.
    pub version: String,
    /// Id of the server; any text.
    pub node: String,
}

pub(crate) fn room(info: &RoomInfo, people: u32, publishers: u32) -> proto::Room {
    proto::Room {
        sid: info.sid.clone(),
        name: info.name.clone(),
        empty_timeout: info.empty_timeout,
        departure_timeout: info.departure_timeout,
        max_participants: info.max_participants,
        creation_time: info.created_at_ms / 1000,
        creation_time_ms: info.created_at_ms,
        enabled_codecs: codecs(),
        metadata: info.metadata.clone(),
        num_participants: people,
        num_publishers: publishers,
        ..proto::Room::default()
    }
}

/// A room with its counts.
pub(crate) fn room_snapshot(room: &RoomSnapshot) -> proto::Room {
    self::room(&room.info, room.people, room.publishers)
}

/// Codecs that clients may publish. Video comes first: old mobile clients use the first entry for video.
pub(crate) fn codecs() -> Vec<proto::Codec> {
    let mimes = ["video/VP8", "video/H264", "video/VP9", "video/AV1", "audio/opus", "audio/red"];
    let codec = |mime: &str| proto::Codec { mime: mime.to_owned(), fmtp_line: String::new() };
    mimes.into_iter().map(codec).collect()
}

pub(crate) fn participant(info: &Participant) -> proto::ParticipantInfo {
    let client: proto::ParticipantInfo = read(&info.client);
    let state = match info.state {
        ParticipantState::Joined => proto::participant_info::State::Joined,
        ParticipantState::Active => proto::participant_info::State::Active,
        ParticipantState::Disconnected => proto::participant_info::State::Disconnected,
    };
    proto::ParticipantInfo {
        sid: info.sid.to_string(),
        identity: info.identity.to_string(),
        state: state.into(),
        tracks: info.tracks.iter().map(track).collect(),
        metadata: info.metadata.clone(),
        joined_at: info.joined_at_ms / 1000,
        joined_at_ms: info.joined_at_ms,
        name: info.name.clone(),
        version: info.version,
        permission: Some(permission(&info.grants)),
        is_publisher: info.has_published,
        kind: client.kind,
        attributes: info.attributes.clone().into_iter().collect(),
        disconnect_reason: info.disconnect_reason.map_or(0, |reason| disconnect_reason(reason).into()),
        client_protocol: client.client_protocol,
        capabilities: client.capabilities,
        ..proto::ParticipantInfo::default()
    }
}

fn permission(grants: &Grants) -> proto::ParticipantPermission {
    proto::ParticipantPermission {
        can_subscribe: grants.can_subscribe,
        can_publish: grants.can_publish,
        can_publish_data: grants.can_publish_data,
        can_publish_sources: grants.sources.iter().map(|source| source_number(*source)).collect(),
        hidden: grants.hidden,
        can_update_metadata: grants.can_update_metadata,
        ..proto::ParticipantPermission::default()
    }
}

/// Grants that the server API sets.
pub(crate) fn grants(permission: &proto::ParticipantPermission) -> Grants {
    Grants {
        can_publish: permission.can_publish,
        can_subscribe: permission.can_subscribe,
        can_publish_data: permission.can_publish_data,
        sources: permission.can_publish_sources().map(source).collect(),
        can_update_metadata: permission.can_update_metadata,
        hidden: permission.hidden,
    }
}

#[expect(deprecated, reason = "old clients read these")]
pub(crate) fn track(track: &Track) -> proto::TrackInfo {
    let request = &track.request;
    let layers = layers(&request.options.layers);
    let options: proto::TrackInfo = read(&request.options.wire_data);
    let encoding = |mime: &str, mid: &str, cid: &str| proto::SimulcastCodecInfo {
        mime_type: mime.to_owned(),
        mid: mid.to_owned(),
        cid: cid.to_owned(),
        layers: layers.clone(),
        video_layer_mode: layer_mode(request.kind, mime).into(),
        ..proto::SimulcastCodecInfo::default()
    };
    // Before the track is negotiated, its publisher looks here for the codec that it requested.
    let requested =
        request.options.codecs.first().and_then(|name| Codec::from_name(name)).map_or("", signal_state::mime);
    let mime = if track.mime.is_empty() { requested } else { &track.mime };
    let first = encoding(mime, &track.mid, &request.cid);
    let backup = track.backup.as_ref().map(|backup| encoding(&backup.mime, &backup.mid, &backup.cid));
    let codecs = std::iter::once(first).chain(backup).collect();
    proto::TrackInfo {
        sid: track.sid.to_string(),
        r#type: kind_number(request.kind),
        name: request.name.clone(),
        muted: request.muted,
        width: request.width,
        height: request.height,
        simulcast: layers.len() > 1,
        disable_dtx: request.options.disable_dtx,
        source: source_number(request.source),
        layers,
        mime_type: track.mime.clone(),
        mid: track.mid.clone(),
        codecs,
        stereo: request.options.stereo,
        disable_red: request.options.disable_red,
        encryption: options.encryption,
        stream: request.options.stream.clone(),
        audio_features: read::<proto::TrackInfo>(&request.options.features).audio_features,
        backup_codec_policy: options.backup_codec_policy,
        packet_trailer_features: options.packet_trailer_features,
        ..proto::TrackInfo::default()
    }
}

/// `None` for what is neither audio nor video.
#[expect(deprecated, reason = "old clients write these")]
pub(crate) fn request(mut request: proto::AddTrackRequest) -> Option<AddTrack> {
    request.packet_trailer_features.truncate(limits::FEATURES);
    let kind = match request.r#type() {
        proto::TrackType::Audio => TrackKind::Audio,
        proto::TrackType::Video => TrackKind::Video,
        proto::TrackType::Data => return None,
    };
    let source = source(request.source());
    let layers = request.layers.iter().take(limits::ENCODINGS).map(layer).collect();
    // `vp8` of some clients is `video/VP8` of others.
    let name = |codec: &proto::SimulcastCodec| codec.codec.rsplit('/').next().unwrap_or_default().to_owned();
    let codecs = request.simulcast_codecs.iter().take(limits::ENCODINGS).map(name).collect();
    let backup_cid = request.simulcast_codecs.get(1).map(|codec| codec.cid.clone()).unwrap_or_default();
    let wire_data = write(&proto::TrackInfo {
        encryption: request.encryption,
        backup_codec_policy: request.backup_codec_policy,
        packet_trailer_features: request.packet_trailer_features,
        ..proto::TrackInfo::default()
    });
    Some(AddTrack {
        kind,
        source,
        cid: request.cid,
        codec_of: (!request.sid.is_empty()).then(|| request.sid.as_str().into()),
        name: request.name,
        muted: request.muted,
        width: request.width,
        height: request.height,
        options: TrackOptions {
            layers,
            codecs,
            backup_cid,
            stereo: request.stereo,
            disable_dtx: request.disable_dtx,
            disable_red: request.disable_red,
            encrypted: request.encryption != 0,
            stream: request.stream,
            features: features(request.audio_features),
            wire_data,
        },
    })
}

/// The numbers of a track's audio features, which only clients on this wire read.
pub(crate) fn features(mut audio_features: Vec<i32>) -> WireData {
    audio_features.truncate(limits::FEATURES);
    write(&proto::TrackInfo { audio_features, ..proto::TrackInfo::default() })
}

/// What a client reports about itself, which only clients on this wire read.
pub(crate) fn client_info(client_protocol: i32, mut capabilities: Vec<i32>) -> WireData {
    capabilities.truncate(limits::FEATURES);
    write(&proto::ParticipantInfo { client_protocol, capabilities, ..proto::ParticipantInfo::default() })
}

fn write(message: &impl prost::Message) -> WireData {
    WireData::new(WIRE, message.encode_to_vec())
}

/// The default for data of another wire format.
fn read<M: prost::Message + Default>(data: &WireData) -> M {
    data.for_wire(WIRE).and_then(|bytes| M::decode(&bytes[..]).ok()).unwrap_or_default()
}

/// The request as it is repeated in a `RequestResponse`.
pub(crate) fn add_track(request: &AddTrack) -> proto::AddTrackRequest {
    proto::AddTrackRequest {
        cid: request.cid.clone(),
        name: request.name.clone(),
        r#type: kind_number(request.kind),
        source: source_number(request.source),
        ..proto::AddTrackRequest::default()
    }
}

fn layer(layer: &proto::VideoLayer) -> VideoLayer {
    VideoLayer {
        quality: layer.quality,
        width: layer.width,
        height: layer.height,
        bitrate: layer.bitrate,
        rid: layer.rid.clone(),
        ssrc: layer.ssrc,
        spatial_layer: layer.spatial_layer,
    }
}

/// VP9 and AV1 carry all layers in one stream (SVC), the others one layer per stream (simulcast).
fn layer_mode(kind: TrackKind, mime: &str) -> proto::video_layer::Mode {
    use proto::video_layer::Mode;
    match (kind, mime) {
        (TrackKind::Audio, _) => Mode::Unused,
        (TrackKind::Video, "video/VP9" | "video/AV1") => Mode::MultipleSpatialLayersPerStream,
        (TrackKind::Video, _) => Mode::OneSpatialLayerPerStream,
    }
}

/// Video layers, with the browsers' `rid`s where the publisher gave none.
fn layers(layers: &[VideoLayer]) -> Vec<proto::VideoLayer> {
    let mut layers: Vec<_> = layers.iter().map(video_layer).collect();
    layers.sort_by_key(|layer| layer.quality);
    for (index, (layer, rid)) in layers.iter_mut().zip(["q", "h", "f"]).enumerate() {
        if layer.rid.is_empty() {
            rid.clone_into(&mut layer.rid);
            layer.spatial_layer = index as i32;
        }
    }
    layers
}

fn video_layer(layer: &VideoLayer) -> proto::VideoLayer {
    proto::VideoLayer {
        quality: layer.quality,
        width: layer.width,
        height: layer.height,
        bitrate: layer.bitrate,
        rid: layer.rid.clone(),
        ssrc: layer.ssrc,
        spatial_layer: layer.spatial_layer,
        ..proto::VideoLayer::default()
    }
}

fn kind_number(kind: TrackKind) -> i32 {
    match kind {
        TrackKind::Audio => proto::TrackType::Audio.into(),
        TrackKind::Video => proto::TrackType::Video.into(),
    }
}

fn source(source: proto::TrackSource) -> Source {
    match source {
        proto::TrackSource::Unknown => Source::Unknown,
        proto::TrackSource::Camera => Source::Camera,
        proto::TrackSource::Microphone => Source::Microphone,
        proto::TrackSource::ScreenShare => Source::ScreenShare,
        proto::TrackSource::ScreenShareAudio => Source::ScreenShareAudio,
    }
}

fn source_number(source: Source) -> i32 {
    let source = match source {
        Source::Unknown => proto::TrackSource::Unknown,
        Source::Camera => proto::TrackSource::Camera,
        Source::Microphone => proto::TrackSource::Microphone,
        Source::ScreenShare => proto::TrackSource::ScreenShare,
        Source::ScreenShareAudio => proto::TrackSource::ScreenShareAudio,
    };
    source.into()
}

pub(crate) fn disconnect_reason(reason: DisconnectReason) -> proto::DisconnectReason {
    match reason {
        DisconnectReason::Left => proto::DisconnectReason::ClientInitiated,
        DisconnectReason::DuplicateIdentity => proto::DisconnectReason::DuplicateIdentity,
        DisconnectReason::Removed => proto::DisconnectReason::ParticipantRemoved,
        DisconnectReason::RoomDeleted => proto::DisconnectReason::RoomDeleted,
        DisconnectReason::RoomClosed => proto::DisconnectReason::RoomClosed,
        DisconnectReason::NeverConnected => proto::DisconnectReason::JoinFailure,
        DisconnectReason::MediaLost => proto::DisconnectReason::ConnectionTimeout,
        DisconnectReason::SignalLost => proto::DisconnectReason::SignalClose,
        DisconnectReason::ProtocolError | DisconnectReason::StateMismatch => proto::DisconnectReason::StateMismatch,
        DisconnectReason::Shutdown | DisconnectReason::Draining => proto::DisconnectReason::ServerShutdown,
    }
}
