//! The embedded media server: starts and stops it, and implements the `Video` port of `app`.

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

use crate::http::{self, Allowances, RtcState};
use crate::media_thread::{self, Handle, MediaThread};
use crate::random_ids::RandomBytes;
use crate::rooms::{Attendance, Command, RoomDirectory, Rooms};
use crate::transport::{self, Sockets};
use crate::webhooks::{RetryPolicy, WebhookSender};

/// Settings of the embedded server.
#[derive(Debug, Clone)]
pub struct Config {
    /// Listen and advertised addresses for media.
    pub wire: transport::Config,
    /// URL of the signalling endpoints for clients: `ws://…` or `wss://…`, without a trailing slash.
    pub url: String,
    /// The keys that sign tokens.
    pub keys: Keys,
    /// Webhook URLs.
    pub webhooks: Vec<Url>,
    /// Rooms that are no consultation's open at the first join with a token; otherwise only by `CreateRoom`.
    pub auto_create_rooms: bool,
}

/// The embedded media server. Dropping it closes every room.
pub struct Embedded {
    config: Config,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    rooms: Handle<Command>,
    directory: Arc<RoomDirectory>,
    evictions: Arc<AtomicU64>,
    attendance: Mutex<Option<mpsc::UnboundedReceiver<Attendance>>>,
    webhooks: Mutex<Option<WebhookSender>>,
    /// Joined when this is dropped.
    _thread: MediaThread,
}

impl Embedded {
    /// Binds the media sockets and starts the media thread. [`Embedded::router`] adds the HTTP endpoints.
    pub fn start(config: Config, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> io::Result<Self> {
        let sockets = Sockets::bind(&config.wire)?;
        let (udp, tcp) = (sockets.udp_candidates().to_vec(), sockets.tcp_candidates().to_vec());
        let media = anteroom_media::Config::new(&udp, &tcp).map_err(io::Error::other)?;
        let (sender, attendance) = mpsc::unbounded_channel();
        #[expect(clippy::disallowed_methods, reason = "origin of the media thread's clock")]
        let now = Instant::now();
        let mut rooms = Rooms::new(Arc::new(media), Limits::default(), random(&rng), sender, now);
        let mut webhooks = None;
        if !config.webhooks.is_empty() {
            let (sender, events) = mpsc::unbounded_channel();
            rooms = rooms.with_webhooks(sender);
            webhooks = Some(start_webhooks(&config, &clock, &rng, events)?);
        }
        let directory = Arc::clone(rooms.directory());
        let (rooms, thread) = media_thread::start(sockets, rooms)?;
        Ok(Self {
            config,
            clock,
            rng,
            rooms,
            directory,
            evictions: Arc::default(),
            attendance: Mutex::new(Some(attendance)),
            webhooks: Mutex::new(webhooks),
            _thread: thread,
        })
    }

    /// The HTTP and WebSocket routes, for the process's listener. Every join request is checked with `admission`.
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
            directory: Arc::clone(&self.directory),
            clock: Arc::clone(&self.clock),
            admission,
            random: Mutex::new(random(&self.rng)),
            auto_create_rooms: self.config.auto_create_rooms,
            server_info: ServerInfo { version: env!("CARGO_PKG_VERSION").to_owned(), node: "ND_anteroom".to_owned() },
            allowances: Allowances::default(),
            evictions: Arc::clone(&self.evictions),
        })
    }

    /// Disconnects all participants with the reason "server shutdown"; clients reconnect when the server is back.
    pub fn shutdown(&self) {
        let _ = self.rooms.send(Command::Shutdown);
    }

    /// Waits up to 5 s until the webhooks of all events so far are sent. Call it after [`Embedded::shutdown`].
    pub async fn flush_webhooks(&self) {
        let webhooks = self.webhooks.lock().expect("no one panics while holding it").take();
        let Some(webhooks) = webhooks else { return };
        // A barrier: the reply comes after the events of all earlier commands.
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
            anteroom: Some(AnteroomClaim { ticket_number: grant.ticket_number }),
            ..Claims::default()
        };
        // No name in the token, because tokens show up in logs of proxies: the admission check supplies it.
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

/// Reports in order: a participant who moves to another device departs before arriving.
async fn report_attendance(mut attendance: mpsc::UnboundedReceiver<Attendance>, admission: Arc<dyn Admission>) {
    while let Some(event) = attendance.recv().await {
        match event {
            Attendance::Arrived(bearer) => admission.arrived(&bearer).await,
            Attendance::Departed(bearer) => admission.departed(&bearer).await,
        }
    }
}
