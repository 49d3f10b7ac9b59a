//! Sids as LiveKit's clients know them: a prefix and a random part.

use anteroom_room::{Kind, ParticipantSid, Source, TrackSid};

/// `RM_…`, for a room that opens. `random` is 12 letters and digits here and below.
pub fn room_sid(random: &str) -> String {
    format!("RM_{random}")
}

/// `PA_…`, for a new session.
pub fn participant_sid(random: &str) -> ParticipantSid {
    format!("PA_{random}").as_str().into()
}

/// `TR_…`; the two letters before the random part say what the track carries, for whoever reads logs.
pub fn track_sid(kind: Kind, source: Source, random: &str) -> TrackSid {
    let kind = match kind {
        Kind::Audio => "A",
        Kind::Video => "V",
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
