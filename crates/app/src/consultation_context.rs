//! Everything one consultation's verbs look at, loaded together, and the one way they change it.
//!
//! Load, decide, save, tell stands here once; each verb brings its own `decide`.

use anteroom_domain::{
    Appointment, Consultation, ConsultationId, Host, JoinWindow, Notice, ParticipantId, Practice, Role, User,
};
use anteroom_store::Snapshot;
use jiff::Timestamp;

use crate::{Actor, App, Error, Result};

/// One consultation with all that belongs to it, as read in one transaction.
#[derive(Debug, Clone)]
pub(crate) struct ConsultationContext {
    pub(crate) practice: Practice,
    pub(crate) appointment: Appointment,
    pub(crate) consultation: Consultation,
    pub(crate) host: User,
    /// Whose seat the actor sits on.
    pub(crate) me: ParticipantId,
    pub(crate) now: Timestamp,
}

/// What a verb decided.
pub(crate) struct Decision {
    pub(crate) consultation: Consultation,
    /// The appointment, if it changed with it.
    pub(crate) appointment: Option<Appointment>,
    /// What to tell the world, each from which instant on.
    pub(crate) notices: Vec<(Notice, Timestamp)>,
}

impl Decision {
    /// Only the consultation changed, and only its watchers care.
    pub(crate) fn without_notices(consultation: Consultation) -> Self {
        Self { consultation, appointment: None, notices: Vec::new() }
    }
}

impl ConsultationContext {
    /// Loads it for this actor. Whoever has no seat in it does not learn that it exists.
    pub(crate) async fn load(tx: &mut Snapshot, actor: &Actor, id: ConsultationId, now: Timestamp) -> Result<Self> {
        let consultation = tx.find_consultation(id).await?.ok_or(Error::NotFound)?;
        let appointment = tx.find_appointment(consultation.appointment).await?.ok_or(Error::NotFound)?;
        let me = participant_of(actor, &appointment, &consultation)?;
        let practice = tx.find_practice().await?.ok_or(Error::NotFound)?;
        let host = tx.find_user(appointment.host).await?.ok_or(Error::NotFound)?;
        Ok(Self { practice, appointment, consultation, host, me, now })
    }

    /// The join window, now.
    pub(crate) fn join_window(&self) -> JoinWindow {
        self.consultation.join_window(&self.appointment, &self.practice.policy, self.now)
    }

    /// Evidence that the actor holds this consultation.
    pub(crate) fn as_host(&self) -> Result<Host> {
        Ok(self.consultation.host(self.me)?)
    }
}

/// Links open their seat; the practice's own people and programs sit on the host's.
fn participant_of(actor: &Actor, appointment: &Appointment, consultation: &Consultation) -> Result<ParticipantId> {
    let hosts = || consultation.host_participant().map(|participant| participant.id).ok_or(Error::NotFound);
    match actor {
        Actor::Participant { consultation: of, participant, .. } if *of == consultation.id => Ok(*participant),
        Actor::Staff(user) if user.id == appointment.host => hosts(),
        Actor::Key(_) => hosts(),
        Actor::Participant { .. } | Actor::Staff(_) => Err(Error::NotFound),
    }
}

/// Load, decide, save, tell. Once more if somebody else changed the same consultation at the same moment.
pub(crate) async fn change(
    app: &App,
    actor: &Actor,
    id: ConsultationId,
    decide: impl Fn(&ConsultationContext) -> Result<Decision> + Send + Sync,
) -> Result<ConsultationContext> {
    match try_change(app, actor, id, &decide).await {
        Err(Error::Busy) => try_change(app, actor, id, &decide).await,
        done => done,
    }
}

async fn try_change(
    app: &App,
    actor: &Actor,
    id: ConsultationId,
    decide: &(impl Fn(&ConsultationContext) -> Result<Decision> + Send + Sync),
) -> Result<ConsultationContext> {
    let mut tx = app.store.begin().await?;
    tx.lock_consultation(id).await?;
    let mut context = ConsultationContext::load(&mut tx, actor, id, app.clock.now()).await?;
    let decision = decide(&context)?;
    if decision.consultation == context.consultation && decision.appointment.is_none() {
        return Ok(context); // Doing something twice changes nothing, and costs no commit.
    }
    tx.save_consultation(&decision.consultation).await?;
    if let Some(appointment) = &decision.appointment {
        tx.save_appointment(appointment).await?;
    }
    for (notice, due_at) in &decision.notices {
        tx.post(notice, *due_at).await?;
    }
    tx.commit().await?;
    app.notify(id, context.appointment.host);
    context.consultation = decision.consultation;
    context.appointment = decision.appointment.unwrap_or(context.appointment);
    Ok(context)
}

/// The role of a seat; the actor's own seat is always one of the consultation's.
pub(crate) fn role_of(context: &ConsultationContext) -> Role {
    context.consultation.participant(context.me).map_or(Role::Guest, |participant| participant.role)
}
