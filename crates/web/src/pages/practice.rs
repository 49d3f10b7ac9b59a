//! Settings of the practice, for administrators.

use anteroom_app::practices::Changes;
use anteroom_app::{Error, practices};
use anteroom_domain::Practice;
use anteroom_l10n::Catalogue;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{ParsedNumber, load_practice};
use crate::WebState;
use crate::problem::{Detail, Problem};
use crate::request::auth::{AdminLogin, StaffLogin};
use crate::request::extract::{Form, Query};
use crate::view::practice::{PracticeForm, PracticePage};
use crate::view::setup::PackChoice;
use crate::view::zones::Zones;
use crate::view::{FormRejection, Html, PageFrame};

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct PracticeQuery {
    saved: String,
}

/// `GET /practice`
pub(crate) async fn show(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Query(query): Query<PracticeQuery>,
) -> Result<Response, Problem> {
    let practice = load_practice(&web).await?;
    let form = filled(&practice);
    let page = page(&web, &practice, &staff, form, FormRejection::default());
    Ok(Html(PracticePage { saved: query.saved == "yes", ..page }).into_response())
}

/// `POST /practice`
pub(crate) async fn change(
    State(web): State<WebState>,
    AdminLogin(staff): AdminLogin,
    Form(mut form): Form<PracticeForm>,
) -> Result<Response, Problem> {
    let (before, after) = (ParsedNumber::parse(&form.opens_before), ParsedNumber::parse(&form.closes_after));
    let changes = Changes {
        name: form.name.clone(),
        pack: form.pack.clone(),
        language: form.language.clone(),
        zone: form.zone.clone(),
        opens_before: before.value,
        closes_after: after.value,
        who_may_end: form.who_may_end.clone(),
        version: form.version.parse().ok(),
    };
    match practices::change(&web.app, &staff.actor, changes).await {
        Ok(_) => Ok(Redirect::to("/practice?saved=yes").into_response()),
        Err(error) => {
            let practice = load_practice(&web).await?;
            let (status, mut rejection) = match error {
                Error::Busy => {
                    form.version = practice.version.to_string(); // Saving again replaces what the others saved.
                    (
                        StatusCode::CONFLICT,
                        FormRejection {
                            problem: Some(Detail::Sentence(Catalogue::problem_saved_meanwhile)),
                            ..FormRejection::default()
                        },
                    )
                }
                error => FormRejection::of(error)?,
            };
            rejection.errors.replace("opens_before", before.error);
            rejection.errors.replace("closes_after", after.error);
            Ok((status, Html(page(&web, &practice, &staff, form, rejection))).into_response())
        }
    }
}

fn filled(practice: &Practice) -> PracticeForm {
    PracticeForm {
        name: practice.name.clone(),
        pack: practice.pack.to_string(),
        language: practice.language.to_string(),
        zone: practice.zone.name().to_owned(),
        opens_before: practice.policy.opens_before().to_string(),
        closes_after: practice.policy.closes_after().to_string(),
        who_may_end: practice.policy.who_may_end.as_str().to_owned(),
        version: practice.version.to_string(),
    }
}

fn page(
    web: &WebState,
    practice: &Practice,
    staff: &StaffLogin,
    form: PracticeForm,
    rejection: FormRejection,
) -> PracticePage {
    let frame = PageFrame::staff(&web.app, practice, staff, "practice");
    let (packs, zones) = (PackChoice::all(frame.words), Zones::of(frame.words));
    PracticePage { frame, form, rejection, saved: false, packs, zones }
}
