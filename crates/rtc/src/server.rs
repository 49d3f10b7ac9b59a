//! The media server inside: starts and stops it, and speaks for it to the rest of the house.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anteroom_app::{Admission, Clock, Grant, Rng, Ticket, Video, VideoError};
use anteroom_domain::{ParticipantId, Private, RoomName};
use anteroom_livekit::{AnteroomClaim, Claims, Keys, ServerInfo, VideoGrant};
use anteroom_room::{DisconnectReason, Limits};
use anteroom_signalling::RoomEvent;
use async_trait::async_trait;
use axum::Router;
use jiff::Timestamp;
use reqwest::Url;
use tokio::sync::{mpsc, oneshot};

use crate::http::{self, RtcState};
use crate::media_thread::{self, Handle, MediaThread};
use crate::random_ids::RandomBytes;
use crate::rooms::{Attendance, Command, Rooms};
use crate::transport::{self, Sockets};
use crate::webhooks::{RetryPolicy, WebhookSender};

/// What the embedded server needs to be told.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the media listens.
    pub wire: transport::Config,
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
    rooms: Handle<Command>,
    evictions: Arc<AtomicU64>,
    attendance: Mutex<Option<mpsc::UnboundedReceiver<Attendance>>>,
    webhooks: Mutex<Option<WebhookSender>>,
    /// Joined when this is dropped.
    _thread: MediaThread,
}

impl Embedded {
    /// Binds the sockets and starts the thread that owns the rooms. The doors open with [`Embedded::router`].
    pub fn start(config: Config, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> io::Result<Self> {
        let sockets = Sockets::bind(&config.wire)?;
        let (udp, tcp) = (sockets.udp_candidates().to_vec(), sockets.tcp_candidates().to_vec());
        let media = anteroom_media::Config::new(&udp, &tcp).map_err(io::Error::other)?;
        let (sender, attendance) = mpsc::unbounded_channel();
        #[expect(clippy::disallowed_methods, reason = "the media thread's clock begins here")]
        let now = Instant::now();
        let mut rooms = Rooms::new(Arc::new(media), Limits::default(), random(&rng), sender, now);
        let mut webhooks = None;
        if !config.webhooks.is_empty() {
            let (sender, events) = mpsc::unbounded_channel();
            rooms = rooms.with_webhooks(sender);
            webhooks = Some(start_webhooks(&config, &clock, &rng, events)?);
        }
        let (rooms, thread) = media_thread::start(sockets, rooms)?;
        Ok(Self {
            config,
            clock,
            rng,
            rooms,
            evictions: Arc::default(),
            attendance: Mutex::new(Some(attendance)),
            webhooks: Mutex::new(webhooks),
            _thread: thread,
        })
    }

    /// The doors, to be mounted on the program's listener. `admission` is asked at every knock.
    pub fn router(&self, admission: Arc<dyn Admission>) -> Router {
        let attendance = self.attendance.lock().expect("no one panics while holding it").take();
        if let Some(attendance) = attendance {
            let reporting = report_attendance(attendance, Arc::clone(&admission));
            #[expect(clippy::disallowed_methods, reason = "ends by itself when the media thread does")]
            tokio::spawn(reporting);
        }
        http::router(RtcState {
            keys: self.config.keys.clone(),
            rooms: self.rooms.clone(),
            clock: Arc::clone(&self.clock),
            admission,
            random: Mutex::new(random(&self.rng)),
            server_info: ServerInfo { version: env!("CARGO_PKG_VERSION").to_owned(), node: "ND_anteroom".to_owned() },
            evictions: Arc::clone(&self.evictions),
        })
    }

    /// Everybody out, with a word of why. Their clients come back when the server does.
    pub fn shutdown(&self) {
        let _ = self.rooms.send(Command::Shutdown);
    }

    /// Waits, not for long, until what happened so far is told to other programs. Tell it after [`Embedded::shutdown`].
    pub async fn flush_webhooks(&self) {
        let webhooks = self.webhooks.lock().expect("no one panics while holding it").take();
        let Some(webhooks) = webhooks else { return };
        // Answered after everything that was asked before: by then the rooms have said what they had to say.
        let (reply, flushed) = oneshot::channel();
        if self.rooms.send(Command::Flush(reply)).is_ok() {
            let _ = flushed.await;
        }
        webhooks.finish().await;
    }

    fn command(&self, command: Command) -> Result<(), VideoError> {
        self.rooms.send(command).map_err(|stopped| VideoError(Some(Box::new(stopped))))
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
        self.evict(Command::Close { room: room.as_str().to_owned(), reason: DisconnectReason::RoomClosed })
    }

    async fn remove(&self, room: &RoomName, who: ParticipantId) -> Result<(), VideoError> {
        let identity = who.to_string().as_str().into();
        self.evict(Command::Remove { room: room.as_str().to_owned(), identity })
    }
}

fn start_webhooks(
    config: &Config,
    clock: &Arc<dyn Clock>,
    rng: &Arc<dyn Rng>,
    events: mpsc::UnboundedReceiver<RoomEvent>,
) -> io::Result<WebhookSender> {
    let (urls, keys) = (config.webhooks.clone(), config.keys.clone());
    let webhooks = WebhookSender::start(urls, keys, Arc::clone(clock), random(rng), RetryPolicy::default(), events);
    webhooks.map_err(io::Error::other)
}

fn random(rng: &Arc<dyn Rng>) -> RandomBytes {
    let rng = Arc::clone(rng);
    Box::new(move |bytes| rng.fill(bytes))
}

/// In the order in which it happened: a replaced seat departs before it arrives.
async fn report_attendance(mut attendance: mpsc::UnboundedReceiver<Attendance>, admission: Arc<dyn Admission>) {
    while let Some(event) = attendance.recv().await {
        match event {
            Attendance::Arrived(bearer) => admission.arrived(&bearer).await,
            Attendance::Departed(bearer) => admission.departed(&bearer).await,
        }
    }
}
