//! Video layers: conversion between qualities and sizes in the messages and the layers that are sent.
//!
//! A layer is identified by its position, lowest first, or by the `rid` its publisher gave; never by the spelling of the
//! `rid`: browsers use q, h and f, others 2, 1 and 0.

use anteroom_media::Codec;
use anteroom_room::{ParticipantSid, Track, TrackSid, VideoLayer};
use anteroom_signalling::Frame;
use livekit_protocol as proto;
use livekit_protocol::signal_response::Message;

use crate::signal_response::frame;

/// Low, medium, high.
const QUALITIES: std::ops::Range<i32> = 0..3;

fn by_quality(track: &Track) -> Vec<&VideoLayer> {
    let mut layers: Vec<&VideoLayer> = track.request.options.layers.iter().collect();
    layers.sort_by_key(|layer| layer.quality);
    layers
}

/// `SubscribedQualityUpdate` for the publisher: only the lowest `requested` layers of the track have subscribers.
///
/// Lists each quality, also those without a layer: browsers look up the only layer of a track as the lowest quality.
#[expect(deprecated, reason = "old clients read these")]
pub(crate) fn subscribed_quality(track: &Track, codec: Codec, requested: usize) -> Frame {
    let layers = by_quality(track);
    let highest = match requested.checked_sub(1) {
        None => None,
        Some(index) if index + 1 < layers.len() => layers.get(index).map(|layer| layer.quality),
        Some(_) => Some(QUALITIES.end - 1),
    };
    let enabled = |quality| highest.is_some_and(|highest| quality <= highest);
    let qualities: Vec<_> =
        QUALITIES.map(|quality| proto::SubscribedQuality { quality, enabled: enabled(quality) }).collect();
    // The codec actually sent: a browser also publishes any other codec that it receives here.
    let codec = match codec {
        Codec::Vp8 => "vp8",
        Codec::H264 => "h264",
        Codec::Vp9 => "vp9",
        Codec::Av1 => "av1",
        Codec::Opus => "opus",
    };
    let message = proto::SubscribedQualityUpdate {
        track_sid: track.sid.to_string(),
        subscribed_qualities: qualities.clone(),
        subscribed_codecs: vec![proto::SubscribedCodec { codec: codec.to_owned(), qualities }],
    };
    frame(Message::SubscribedQualityUpdate(message))
}

/// `StreamStateUpdate` for a subscriber: the video is paused for lack of bandwidth, or sent again.
pub(crate) fn stream_state(from: &ParticipantSid, track: &TrackSid, paused: bool) -> Frame {
    let state = if paused { proto::StreamState::Paused } else { proto::StreamState::Active };
    let info =
        proto::StreamStateInfo { participant_sid: from.to_string(), track_sid: track.to_string(), state: state.into() };
    frame(Message::StreamStateUpdate(proto::StreamStateUpdate { stream_states: vec![info] }))
}

#[cfg(test)]
mod tests {
    use anteroom_room::{AddTrack, Source, TrackKind, TrackOptions};
    use prost::Message as _;

    use super::*;

    /// 1280x720 in three layers, with or without `rid`s.
    fn track(rids: [&str; 3]) -> Track {
        let layer = |(quality, rid): (i32, &str)| VideoLayer {
            quality,
            width: 320 << quality,
            height: 180 << quality,
            rid: rid.to_owned(),
            ..VideoLayer::default()
        };
        let layers = (0..3).zip(rids).map(layer).collect();
        let request = AddTrack {
            kind: TrackKind::Video,
            source: Source::Camera,
            cid: String::new(),
            codec_of: None,
            name: String::new(),
            muted: false,
            width: 1280,
            height: 720,
            options: TrackOptions { layers, ..TrackOptions::default() },
        };
        Track { sid: "TR_VCx".into(), request, mid: "1".to_owned(), mime: "video/VP8".to_owned(), backup: None }
    }

    #[test]
    fn publishers_receive_the_state_of_each_quality() {
        let qualities = |track: &Track, requested| {
            let Frame::Binary(bytes) = subscribed_quality(track, Codec::Vp8, requested) else { panic!() };
            let message = proto::SignalResponse::decode(&*bytes).unwrap().message;
            let Some(Message::SubscribedQualityUpdate(update)) = message else { panic!("{message:?}") };
            let [codec] = update.subscribed_codecs.as_slice() else { panic!("{update:?}") };
            assert_eq!(codec.codec, "vp8");
            codec.qualities.iter().map(|q| (q.quality, q.enabled)).collect::<Vec<_>>()
        };
        let three = track(["q", "h", "f"]);
        assert_eq!(qualities(&three, 2), [(0, true), (1, true), (2, false)]);
        assert_eq!(qualities(&three, 0), [(0, false), (1, false), (2, false)]);
        let mut single = track(["", "", ""]);
        single.request.options.layers.drain(..2);
        assert_eq!(qualities(&single, 1), [(0, true), (1, true), (2, true)], "browsers send their only layer as low");
        assert_eq!(qualities(&single, 0), [(0, false), (1, false), (2, false)]);
    }
}
