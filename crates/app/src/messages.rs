//! Messages to people: what is still true is written and handed to the messenger, and staff see what became of it.

use anteroom_domain::{
    Appointment, AppointmentId, AppointmentKind, AppointmentStatus, Channel, Consultation, Delivery, DeliveryKey,
    DeliveryState, LanguageTag, MessageKind, Notice, Participant, ParticipantId, Private, Profile, Role, Secret,
};
use anteroom_store::{Due, LeasedJob, Tx, Wake};
use jiff::Timestamp;

use crate::jobs::{self, AttemptResult, Recorded};
use crate::{Actor, App, Error, Message, MessengerError, Result, invitations};

/// Posts a message to every participant of a consultation who has an e-mail address, in the transaction of the change it
/// is about. It is of no use after the appointment.
pub(crate) async fn post(
    tx: &mut Tx,
    of: &Consultation,
    appointment: &Appointment,
    kind: MessageKind,
    now: Timestamp,
) -> Result<()> {
    for participant in recipients(of, appointment) {
        post_one(tx, appointment, participant, kind, now).await?;
    }
    Ok(())
}

/// Staff pass their link on to those who have no e-mail address.
fn recipients(of: &Consultation, appointment: &Appointment) -> impl Iterator<Item = ParticipantId> {
    let person = |participant: &Participant| participant.person.and_then(|id| appointment.person(id));
    let reached = move |one: &&Participant| person(one).is_none_or(|person| person.email().is_some());
    of.participants.iter().filter(reached).map(|participant| participant.id)
}

async fn post_one(
    tx: &mut Tx,
    of: &Appointment,
    participant: ParticipantId,
    kind: MessageKind,
    now: Timestamp,
) -> Result<()> {
    let appointment = of.id;
    let notice = match kind {
        MessageKind::Confirmed => Notice::Confirmed { appointment, participant },
        MessageKind::Cancelled => Notice::Cancelled { appointment, participant },
        MessageKind::HostChanged => Notice::HostChanged { appointment, participant },
    };
    tx.queue_delivery(&key(participant, kind), appointment, now).await?;
    Ok(tx.post(&notice, Due::now(now).until(of.ends_at())).await?)
}

/// Posts the cancellation to those who may have received the confirmation. The others receive neither.
pub(crate) async fn post_cancellation(
    tx: &mut Tx,
    of: &Consultation,
    cancelled: &Appointment,
    now: Timestamp,
) -> Result<()> {
    let appointment = cancelled.id;
    for participant in recipients(of, cancelled) {
        if tx.withdraw_untried(&Notice::Confirmed { appointment, participant }).await? {
            let key = key(participant, MessageKind::Confirmed);
            tx.record_delivery(&key, appointment, DeliveryState::Outdated, None, now).await?;
        } else {
            post_one(tx, cancelled, participant, MessageKind::Cancelled, now).await?;
        }
    }
    Ok(())
}

/// Posts the confirmation to the new host of an appointment, and to the others that it is with another host, if they read
/// another name from now on.
pub(crate) async fn post_handover(
    tx: &mut Tx,
    of: &Consultation,
    handed_over: &Appointment,
    is_new_name: bool,
    now: Timestamp,
) -> Result<()> {
    let appointment = handed_over.id;
    let host = of.host_participant().map(|host| host.id);
    for participant in recipients(of, handed_over) {
        let confirmation = Notice::Confirmed { appointment, participant };
        let kind = if host == Some(participant) {
            tx.withdraw(&confirmation).await?; // To the one before.
            MessageKind::Confirmed
        } else if tx.withdraw_untried(&confirmation).await? {
            MessageKind::Confirmed // It will have the new name.
        } else if is_new_name {
            tx.withdraw(&Notice::HostChanged { appointment, participant }).await?;
            MessageKind::HostChanged
        } else {
            continue;
        };
        post_one(tx, handed_over, participant, kind, now).await?;
    }
    Ok(())
}

/// What became of the messages of an appointment, for staff who see it.
pub async fn deliveries(app: &App, actor: &Actor, id: AppointmentId) -> Result<Vec<Delivery>> {
    let staff = actor.reader()?;
    let mut tx = app.store.read().await?;
    let appointment = tx.find_appointment(id).await?.ok_or(Error::NotFound)?;
    if !staff.sees(appointment.host) {
        return Err(Error::NotFound);
    }
    Ok(tx.deliveries_of(id).await?)
}

