//! `/api/v1/practice`: settings of the practice.

use anteroom_app::practices;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::JsonResult;
use crate::WebState;
use crate::consultation::standing::WordsBody;
use crate::problem::ProblemBody;
use crate::request::auth::BearerToken;
use crate::request::language::RequestedLanguage;

#[derive(Serialize, ToSchema)]
#[schema(as = Practice)]
pub(super) struct PracticeBody {
    name: String,
    /// `general`, `beauty`, `therapy` or `clinic`.
    pack: &'static str,
    words: WordsBody,
    /// Language of pages and messages for people whose language is not known (BCP 47): `en` or `de`.
    language: &'static str,
    zone: String,
    /// Minutes before the start when the join window opens.
    opens_before: u16,
    /// Minutes after the planned end when the join window closes. A running call continues.
    closes_after: u16,
    /// `host` or `either`.
    who_may_end: &'static str,
}

/// The practice of this server.
#[utoipa::path(
    get, path = "/practice", tag = "practice", operation_id = "readPractice",
    responses((status = 200, body = PracticeBody), (status = "4XX", body = ProblemBody, content_type = "application/problem+json"))
)]
pub(super) async fn show(
    State(web): State<WebState>,
    bearer: BearerToken,
    language: RequestedLanguage,
) -> JsonResult<PracticeBody> {
    bearer.actor.reader()?;
    let practice = practices::fetch(&web.app).await?;
    Ok(axum::Json(PracticeBody {
        words: language.words_of(&practice).into(),
        name: practice.name,
        pack: practice.pack.as_str(),
        language: practice.language.tag(),
        zone: practice.zone.name().to_owned(),
        opens_before: practice.policy.opens_before(),
        closes_after: practice.policy.closes_after(),
        who_may_end: practice.policy.who_may_end.as_str(),
    }))
}
