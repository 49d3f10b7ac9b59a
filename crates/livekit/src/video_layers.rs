//! Video layers: conversion between qualities and sizes in the messages and the layers that are sent.
//!
//! A layer is identified by its position, lowest first, or by the `rid` its publisher gave; never by the spelling of the
//! `rid`: browsers use q, h and f, others 2, 1 and 0.

use anteroom_media::{Codec, Rid};
use anteroom_room::{Layer, ParticipantSid, Track, TrackSid};
use livekit_protocol as proto;
use livekit_protocol::signal_response::Message;
use prost::Message as _;

use super::signal_request::TrackSettings;

/// Low, medium, high.
const QUALITIES: std::ops::Range<i32> = 0..3;

/// The highest layer that is worth sending to somebody who wants a track like this; `None` for whatever there
/// is. `rids` are the layers that are sent, lowest first.
pub fn max_layer(track: &Track, rids: &[Rid], requested: &TrackSettings) -> Option<Rid> {
    let layers = by_quality(track);
    let highest = layers.len().checked_sub(1)?;
    let place = if requested.width > 0 && requested.height > 0 {
        let shown = |layer: &&Layer| covers(layer, requested);
        layers.iter().position(shown).unwrap_or(highest)
    } else {
        layers.iter().rposition(|layer| layer.quality <= requested.quality).unwrap_or(0)
    };
    let layer = layers.get(place)?;
    let named = rids.iter().find(|rid| !layer.rid.is_empty() && rid.as_bytes() == layer.rid.as_bytes());
    named.or_else(|| rids.get(place)).copied()
}

/// Pictures fill the place they are shown at: what counts is the side that is short.
fn covers(layer: &Layer, requested: &TrackSettings) -> bool {
    if layer.width < layer.height { layer.width >= requested.width } else { layer.height >= requested.height }
}

fn by_quality(track: &Track) -> Vec<&Layer> {
    let mut layers: Vec<&Layer> = track.request.options.layers.iter().collect();
    layers.sort_by_key(|layer| layer.quality);
    layers
}

/// `SubscribedQualityUpdate` for the publisher: only the lowest `requested` layers of the track have subscribers.
///
/// Lists each quality, also those without a layer: browsers look up the only layer of a track as the lowest quality.
#[expect(deprecated, reason = "old clients read these")]
pub fn subscribed_quality(track: &Track, codec: Codec, requested: usize) -> Vec<u8> {
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
    bytes(Message::SubscribedQualityUpdate(message))
}

/// For a subscriber: their network cannot take this track's pictures, or can again.
pub fn stream_state(from: &ParticipantSid, track: &TrackSid, paused: bool) -> Vec<u8> {
    let state = if paused { proto::StreamState::Paused } else { proto::StreamState::Active };
    let info =
        proto::StreamStateInfo { participant_sid: from.to_string(), track_sid: track.to_string(), state: state.into() };
    bytes(Message::StreamStateUpdate(proto::StreamStateUpdate { stream_states: vec![info] }))
}

fn bytes(message: Message) -> Vec<u8> {
    proto::SignalResponse { message: Some(message) }.encode_to_vec()
}

#[cfg(test)]
mod tests {
    use anteroom_room::{AddTrack, Kind, Source, TrackOptions};

    use super::*;

    /// 1280x720 in three layers, with or without `rid`s.
    fn track(rids: [&str; 3]) -> Track {
        let layer = |(quality, rid): (i32, &str)| Layer {
            quality,
            width: 320 << quality,
            height: 180 << quality,
            rid: rid.to_owned(),
            ..Layer::default()
        };
        let layers = (0..3).zip(rids).map(layer).collect();
        let request = AddTrack {
            kind: Kind::Video,
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

    fn sized(width: u32, height: u32) -> TrackSettings {
        TrackSettings { tracks: vec![], disabled: false, quality: 2, width, height }
    }

    fn of_quality(quality: i32) -> TrackSettings {
        TrackSettings { quality, ..sized(0, 0) }
    }

    #[test]
    fn the_smallest_layer_that_fills_the_window_is_enough() {
        let rids = ["q", "h", "f"].map(Rid::from);
        for (requested, rid) in
            [((160, 90), "q"), ((320, 180), "q"), ((400, 225), "h"), ((700, 390), "f"), ((9, 999), "f")]
        {
            let max_layer = max_layer(&track(["", "", ""]), &rids, &sized(requested.0, requested.1));
            assert_eq!(max_layer, Some(Rid::from(rid)), "{requested:?}");
        }
    }

    #[test]
    fn layers_go_by_their_place_or_their_publishers_word_and_not_by_what_they_are_called() {
        let numbered = ["2", "1", "0"].map(Rid::from);
        assert_eq!(max_layer(&track(["", "", ""]), &numbered, &of_quality(0)), Some(Rid::from("2")));
        assert_eq!(max_layer(&track(["0", "1", "2"]), &numbered, &of_quality(0)), Some(Rid::from("0")));
        assert_eq!(max_layer(&track(["", "", ""]), &numbered, &of_quality(1)), Some(Rid::from("1")));
        assert_eq!(max_layer(&track(["", "", ""]), &[], &of_quality(0)), None, "no simulcast");
    }

    #[test]
    fn publishers_are_told_of_each_quality_by_number() {
        let told = |track: &Track, requested| {
            let bytes = subscribed_quality(track, Codec::Vp8, requested);
            let said = proto::SignalResponse::decode(&*bytes).unwrap().message;
            let Some(Message::SubscribedQualityUpdate(update)) = said else { panic!("{said:?}") };
            let [told] = update.subscribed_codecs.as_slice() else { panic!("{update:?}") };
            assert_eq!(told.codec, "vp8");
            told.qualities.iter().map(|q| (q.quality, q.enabled)).collect::<Vec<_>>()
        };
        let three = track(["q", "h", "f"]);
        assert_eq!(told(&three, 2), [(0, true), (1, true), (2, false)]);
        assert_eq!(told(&three, 0), [(0, false), (1, false), (2, false)]);
        let mut single = track(["", "", ""]);
        single.request.options.layers.drain(..2);
        assert_eq!(
            told(&single, 1),
            [(0, true), (1, true), (2, true)],
            "one layer is low to a browser, high to its word"
        );
        assert_eq!(told(&single, 0), [(0, false), (1, false), (2, false)]);
    }
}
