//! The record of an appointment: who was there and when, and what became of it.

use anteroom_app::appointments::AppointmentDetails;
use anteroom_app::records;
use anteroom_domain::{
    AppointmentId, AppointmentKind, Author, Consultation, EndedBy, Outcome, Participant, Period, Phase, Policy, Zone,
};
use anteroom_l10n::Catalogue;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;

use super::appointment::redirect_or_refusal;
use crate::WebState;
use crate::problem::Problem;
use crate::request::auth::StaffLogin;
use crate::request::extract::{Form, Path};
use crate::view::appointment::{OutcomeCard, OutcomeChoice, PersonPeriods, Record};

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct OutcomeForm {
    outcome: String,
}

/// `POST /appointments/{id}/outcome`
pub(crate) async fn record_outcome(
    State(web): State<WebState>,
    staff: StaffLogin,
    Path(id): Path<AppointmentId>,
    Form(form): Form<OutcomeForm>,
) -> Result<Response, Problem> {
    let recorded = records::record_outcome(&web.app, &staff.actor, id, &form.outcome).await;
    redirect_or_refusal(&web, &staff, id, recorded).await
}

/// What took place, once it has ended.
pub(super) fn of(found: &AppointmentDetails, words: &Catalogue, zone: &Zone) -> Option<Record> {
    let consultation = found.consultation.as_ref()?;
    let Phase::Ended { started_at, ended_at, ended_by } = &consultation.phase else { return None };
    let people = consultation.participants.iter().filter_map(|one| periods(one, consultation, *ended_at, words, zone));
    Some(Record {
        started: words.date_time(*started_at, zone),
        ended: words.date_time(*ended_at, zone),
        duration: words.duration(consultation.both_present(*ended_at)),
        ended_by: author_of_end(consultation, ended_by, found, words),
        zone: words.zone(zone),
        people: people.collect(),
    })
}

fn author_of_end(of: &Consultation, by: &Author, found: &AppointmentDetails, words: &Catalogue) -> String {
    let name = match by {
        Author::Participant(id) => of.participant(*id).map(|participant| &participant.name),
        Author::User(_) => Some(&found.host.name),
        Author::Key(_) => return words.record_ended_by_key(),
        Author::System if of.ended_by() == Some(EndedBy::Unanswered) => return words.record_ended_without_answer(),
        Author::System => return words.record_ended_by_server(),
    };
    name.map_or_else(|| words.record_ended_by_practice(), |name| name.reveal().as_str().to_owned())
}

/// One participant, if they were there.
fn periods(
    one: &Participant,
    of: &Consultation,
    ended_at: Timestamp,
    words: &Catalogue,
    zone: &Zone,
) -> Option<PersonPeriods> {
    let time = |at| words.time_in(at, zone);
    let period = |period: Period| words.record_period(time(period.arrived_at), time(period.departed_at));
    let periods: Vec<String> = of.attendance(one, ended_at).into_iter().map(period).collect();
    let name = one.name.reveal().as_str().to_owned();
    (!periods.is_empty()).then_some(PersonPeriods { name, periods })
}

/// What became of it, and the form to correct that.
pub(super) async fn outcome_card(
    web: &WebState,
    found: &AppointmentDetails,
    policy: &Policy,
    words: &Catalogue,
    zone: &Zone,
) -> Result<Option<OutcomeCard>, Problem> {
    let (now, appointment) = (web.app.clock.now(), &found.appointment);
    let Some(consultation) = &found.consultation else { return Ok(None) };
    if consultation.may_record_outcome(appointment, policy, now).is_err() {
        return Ok(None);
    }
    let outcome = consultation.outcome(appointment, policy, now);
    let recorded = match &consultation.recorded {
        None => None,
        Some(recorded) => {
            let at = words.date_time_in_zone(recorded.at, zone);
            let by = match (&recorded.by, records::recorded_by(&web.app, found).await?) {
                (Author::Key(_), _) => words.record_ended_by_key(),
                (_, Some(name)) => name.reveal().as_str().to_owned(),
                (_, None) => words.record_ended_by_practice(),
            };
            Some((by, at))
        }
    };
    let in_person = appointment.kind == AppointmentKind::InPerson;
    let offered = Outcome::ALL.into_iter().filter(|one| !(in_person && *one == Outcome::TechnicalFailure));
    let choice = |one: Outcome| OutcomeChoice {
        value: one.as_str(),
        label: words.outcome(one),
        is_current: outcome == Some(one),
    };
    Ok(Some(OutcomeCard {
        outcome: outcome.map(|outcome| words.outcome(outcome)),
        recorded,
        choices: offered.map(choice).collect(),
    }))
}
