//! The page of one appointment: show, confirm, cancel, create a link for the guest.

use anteroom_app::appointments::AppointmentDetails;
use anteroom_app::{Error, appointments, invitations};
use anteroom_domain::{
    AppointmentId, AppointmentKind, AppointmentStatus, ParticipantId, Person, Policy, Profile, Refusal, Role,
    ScheduledTime, StaffRole,
};
use anteroom_l10n::Catalogue;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;

use super::handovers::successors;
use super::status_label::StatusContext;
use super::{load_practice, messages, record};
use crate::WebState;
use crate::problem::{Detail, Problem};
use crate::request::auth::StaffLogin;
use crate::request::extract::{Form, Path};
use crate::view::appointment::{Actions, AppointmentPage, CompanionLine, NewLink};
use crate::view::{Html, PageFrame};

/// `GET /appointments/{id}`
pub(crate) async fn show(
    State(web): State<WebState>,
    staff: StaffLogin,
    Path(id): Path<AppointmentId>,
) -> Result<Response, Problem> {
    let found = appointments::fetch(&web.app, &staff.actor, id).await?;
    Ok(Html(page(&web, &staff, &found).await?).into_response())
}

/// `POST /appointments/{id}/confirmation`
pub(crate) async fn confirm(
    State(web): State<WebState>,
    staff: StaffLogin,
    Path(id): Path<AppointmentId>,
) -> Result<Response, Problem> {
    let confirmed = appointments::confirm(&web.app, &staff.actor, id).await;
    redirect_or_refusal(&web, &staff, id, confirmed).await
}

