//! The messages of an appointment: what staff read about their delivery.

use anteroom_app::appointments::AppointmentDetails;
use anteroom_domain::{Delivery, DeliveryState, MessageKind, Profile, Role, Zone};

use crate::view::format;
use crate::view::messages::MessageLine;

/// One line for each message, in the order in which they became due. `can_send` is false while no mail server is
/// configured.
pub(super) fn lines(
    deliveries: &[Delivery],
    found: &AppointmentDetails,
    zone: &Zone,
    can_send: bool,
) -> Vec<MessageLine> {
    deliveries.iter().map(|delivery| line(delivery, found, zone, can_send)).collect()
}

fn line(delivery: &Delivery, found: &AppointmentDetails, zone: &Zone, can_send: bool) -> MessageLine {
    let what = match delivery.key.message {
        MessageKind::Confirmed => "Confirmation",
        MessageKind::Cancelled => "Cancellation",
    };
    let at = format::short_date_time(delivery.changed_at, zone);
    let (tone, state, hint) = match delivery.state {
        DeliveryState::Accepted => ("done", format!("Sent, {at}"), None),
        DeliveryState::Queued if !can_send => ("failed", "Not sent: no mail server is set up".to_owned(), None),
        DeliveryState::Queued if delivery.attempts == 0 => ("calm", "Being sent".to_owned(), None),
        DeliveryState::Queued => {
            ("failed", "Not sent yet".to_owned(), Some("The mail server did not take it. We keep trying.".to_owned()))
        }
        DeliveryState::Failed => ("failed", "Not delivered".to_owned(), Some(remedy(delivery, found))),
        DeliveryState::Expired => ("off", "Not sent: the appointment was over".to_owned(), None),
        DeliveryState::Outdated => ("off", "Not sent: no longer true".to_owned(), None),
    };
    let answer = match delivery.state {
        DeliveryState::Queued | DeliveryState::Failed => delivery.last_error.as_ref(),
        DeliveryState::Accepted | DeliveryState::Expired | DeliveryState::Outdated => None,
    };
    MessageLine { what, to: recipient(delivery, found), tone, state, hint, answer: answer.map(|a| a.reveal().clone()) }
}

/// What staff can do about a message that will not be sent again.
fn remedy(delivery: &Delivery, found: &AppointmentDetails) -> String {
    let to = recipient(delivery, found);
    let participant = found.consultation.as_ref().and_then(|c| c.participant(delivery.key.participant));
    // The link on this page is the guest's: nobody else may be given it.
    let is_guest = participant.is_some_and(|participant| participant.role == Role::Guest);
    match delivery.key.message {
        MessageKind::Confirmed if is_guest => {
            format!("Check the address. Get a link on this page and give it to {to} another way.")
        }
        MessageKind::Confirmed => {
            format!("Check the address. {to} has a link of their own; the one on this page is the guest’s.")
        }
        MessageKind::Cancelled => format!("Check the address, and tell {to} another way."),
    }
}

fn recipient(delivery: &Delivery, found: &AppointmentDetails) -> String {
    let participant = found.consultation.as_ref().and_then(|c| c.participant(delivery.key.participant));
    let profile = participant.and_then(|participant| Profile::of(participant, &found.appointment, &found.host));
    let name = profile.map(|profile| profile.name).or(participant.map(|participant| &participant.name));
    name.map(|name| name.reveal().as_str().to_owned()).unwrap_or_default()
}
