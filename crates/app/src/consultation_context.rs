//! The data around one consultation, loaded in one transaction, and the one way to change it.
//!
//! Load, decide, save, notify is written here once; each use case passes its own `decide`.

use anteroom_domain::{
    Appointment, AuditEvent, Author, Consultation, ConsultationChange, ConsultationId, Host, JoinWindow, KeyScope,
    Notice, Participant, ParticipantId, Practice, Profile, Refusal, Role, User, UserId,
};
use anteroom_store::{Due, KeyTicket, LoginTicket, Snapshot};
use jiff::Timestamp;

use crate::{Actor, App, Error, Result};

/// One consultation with practice, appointment and host, read in one transaction.
#[derive(Debug, Clone)]
pub(crate) struct ConsultationContext {
    pub(crate) practice: Practice,
    pub(crate) appointment: Appointment,
    pub(crate) consultation: Consultation,
    pub(crate) host: User,
    /// The participant the actor acts as.
    pub(crate) me: ParticipantId,
    /// Whether the actor acts at all, or only reads, as an API client without the scope for it.
    pub(crate) takes_part: bool,
    /// Whom the change is recorded as made by.
    pub(crate) author: Author,
    pub(crate) now: Timestamp,
}

/// What a use case decided.
pub(crate) struct Decision {
    pub(crate) consultation: Consultation,
    /// What happened, for the audit log.
    pub(crate) change: ConsultationChange,
    /// The appointment, if it changed too.
    pub(crate) appointment: Option<Appointment>,
    /// The ticket that was issued, if an API key got it.
    pub(crate) key_ticket: Option<KeyTicket>,
    /// Whose personal links end.
    pub(crate) links_end: Option<ParticipantId>,
    /// The ticket that was issued, if it was got with a login session.
    pub(crate) login_ticket: Option<LoginTicket>,
    /// Jobs to post, each with its due time.
    pub(crate) notices: Vec<(Notice, Due)>,
    /// Jobs that are no longer needed.
    pub(crate) withdrawn: Vec<Notice>,
}

impl Decision {
    /// Changes the consultation only.
    pub(crate) const fn new(consultation: Consultation, change: ConsultationChange) -> Self {
        Self {
            consultation,
            change,
            appointment: None,
            key_ticket: None,
            links_end: None,
            login_ticket: None,
            notices: Vec::new(),
            withdrawn: Vec::new(),
        }
    }

    /// Ends the personal links of this participant too.
    pub(crate) const fn ending_links_of(mut self, participant: ParticipantId) -> Self {
        self.links_end = Some(participant);
        self
    }

    /// Posts a job too.
    pub(crate) fn with_notice(mut self, notice: Notice, due: Due) -> Self {
        self.notices.push((notice, due));
        self
    }
}

impl ConsultationContext {
    /// Loads it for this actor. Not found for an actor who is not a participant; long after the end, links are refused.
    pub(crate) async fn load(tx: &mut Snapshot, actor: &Actor, id: ConsultationId, now: Timestamp) -> Result<Self> {
        let consultation = tx.find_consultation(id).await?.ok_or(Error::NotFound)?;
        let appointment = tx.find_appointment(consultation.appointment).await?.ok_or(Error::NotFound)?;
        participant_of(actor, &appointment, &consultation)?;
        let practice = tx.find_practice().await?.ok_or(Error::NotFound)?;
        let host = tx.find_user(appointment.host).await?.ok_or(Error::NotFound)?;
        Self::of(practice, appointment, consultation, host, actor, now)
    }

    /// The same, of what was read already.
    pub(crate) fn of(
        practice: Practice,
        appointment: Appointment,
        consultation: Consultation,
        host: User,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Self> {
        let me = participant_of(actor, &appointment, &consultation)?;
        if let Actor::Participant { .. } = actor {
            consultation.disclosed_to_links(&appointment, &practice.policy, now)?;
        }
        let (author, takes_part) = (actor.author(), actor.takes_part());
        Ok(Self { practice, appointment, consultation, host, me, takes_part, author, now })
    }

    /// The participant the actor acts as, who is always part of the consultation.
    pub(crate) fn mine(&self) -> Option<&Participant> {
        self.consultation.participant(self.me)
    }

    /// Name, address, language and zone of that participant.
    pub(crate) fn profile(&self) -> Option<Profile<'_>> {
        Profile::of(self.mine()?, &self.appointment, &self.host)
    }

    /// State of the join window now.
    pub(crate) fn join_window(&self) -> JoinWindow {
        self.consultation.join_window(&self.appointment, &self.practice.policy, self.now)
    }

