//! Delivers the notices of the outbox. Delivering a notice twice does no harm.

use anteroom_domain::{
    Appointment, AppointmentId, AppointmentStatus, Consultation, ConsultationId, Notice, ParticipantId, Role,
};

use crate::{App, Error, Message, MessageKind, MessengerError, Result, consultations, invitations};

/// Outcome of delivering one notice.
#[derive(Debug)]
pub enum Delivery {
    /// Delivered, or no longer true.
    Done,
    /// Failed for now.
    RetryLater(Box<dyn std::error::Error + Send + Sync>),
    /// Failed permanently.
    GiveUp(Box<dyn std::error::Error + Send + Sync>),
}

/// Delivers one notice, unless it is no longer true.
pub async fn deliver(app: &App, notice: &Notice) -> Delivery {
    let outcome = match *notice {
        Notice::Confirmed { appointment, participant } => {
            return send(app, appointment, participant, MessageKind::Confirmed).await;
        }
        Notice::Cancelled { appointment, participant } => {
            return send(app, appointment, participant, MessageKind::Cancelled).await;
        }
        Notice::RoomClosed { consultation } => close_room(app, consultation).await,
        Notice::Removed { consultation, participant } => remove(app, consultation, participant).await,
        Notice::Deserted { consultation } => consultations::end_if_deserted(app, consultation).await,
    };
    outcome_of(outcome)
}

fn outcome_of(result: Result<()>) -> Delivery {
    match result {
        Ok(()) | Err(Error::Refused(_) | Error::NotFound) => Delivery::Done,
        Err(error @ (Error::Store(_) | Error::Busy | Error::Video(_))) => Delivery::RetryLater(error.into()),
        Err(error) => Delivery::GiveUp(error.into()),
    }
}

async fn close_room(app: &App, id: ConsultationId) -> Result<()> {
    let Some(consultation) = app.store.read().await?.find_consultation(id).await? else {
        return Ok(());
    };
    Ok(app.video.close(&consultation.room).await?)
}

/// Disconnects a participant, unless they were admitted again meanwhile.
async fn remove(app: &App, id: ConsultationId, who: ParticipantId) -> Result<()> {
    let Some(consultation) = app.store.read().await?.find_consultation(id).await? else {
        return Ok(());
    };
    match consultation.participant(who) {
        Some(participant) if !participant.entry.is_admitted() => Ok(app.video.remove(&consultation.room, who).await?),
        _ => Ok(()),
    }
}

async fn send(app: &App, appointment: AppointmentId, to: ParticipantId, kind: MessageKind) -> Delivery {
    let message = match message(app, appointment, to, kind).await {
        Ok(Some(message)) => message,
        Ok(None) => return Delivery::Done,
        Err(error) => return outcome_of(Err(error)),
    };
    match app.messenger.send(&message).await {
        Ok(()) => Delivery::Done,
        Err(error @ MessengerError::Unreachable(_)) => Delivery::RetryLater(error.into()),
        Err(error @ MessengerError::Refused(_)) => Delivery::GiveUp(error.into()),
    }
}

/// The message, unless it is no longer true. A link is created here, because the store keeps only its hash.
async fn message(app: &App, id: AppointmentId, to: ParticipantId, kind: MessageKind) -> Result<Option<Message>> {
    let mut tx = app.store.read().await?;
    let appointment = tx.find_appointment(id).await?.ok_or(Error::NotFound)?;
    let consultation = tx.consultation_of_appointment(id).await?.ok_or(Error::NotFound)?;
    let practice = tx.find_practice().await?.ok_or(Error::NotFound)?;
    let host = tx.find_user(appointment.host).await?.ok_or(Error::NotFound)?;
    drop(tx);
    if !is_still_true(&appointment, kind) {
        return Ok(None);
    }
    let role = role_in(&consultation, to)?;
    let link = match kind {
        MessageKind::Confirmed if appointment.kind == anteroom_domain::AppointmentKind::Video => {
            Some(app.link(&invitations::issue(app, to).await?).into())
        }
        MessageKind::Confirmed | MessageKind::Cancelled => None,
    };
    let (host_side, guest_side) = ((&host.name, &host.email, &host.zone), {
        let guest = &appointment.guest;
        (&guest.name, &guest.email, &guest.zone)
    });
    let (me, other) = if role == Role::Host { (host_side, guest_side) } else { (guest_side, host_side) };
    Ok(Some(Message {
        kind,
        practice: practice.name.clone(),
        pack: practice.pack,
        role,
        name: me.0.clone(),
        email: me.1.clone(),
        zone: me.2.clone(),
        other: other.0.clone(),
        other_zone: other.2.clone(),
        link,
        opens_before: practice.policy.opens_before(),
        idempotency_key: format!("{to}.{}", kind.as_str()),
        at: app.clock.now(),
        appointment,
    }))
}

const fn is_still_true(appointment: &Appointment, kind: MessageKind) -> bool {
    match kind {
        MessageKind::Confirmed => matches!(appointment.status, AppointmentStatus::Confirmed { .. }),
        MessageKind::Cancelled => matches!(appointment.status, AppointmentStatus::Cancelled { .. }),
    }
}

fn role_in(consultation: &Consultation, to: ParticipantId) -> Result<Role> {
    Ok(consultation.participant(to).ok_or(Error::NotFound)?.role)
}