/// `POST /appointments/{id}/cancellation`
pub(crate) async fn cancel(
    State(web): State<WebState>,
    staff: StaffLogin,
    Path(id): Path<AppointmentId>,
) -> Result<Response, Problem> {
    let cancelled = appointments::cancel(&web.app, &staff.actor, id).await;
    redirect_or_refusal(&web, &staff, id, cancelled).await
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct InvitationForm {
    /// `host`; otherwise for the guest.
    role: String,
    /// Instead of a role: a participant.
    participant: String,
    /// `yes`: earlier links end.
    replace: String,
}

/// `POST /appointments/{id}/invitations`: a new link for guest or companion, or the host's own, shown only in this
/// response.
pub(crate) async fn invite(
    State(web): State<WebState>,
    staff: StaffLogin,
    Path(id): Path<AppointmentId>,
    Form(form): Form<InvitationForm>,
) -> Result<Response, Problem> {
    let found = appointments::fetch(&web.app, &staff.actor, id).await?;
    let (participant, name) = owner(&found, &form)?;
    let is_only = form.replace == "yes";
    let issued = if is_only {
        invitations::replace_for(&web.app, &staff.actor, id, participant).await
    } else {
        invitations::reissue_to(&web.app, &staff.actor, id, participant).await
    };
    let url = match issued {
        Ok(url) => url,
        Err(error) => return redirect_or_refusal(&web, &staff, id, Err(error)).await,
    };
    let link = Some(NewLink { url, name, is_only });
    let page = AppointmentPage { link, ..page(&web, &staff, &found).await? };
    Ok(Html(page).into_response())
}

/// Whose link is asked for.
fn owner(found: &AppointmentDetails, form: &InvitationForm) -> Result<(ParticipantId, String), Problem> {
    let role = if form.role == "host" { Role::Host } else { Role::Guest };
    let mut participants = found.consultation.iter().flat_map(|consultation| &consultation.participants);
    let participant = match &*form.participant {
        "" => participants.find(|one| one.role == role),
        id => participants.find(|one| one.id.to_string() == id),
    };
    let participant = participant.ok_or_else(Problem::not_found)?;
    let name = Profile::of(participant, &found.appointment, &found.host).map_or(&participant.name, |one| one.name);
    Ok((participant.id, name.reveal().as_str().to_owned()))
}

/// Redirects to the page; a refusal is shown on it.
pub(super) async fn redirect_or_refusal(
    web: &WebState,
    staff: &StaffLogin,
    id: AppointmentId,
    outcome: Result<AppointmentDetails, Error>,
) -> Result<Response, Problem> {
    match outcome {
        Ok(_) => Ok(Redirect::to(&format!("/appointments/{id}")).into_response()),
        // Hosts have been deactivated since the page was opened: the page lists those who are left.
        Err(Error::Invalid(fields)) if fields.of("host").is_some() => {
            refused(web, staff, id, Refusal::Deactivated).await
        }
        Err(Error::Refused(refusal)) => refused(web, staff, id, refusal).await,
        Err(error) => Err(error.into()),
    }
}

/// The page, with the reason for which nothing was done.
async fn refused(web: &WebState, staff: &StaffLogin, id: AppointmentId, refusal: Refusal) -> Result<Response, Problem> {
    let found = appointments::fetch(&web.app, &staff.actor, id).await?;
    let page = AppointmentPage { problem: Some(Detail::Refusal(refusal)), ..page(web, staff, &found).await? };
    Ok((Problem::from(refusal).status, Html(page)).into_response())
}

async fn page(web: &WebState, staff: &StaffLogin, found: &AppointmentDetails) -> Result<AppointmentPage, Problem> {
    let practice = load_practice(web).await?;
    let (appointment, zone, words) = (&found.appointment, &staff.user.zone, staff.words(&practice));
    let is_admin = staff.user.role == StaffRole::Admin;
    let guest = &appointment.guest;
    let starts = appointment.starts.at;
    let status = StatusContext { app: &web.app, words, policy: &practice.policy, zone, now: web.app.clock.now() };
    let guest_time =
        (zone.local(starts) != guest.zone.local(starts)).then(|| words.date_time_in_zone(starts, &guest.zone));
    let deliveries = anteroom_app::messages::deliveries(&web.app, &staff.actor, appointment.id).await?;
    Ok(AppointmentPage {
        frame: PageFrame::staff(&web.app, &practice, staff, "day"),
        id: appointment.id.to_string(),
        guest: guest.name.reveal().as_str().to_owned(),
        email: guest.email().map(|email| email.reveal().as_str().to_owned()).unwrap_or_default(),
        phone: guest.phone().map(|phone| phone.reveal().as_str().to_owned()),
        companions: appointment.companions.iter().map(|person| companion(person, found)).collect(),
        host: found.host.name.reveal().as_str().to_owned(),
        status: status.of(found).0,
        day: words.date_in(starts, zone),
        date: zone.local(starts).date().to_string(),
        time: words.time_in(starts, zone),
        until: words.time_in(appointment.ends_at(), zone),
        zone: words.zone(zone),
        agreed: agreed_time(&appointment.starts, words),
        guest_time,
        length: words.length(appointment.length.minutes()),
        is_video: appointment.kind == AppointmentKind::Video,
        opens_at: words.time_with_zone(practice.policy.opens_at(starts), zone),
        actions: actions(found, staff, &practice.policy, web.app.clock.now()),
        link: None,
        record: record::of(found, words, zone),
        outcome: record::outcome_card(web, found, &practice.policy, words, zone).await?,
        messages: messages::lines(&deliveries, found, (words, zone), web.app.messenger.is_configured()),
        successors: match is_admin && is_planned(found, web.app.clock.now()) {
            true => successors(web, staff, appointment.host).await?,
            false => Vec::new(),
        },
        problem: None,
    })
}

/// The time that was agreed, with its zone, if the start is another one under the rules of today.
pub(super) fn agreed_time(starts: &ScheduledTime, words: &Catalogue) -> Option<String> {
    let (date, time) = (words.date(starts.local.date()), words.time(starts.local.time()));
    (!starts.agrees()).then(|| words.agreed_time(words.date_and_time(date, time), words.zone(&starts.zone)))
}

/// Neither started nor over.
fn is_planned(found: &AppointmentDetails, now: Timestamp) -> bool {
    let is_over = found.appointment.ends_at() <= now;
    found.appointment.occupies_slot()
        && !is_over
        && !found.consultation.as_ref().is_some_and(|consultation| consultation.is_live())
}

fn companion(person: &Person, found: &AppointmentDetails) -> CompanionLine {
    let mut participants = found.consultation.iter().flat_map(|consultation| &consultation.participants);
    let participant = participants.find(|participant| participant.person == Some(person.id));
    CompanionLine {
        name: person.name.reveal().as_str().to_owned(),
        email: person.email().map(|email| email.reveal().as_str().to_owned()),
        phone: person.phone().map(|phone| phone.reveal().as_str().to_owned()),
        participant: participant.map(|participant| participant.id.to_string()),
    }
}

/// Which buttons are shown. The use cases check again.
fn actions(found: &AppointmentDetails, staff: &StaffLogin, policy: &Policy, now: Timestamp) -> Actions {
    let is_booked = found.appointment.status == AppointmentStatus::Booked;
    let is_confirmed = matches!(found.appointment.status, AppointmentStatus::Confirmed { .. });
    let has_room = is_confirmed && found.appointment.kind == AppointmentKind::Video;
    let is_live = found.consultation.as_ref().is_some_and(|c| c.is_live());
    Actions {
        confirm: is_booked,
        cancel: (is_booked || is_confirmed) && !is_live,
        open: has_room && found.appointment.host == staff.user.id,
        link: found.consultation.as_ref().is_some_and(|consultation| {
            invitations::require_usable(consultation, &found.appointment, policy, now).is_ok()
        }),
    }
}