const fn key(participant: ParticipantId, message: MessageKind) -> DeliveryKey {
    DeliveryKey { participant, message, channel: Channel::Email }
}

/// One attempt to send the message of a job.
pub(crate) async fn deliver(app: &App, job: &LeasedJob, notice: &Notice) -> Result<()> {
    let (appointment, participant, kind) = match *notice {
        Notice::Confirmed { appointment, participant } => (appointment, participant, MessageKind::Confirmed),
        Notice::Cancelled { appointment, participant } => (appointment, participant, MessageKind::Cancelled),
        Notice::HostChanged { appointment, participant } => (appointment, participant, MessageKind::HostChanged),
        Notice::RoomClosed { .. } | Notice::Removed { .. } | Notice::Deserted { .. } => return Ok(()),
    };
    let key = key(participant, kind);
    let attempt = match prepare(app, job, appointment, &key).await {
        Ok(Prepared::Send(message)) => attempt(app, &message).await,
        Ok(Prepared::NotSent(state)) => Attempt { outcome: AttemptResult::Done, state, error: None },
        Ok(Prepared::Elsewhere) => return Ok(()),
        Err(error) => not_prepared(error),
    };
    settle(app, job, appointment, &key, attempt).await
}

enum Prepared {
    Send(Box<Message>),
    /// Too late, or no longer true.
    NotSent(DeliveryState),
    /// Another worker has the job, or it was put back.
    Elsewhere,
}

struct Attempt {
    outcome: AttemptResult,
    state: DeliveryState,
    error: Option<Private<String>>,
}

/// An error before the message was sent. If the appointment is gone, there is nothing to send.
fn not_prepared(error: Error) -> Attempt {
    let outcome = AttemptResult::from(Err(error));
    let state = match outcome {
        AttemptResult::Done => DeliveryState::Outdated,
        AttemptResult::RetryLater(_) => DeliveryState::Queued,
        AttemptResult::GiveUp(_) => DeliveryState::Failed,
    };
    Attempt { outcome, state, error: None }
}

async fn attempt(app: &App, message: &Message) -> Attempt {
    match app.messenger.send(message).await {
        Ok(()) => Attempt { outcome: AttemptResult::Done, state: DeliveryState::Accepted, error: None },
        Err(error) => {
            let (text, causes) = (error.for_log(), Some(Private::new(with_causes(&error))));
            match error {
                MessengerError::Unreachable(_) => {
                    Attempt { outcome: AttemptResult::RetryLater(text), state: DeliveryState::Queued, error: causes }
                }
                MessengerError::Refused(_) => {
                    Attempt { outcome: AttemptResult::GiveUp(text), state: DeliveryState::Failed, error: causes }
                }
            }
        }
    }
}

/// The error with its causes, which may name the recipient. They may repeat what a mail server sent: a control character
/// in it is replaced, because the store refuses a NUL and the page shows one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    let text = causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"));
    text.replace(char::is_control, "\u{fffd}")
}

/// Records an attempt with its job, and wakes the pages that show it.
async fn settle(
    app: &App,
    job: &LeasedJob,
    appointment: AppointmentId,
    key: &DeliveryKey,
    attempt: Attempt,
) -> Result<()> {
    let mut tx = app.store.begin().await?;
    let recorded = jobs::record(app, &mut tx, job, attempt.outcome).await?;
    let state = match (recorded, attempt.state) {
        (Recorded::LeaseLost, _) => return Ok(tx.unchanged().await?),
        (Recorded::Last, DeliveryState::Queued) => DeliveryState::Failed,
        (_, state) => state,
    };
    if let Some(found) = tx.find_appointment(appointment).await? {
        tx.record_delivery(key, appointment, state, attempt.error.as_ref(), app.clock.now()).await?;
        tx.wake([Wake::Day(found.host)]);
    }
    Ok(tx.commit().await?)
}

