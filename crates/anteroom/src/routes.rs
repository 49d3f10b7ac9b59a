//! All routes of the program: pages and API, the endpoints of the rooms, and those of one command.

use std::sync::Arc;
use std::time::Duration;

use anteroom_app::{Admission, App};
use anteroom_livekit::server_api::LONGEST_BODY;
use anteroom_rtc::{Embedded, Endpoints};
use anteroom_web::{RequestLimits, Web};
use axum::Router;

/// A call of the server API may wait two minutes for a participant, and half a minute for its own body.
const SERVER_API_DEADLINE: Duration = Duration::from_secs(160);

/// `pages` are the routes of one command.
pub(crate) fn router(web: Web, rooms: &Embedded, app: &App, pages: Router) -> Router {
    let admission = Arc::new(app.clone()) as Arc<dyn Admission>;
    let guarded = rooms.router(admission, |routes, endpoints| web.guard(routes, limits(endpoints)));
    web.router(pages, guarded)
}

fn limits(endpoints: Endpoints) -> RequestLimits {
    match endpoints {
        Endpoints::Signalling => RequestLimits::default(),
        Endpoints::ServerApi => RequestLimits { max_body: LONGEST_BODY, deadline: SERVER_API_DEADLINE },
    }
}
