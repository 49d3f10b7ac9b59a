//! The embedded media server: starts and stops it, and implements the `Video` port of `app`.

mod attendance;

use std::io;
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anteroom_app::{Admission, Clock, Grant, Rng, Ticket, Video, VideoError, WebhookLoss};
use anteroom_domain::{ParticipantId, Private, RoomName};
use anteroom_livekit::{AnteroomClaim, Claims, Keys, ServerInfo, VideoGrant};
use anteroom_room::{DisconnectReason, Limits};
use anteroom_signalling::RoomEvent;
use async_trait::async_trait;
use axum::Router;
use jiff::Timestamp;
use reqwest::Url;
use tokio::sync::mpsc;

use self::attendance::{AttendanceReporter, MAX_WAITING};
use crate::event_queue::{Dropped, DroppedEvents, event_queue};
use crate::http::{self, Allowances, Endpoints, RtcState};
use crate::random_ids::RandomBytes;
use crate::rooms::{Attendance, Command, RoomDirectory, Rooms};
use crate::shards::{self, MediaThreads};
use crate::webhooks::{RetryPolicy, WebhookLosses, WebhookSender};
use crate::{metrics, transport};

/// Settings of the embedded server.
#[derive(Debug, Clone)]
pub struct Config {
    /// Listen and advertised addresses for media. If the port is not 0, media thread `n` uses the `n`-th port after it.
    pub wire: transport::Config,
    /// Media threads. Each room lives on one of them.
    pub media_threads: NonZeroU16,
    /// URL of the signalling endpoints for clients: `ws://…` or `wss://…`, without a trailing slash.
    pub url: String,
    /// The keys that sign tokens.
    pub keys: Keys,
    /// Webhook URLs.
    pub webhooks: Vec<Url>,
    /// Rooms that are no consultation's open at the first join with a token; otherwise only by `CreateRoom`.
    pub auto_create_rooms: bool,
}

/// Events between the rooms and the webhooks, which sort them into bounded queues at once.
const MAX_EVENTS: usize = 4_096;

/// The embedded media server. Dropping it closes every room.
pub struct Embedded {
    config: Config,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    directory: Arc<RoomDirectory>,
    evictions: Arc<AtomicU64>,
    attendance: Mutex<Option<mpsc::Receiver<Attendance>>>,
    dropped: DroppedEvents,
    reporter: Mutex<Option<AttendanceReporter>>,
    webhooks: Mutex<Option<WebhookSender>>,
    webhook_losses: WebhookLosses,
    /// Joined when this is dropped.
    media: MediaThreads,
}

