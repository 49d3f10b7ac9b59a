//! Tells the world what the outbox owes it. Every notice can be told twice without harm.

use anteroom_domain::{
    Appointment, AppointmentId, AppointmentStatus, Consultation, ConsultationId, Notice, ParticipantId, Role,
};

use crate::{App, Error, Letter, MessengerError, Result, Subject, consultations, invitations};

/// How telling one notice ended.
#[derive(Debug)]
pub enum Told {
    /// Done, or nothing left to tell.
    Done,
    /// Not now.
    RetryLater(Box<dyn std::error::Error + Send + Sync>),
    /// Never.
    GiveUp(Box<dyn std::error::Error + Send + Sync>),
}

/// Tells one notice. What has become untrue since it was written is not told.
pub async fn tell(app: &App, notice: &Notice) -> Told {
    let told = match *notice {
        Notice::Confirmed { appointment, participant } => {
            return write(app, appointment, participant, Subject::Confirmed).await;
        }
        Notice::Cancelled { appointment, participant } => {
            return write(app, appointment, participant, Subject::Cancelled).await;
        }
        Notice::RoomClosed { consultation } => close_room(app, consultation).await,
        Notice::Removed { consultation, participant } => remove(app, consultation, participant).await,
        Notice::Deserted { consultation } => consultations::end_if_deserted(app, consultation).await,
    };
    outcome(told)
}

fn outcome(told: Result<()>) -> Told {
    match told {
        Ok(()) | Err(Error::Refused(_) | Error::NotFound) => Told::Done,
        Err(error @ (Error::Store(_) | Error::Busy | Error::Video(_))) => Told::RetryLater(error.into()),
        Err(error) => Told::GiveUp(error.into()),
    }
}

async fn close_room(app: &App, id: ConsultationId) -> Result<()> {
    let Some(consultation) = app.store.read().await?.find_consultation(id).await? else {
        return Ok(());
    };
    Ok(app.video.close(&consultation.room).await?)
}

/// Takes somebody out, unless they were let in again meanwhile.
async fn remove(app: &App, id: ConsultationId, who: ParticipantId) -> Result<()> {
    let Some(consultation) = app.store.read().await?.find_consultation(id).await? else {
        return Ok(());
    };
    match consultation.seat(who) {
        Some(seat) if !seat.entry.is_admitted() => Ok(app.video.remove(&consultation.room, who).await?),
        _ => Ok(()),
    }
}

async fn write(app: &App, appointment: AppointmentId, to: ParticipantId, subject: Subject) -> Told {
    let letter = match letter(app, appointment, to, subject).await {
        Ok(Some(letter)) => letter,
        Ok(None) => return Told::Done,
        Err(error) => return outcome(Err(error)),
    };
    match app.messenger.send(&letter).await {
        Ok(()) => Told::Done,
        Err(error @ MessengerError::Unreachable(_)) => Told::RetryLater(error.into()),
        Err(error @ MessengerError::Refused(_)) => Told::GiveUp(error.into()),
    }
}

/// The letter, unless it would say what is no longer so. A link is made at the moment it is written:
/// only its hash ever rests in the store.
async fn letter(app: &App, id: AppointmentId, to: ParticipantId, subject: Subject) -> Result<Option<Letter>> {
    let mut tx = app.store.read().await?;
    let appointment = tx.find_appointment(id).await?.ok_or(Error::NotFound)?;
    let consultation = tx.consultation_of_appointment(id).await?.ok_or(Error::NotFound)?;
    let practice = tx.find_practice().await?.ok_or(Error::NotFound)?;
    let host = tx.find_user(appointment.host).await?.ok_or(Error::NotFound)?;
    drop(tx);
    if !still_true(&appointment, subject) {
        return Ok(None);
    }
    let role = role_in(&consultation, to)?;
    let link = match subject {
        Subject::Confirmed if appointment.kind == anteroom_domain::Kind::Video => {
            Some(app.link(&invitations::issue(app, to).await?).into())
        }
        Subject::Confirmed | Subject::Cancelled => None,
    };
    let (host_side, guest_side) = ((&host.name, &host.email, &host.zone), {
        let guest = &appointment.guest;
        (&guest.name, &guest.email, &guest.zone)
    });
    let (me, other) = if role == Role::Host { (host_side, guest_side) } else { (guest_side, host_side) };
    Ok(Some(Letter {
        subject,
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
        letter_id: format!("{to}.{}", subject.as_str()),
        at: app.clock.now(),
        appointment,
    }))
}

const fn still_true(appointment: &Appointment, subject: Subject) -> bool {
    match subject {
        Subject::Confirmed => matches!(appointment.status, AppointmentStatus::Confirmed { .. }),
        Subject::Cancelled => matches!(appointment.status, AppointmentStatus::Cancelled { .. }),
    }
}

fn role_in(consultation: &Consultation, to: ParticipantId) -> Result<Role> {
    Ok(consultation.seat(to).ok_or(Error::NotFound)?.role)
}
