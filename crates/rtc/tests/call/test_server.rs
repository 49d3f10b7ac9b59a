//! The media server on free ports, with an admission check that the test controls.

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};

use anteroom_app::{Admission, Admitted, AttendanceRecord, Bearer, Clock, Error, Rng, Video};
use anteroom_domain::{Refusal, RoomName};
use anteroom_livekit::{AnteroomClaim, Claims, Keys, VideoGrant};
use anteroom_rtc::{Config, Embedded, Url, transport};
use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::peer_connection::LIMIT;

/// The admission check.
type Check = Box<dyn FnMut(&Bearer) -> Result<Admitted, Error> + Send>;

pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) embedded: Arc<Embedded>,
    pub(crate) admission: Arc<TestAdmission>,
    keys: Keys,
}

/// Runs the test's admission check and records the attendance.
pub(crate) struct TestAdmission {
    check: Mutex<Check>,
    attendance: watch::Sender<Vec<String>>,
}

#[async_trait]
impl Admission for TestAdmission {
    async fn may_join(&self, bearer: &Bearer) -> Result<Admitted, Error> {
        (self.check.lock().unwrap())(bearer)
    }

    async fn attend(&self, record: &AttendanceRecord) -> Result<(), Error> {
        let change = if record.is_connected { "arrived" } else { "departed" };
        self.attendance.send_modify(|list| list.push(format!("{} {change}", record.bearer.identity)));
        Ok(())
    }
}

struct System;

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "real sockets need the real time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Rng for System {
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes);
    }
}

impl TestServer {
    /// Admits every valid token.
    pub(crate) async fn start() -> Self {
        Self::start_with(vec![], true).await
    }

    pub(crate) async fn start_with_webhooks(webhooks: Vec<Url>) -> Self {
        Self::start_with(webhooks, true).await
    }

    /// Only an API client opens rooms that are no consultation's.
    pub(crate) async fn start_without_auto_create() -> Self {
        Self::start_with(vec![], false).await
    }

    async fn start_with(webhooks: Vec<Url>, auto_create_rooms: bool) -> Self {
        let keys = Keys::single("devkey", "secret");
        let config = Config {
            wire: transport::Config { listen: "127.0.0.1:0".parse().unwrap(), advertise: vec![] },
            media_threads: NonZeroU16::new(2).unwrap(),
            url: "ws://unused".to_owned(),
            keys: keys.clone(),
            webhooks,
            auto_create_rooms,
        };
        let embedded = Arc::new(Embedded::start(config, Arc::new(System), Arc::new(System)).unwrap());
        let admission = Arc::new(TestAdmission {
            check: Mutex::new(Box::new(|_| Ok(Admitted::TokenOnly))),
            attendance: watch::channel(vec![]).0,
        });
        let router = embedded.router(admission.clone(), |routes, _| routes);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, embedded, admission, keys }
    }

    pub(crate) fn on_admission(&self, check: impl FnMut(&Bearer) -> Result<Admitted, Error> + Send + 'static) {
        *self.admission.check.lock().unwrap() = Box::new(check);
    }

    pub(crate) fn refuse_with(&self, refusal: Refusal) {
        self.on_admission(move |_| Err(Error::Refused(refusal)));
    }

    pub(crate) fn token(&self, room: &str, identity: &str) -> String {
        let video = VideoGrant { room_join: true, room: room.to_owned(), ..VideoGrant::default() };
        self.keys.mint(&Claims { sub: identity.to_owned(), exp: Some(in_an_hour()), video, ..Claims::default() })
    }

    /// A token without an identity, for the server API.
    pub(crate) fn api_token(&self, video: VideoGrant) -> String {
        self.keys.mint(&Claims { exp: Some(in_an_hour()), video, ..Claims::default() })
    }

    /// A token for the identity `ada` with this grant.
    pub(crate) fn token_with_grant(&self, video: VideoGrant) -> String {
        let sub = "ada".to_owned();
        self.keys.mint(&Claims { sub, exp: Some(in_an_hour()), video, ..Claims::default() })
    }

    pub(crate) fn token_with_ticket(&self, room: &str, identity: &str, ticket_number: i64) -> String {
        let video = VideoGrant { room_join: true, room: room.to_owned(), ..VideoGrant::default() };
        let anteroom = Some(AnteroomClaim { ticket_number });
        let sub = identity.to_owned();
        self.keys.mint(&Claims { sub, exp: Some(in_an_hour()), video, anteroom, ..Claims::default() })
    }

    pub(crate) async fn close_room(&self, room: &str) {
        self.embedded.close(&RoomName::from_text(room)).await.unwrap();
    }

    /// Waits until exactly these events are recorded for the identity.
    pub(crate) async fn wait_for_attendance(&self, who: &str, what: &[&str]) {
        let mut attendance = self.admission.attendance.subscribe();
        let expected: Vec<_> = what.iter().map(|what| format!("{who} {what}")).collect();
        let recorded = attendance.wait_for(|list| list.iter().filter(|line| line.starts_with(who)).eq(&expected));
        let recorded = tokio::time::timeout(LIMIT, recorded).await.is_ok();
        assert!(recorded, "{:?}", self.admission.attendance.borrow());
    }
}

fn in_an_hour() -> f64 {
    (System.now().as_second() + 3_600) as f64
}