impl Embedded {
    /// Binds the media sockets and starts the media threads. [`Embedded::router`] adds the HTTP endpoints.
    pub fn start(config: Config, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> io::Result<Self> {
        let dropped = DroppedEvents::default();
        let (arrivals, attendance) = event_queue(MAX_WAITING, dropped.attendance.clone());
        let (mut events, mut webhooks) = (None, None);
        if !config.webhooks.is_empty() {
            let (sender, receiver) = event_queue(MAX_EVENTS, dropped.webhooks.clone());
            events = Some(sender);
            webhooks = Some(start_webhooks(&config, &clock, &rng, (receiver, dropped.webhooks.clone()))?);
        }
        let directory = Arc::<RoomDirectory>::default();
        let threads = config.media_threads.get();
        let media = shards::start(&config.wire, threads, |index, media| {
            let rooms = Rooms::new(media, Limits::default(), random(&rng), arrivals.clone(), now());
            let rooms = rooms.on_thread(index.into(), threads.into(), Arc::clone(&directory));
            match &events {
                Some(events) => rooms.with_webhooks(events.clone()),
                None => rooms,
            }
        })?;
        Ok(Self {
            config,
            clock,
            rng,
            directory,
            evictions: Arc::default(),
            attendance: Mutex::new(Some(attendance)),
            dropped,
            reporter: Mutex::default(),
            webhook_losses: webhooks.as_ref().map(|sender| sender.losses.clone()).unwrap_or_default(),
            webhooks: Mutex::new(webhooks),
            media,
        })
    }

    /// The HTTP and WebSocket routes, for the process's listener. Every join request is checked with `admission`.
    /// `guard` adds what is to be checked before them, such as rate limits.
    pub fn router(&self, admission: Arc<dyn Admission>, guard: impl Fn(Router, Endpoints) -> Router) -> Router {
        let events = self.attendance.lock().expect("no one panics while holding it").take();
        if let Some(events) = events {
            let (admission, clock) = (Arc::clone(&admission), Arc::clone(&self.clock));
            let reporter = AttendanceReporter::start((events, self.dropped.attendance.clone()), admission, clock);
            *self.reporter.lock().expect("no one panics while holding it") = Some(reporter);
        }
        http::router(self.state(admission), guard)
    }

    fn state(&self, admission: Arc<dyn Admission>) -> RtcState {
        RtcState {
            keys: self.config.keys.clone(),
            rooms: self.media.shards.clone(),
            directory: Arc::clone(&self.directory),
            clock: Arc::clone(&self.clock),
            admission,
            random: Mutex::new(random(&self.rng)),
            auto_create_rooms: self.config.auto_create_rooms,
            server_info: ServerInfo { version: env!("CARGO_PKG_VERSION").to_owned(), node: "ND_anteroom".to_owned() },
            allowances: Allowances::default(),
            evictions: Arc::clone(&self.evictions),
        }
    }

    /// Disconnects all participants with the reason "server shutdown"; clients reconnect when the server is back.
    pub fn shutdown(&self) {
        let _ = self.media.shards.send(Command::Shutdown);
    }

    /// Waits up to 5 s until the webhooks of all events so far are sent. Call it after [`Embedded::shutdown`].
    pub async fn flush_webhooks(&self) {
        let webhooks = self.webhooks.lock().expect("no one panics while holding it").take();
        let Some(webhooks) = webhooks else { return };
        // A barrier: the events of all earlier commands are handed over.
        self.media.shards.flush().await;
        webhooks.finish().await;
    }

    /// Waits up to 5 s until the attendance of all events so far is stored. Call it after [`Embedded::shutdown`], and
    /// before the database is closed.
    pub async fn flush_attendance(&self) {
        let reporter = self.reporter.lock().expect("no one panics while holding it").take();
        let Some(reporter) = reporter else { return };
        self.media.shards.flush().await;
        reporter.finish().await;
    }

    /// Waits until a media thread has ended by itself, and returns why. Its rooms are lost and joins to it are refused:
    /// the program should end, so that its supervisor starts it again.
    pub async fn failure(&self) -> String {
        let mut failure = self.media.failure.clone();
        let failed = failure.wait_for(Option::is_some).await;
        failed.ok().and_then(|reason| reason.clone()).unwrap_or_else(|| "the media threads have stopped".to_owned())
    }

    /// Whether every media thread takes its turns.
    fn check_at(&self, now: Instant) -> Result<(), VideoError> {
        self.media.shards.check(now).map_err(|unhealthy| VideoError(Some(Box::new(unhealthy))))
    }

    fn command(&self, command: Command) -> Result<(), VideoError> {
        self.media.shards.send(command).map_err(|stopped| VideoError(Some(Box::new(stopped))))
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

    async fn remove(&self, room: &RoomName, who: ParticipantId, older_than: i64) -> Result<(), VideoError> {
        let identity = who.to_string().as_str().into();
        self.evict(Command::Remove { room: room.as_str().to_owned(), identity, older_than })
    }

    async fn connected(&self) -> Result<Vec<(RoomName, ParticipantId)>, VideoError> {
        let connected = self.directory.connected().into_iter();
        Ok(connected.filter_map(|(room, who)| Some((RoomName::from_text(room), who.as_str().parse().ok()?))).collect())
    }

    fn check(&self) -> Result<(), VideoError> {
        self.check_at(now())
    }

    fn metrics(&self) -> String {
        metrics::text(&self.media.shards, &self.directory, &self.dropped, &self.webhook_losses)
    }

    fn webhook_losses(&self) -> Vec<WebhookLoss> {
        self.webhook_losses.all()
    }
}

#[expect(clippy::disallowed_methods, reason = "the clock of the media threads")]
fn now() -> Instant {
    Instant::now()
}

fn start_webhooks(
    config: &Config,
    clock: &Arc<dyn Clock>,
    rng: &Arc<dyn Rng>,
    events: (mpsc::Receiver<RoomEvent>, Dropped),
) -> io::Result<WebhookSender> {
    let (urls, keys) = (config.webhooks.clone(), config.keys.clone());
    let webhooks = WebhookSender::start(urls, keys, Arc::clone(clock), random(rng), RetryPolicy::default(), events);
    webhooks.map_err(io::Error::other)
}

fn random(rng: &Arc<dyn Rng>) -> RandomBytes {
    let rng = Arc::clone(rng);
    Box::new(move |bytes| rng.fill(bytes))
}

#[cfg(test)]
mod tests;
