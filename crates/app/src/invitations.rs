//! Personal links: created when a message is written, and valid for any number of uses.

use anteroom_domain::{
    Appointment, AppointmentId, Consultation, ConsultationChange, Invitation, InvitationId, JoinWindow, Notice,
    Participant, ParticipantId, Policy, Refusal, Role, Secret, User, UserId,
};
use anteroom_store::{Due, Snapshot, Tx};
use jiff::Timestamp;

use crate::consultation_context::consultation_event;
use crate::{Actor, App, Error, Result};

/// The actor of a link. Reads only, so that mail scanners that open links do not use them up.
pub async fn open(app: &App, secret: &Secret) -> Result<Actor> {
    let mut tx = app.store.read().await?;
    let invitation = tx.find_invitation(&secret.hash()).await?.filter(|i| i.revoked_at.is_none());
    let Invitation { participant, hash, .. } = invitation.ok_or(Error::NotFound)?;
    let consultation = tx.consultation_of_participant(participant).await?.ok_or(Error::NotFound)?;
    let role = consultation.participant(participant).ok_or(Error::NotFound)?.role;
    let account = if role == Role::Host { Some(active_host(&mut tx, &consultation).await?) } else { None };
    Ok(Actor::Participant { consultation: consultation.id, participant, role, account, link: Some(hash) })
}

/// The host's account; not found if it is deactivated.
async fn active_host(tx: &mut Snapshot, consultation: &Consultation) -> Result<UserId> {
    let appointment = tx.find_appointment(consultation.appointment).await?.ok_or(Error::NotFound)?;
    let host = tx.find_user(appointment.host).await?.filter(User::is_active);
    Ok(host.ok_or(Error::NotFound)?.id)
}

/// Creates a link for a participant. Older links keep working: people open any of their mails. The caller has locked
/// the consultation, so that who ends all links ends this one, or it is created afterwards.
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

/// Creates a new link for host or guest, for staff to pass on by other means. Earlier links keep working. A host's link
/// only for that host.
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
    let Holder { consultation, host, participant } = find(app, actor, appointment, is_meant).await?;
    let now = app.clock.now();
    // Locked, because all links may be being ended at this moment: see `insert`.
    let mut tx = actor.begin_with_consultation(app, consultation.id).await?;
    still_with(&mut tx, appointment, host).await?;
    let secret = insert(app, &mut tx, participant, now).await?;
    let event = consultation_event(&consultation, host, ConsultationChange::LinkIssued(participant));
    tx.record(&actor.author(), now, &event).await?;
    tx.commit().await?;
    Ok(app.link(&secret))
}

/// Creates a new link for host or guest and ends all earlier ones: their pages open nothing any more, and a connection
/// made with one is removed.
pub async fn replace(app: &App, actor: &Actor, appointment: AppointmentId, role: Role) -> Result<String> {
    end_and_issue(app, actor, appointment, |participant| participant.role == role).await
}

/// The same for any participant.
pub async fn replace_for(app: &App, actor: &Actor, appointment: AppointmentId, of: ParticipantId) -> Result<String> {
    end_and_issue(app, actor, appointment, |participant| participant.id == of).await
}

async fn end_and_issue(
    app: &App,
    actor: &Actor,
    appointment: AppointmentId,
    is_meant: impl Fn(&Participant) -> bool + Send,
) -> Result<String> {
    let Holder { consultation: found, host, participant } = find(app, actor, appointment, is_meant).await?;
    let now = app.clock.now();
    let mut tx = actor.begin_with_consultation(app, found.id).await?;
    still_with(&mut tx, appointment, host).await?;
    let consultation = tx.find_consultation(found.id).await?.ok_or(Error::NotFound)?;
    tx.revoke_invitations_of(participant, now).await?;
    let secret = insert(app, &mut tx, participant, now).await?;
    let ended = consultation.clone().end_access(participant, now)?;
    if ended != consultation {
        tx.save_consultation(&ended).await?;
        tx.post(&Notice::removed(&consultation, participant), Due::now(now)).await?;
    }
    let event = consultation_event(&ended, host, ConsultationChange::LinksReplaced(participant));
    tx.record(&actor.author(), now, &event).await?;
    tx.commit().await?;
    Ok(app.link(&secret))
}

/// Refuses if the appointment was handed over since it was found: the link would be the new host's.
async fn still_with(tx: &mut Snapshot, appointment: AppointmentId, host: UserId) -> Result<()> {
    let found = tx.find_appointment(appointment).await?.ok_or(Error::NotFound)?;
    if found.host == host { Ok(()) } else { Err(Error::Busy) }
}

/// Whose link it is.
struct Holder {
    consultation: Consultation,
    host: UserId,
    participant: ParticipantId,
}

/// The participant of an appointment, if the actor may have their link.
async fn find(
    app: &App,
    actor: &Actor,
    appointment: AppointmentId,
    is_meant: impl Fn(&Participant) -> bool + Send,
) -> Result<Holder> {
    let staff = actor.staff()?;
    let mut tx = app.store.read().await?;
    let found = tx.find_appointment(appointment).await?.ok_or(Error::NotFound)?;
    if !staff.sees(found.host) {
        return Err(Error::NotFound);
    }
    let consultation = tx.consultation_of_appointment(appointment).await?.ok_or(Refusal::NotConfirmed)?;
    let practice = tx.find_practice().await?.ok_or(Error::NotFound)?;
    require_usable(&consultation, &found, &practice.policy, app.clock.now())?;
    let meant = consultation.participants.iter().find(|participant| is_meant(participant)).ok_or(Error::NotFound)?;
    if meant.role == Role::Host {
        may_act_as(actor, found.host)?;
    }
    Ok(Holder { participant: meant.id, host: found.host, consultation })
}

/// A link is made only as long as it opens more than the page that says that all is over.
pub fn require_usable(
    consultation: &Consultation,
    appointment: &Appointment,
    policy: &Policy,
    now: Timestamp,
) -> std::result::Result<(), Refusal> {
    match consultation.join_window(appointment, policy, now) {
        JoinWindow::TooEarly { .. } | JoinWindow::Open => Ok(()),
        JoinWindow::TooLate { .. } if consultation.is_live() => Ok(()),
        closed @ (JoinWindow::TooLate { .. } | JoinWindow::Closed(_)) => closed.require_open(),
    }
}
