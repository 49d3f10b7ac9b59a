//! The house around the doors, in memory: who may come in is what the test says.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use anteroom_app::{Admission, Bearer, Clock, Error, Rng, Video, Welcome};
use anteroom_domain::{Refusal, RoomName};
use anteroom_livekit::{AnteroomClaim, Claims, Keys, VideoGrant};
use anteroom_rtc::{Config, Embedded, Url, transport};
use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

/// What the house answers at the door.
type Rule = Box<dyn FnMut(&Bearer) -> Result<Welcome, Error> + Send>;

pub(crate) struct House {
    pub(crate) address: SocketAddr,
    pub(crate) embedded: Arc<Embedded>,
    pub(crate) hosts: Arc<Hosts>,
    keys: Keys,
}

/// Those who decide at the door and keep the attendance list.
pub(crate) struct Hosts {
    rule: Mutex<Rule>,
    attendance: watch::Sender<Vec<String>>,
}

#[async_trait]
impl Admission for Hosts {
    async fn may_enter(&self, bearer: &Bearer) -> Result<Welcome, Error> {
        (self.rule.lock().unwrap())(bearer)
    }

    async fn arrived(&self, bearer: &Bearer) {
        self.attendance.send_modify(|list| list.push(format!("{} arrived", bearer.identity)));
    }

    async fn departed(&self, bearer: &Bearer) {
        self.attendance.send_modify(|list| list.push(format!("{} departed", bearer.identity)));
    }
}

struct Outside;

impl Clock for Outside {
    #[expect(clippy::disallowed_methods, reason = "real sockets need the real time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Rng for Outside {
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes);
    }
}

impl House {
    /// Open on free ports of this machine; every room is a plain one.
    pub(crate) async fn open() -> Self {
        Self::open_telling(vec![]).await
    }

    /// The same, and what happens in the rooms is told there.
    pub(crate) async fn open_telling(webhooks: Vec<Url>) -> Self {
        let keys = Keys::single("devkey", "secret");
        let config = Config {
            wire: transport::Config { listen: "127.0.0.1:0".parse().unwrap(), advertise: vec![] },
            url: "ws://unused".to_owned(),
            keys: keys.clone(),
            webhooks,
        };
        let embedded = Arc::new(Embedded::start(config, Arc::new(Outside), Arc::new(Outside)).unwrap());
        let hosts = Arc::new(Hosts {
            rule: Mutex::new(Box::new(|_| Ok(Welcome::Plain))),
            attendance: watch::channel(vec![]).0,
        });
        let router = embedded.router(hosts.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, embedded, hosts, keys }
    }

    pub(crate) fn rule(&self, rule: impl FnMut(&Bearer) -> Result<Welcome, Error> + Send + 'static) {
        *self.hosts.rule.lock().unwrap() = Box::new(rule);
    }

    pub(crate) fn refuses(&self, refusal: Refusal) {
        self.rule(move |_| Err(Error::Refused(refusal)));
    }

    pub(crate) fn token(&self, room: &str, identity: &str) -> String {
        let video = VideoGrant { room_join: true, room: room.to_owned(), ..VideoGrant::default() };
        self.keys.mint(&Claims { sub: identity.to_owned(), exp: Some(in_an_hour()), video, ..Claims::default() })
    }

    /// A program's own token.
    pub(crate) fn key(&self, video: VideoGrant) -> String {
        self.keys.mint(&Claims { exp: Some(in_an_hour()), video, ..Claims::default() })
    }

    /// A token of Ada's with this grant.
    pub(crate) fn person(&self, video: VideoGrant) -> String {
        let sub = "ada".to_owned();
        self.keys.mint(&Claims { sub, exp: Some(in_an_hour()), video, ..Claims::default() })
    }

    pub(crate) fn ticket(&self, room: &str, identity: &str, seat: i64) -> String {
        let video = VideoGrant { room_join: true, room: room.to_owned(), ..VideoGrant::default() };
        let anteroom = Some(AnteroomClaim { seat });
        let sub = identity.to_owned();
        self.keys.mint(&Claims { sub, exp: Some(in_an_hour()), video, anteroom, ..Claims::default() })
    }

    pub(crate) async fn closes(&self, room: &str) {
        self.embedded.close(&RoomName::from_text(room)).await.unwrap();
    }

    /// Waits until the attendance list says exactly this about somebody.
    pub(crate) async fn has_noted(&self, who: &str, what: &[&str]) {
        let mut attendance = self.hosts.attendance.subscribe();
        let expected: Vec<_> = what.iter().map(|what| format!("{who} {what}")).collect();
        let noted = attendance.wait_for(|list| list.iter().filter(|line| line.starts_with(who)).eq(&expected));
        let noted = tokio::time::timeout(std::time::Duration::from_secs(30), noted).await.is_ok();
        assert!(noted, "{:?}", self.hosts.attendance.borrow());
    }
}

fn in_an_hour() -> f64 {
    (Outside.now().as_second() + 3_600) as f64
}
