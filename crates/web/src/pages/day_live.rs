//! `GET /day/live`: SSE stream of the day page.

use anteroom_app::DayWatch;
use anteroom_app::appointment_lists::Part;
use askama::Template;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::Response;
use axum::response::sse::Event;
use jiff::Timestamp;
use jiff::civil::Date;

use super::day::{DayQuery, bounds, list, parts};
use crate::problem::Problem;
use crate::request::auth::StaffLogin;
use crate::request::client_address::ClientAddress;
use crate::request::extract::Query;
use crate::sse::{Live, StreamCaller, Update, Watcher};
use crate::view::day::DayList;
use crate::{WebState, sse};

/// `GET /day/live`, with date and part of the list as in `GET /day`: all parts of the page at once and at midnight, the
/// list after each change, as `event: day`. Without a date it is today, tomorrow too.
pub(crate) async fn watch(
    State(web): State<WebState>,
    from: ClientAddress,
    staff: StaffLogin,
    Query(query): Query<DayQuery>,
    parts: Parts,
) -> Result<Response, Problem> {
    let slot = web.limits.stream(from)?;
    let part = query.part()?;
    let watch = DayWatch::new(&web.app, &staff.actor)?;
    let caller = StreamCaller::new(&web, &staff, parts);
    sse::stream(Watcher::new(&web, slot), DayLive { web, caller, watch, query, part, sent: None }).await
}

struct DayLive {
    web: WebState,
    caller: StreamCaller<StaffLogin>,
    watch: DayWatch,
    query: DayQuery,
    part: Part,
    /// What the page shows. `None` after an error, which the page was notified of.
    sent: Option<(Surroundings, DayList)>,
}

/// What the parts around the list depend on: the date, and the versions of practice and viewer.
type Surroundings = (Date, i64, i64);

impl Live for DayLive {
    async fn changed(&mut self) {
        tokio::select! {
            () = self.watch.changed() => {}
            () = self.caller.changed() => {}
        }
    }

    async fn load(&mut self) -> Result<Update, Problem> {
        let sent = self.sent.take();
        let staff = self.caller.current(&self.web, Vec::new()).await?;
        if !self.watch.is_of(&staff.actor)? {
            self.watch = DayWatch::new(&self.web.app, &staff.actor)?; // the role has changed
        }
        let zone = &staff.user.zone;
        let date = self.query.day(&self.web, zone);
        let practice = self.watch.practice(&self.web.app).await?;
        let found = self.watch.day(&self.web.app, bounds(date, zone)?, self.part).await?;
        let (list, changes_at) = list(&self.web, staff, &practice, date, &found);
        let surroundings = (date, practice.version, staff.user.version);
        let html = match sent {
            // Most changes of a practice are of other days.
            Some((shown, before)) if shown == surroundings && before.shows_the_same(&list) => None,
            Some((shown, _)) if shown == surroundings => Some(list.render()),
            _ => Some(parts(&self.web, staff, &practice, (date, self.part), list.clone()).await?.render()),
        };
        let html = html.transpose().map_err(|_| Problem::internal())?;
        self.sent = Some((surroundings, list));
        let changes_at = changes_at.into_iter().chain([next_midnight(&self.web, staff)?]).min();
        Ok(Update { event: html.map(|html| Event::default().event("day").data(html)), changes_at })
    }
}

/// The end of today, whatever day is shown: a past day is no longer today, a coming one will be.
fn next_midnight(web: &WebState, staff: &StaffLogin) -> Result<Timestamp, Problem> {
    let zone = &staff.user.zone;
    Ok(bounds(zone.local(web.app.clock.now()).date(), zone)?.1)
}
