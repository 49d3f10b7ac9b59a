//! Ids in LiveKit's form: a prefix and a random part.

use anteroom_room::{ParticipantSid, Source, TrackKind, TrackSid};

/// `RM_…`, for a room that opens. `random` is 12 letters and digits here and below.
pub fn room_sid(random: &str) -> String {
    format!("RM_{random}")
}

/// `PA_…`, for a new session.
pub fn participant_sid(random: &str) -> ParticipantSid {
    format!("PA_{random}").as_str().into()
}

/// `TR_…`; the letters before the random part are kind and source, for readers of logs.
pub fn track_sid(kind: TrackKind, source: Source, random: &str) -> TrackSid {
    let kind = match kind {
        TrackKind::Audio => "A",
        TrackKind::Video => "V",
    };
    let source = match source {
        Source::Camera => "C",
        Source::Microphone => "M",
        Source::ScreenShare => "S",
        Source::ScreenShareAudio => "s",
        Source::Unknown => "",
    };
    format!("TR_{kind}{source}{random}").as_str().into()
}
