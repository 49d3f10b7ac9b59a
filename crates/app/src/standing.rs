//! Standing: the state of a consultation as one participant may see it. Drawn by pages, sent by live updates.

pub use anteroom_domain::EndedBy;
use anteroom_domain::{
    AppointmentId, AppointmentKind, AppointmentStatus, ConsultationId, Entry, JoinWindow, Language, Participant,
    ParticipantId, PersonName, Phase, Private, Profile, Refusal, Role, TabId, UserId, WordingPack, Zone,
};
use jiff::{SignedDuration, Timestamp};

use crate::App;
use crate::consultation_context::{ConsultationContext, role_of};
use crate::presence::{self, Presence};

/// What this participant may do now. Decides which buttons a page shows; the use cases check again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct May {
    /// Enter the waiting room.
    pub enter: bool,
    /// Be in the waiting room: enter it, or remain in it.
    pub wait: bool,
    /// Start the consultation.
    pub start: bool,
    /// Request a ticket.
    pub ticket: bool,
    /// End it for everyone.
    pub end: bool,
}

impl May {
    const NOTHING: Self = Self { enter: false, wait: false, start: false, ticket: false, end: false };
}

/// The state of a consultation for one participant.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Grows with every change that can be seen here. Orders standings; the time does not, because clocks are set back.
    pub version: i64,
    /// Server time; countdowns use it instead of the device's clock.
    pub now: Timestamp,
    /// Name of the practice.
    pub practice: String,
    /// Its vocabulary.
    pub pack: WordingPack,
    /// Its language.
    pub language: Language,
    /// Appointment id.
    pub appointment: AppointmentId,
    /// Appointment status.
    pub status: AppointmentStatus,
    /// Planned start.
    pub starts_at: Timestamp,
    /// Planned end.
    pub ends_at: Timestamp,
    /// Planned length, minutes.
    pub minutes: u16,
    /// Video or in person.
    pub kind: AppointmentKind,
    /// Zone of this participant.
    pub zone: Zone,
    /// The host.
    pub(crate) host: UserId,
    /// Consultation id.
    pub consultation: ConsultationId,
    /// Phase of the consultation.
    pub phase: Phase,
    /// Who ended it, once ended.
    pub ended_by: Option<EndedBy>,
    /// For how long both sides were present, once ended.
    pub duration: Option<SignedDuration>,
    /// Until when the participants of the call are to answer that they are still there, if they are asked.
    pub answer_until: Option<Timestamp>,
    /// When the room opens.
    pub opens_at: Timestamp,
    /// When the room closes to guests who have not been in.
    pub closes_at: Timestamp,
    /// State of the join window now.
    pub join_window: JoinWindow,
    /// Role of this participant.
    pub role: Role,
    /// Id of this participant.
    pub me: ParticipantId,
    /// Name of this participant.
    pub name: Private<PersonName>,
    /// Waiting-room state of this participant.
    pub entry: Entry,
    /// The other participants who are visible to this one: see [`Participant::sees`].
    pub people: Vec<Participant>,
    /// Whether they are there, in the same order. Guests are not shown it.
    pub presence: Vec<Presence>,
    /// When it changes by time alone: the join window opens or closes, a participant counts as gone.
    pub changes_at: Option<Timestamp>,
    /// The tab that has the seat of this participant.
    pub(crate) tab: Option<TabId>,
    /// What this participant may do.
    pub may: May,
}

impl Standing {
    pub(crate) fn of(app: &App, context: &ConsultationContext) -> Self {
        let ConsultationContext { practice, appointment, consultation, host, me, now, .. } = context;
        let (mine, profile) = (context.mine(), context.profile());
        let role = role_of(context);
        let window = context.join_window();
        let entry = |participant: &Participant| consultation.shown_entry(participant, appointment, window);
        let others = consultation.participants.iter().filter(|p| p.id != *me);
        let visible = others.filter(|other| mine.is_some_and(|mine| mine.sees(other)));
        let people: Vec<Participant> = visible.map(|p| Participant { entry: entry(p), ..p.clone() }).collect();
        let (opens_at, closes_at) =
            (practice.policy.opens_at(appointment.starts.at), practice.policy.closes_at(appointment.ends_at()));
        let (presence, times): (Vec<_>, Vec<_>) = match role {
            Role::Host => people.iter().map(|person| presence::of(app, person, *now)).unzip(),
            Role::Guest | Role::Companion | Role::Unknown => (Vec::new(), Vec::new()),
        };
        let times = times.into_iter().flatten().chain([opens_at, closes_at]);
        Self {
            // Each of them only grows, so the sum of a later state is not lower, and equal only if nothing changed.
            version: consultation.version
                + appointment.version
                + appointment.people().map(|person| person.version).sum::<i64>()
                + practice.version
                + host.version,
            now: *now,
            practice: practice.name.clone(),
            pack: practice.pack,
            language: profile.and_then(|p| p.language?.in_catalogue()).unwrap_or(practice.language),
            appointment: appointment.id,
            status: appointment.status.clone(),
            starts_at: appointment.starts.at,
            ends_at: appointment.ends_at(),
            minutes: appointment.length.minutes(),
            kind: appointment.kind,
            zone: profile.map_or(&practice.zone, |profile| profile.zone).clone(),
            host: host.id,
            consultation: consultation.id,
            phase: consultation.phase.clone(),
            ended_by: consultation.ended_by(),
            duration: consultation.duration(),
            answer_until: consultation.answer_awaited_until().filter(|_| {
                consultation.may_connect(*me, window).is_ok() // Who waits outside is not asked.
            }),
            opens_at,
            closes_at,
            join_window: window,
            role,
            me: *me,
            name: own_name(mine, profile),
            entry: mine.map_or(Entry::Outside, entry),
            people,
            presence,
            changes_at: times.filter(|at| at > now).min(),
            tab: mine.and_then(|mine| mine.tab),
            may: may(context, role),
        }
    }
}

/// From their profile; a participant whose person is not of this appointment keeps the name that was stored.
fn own_name(mine: Option<&Participant>, profile: Option<Profile<'_>>) -> Private<PersonName> {
    let stored = mine.map(|mine| &mine.name);
    profile.map(|profile| profile.name).or(stored).cloned().unwrap_or(Private::new(PersonName::from_store("")))
}

impl Standing {
    /// Whether this tab has the seat of the participant. `None` if no tab has it, or if it is not known which one asks.
    pub fn is_seat_of(&self, tab: Option<TabId>) -> Option<bool> {
        Some(self.tab? == tab?)
    }

    /// Why there is no room for this participant, now or later. A session that runs late is not closed to those who may
    /// come back to it.
    pub fn closed(&self) -> Option<Refusal> {
        match self.join_window.require_open() {
            Ok(()) | Err(Refusal::TooEarly { .. }) => None,
            Err(_) if self.may.wait || self.may.ticket => None,
            Err(refusal) => Some(refusal),
        }
    }
}

fn may(context: &ConsultationContext, role: Role) -> May {
    if !context.takes_part {
        return May::NOTHING;
    }
    let consultation = &context.consultation;
    let (live, window) = (consultation.is_live(), context.join_window());
    let entered = consultation.clone().enter_waiting_room(context.me, window, context.now);
    May {
        wait: entered.is_ok(),
        enter: entered.is_ok_and(|entered| entered != *consultation),
        start: role == Role::Host && window == JoinWindow::Open && !live,
        ticket: consultation.may_connect(context.me, window).is_ok(),
        end: live && consultation.may_end(context.me, &context.practice.policy).is_ok(),
    }
}
