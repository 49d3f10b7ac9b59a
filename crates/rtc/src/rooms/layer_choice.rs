//! The layer that is worth sending to a subscriber: of simulcast, or inside one stream (SVC).
//!
//! A layer is known by its place, lowest first, or by the RID or SSRC its publisher declared; never by what the RID is
//! called: browsers call them q, h and f, other clients 2, 1 and 0.

use anteroom_media::LayerKey;
use anteroom_room::{Track, VideoLayer};
use anteroom_signalling::TrackSettings;

/// The highest layer that is worth sending to a subscriber with these settings; `None` for no limit. `keys` are the
/// layers of simulcast that are sent, lowest first. Without simulcast the place counts: the stream may have spatial
/// layers inside.
pub(super) fn max_layer(track: &Track, keys: &[LayerKey], settings: &TrackSettings) -> Option<LayerKey> {
    let mut layers: Vec<&VideoLayer> = track.request.options.layers.iter().collect();
    layers.sort_by_key(|layer| layer.quality);
    let highest = layers.len().checked_sub(1)?;
    let place = if settings.width > 0 && settings.height > 0 {
        layers.iter().position(|layer| covers(layer, settings)).unwrap_or(highest)
    } else {
        layers.iter().rposition(|layer| layer.quality <= settings.quality).unwrap_or(0)
    };
    let layer = layers.get(place)?;
    let declared = keys.iter().find(|key| is_declared(layer, key));
    let inside = || u8::try_from(place).ok().filter(|_| keys.is_empty()).map(LayerKey::Spatial);
    declared.or_else(|| keys.get(place)).copied().or_else(inside)
}

fn is_declared(layer: &VideoLayer, key: &LayerKey) -> bool {
    match key {
        LayerKey::Rid(rid) => !layer.rid.is_empty() && rid.as_bytes() == layer.rid.as_bytes(),
        LayerKey::Ssrc(ssrc) => layer.ssrc != 0 && **ssrc == layer.ssrc,
        LayerKey::Spatial(_) => false,
    }
}

/// A video fills the box it is rendered in: the shorter side counts.
fn covers(layer: &VideoLayer, settings: &TrackSettings) -> bool {
    if layer.width < layer.height { layer.width >= settings.width } else { layer.height >= settings.height }
}

#[cfg(test)]
mod tests {
    use anteroom_room::{AddTrack, Source, TrackKind, TrackOptions};

    use super::*;

    /// 1280x720 in three layers, with rids or without.
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

    fn sized(width: u32, height: u32) -> TrackSettings {
        TrackSettings { tracks: vec![], disabled: false, quality: 2, width, height, priority: None }
    }

    fn of_quality(quality: i32) -> TrackSettings {
        TrackSettings { quality, ..sized(0, 0) }
    }

    #[test]
    fn smallest_layer_that_fills_the_window_is_enough() {
        let rids = ["q", "h", "f"].map(|rid| LayerKey::Rid(rid.into()));
        for (requested, rid) in
            [((160, 90), "q"), ((320, 180), "q"), ((400, 225), "h"), ((700, 390), "f"), ((9, 999), "f")]
        {
            let chosen = max_layer(&track(["", "", ""]), &rids, &sized(requested.0, requested.1));
            assert_eq!(chosen, Some(LayerKey::Rid(rid.into())), "{requested:?}");
        }
    }

    #[test]
    fn layers_are_matched_by_place_or_declared_rid() {
        let numbered = ["2", "1", "0"].map(|rid| LayerKey::Rid(rid.into()));
        assert_eq!(max_layer(&track(["", "", ""]), &numbered, &of_quality(0)), Some(LayerKey::Rid("2".into())));
        assert_eq!(max_layer(&track(["0", "1", "2"]), &numbered, &of_quality(0)), Some(LayerKey::Rid("0".into())));
        assert_eq!(max_layer(&track(["", "", ""]), &numbered, &of_quality(1)), Some(LayerKey::Rid("1".into())));
        assert_eq!(max_layer(&track(["", "", ""]), &[], &of_quality(0)), Some(LayerKey::Spatial(0)), "no simulcast");
    }
}
