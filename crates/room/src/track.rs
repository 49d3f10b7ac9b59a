//! A track as the room knows it: announced facts, no packets.

use crate::ids::{Kind, Source, TrackSid};
use crate::message::WireData;

/// What someone says about a track before sending it.
#[derive(Clone, Debug, PartialEq)]
pub struct AddTrack {
    /// The publisher's own name for it, echoed in the acknowledgement.
    pub cid: String,
    /// It is no track of its own but this one once more, in its second codec.
    pub codec_of: Option<TrackSid>,
    /// Sound or pictures.
    pub kind: Kind,
    /// Camera, microphone, screen.
    pub source: Source,
    /// A label for people.
    pub name: String,
    /// It starts silent or dark.
    pub muted: bool,
    /// Pixels; zero for sound.
    pub width: u32,
    /// Pixels; zero for sound.
    pub height: u32,
    /// Said to everybody as it was said to us.
    pub options: TrackOptions,
}

impl AddTrack {
    /// Everybody is told of it at every change of its publisher: what is longer than this is not passed on.
    pub(crate) const MAX_LEN: usize = 4 * 1024;

    /// Bytes, about as they are told.
    pub(crate) fn len(&self) -> usize {
        let options = &self.options;
        let names = options.codecs.iter().chain(options.layers.iter().map(|layer| &layer.rid));
        let names = names.chain([&self.cid, &self.name, &options.stream]);
        names.map(String::len).sum::<usize>() + options.features.len() + options.wire_data.len()
    }
}

/// What peers tell each other about a track and the room only passes on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrackOptions {
    /// The simulcast layers the publisher means to send, lowest first.
    pub layers: Vec<Layer>,
    /// The codecs the publisher means to send it in, as `vp8`, the one it likes best first; empty for whichever.
    pub codecs: Vec<String>,
    /// The publisher's own name for what it sends in the second of them, if it sends both from the start.
    pub backup_cid: String,
    /// Two channels.
    pub stereo: bool,
    /// The sender will not pause in silence.
    pub disable_dtx: bool,
    /// The sender will not add redundancy.
    pub disable_red: bool,
    /// Frames are encrypted end to end.
    pub encrypted: bool,
    /// Tracks of one stream are played in step.
    pub stream: String,
    /// Features that only the publisher's wire reads and that may change while the track is published.
    pub features: WireData,
    /// Options that only the publisher's wire reads.
    pub wire_data: WireData,
}

/// One simulcast layer of a video track.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    /// 0 low, 1 medium, 2 high.
    pub quality: i32,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Bits per second.
    pub bitrate: u32,
    /// The RTP stream id (`rid`) that carries it, where the publisher says so.
    pub rid: String,
    /// The synchronisation source, where the publisher says so.
    pub ssrc: u32,
    /// The spatial layer of a scalable codec.
    pub spatial_layer: i32,
}

/// A track with a name of its own: reserved, or really sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Its name in the room.
    pub sid: TrackSid,
    /// What its publisher said.
    pub request: AddTrack,
    /// The media section of the publisher's connection that carries it; empty while only reserved.
    pub mid: String,
    /// The codec, as `video/VP8`; empty while only reserved.
    pub mime: String,
    /// The same once more in another codec, for those who cannot show the first.
    pub backup: Option<TrackEncoding>,
}

/// One encoding of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackEncoding {
    /// The publisher's own name for it.
    pub cid: String,
    /// The media section of the publisher's connection that carries it.
    pub mid: String,
    /// The codec, as `video/VP8`.
    pub mime: String,
}

impl Track {
    /// Sound or pictures.
    pub fn kind(&self) -> Kind {
        self.request.kind
    }
}
