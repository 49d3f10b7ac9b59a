//! Appointments agreed under other rules of their time zone than those of today.
//!
//! An appointment keeps the instant and the local time that was agreed. When a government changes its rules, the two
//! no longer agree: the server starts at the instant, the people come at the local time. Staff must ask them.

use anteroom_domain::ZoneData;
use anteroom_store::PlannedStart;
use jiff::Timestamp;

use crate::{Actor, App, Result};

/// Rows of one query.
const PAGE: i64 = 1000;

/// Maximum number of listed appointments; all are counted.
const LISTED: usize = 100;

/// Upcoming appointments whose instant and agreed local time disagree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disagreements {
    /// How many there are.
    pub count: usize,
    /// The first of them, by start.
    pub first: Vec<PlannedStart>,
}

/// Those that the actor sees.
pub async fn list(app: &App, actor: &Actor) -> Result<Disagreements> {
    let staff = actor.reader()?;
    find(app, |planned| staff.sees(planned.host)).await
}

/// Logs how many there are. Call it when the server starts: the zone data may be newer than at the last start.
pub async fn report(app: &App) -> Result<()> {
    let found = find(app, |_| true).await?;
    if found.count > 0 {
        let appointments: Vec<String> = found.first.iter().take(10).map(|one| one.appointment.to_string()).collect();
        tracing::warn!(
            count = found.count,
            first = appointments.join(" "),
            zone_data = ZoneData::in_use().edition().as_str(),
            "upcoming appointments start at another local time than was agreed, because rules of their time zones have \
             changed: ask the people and book again"
        );
    }
    Ok(())
}

async fn find(app: &App, concerns: impl Fn(&PlannedStart) -> bool) -> Result<Disagreements> {
    let mut found = Disagreements::default();
    let mut last: (Timestamp, _) = (app.clock.now(), None);
    loop {
        // A snapshot for each page: a long one would keep SQLite from shortening its log.
        let page = app.store.read().await?.planned_starts(last.0, last.1, PAGE).await?;
        let Some(end) = page.last() else { return Ok(found) };
        last = (end.starts.at, Some(end.appointment));
        for planned in page.into_iter().filter(|planned| !planned.starts.agrees() && concerns(planned)) {
            found.count += 1;
            if found.first.len() < LISTED {
                found.first.push(planned);
            }
        }
    }
}
