//! HTML pages. All of them work without scripts, except the call itself.

mod account;
mod appointment;
mod booking;
mod day;
mod day_live;
mod handovers;
mod join;
mod keys;
mod login;
mod messages;
mod monitoring;
mod password;
mod person;
mod practice;
mod record;
mod setup;
mod staff;
mod status_label;

use anteroom_app::{Error, practices};
use anteroom_domain::Practice;
use axum::http::StatusCode;
use axum::response::Redirect;

use crate::problem::Problem;
use crate::routes::RouteTable;
use crate::view::{FormErrors, FormRejection};
use crate::{WebState, assets};

pub(crate) fn routes() -> RouteTable {
    RouteTable::default()
        .get("/", login::root)
        .get("/setup", setup::show)
        .post("/setup", setup::submit)
        .get("/login", login::show)
        .post("/login", login::log_in)
        .post("/logout", login::log_out)
        .get("/day", day::show)
        .get("/day/live", day_live::watch)
        .get("/appointments/new", booking::form)
        .post("/appointments", booking::book)
        .get("/appointments/{id}", appointment::show)
        .post("/appointments/{id}/confirmation", appointment::confirm)
        .post("/appointments/{id}/cancellation", appointment::cancel)
        .post("/appointments/{id}/outcome", record::record_outcome)
        .post("/appointments/{id}/host", handovers::change_host)
        .post("/appointments/{id}/invitations", appointment::invite)
        .get("/appointments/{id}/consultation", join::by_login)
        .get("/join/{secret}", join::by_link)
        .get("/password/{secret}", password::show)
        .post("/password/{secret}", password::set)
        .get("/account", account::show)
        .post("/account/password", account::change_password)
        .post("/account/language", account::set_language)
        .post("/account/sessions/revocation", account::end_sessions)
        .post("/account/sessions/{id}/revocation", account::end_session)
        .get("/staff", staff::list)
        .post("/staff", staff::add)
        .get("/staff/{id}", person::show)
        .post("/staff/{id}/role", person::change_role)
        .post("/staff/{id}/deactivation", person::deactivate)
        .post("/staff/{id}/reactivation", person::reactivate)
        .post("/staff/{id}/handover", handovers::hand_over)
        .post("/staff/{id}/password-links", person::issue_password_link)
        .post("/staff/{id}/sessions/revocation", person::end_sessions)
        .get("/practice", practice::show)
        .post("/practice", practice::change)
        .get("/keys", keys::list)
        .post("/keys", keys::create)
        .post("/keys/{id}/revocation", keys::revoke)
        .get("/healthz", monitoring::healthz)
        .get("/metrics", monitoring::metrics)
        .get("/favicon.svg", assets::favicon)
        .get("/favicon.ico", async || Redirect::permanent("/favicon.svg"))
        .get("/assets/{*file}", assets::show)
}

/// The practice. It exists on every page except setup.
async fn load_practice(web: &WebState) -> Result<Practice, Problem> {
    let practice = practices::fetch(&web.app).await?;
    web.practice_words.note(&practice);
    Ok(practice)
}

impl FormRejection {
    /// The status and content with which a form is shown again; errors that no form can show become a problem.
    pub(crate) fn of(error: Error) -> Result<(StatusCode, Self), Problem> {
        match error {
            Error::Invalid(_) => {
                let problem = Problem::from(error);
                let errors = FormErrors::new(problem.fields);
                Ok((problem.status, Self { errors, problem: None }))
            }
            Error::Refused(refusal) => {
                let Problem { status, detail, .. } = refusal.into();
                Ok((status, Self { errors: FormErrors::default(), problem: Some(detail) }))
            }
            other => Err(other.into()),
        }
    }
}

/// A number from a form. Text that is not a number becomes `i64::MIN`, which no rule accepts, so that `app` still
/// reports the errors of the other fields; `error` then replaces the one of this field.
struct ParsedNumber {
    value: i64,
    error: Option<anteroom_domain::FieldError>,
}

impl ParsedNumber {
    fn parse(text: &str) -> Self {
        use anteroom_domain::FieldError::{Empty, Malformed};
        match text.trim() {
            "" => Self { value: i64::MIN, error: Some(Empty) },
            text => match text.parse() {
                Ok(value) => Self { value, error: None },
                Err(_) => Self { value: i64::MIN, error: Some(Malformed) },
            },
        }
    }
}
