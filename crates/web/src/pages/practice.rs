//! The practice's own settings, for admins.

use anteroom_app::practices;
use anteroom_app::practices::Changes;
use anteroom_domain::Practice;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Typed, practice_of};
use crate::Web;
use crate::problem::Problem;
use crate::request::auth::{Admin, Staff};
use crate::request::extract::{Form, Query};
use crate::view::practice::{PracticeForm, PracticePage};
use crate::view::setup::PackChoice;
use crate::view::zones::Zones;
use crate::view::{Frame, Html, Refused};

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct PracticeQuery {
    saved: String,
}

/// `GET /practice`
pub(crate) async fn show(
    State(web): State<Web>,
    Admin(staff): Admin,
    Query(query): Query<PracticeQuery>,
) -> Result<Response, Problem> {
    let practice = practice_of(&web).await?;
    let form = filled(&practice);
    let page = page(&practice, &staff, form, Refused::default());
    Ok(Html(PracticePage { saved: query.saved == "yes", ..page }).into_response())
}

/// `POST /practice`
pub(crate) async fn change(
    State(web): State<Web>,
    Admin(staff): Admin,
    Form(form): Form<PracticeForm>,
) -> Result<Response, Problem> {
    let (before, after) = (Typed::read(&form.opens_before), Typed::read(&form.closes_after));
    let asked = Changes {
        name: form.name.clone(),
        pack: form.pack.clone(),
        zone: form.zone.clone(),
        opens_before: before.value,
        closes_after: after.value,
        who_may_end: form.who_may_end.clone(),
    };
    match practices::change(&web.app, &staff.actor, asked).await {
        Ok(_) => Ok(Redirect::to("/practice?saved=yes").into_response()),
        Err(error) => {
            let (status, mut refused) = Refused::of(error)?;
            refused.errors.sharpen("opens_before", before.wrong);
            refused.errors.sharpen("closes_after", after.wrong);
            let practice = practice_of(&web).await?;
            Ok((status, Html(page(&practice, &staff, form, refused))).into_response())
        }
    }
}

fn filled(practice: &Practice) -> PracticeForm {
    PracticeForm {
        name: practice.name.clone(),
        pack: practice.pack.to_string(),
        zone: practice.zone.name().to_owned(),
        opens_before: practice.policy.opens_before().to_string(),
        closes_after: practice.policy.closes_after().to_string(),
        who_may_end: practice.policy.who_may_end.as_str().to_owned(),
    }
}

fn page(practice: &Practice, staff: &Staff, form: PracticeForm, refused: Refused) -> PracticePage {
    let words = practice.pack.words();
    PracticePage {
        frame: Frame::desk(practice, &staff.user, "practice"),
        form,
        refused,
        saved: false,
        packs: PackChoice::all(),
        zones: Zones::all(),
        host: words.host,
        guest: words.guest,
    }
}