    /// Evidence that the actor is the host.
    pub(crate) fn as_host(&self) -> Result<Host> {
        Ok(self.consultation.host(self.me, self.author.clone())?)
    }
}

/// A link acts as its participant; the host's own account and API clients act as the host, or see what the host sees.
fn participant_of(actor: &Actor, appointment: &Appointment, consultation: &Consultation) -> Result<ParticipantId> {
    let hosts = || consultation.host_participant().map(|participant| participant.id).ok_or(Error::NotFound);
    match actor {
        Actor::Participant { consultation: of, participant, .. } if *of == consultation.id => Ok(*participant),
        Actor::Staff(user) if user.id == appointment.host => hosts(),
        Actor::Key { scopes, .. } if scopes.has(KeyScope::Media) || scopes.has(KeyScope::Record) => hosts(),
        Actor::Key { .. } => Err(Refusal::ScopeMissing.into()),
        Actor::Participant { .. } | Actor::Staff(_) | Actor::Console => Err(Error::NotFound),
    }
}

/// Load, decide, save, notify. Retried once after a concurrent change, unless the actor's own logins have ended.
pub(crate) async fn change(
    app: &App,
    actor: &Actor,
    id: ConsultationId,
    decide: impl Fn(&ConsultationContext) -> Result<Decision> + Send + Sync,
) -> Result<ConsultationContext> {
    change_as(app, actor, &actor.author(), id, decide).await
}

/// The same, recorded as made by `author`.
pub(crate) async fn change_as(
    app: &App,
    actor: &Actor,
    author: &Author,
    id: ConsultationId,
    decide: impl Fn(&ConsultationContext) -> Result<Decision> + Send + Sync,
) -> Result<ConsultationContext> {
    match try_change(app, actor, author, id, &decide).await {
        // Something else was changed at the same time, or waited for the same: it may succeed now.
        Err(Error::Busy) if actor.is_current(&mut app.store.read().await?).await? => {
            try_change(app, actor, author, id, &decide).await
        }
        tried => tried,
    }
}

async fn try_change(
    app: &App,
    actor: &Actor,
    author: &Author,
    id: ConsultationId,
    decide: &(impl Fn(&ConsultationContext) -> Result<Decision> + Send + Sync),
) -> Result<ConsultationContext> {
    if !actor.takes_part() {
        return Err(Refusal::ScopeMissing.into());
    }
    let mut tx = actor.begin_with_consultation(app, id).await?;
    let loaded = ConsultationContext::load(&mut tx, actor, id, app.clock.now()).await?;
    let mut context = ConsultationContext { author: author.clone(), ..loaded };
    let decision = decide(&context)?;
    if decision.consultation == context.consultation && decision.appointment.is_none() {
        tx.unchanged().await?; // A repeated request costs no commit.
        return Ok(context);
    }
    tx.save_consultation(&decision.consultation).await?;
    if let Some(appointment) = &decision.appointment {
        tx.save_appointment(appointment).await?;
    }
    if let Some(ticket) = &decision.key_ticket {
        tx.save_key_ticket(ticket).await?;
    }
    if let Some(participant) = decision.links_end {
        tx.revoke_invitations_of(participant, context.now).await?;
    }
    if let Some(ticket) = &decision.login_ticket
        && !tx.save_login_ticket(ticket).await?
    {
        return Err(Error::Forbidden); // The login has ended since the request began.
    }
    for notice in &decision.withdrawn {
        tx.withdraw(notice).await?;
    }
    for (notice, due) in &decision.notices {
        tx.post(notice, *due).await?;
    }
    let event = consultation_event(&context.consultation, context.appointment.host, decision.change);
    tx.record(&context.author, context.now, &event).await?;
    tx.commit().await?;
    // Saving has raised the versions.
    let Consultation { version, .. } = decision.consultation;
    context.consultation = Consultation { version: version + 1, ..decision.consultation };
    if let Some(appointment) = decision.appointment {
        context.appointment = Appointment { version: appointment.version + 1, ..appointment };
    }
    Ok(context)
}

/// A change of a consultation, for the audit log and the pages that show it.
pub(crate) const fn consultation_event(of: &Consultation, host: UserId, change: ConsultationChange) -> AuditEvent {
    AuditEvent::Consultation { id: of.id, appointment: of.appointment, host, change }
}

/// Role of the actor's own participant.
pub(crate) fn role_of(context: &ConsultationContext) -> Role {
    context.mine().map_or(Role::Unknown, |participant| participant.role)
}