/// The message with its link, unless it is too late or no longer true. The lease is renewed in the same transaction, so
/// that a worker that was delayed does not send what another has sent.
async fn prepare(app: &App, job: &LeasedJob, id: AppointmentId, key: &DeliveryKey) -> Result<Prepared> {
    let now = app.clock.now();
    let mut tx = app.store.begin().await?;
    tx.lock_appointment(id).await?; // Before the job, as a cancellation does: the other order could deadlock.
    if !jobs::renew(app, &mut tx, job).await? {
        return Ok(Prepared::Elsewhere);
    }
    let confirmation = Notice::Confirmed { appointment: id, participant: key.participant };
    let change = Notice::HostChanged { appointment: id, participant: key.participant };
    let waits = match key.message {
        MessageKind::Confirmed => false,
        MessageKind::HostChanged => tx.is_in_hand(&confirmation, now).await?,
        MessageKind::Cancelled => tx.is_in_hand(&confirmation, now).await? || tx.is_in_hand(&change, now).await?,
    };
    if waits {
        jobs::wait_for_earlier(app, tx, job).await?;
        return Ok(Prepared::Elsewhere);
    }
    let appointment = tx.find_appointment(id).await?.ok_or(Error::NotFound)?;
    let consultation = tx.consultation_of_appointment(id).await?.ok_or(Error::NotFound)?;
    let practice = tx.find_practice().await?.ok_or(Error::NotFound)?;
    let host = tx.find_user(appointment.host).await?.ok_or(Error::NotFound)?;
    let participant = consultation.participant(key.participant).ok_or(Error::NotFound)?;
    let role = participant.role;
    // Who has left the practice is sent nothing about its guests.
    let has_left = role == Role::Host && !host.is_active();
    if has_left || !is_still_true(&appointment, key.message) {
        return Ok(Prepared::NotSent(DeliveryState::Outdated));
    }
    if job.expires_at.unwrap_or(appointment.ends_at()) <= now {
        return Ok(Prepared::NotSent(DeliveryState::Expired));
    }
    let me = Profile::of(participant, &appointment, &host).ok_or(Error::NotFound)?;
    let Some(email) = me.email.cloned() else {
        return Ok(Prepared::NotSent(DeliveryState::Failed)); // All addresses are revoked.
    };
    let link = match (key.message, appointment.kind) {
        (MessageKind::Confirmed | MessageKind::HostChanged, AppointmentKind::Video) => {
            let secret = link_secret(app, &mut tx, appointment.id, key, now).await?;
            Some(app.link(&secret).into())
        }
        (MessageKind::Confirmed | MessageKind::HostChanged | MessageKind::Cancelled, _) => None,
    };
    tx.commit().await?;
    let other = if role == Role::Host { Profile::from(&appointment.guest) } else { Profile::from(&host) };
    Ok(Prepared::Send(Box::new(Message {
        kind: key.message,
        practice: practice.name.clone(),
        language: me.language.and_then(LanguageTag::in_catalogue).unwrap_or(practice.language),
        pack: practice.pack,
        recipient: participant.id,
        role,
        name: me.name.clone(),
        email,
        zone: me.zone.clone(),
        other: other.name.clone(),
        other_zone: other.zone.clone(),
        link,
        opens_before: practice.policy.opens_before(),
        // A message that is posted again, about another host, is another message.
        idempotency_key: format!("{key}.{}", appointment.version),
        at: now,
        appointment: appointment.clone(),
    })))
}

/// The secret of the message's link: made by the first attempt, and used by all. A message that was accepted although
/// the answer was lost carries the same link as the one that is sent again. A link that was ended meanwhile is replaced.
async fn link_secret(
    app: &App,
    tx: &mut Tx,
    appointment: AppointmentId,
    key: &DeliveryKey,
    now: Timestamp,
) -> Result<Secret> {
    if let Some(secret) = tx.delivery_secret(key).await?
        && tx.find_invitation(&secret.hash()).await?.is_some_and(|link| link.revoked_at.is_none())
    {
        return Ok(secret);
    }
    let secret = invitations::insert(app, tx, key.participant, now).await?;
    tx.keep_delivery_secret(key, appointment, &secret, now).await?;
    Ok(secret)
}

const fn is_still_true(appointment: &Appointment, kind: MessageKind) -> bool {
    match kind {
        MessageKind::Confirmed | MessageKind::HostChanged => {
            matches!(appointment.status, AppointmentStatus::Confirmed { .. })
        }
        MessageKind::Cancelled => matches!(appointment.status, AppointmentStatus::Cancelled { .. }),
    }
}
