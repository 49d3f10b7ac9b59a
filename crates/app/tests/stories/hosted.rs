//! A confirmed appointment of a host who is no administrator, and an API client.

use anteroom_app::Actor;
use anteroom_app::appointments::AppointmentDetails;
use anteroom_domain::ApiKeyId;
use anteroom_testkit::{TestSite, TestStaff, minutes};

/// Sofia's appointment with Jamie in five minutes. Both have their message.
pub(crate) struct Hosted {
    pub(crate) site: TestSite,
    pub(crate) admin: TestStaff,
    pub(crate) sofia: TestStaff,
    pub(crate) found: AppointmentDetails,
}

impl Hosted {
    pub(crate) async fn begin() -> Self {
        Self::of(TestSite::set_up().await).await
    }

    /// The same on SQLite, whatever the environment selects.
    pub(crate) async fn begin_on_sqlite() -> Self {
        Self::of(TestSite::set_up_on_sqlite().await).await
    }

    async fn of((site, admin): (TestSite, TestStaff)) -> Self {
        let sofia = site.add_host(&admin, "Sofia").await;
        let found = sofia.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
        site.run_due_jobs().await;
        Self { site, admin, sofia, found }
    }
}

/// An API client with all scopes, and its key.
pub(crate) async fn api_key(site: &TestSite) -> (TestStaff, ApiKeyId) {
    let (client, _) = site.api_client().await;
    let Actor::Key { id, .. } = &client.actor else { panic!("an API client has a key") };
    let key = id.clone();
    (client, key)
}
