//! What somebody may hear because of what another one did.

use std::collections::BTreeSet;

use livekit_protocol as proto;
use livekit_protocol::signal_response::Message;
use prost::Message as _;

/// One frame of ours. There is none that a client could not read.
pub(crate) fn read(frame: &[u8]) -> Message {
    let read = proto::SignalResponse::decode(frame).expect("a frame of ours is a message");
    read.message.expect("a frame of ours has a message")
}

/// May somebody who did nothing hear this, after something that `actor_sids` did? (Stays of one person, old ones too.)
/// `own` are the listener's own tracks.
pub(crate) fn is_harmless(message: &Message, actor_sids: &BTreeSet<String>, own: &[String]) -> bool {
    match message {
        Message::Update(update) => update.participants.iter().all(|info| actor_sids.contains(&info.sid)),
        Message::ConnectionQuality(quality) => {
            quality.updates.iter().all(|of| actor_sids.contains(&of.participant_sid))
        }
        Message::SubscriptionPermissionUpdate(update) => actor_sids.contains(&update.participant_sid),
        // A track of the listener's has got its first listener, or is requested larger or smaller.
        Message::TrackSubscribed(subscribed) => own.contains(&subscribed.track_sid),
        Message::SubscribedQualityUpdate(requested) => own.contains(&requested.track_sid),
        // Room is to be made for their tracks, or was left by them.
        Message::MediaSectionsRequirement(_) | Message::Offer(_) => true,
        Message::SpeakersChanged(_) => true,
        _ => false,
    }
}

/// The last word to somebody whose socket is to close.
pub(crate) fn is_leave(message: &Message) -> bool {
    matches!(message, Message::Leave(_))
}
