//! `GET /day/live`: SSE stream of the day page.

use anteroom_app::{Topic, Watch, users};
use anteroom_domain::{StaffRole, User};
use askama::Template;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::response::sse::Event;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::day::{DayQuery, list, midnight, parts};
use super::load_practice;
use crate::problem::Problem;
use crate::request::auth::StaffLogin;
use crate::request::client_address::ClientAddress;
use crate::request::extract::Query;
use crate::sse::{Live, Update, Watcher};
use crate::{WebState, sse};

/// `GET /day/live?date=…`: all parts of the page at once and at midnight, the list after each change, as `event: day`.
/// Without a date it is today, tomorrow too.
pub(crate) async fn watch(
    State(web): State<WebState>,
    from: ClientAddress,
    staff: StaffLogin,
    Query(query): Query<DayQuery>,
    parts: Parts,
) -> Result<Response, Problem> {
    let slot = web.limits.stream(from)?;
    let watcher = Watcher::new(&web, watches(&web, &staff).await?, slot);
    sse::stream(watcher, DayLive { web, parts, query, sent: None }).await
}

/// A host watches their own appointments, an administrator those of all hosts.
async fn watches(web: &WebState, staff: &StaffLogin) -> Result<Vec<Watch>, Problem> {
    let watch = |user: &User| web.app.hub.watch(Topic::Day(user.id));
    let mut watches: Vec<Watch> = match staff.user.role {
        StaffRole::Host => vec![watch(&staff.user)],
        StaffRole::Admin => users::list(&web.app, &staff.actor).await?.iter().map(watch).collect(),
    };
    watches.extend(web.app.watch_access(&staff.actor));
    Ok(watches)
}

struct DayLive {
    web: WebState,
    /// Of the request: authenticated again for each event, so that logging out closes the stream.
    parts: Parts,
    query: DayQuery,
    /// The date that the page shows.
    sent: Option<Date>,
}

impl Live for DayLive {
    async fn load(&mut self) -> Result<Update, Problem> {
        let staff = StaffLogin::from_request_parts(&mut self.parts, &self.web).await?;
        let date = self.query.day(&self.web, &staff.user.zone);
        let practice = load_practice(&self.web).await?;
        let (list, changes_at) = list(&self.web, &staff, &practice, date).await?;
        let html = if self.sent == Some(date) {
            list.render()
        } else {
            parts(&self.web, &staff, &practice, date, list).await?.render()
        };
        self.sent = Some(date);
        let event = Event::default().event("day").data(html.map_err(|_| Problem::internal())?);
        let changes_at = changes_at.into_iter().chain([next_midnight(&self.web, &staff)?]).min();
        Ok(Update { event: Some(event), changes_at })
    }
}

/// The end of today, whatever day is shown: a past day is no longer today, a coming one will be.
fn next_midnight(web: &WebState, staff: &StaffLogin) -> Result<Timestamp, Problem> {
    let zone = &staff.user.zone;
    midnight(zone.local(web.app.clock.now()).date().saturating_add(1.day()), zone)
}
