//! Appointments get another host: one, or all that a host has still to come.

use anteroom_domain::{
    AppointmentChange, AppointmentId, AuditEvent, Author, FieldError, Person, Private, Refusal, User, UserId,
};
use anteroom_store::{Tx, Wake};
use jiff::Timestamp;

use crate::appointments::{self, AppointmentDetails};
use crate::{Actor, App, Error, Result, messages, users};

/// Appointments that one request hands over at most; what is left is handed over by another request.
const MAX_AT_ONCE: usize = 500;

/// Appointments that one transaction hands over: bookings with both hosts wait for it.
const PART: i64 = 50;

/// What became of the appointments of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HandedOver {
    /// Number of those that have the new host.
    pub moved: usize,
    /// Number of those that keep their host: the new one has an appointment at that time or comes to it as a guest, or they
    /// have started.
    pub kept: usize,
}

/// Gives an appointment to another active host. For admins. The links of the host before end, the new one gets the
/// confirmation, and the others a message if the name that they read changes. Refused if the new host has an appointment
/// at that time, or the address of a person who comes.
pub async fn hand_over(app: &App, actor: &Actor, id: AppointmentId, to: &str) -> Result<AppointmentDetails> {
    let (admin, now, to) = (actor.admin()?, app.clock.now(), parse_host(to)?);
    let mut tx = actor.begin_with_users(app, &[to]).await?;
    let to = active_host(&mut tx, to).await?;
    if give(&mut tx, id, &to, &admin.author(), now).await? {
        tx.commit().await?;
    } else {
        tx.unchanged().await?;
    }
    appointments::fetch(app, actor, id).await
}

/// The same for all appointments of a host that are still to come. Those that the new host has no time for stay.
pub async fn hand_over_all(app: &App, actor: &Actor, from: UserId, to: &str) -> Result<HandedOver> {
    let (admin, now, to) = (actor.admin()?, app.clock.now(), parse_host(to)?);
    let mut tx = actor.begin_with_users(app, &[from, to]).await?;
    tx.find_user(from).await?.ok_or(Error::NotFound)?;
    give_all(app, tx, (from, to), &admin.author(), now).await
}

/// Deactivates a user, see [`users::deactivate`], and hands over what they have still to come.
pub async fn deactivate(app: &App, actor: &Actor, from: UserId, to: &str) -> Result<HandedOver> {
    let (admin, now, to) = (actor.admin()?, app.clock.now(), parse_host(to)?);
    let mut tx = actor.begin_unlocked(app).await?;
    users::deactivate_in(&mut tx, actor, from, to, now).await?;
    give_all(app, tx, (from, to), &admin.author(), now).await
}

/// Commits the transaction, which has locked both, with the first part; the others are transactions of their own.
async fn give_all(
    app: &App,
    mut tx: Tx,
    (from, to): (UserId, UserId),
    by: &Author,
    now: Timestamp,
) -> Result<HandedOver> {
    if to == from {
        return Err(unknown_host());
    }
    let (mut done, mut after) = (HandedOver::default(), None);
    let mut host = active_host(&mut tx, to).await?;
    loop {
        let part = tx.upcoming_ids_of(from, now, after, PART).await?;
        for position in &part {
            match give(&mut tx, position.id, &host, by, now).await {
                Ok(true) => done.moved += 1,
                // Nothing of it was written.
                Ok(false) | Err(Error::Refused(_)) => done.kept += 1,
                Err(error) => return Err(error),
            }
        }
        tx.commit().await?;
        after = part.last().copied();
        if after.is_none() || done.moved + done.kept >= MAX_AT_ONCE {
            return Ok(done);
        }
        tx = app.store.begin().await?; // That the actor may was checked by the first.
        tx.lock_users(vec![from, to]).await?;
        match tx.find_user(to).await?.filter(User::is_active) {
            Some(current) => host = current,
            None => return Ok(done), // Deactivated meanwhile.
        }
    }
}

fn parse_host(to: &str) -> Result<UserId> {
    to.parse().map_err(|_| unknown_host())
}

/// The new host, who is locked: nobody else books their time meanwhile.
async fn active_host(tx: &mut Tx, to: UserId) -> Result<User> {
    tx.find_user(to).await?.filter(User::is_active).ok_or_else(unknown_host)
}

fn unknown_host() -> Error {
    Error::field("host", FieldError::UnknownChoice)
}

/// Returns whether anything has changed.
async fn give(tx: &mut Tx, id: AppointmentId, to: &User, by: &Author, now: Timestamp) -> Result<bool> {
    tx.lock_appointment(id).await?;
    let before = tx.find_appointment(id).await?.ok_or(Error::NotFound)?;
    if before.host == to.id {
        return Ok(false);
    }
    let from = tx.find_user(before.host).await?.ok_or(Error::NotFound)?;
    let consultation = tx.consultation_of_appointment(id).await?;
    let appointment = before.hand_over(consultation.as_ref(), to.id, now)?;
    let address = to.email.reveal().folded();
    if appointment.people().filter_map(Person::email).any(|email| email.reveal().folded() == address) {
        return Err(Refusal::HostComesAsGuest.into());
    }
    if tx.overlapping(to.id, appointment.starts.at, appointment.ends_at(), None).await? {
        return Err(Refusal::DoubleBooked.into());
    }
    tx.save_appointment(&appointment).await?;
    if let Some(consultation) = consultation {
        let host = consultation.host_participant().ok_or(Error::NotFound)?.id;
        tx.revoke_invitations_of(host, now).await?;
        let consultation = consultation.with_host(&to.name);
        tx.save_consultation(&consultation).await?;
        let is_new_name = name(&from) != name(to);
        messages::post_handover(tx, &consultation, &appointment, is_new_name, now).await?;
        tx.wake([Wake::Consultation(consultation.id)]);
    }
    let event = AuditEvent::Appointment { id, host: to.id, change: AppointmentChange::HandedOver };
    tx.record(by, now, &event).await?;
    tx.wake([Wake::Day(from.id)]);
    Ok(true)
}

fn name(user: &User) -> &str {
    Private::reveal(&user.name).as_str()
}
