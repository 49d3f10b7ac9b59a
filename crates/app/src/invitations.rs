//! Personal links: created when a message is written, and valid for any number of uses.

use anteroom_domain::{
    AppointmentId, Consultation, ConsultationChange, Invitation, InvitationId, Participant, ParticipantId, Refusal, Role,
    Secret, User, UserId,
};
use anteroom_store::{Snapshot, Tx};
use jiff::Timestamp;

use crate::consultation_context::consultation_event;
use crate::{Actor, App, Error, Result};

/// The actor of a link. Reads only, so that mail scanners that open links do not use them up.
pub async fn open(app: &App, secret: &Secret) -> Result<Actor> {
    let mut tx = app.store.read().await?;
    let invitation = tx.find_invitation(&secret.hash()).await?.filter(|i| i.revoked_at.is_none());
    let participant = invitation.ok_or(Error::NotFound)?.participant;
    let consultation = tx.consultation_of_participant(participant).await?.ok_or(Error::NotFound)?;
    let role = consultation.participant(participant).ok_or(Error::NotFound)?.role;
    let account = if role == Role::Host { Some(active_host(&mut tx, &consultation).await?) } else { None };
    Ok(Actor::Participant { consultation: consultation.id, participant, role, account })
}

/// The host's account; not found if it is deactivated.
async fn active_host(tx: &mut Snapshot, consultation: &Consultation) -> Result<UserId> {
    let appointment = tx.find_appointment(consultation.appointment).await?.ok_or(Error::NotFound)?;
    let host = tx.find_user(appointment.host).await?.filter(User::is_active);
    Ok(host.ok_or(Error::NotFound)?.id)
}

/// Creates a link for a participant. Older links keep working: people open any of their mails.
pub(crate) async fn insert(app: &App, tx: &mut Tx, participant: ParticipantId, now: Timestamp) -> Result<Secret> {
    let secret = app.secret();
    let id = InvitationId::new(now, app.random_bytes());
    let invitation = Invitation { id, participant, hash: secret.hash(), created_at: now, revoked_at: None };
    tx.insert_invitation(&invitation).await?;
    Ok(secret)
}

/// Whether the actor may have a link with which they act as this host. An admin who is not the host may not: what they
/// did with it would be recorded as the host's.
fn may_act_as(actor: &Actor, host: UserId) -> Result<()> {
    match actor {
        Actor::Staff(user) if user.id == host => Ok(()),
        Actor::Console => Ok(()),
        Actor::Key { .. } if actor.takes_part() => Ok(()),
        Actor::Key { .. } => Err(Refusal::ScopeMissing.into()),
        Actor::Staff(_) | Actor::Participant { .. } => Err(Refusal::HostOnly.into()),
    }
}

/// Creates a new link for host or guest, for staff to pass on by other means. A host's link only for that host.
pub async fn reissue(app: &App, actor: &Actor, appointment: AppointmentId, role: Role) -> Result<String> {
    issue(app, actor, appointment, |participant| participant.role == role).await
}

/// The same for any participant.
pub async fn reissue_to(app: &App, actor: &Actor, appointment: AppointmentId, to: ParticipantId) -> Result<String> {
    issue(app, actor, appointment, |participant| participant.id == to).await
}

async fn issue(
    app: &App,
    actor: &Actor,
    appointment: AppointmentId,
    is_meant: impl Fn(&Participant) -> bool + Send,
) -> Result<String> {
    let staff = actor.staff()?;
    let mut tx = app.store.read().await?;
    let found = tx.find_appointment(appointment).await?.ok_or(Error::NotFound)?;
    if !staff.sees(found.host) {
        return Err(Error::NotFound);
    }
    let consultation = tx.consultation_of_appointment(appointment).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let participant =
        consultation.participants.iter().find(|participant| is_meant(participant)).ok_or(Error::NotFound)?;
    if participant.role == Role::Host {
        may_act_as(actor, found.host)?;
    }
    let now = app.clock.now();
    let mut tx = app.store.begin().await?;
    let secret = insert(app, &mut tx, participant.id, now).await?;
    let change = ConsultationChange::LinkIssued(participant.id);
    tx.record(&staff.author(), now, &consultation_event(&consultation, found.host, change)).await?;
    tx.commit().await?;
    Ok(app.link(&secret))
}
