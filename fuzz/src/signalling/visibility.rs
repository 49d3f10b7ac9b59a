//! Which messages a participant may receive because of another participant's actions.

use std::collections::BTreeSet;

use livekit_protocol as proto;
use livekit_protocol::signal_response::Message;
use prost::Message as _;

/// Decodes a frame of the server: clients must be able to read every one.
pub(crate) fn read(frame: &[u8]) -> Message {
    let read = proto::SignalResponse::decode(frame).expect("the server's frame decodes");
    read.message.expect("the server's frame has a message")
}

/// Whether a participant that did nothing may receive this after an action of the participant with these sids (earlier
/// sessions included). `own` are the receiver's own tracks.
pub(crate) fn is_harmless(message: &Message, actor_sids: &BTreeSet<String>, own: &[String]) -> bool {
    match message {
        Message::Update(update) => update.participants.iter().all(|info| actor_sids.contains(&info.sid)),
        Message::ConnectionQuality(quality) => {
            quality.updates.iter().all(|of| actor_sids.contains(&of.participant_sid))
        }
        Message::SubscriptionPermissionUpdate(update) => actor_sids.contains(&update.participant_sid),
        // The receiver's track has its first subscriber, or subscribers request other layers of it.
        Message::TrackSubscribed(subscribed) => own.contains(&subscribed.track_sid),
        Message::SubscribedQualityUpdate(requested) => own.contains(&requested.track_sid),
        // Sections are needed for tracks of the acting participant, or became unused.
        Message::MediaSectionsRequirement(_) | Message::Offer(_) => true,
        Message::SpeakersChanged(_) => true,
        _ => false,
    }
}

/// The message before the server closes a socket.
pub(crate) fn is_leave(message: &Message) -> bool {
    matches!(message, Message::Leave(_))
}
