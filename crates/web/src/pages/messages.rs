//! The messages of an appointment: what staff read about their delivery.

use anteroom_app::appointments::AppointmentDetails;
use anteroom_domain::{Delivery, DeliveryState, MessageKind, Profile, Zone};
use anteroom_l10n::Catalogue;

use crate::view::messages::MessageLine;

/// One line for each message, in the order in which they became due. `can_send` is false while no mail server is
/// configured.
pub(super) fn lines(
    deliveries: &[Delivery],
    found: &AppointmentDetails,
    (words, zone): (&Catalogue, &Zone),
    can_send: bool,
) -> Vec<MessageLine> {
    let line = |delivery: &Delivery| {
        line(delivery, found, words, &words.date_time_in_zone(delivery.changed_at, zone), can_send)
    };
    deliveries.iter().map(line).collect()
}

fn line(delivery: &Delivery, found: &AppointmentDetails, words: &Catalogue, at: &str, can_send: bool) -> MessageLine {
    let what = match delivery.key.message {
        MessageKind::Confirmed => words.message_confirmation(),
        MessageKind::Cancelled => words.message_cancellation(),
        MessageKind::HostChanged => words.message_host_changed(),
    };
    let (tone, state, hint) = match delivery.state {
        DeliveryState::Accepted => ("done", words.message_sent(at), None),
        DeliveryState::Queued if !can_send => ("failed", words.message_no_server(), None),
        DeliveryState::Queued if delivery.attempts == 0 => ("calm", words.message_sending(), None),
        DeliveryState::Queued => ("failed", words.message_retrying(), Some(words.message_retrying_hint())),
        DeliveryState::Failed => ("failed", words.message_failed(), Some(remedy(delivery, found, words))),
        DeliveryState::Expired => ("off", words.message_expired(), None),
        DeliveryState::Outdated => ("off", words.message_outdated(), None),
    };
    let answer = match delivery.state {
        DeliveryState::Queued | DeliveryState::Failed => delivery.last_error.as_ref(),
        DeliveryState::Accepted | DeliveryState::Expired | DeliveryState::Outdated => None,
    };
    MessageLine { what, to: recipient(delivery, found), tone, state, hint, answer: answer.map(|a| a.reveal().clone()) }
}

/// What staff can do about a message that will not be sent again.
fn remedy(delivery: &Delivery, found: &AppointmentDetails, words: &Catalogue) -> String {
    let to = recipient(delivery, found);
    let participant = found.consultation.as_ref().and_then(|c| c.participant(delivery.key.participant));
    // This page makes links of guest and companions. A host makes their own.
    let has_link_here = participant.is_some_and(|participant| participant.role.waits());
    match delivery.key.message {
        MessageKind::Confirmed | MessageKind::HostChanged if has_link_here => words.message_remedy_guest(to),
        MessageKind::Confirmed | MessageKind::HostChanged => words.message_remedy_others(to),
        MessageKind::Cancelled => words.message_remedy_cancelled(to),
    }
}

fn recipient(delivery: &Delivery, found: &AppointmentDetails) -> String {
    let participant = found.consultation.as_ref().and_then(|c| c.participant(delivery.key.participant));
    let profile = participant.and_then(|participant| Profile::of(participant, &found.appointment, &found.host));
    let name = profile.map(|profile| profile.name).or(participant.map(|participant| &participant.name));
    name.map(|name| name.reveal().as_str().to_owned()).unwrap_or_default()
}
