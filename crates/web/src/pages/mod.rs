//! Pages: what people see in a browser. Every one works without scripts.

mod appointment;
mod booking;
mod day;
mod front;
mod join;
mod practice;
mod staff;

use anteroom_app::practices;
use anteroom_domain::Practice;
use axum::{extract::State, response::Redirect};

use crate::{Web, assets, problem::Problem, routes::Routes};

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/", front::root)
        .get("/setup", front::setup)
        .post("/setup", front::found)
        .get("/login", front::login)
        .post("/login", front::log_in)
        .post("/logout", front::log_out)
        .get("/day", day::show)
        .get("/day/live", day::watch)
        .get("/appointments/new", booking::form)
        .post("/appointments", booking::book)
        .get("/appointments/{id}", appointment::show)
        .post("/appointments/{id}/confirmation", appointment::confirm)
        .post("/appointments/{id}/cancellation", appointment::cancel)
        .post("/appointments/{id}/invitations", appointment::invite)
        .get("/appointments/{id}/consultation", join::host)
        .get("/join/{secret}", join::personal)
        .get("/staff", staff::list)
        .post("/staff", staff::add)
        .get("/practice", practice::show)
        .post("/practice", practice::change)
        .get("/healthz", healthz)
        .get("/favicon.svg", assets::icon)
        .get("/favicon.ico", async || Redirect::permanent("/favicon.svg"))
        .get("/assets/{*file}", assets::show)
}

/// The practice; without one there is nothing to show but the first-run page.
async fn practice_of(web: &Web) -> Result<Practice, Problem> {
    Ok(practices::fetch(&web.app).await?)
}

/// `GET /healthz`: whether this server can do its work, for load balancers and people who restart things.
async fn healthz(State(web): State<Web>) -> Result<&'static str, Problem> {
    practices::find(&web.app).await?;
    Ok("ok\n")
}

/// A number somebody typed. What is not a number becomes one that no rule accepts, so that `app` collects
/// the other mistakes too; the exact reason is put in its place afterwards.
struct Typed {
    value: i64,
    wrong: Option<anteroom_domain::FieldError>,
}

impl Typed {
    fn read(text: &str) -> Self {
        use anteroom_domain::FieldError::{Empty, Malformed};
        match text.trim() {
            "" => Self { value: i64::MIN, wrong: Some(Empty) },
            text => match text.parse() {
                Ok(value) => Self { value, wrong: None },
                Err(_) => Self { value: i64::MIN, wrong: Some(Malformed) },
            },
        }
    }
}
