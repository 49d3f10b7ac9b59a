//! The media server inside: starts and stops it, and speaks for it to the rest of the house.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anteroom_app::{Admission, Clock, Grant, Rng, Ticket, Video, VideoError};
use anteroom_dialect::livekit::service::Order;
use anteroom_dialect::livekit::webhook::News;
use anteroom_dialect::livekit::{AnteroomClaim, Claims, Keys, VideoGrant, Wording};
use anteroom_domain::{ParticipantId, Private, RoomName};
use anteroom_room::{Limits, Reason};
use async_trait::async_trait;
use axum::Router;
use jiff::Timestamp;
use reqwest::Url;
use tokio::sync::{mpsc, oneshot};

use crate::courier::{Courier, Patience};
use crate::door::{self, Porter};
use crate::hall::{Attendance, Command, Hall, Ordered};
use crate::names::Chance;
use crate::thread::{self, Handle, MediaThread};
use crate::wire::{self, Sockets};

/// What the embedded server needs to be told.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the media listens.
    pub wire: wire::Config,
    /// Where browsers reach the doors: `ws://…` or `wss://…`, without a slash at the end.
    pub url: String,
    /// The keys that sign tokens.
    pub keys: Keys,
    /// Where other programs are told what happens in the rooms.
    pub webhooks: Vec<Url>,
}

/// The media server inside. Dropping it ends every room.
pub struct Embedded {
    config: Config,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    hall: Handle<Command>,
    evictions: Arc<AtomicU64>,
    attendance: Mutex<Option<mpsc::UnboundedReceiver<Attendance>>>,
    courier: Mutex<Option<Courier>>,
    /// Joined when this is dropped.
    _thread: MediaThread,
}

impl Embedded {
    /// Binds the sockets and starts the thread that owns the rooms. The doors open with [`Embedded::router`].
    pub fn start(config: Config, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> io::Result<Self> {
        let sockets = Sockets::bind(&config.wire)?;
        let (udp, tcp) = (sockets.udp_candidates().to_vec(), sockets.tcp_candidates().to_vec());
        let media = anteroom_media::Config::new(&udp, &tcp).map_err(io::Error::other)?;
        let us = Wording { version: env!("CARGO_PKG_VERSION").to_owned(), node: "ND_anteroom".to_owned() };
        let (tell, attendance) = mpsc::unbounded_channel();
        #[expect(clippy::disallowed_methods, reason = "the media thread's clock begins here")]
        let now = Instant::now();
        let mut hall = Hall::new(Arc::new(media), us, Limits::default(), chance(&rng), tell, now);
        let mut courier = None;
        if !config.webhooks.is_empty() {
            let (tell, news) = mpsc::unbounded_channel();
            hall = hall.telling(tell);
            courier = Some(hire(&config, &clock, &rng, news)?);
        }
        let (hall, thread) = thread::start(sockets, hall)?;
        Ok(Self {
            config,
            clock,
            rng,
            hall,
            evictions: Arc::default(),
            attendance: Mutex::new(Some(attendance)),
            courier: Mutex::new(courier),
            _thread: thread,
        })
    }

    /// The doors, to be mounted on the program's listener. `admission` is asked at every knock.
    pub fn router(&self, admission: Arc<dyn Admission>) -> Router {
        let waiting = self.attendance.lock().expect("no one panics while holding it").take();
        if let Some(waiting) = waiting {
            let told = tell_attendance(waiting, Arc::clone(&admission));
            #[expect(clippy::disallowed_methods, reason = "ends by itself when the media thread does")]
            tokio::spawn(told);
        }
        door::router(Porter {
            keys: self.config.keys.clone(),
            hall: self.hall.clone(),
            clock: Arc::clone(&self.clock),
            admission,
            chance: Mutex::new(chance(&self.rng)),
            evictions: Arc::clone(&self.evictions),
        })
    }

    /// Everybody out, with a word of why. Their clients come back when the server does.
    pub fn shutdown(&self) {
        let _ = self.hall.send(Command::Shutdown);
    }

    /// Waits, not for long, until what happened so far is told to other programs. Tell it after [`Embedded::shutdown`].
    pub async fn tell_the_last_news(&self) {
        let courier = self.courier.lock().expect("no one panics while holding it").take();
        let Some(courier) = courier else { return };
        // Answered after everything that was asked before: by then the rooms have said what they had to say.
        let (reply, heard) = oneshot::channel();
        let order = Order::ListRooms(vec![String::new()]);
        let ordered = Ordered { order, may_open: false, at_ms: 0, reply };
        if self.hall.send(Command::Order(Box::new(ordered))).is_ok() {
            let _ = heard.await;
        }
        courier.finish().await;
    }

    fn command(&self, command: Command) -> Result<(), VideoError> {
        self.hall.send(command).map_err(|stopped| VideoError(Some(Box::new(stopped))))
    }

    fn evict(&self, command: Command) -> Result<(), VideoError> {
        self.evictions.fetch_add(1, Ordering::SeqCst);
        self.command(command)
    }
}

#[async_trait]
impl Video for Embedded {
    async fn ticket(&self, grant: &Grant, _at: Timestamp) -> Result<Ticket, VideoError> {
        let video = VideoGrant { room_join: true, room: grant.room.as_str().to_owned(), ..VideoGrant::default() };
        let claims = Claims {
            sub: grant.participant.to_string(),
            exp: Some(grant.until.as_second() as f64),
            video,
            anteroom: Some(AnteroomClaim { seat: grant.ticket_number }),
            ..Claims::default()
        };
        // The name is not in the token: the house tells it at the door, and tokens are seen in logs of proxies.
        let token = Private::new(self.config.keys.mint(&claims));
        Ok(Ticket { url: self.config.url.clone(), token, expires_at: grant.until })
    }

    async fn close(&self, room: &RoomName) -> Result<(), VideoError> {
        self.evict(Command::Close { room: room.as_str().to_owned(), reason: Reason::RoomClosed })
    }

    async fn remove(&self, room: &RoomName, who: ParticipantId) -> Result<(), VideoError> {
        let identity = who.to_string().as_str().into();
        self.evict(Command::Remove { room: room.as_str().to_owned(), identity })
    }
}

fn hire(
    config: &Config,
    clock: &Arc<dyn Clock>,
    rng: &Arc<dyn Rng>,
    news: mpsc::UnboundedReceiver<News>,
) -> io::Result<Courier> {
    let (urls, keys) = (config.webhooks.clone(), config.keys.clone());
    let courier = Courier::start(urls, keys, Arc::clone(clock), chance(rng), Patience::default(), news);
    courier.map_err(io::Error::other)
}

fn chance(rng: &Arc<dyn Rng>) -> Chance {
    let rng = Arc::clone(rng);
    Box::new(move |bytes| rng.fill(bytes))
}

/// In the order in which it happened: a replaced seat departs before it arrives.
async fn tell_attendance(mut waiting: mpsc::UnboundedReceiver<Attendance>, admission: Arc<dyn Admission>) {
    while let Some(event) = waiting.recv().await {
        match event {
            Attendance::Arrived(bearer) => admission.arrived(&bearer).await,
            Attendance::Departed(bearer) => admission.departed(&bearer).await,
        }
    }
}
