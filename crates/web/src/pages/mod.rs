//! Pages: what people see in a browser. Every one works without scripts.

mod appointment;
mod booking;
mod day;
mod join;
mod login;
mod practice;
mod setup;
mod staff;

use anteroom_app::{Error, practices};
use anteroom_domain::Practice;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Redirect;

use crate::problem::Problem;
use crate::routes::Routes;
use crate::view::{FormErrors, FormRejection};
use crate::{WebState, assets};

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/", login::root)
        .get("/setup", setup::show)
        .post("/setup", setup::submit)
        .get("/login", login::show)
        .post("/login", login::log_in)
        .post("/logout", login::log_out)
        .get("/day", day::show)
        .get("/day/live", day::watch)
        .get("/appointments/new", booking::form)
        .post("/appointments", booking::book)
        .get("/appointments/{id}", appointment::show)
        .post("/appointments/{id}/confirmation", appointment::confirm)
        .post("/appointments/{id}/cancellation", appointment::cancel)
        .post("/appointments/{id}/invitations", appointment::invite)
        .get("/appointments/{id}/consultation", join::by_login)
        .get("/join/{secret}", join::by_link)
        .get("/staff", staff::list)
        .post("/staff", staff::add)
        .get("/practice", practice::show)
        .post("/practice", practice::change)
        .get("/healthz", healthz)
        .get("/favicon.svg", assets::favicon)
        .get("/favicon.ico", async || Redirect::permanent("/favicon.svg"))
        .get("/assets/{*file}", assets::show)
}

/// The practice; without one there is nothing to show but the first-run page.
async fn load_practice(web: &WebState) -> Result<Practice, Problem> {
    Ok(practices::fetch(&web.app).await?)
}

/// `GET /healthz`: whether this server can do its work, for load balancers and people who restart things.
async fn healthz(State(web): State<WebState>) -> Result<&'static str, Problem> {
    practices::find(&web.app).await?;
    Ok("ok\n")
}

impl FormRejection {
    /// What a form shows of a refusal, and under which status; what no form can show goes on as a problem.
    pub(crate) fn of(error: Error) -> Result<(StatusCode, Self), Problem> {
        match error {
            Error::Invalid(_) => {
                let problem = Problem::from(error);
                let errors = FormErrors::new(problem.fields);
                Ok((problem.status, Self { errors, problem: String::new() }))
            }
            Error::Refused(refusal) => {
                let problem = refusal.to_string();
                Ok((Problem::from(refusal).status, Self { errors: FormErrors::default(), problem }))
            }
            other => Err(other.into()),
        }
    }
}

/// A number somebody typed. What is not a number becomes one that no rule accepts, so that `app` collects
/// the other mistakes too; the exact reason is put in its place afterwards.
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
