//! A track as the room knows it: its description, no packets.

use crate::ids::{Source, TrackKind, TrackSid};
use crate::message::WireData;

/// A publisher's description of a track before it is sent (LiveKit's `AddTrackRequest`).
#[derive(Clone, Debug, PartialEq)]
pub struct AddTrack {
    /// Client id: the publisher's own id for it, repeated in the acknowledgement.
    pub cid: String,
    /// Set when this is the second codec of an existing track, not a new track.
    pub codec_of: Option<TrackSid>,
    /// Audio or video.
    pub kind: TrackKind,
    /// Camera, microphone or screen.
    pub source: Source,
    /// Display name.
    pub name: String,
    /// Starts muted.
    pub muted: bool,
    /// Pixels; zero for audio.
    pub width: u32,
    /// Pixels; zero for audio.
    pub height: u32,
    /// Passed on to everybody unchanged.
    pub options: TrackOptions,
}

impl AddTrack {
    /// Longest accepted description, in bytes: it is sent to everybody at every change of the publisher.
    pub(crate) const MAX_LEN: usize = 4 * 1024;

    /// Approximate size on the wire, in bytes.
    pub(crate) fn len(&self) -> usize {
        let options = &self.options;
        let names = options.codecs.iter().chain(options.layers.iter().map(|layer| &layer.rid));
        let names = names.chain([&self.cid, &self.name, &options.stream, &options.backup_cid]);
        names.map(String::len).sum::<usize>() + options.features.len() + options.wire_data.len()
    }
}

/// Properties of a track that the room only passes on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrackOptions {
    /// Simulcast layers the publisher intends to send, lowest first.
    pub layers: Vec<VideoLayer>,
    /// Codecs the publisher intends to use, as `vp8`, preferred first; empty for any.
    pub codecs: Vec<String>,
    /// Client id of the second encoding, if both are sent from the start.
    pub backup_cid: String,
    /// Two audio channels.
    pub stereo: bool,
    /// The sender does not use discontinuous transmission (DTX).
    pub disable_dtx: bool,
    /// The sender does not use audio redundancy (RED, RFC 2198).
    pub disable_red: bool,
    /// Frames are encrypted end to end.
    pub encrypted: bool,
    /// Id of the media stream; tracks of one stream are played in sync.
    pub stream: String,
    /// Features that only the publisher's wire reads and that may change while the track is published.
    pub features: WireData,
    /// Options that only the publisher's wire reads.
    pub wire_data: WireData,
}

/// One simulcast layer of a video track (LiveKit's `VideoLayer`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VideoLayer {
    /// 0 low, 1 medium, 2 high.
    pub quality: i32,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Bits per second.
    pub bitrate: u32,
    /// RTP stream id (`rid`, RFC 8852) that carries it; empty if not given.
    pub rid: String,
    /// Synchronisation source (RFC 3550) that carries it; zero if not given.
    pub ssrc: u32,
    /// Spatial layer of a scalable codec.
    pub spatial_layer: i32,
}

/// A track with its id: pending or published (LiveKit's `TrackInfo`).
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Its id in the room.
    pub sid: TrackSid,
    /// The publisher's description.
    pub request: AddTrack,
    /// The `mid` of the publisher's media section that carries it; empty while pending.
    pub mid: String,
    /// The codec, as `video/VP8`; empty while pending.
    pub mime: String,
    /// The same track in a second codec, for subscribers that cannot decode the first.
    pub backup: Option<TrackEncoding>,
}

/// One encoding of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackEncoding {
    /// The publisher's client id of it.
    pub cid: String,
    /// The `mid` of the publisher's media section that carries it.
    pub mid: String,
    /// The codec, as `video/VP8`.
    pub mime: String,
}

impl Track {
    /// Audio or video.
    pub fn kind(&self) -> TrackKind {
        self.request.kind
    }
}
