//! The use cases: one file per noun, one function per verb, each of them load, decide, save, notify.
//!
//! Independent of HTTP, pages and media packets.

mod access;
mod actor;
mod admission;
mod attendance;
mod consultation_context;
mod error;
mod hub;
mod last_used;
mod media_server;
mod passwords;
mod ports;
mod write_turns;

pub mod accounts;
pub mod api_keys;
pub mod appointment_lists;
pub mod appointments;
pub mod consultations;
pub mod devices;
pub mod handovers;
pub mod invitations;
pub mod jobs;
pub mod login_failures;
pub mod messages;
pub mod monitoring;
pub mod password_links;
pub mod practices;
pub mod presence;
pub mod records;
pub mod sessions;
pub mod standing;
pub mod sweep;
pub mod tickets;
pub mod time_zone_changes;
pub mod users;
pub mod waiting_room;

use std::sync::Arc;

pub use anteroom_domain::MessageKind;
use anteroom_domain::Secret;
use anteroom_store::{Store, Wake};
use tokio::sync::Notify;

pub use self::actor::{Actor, Admin, Staff};
pub use self::error::Error;
pub use self::hub::{ConsultationWatch, DayWatch, Hub, Links, Topic, Watch};
pub use self::last_used::LastUsed;
pub use self::media_server::{media_alive, media_restarted};
pub use self::passwords::Passwords;
pub use self::ports::{
    Admission, Admitted, AttendanceRecord, Bearer, Clock, Grant, Message, Messenger, MessengerError, Rng, Ticket,
    Video, VideoError, WebhookLoss,
};
pub use self::standing::Standing;
pub use self::sweep::SweepPosition;
pub use self::write_turns::WriteTurns;

/// Result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

/// The dependencies of the use cases. Cheap to clone; tests pass other implementations of the ports.
#[derive(Clone)]
pub struct App {
    /// Database.
    pub store: Store,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Cryptographically secure random numbers.
    pub rng: Arc<dyn Rng>,
    /// Media server.
    pub video: Arc<dyn Video>,
    /// Sends messages to people.
    pub messenger: Arc<dyn Messenger>,
    /// Wakes live pages after changes.
    pub hub: Arc<Hub>,
    /// Notified after commits that have posted jobs.
    pub jobs_ready: Arc<Notify>,
    /// The queue of password hashing.
    pub passwords: Passwords,
    /// When sessions were used last.
    pub last_used: LastUsed,
    /// Who writes, and who waits for it.
    pub write_turns: WriteTurns,
    /// How far the sweep has looked.
    pub sweep_position: SweepPosition,
    /// Public base URL: `https://video.example`, without a trailing slash.
    pub public_url: Arc<str>,
}

impl App {
    /// `N` random bytes.
    pub(crate) fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill(&mut bytes);
        bytes
    }

    /// A new secret.
    pub(crate) fn secret(&self) -> Secret {
        Secret::new(self.random_bytes())
    }

    /// The personal link with this secret.
    pub fn link(&self, secret: &Secret) -> String {
        format!("{}/join/{}", self.public_url, secret.reveal())
    }

    /// Wakes when the login or the rights of an actor may have ended. A page that is sent live updates watches it, or it
    /// would stay open until something else changes. A link is watched with its consultation, and a host's
    /// also with the account.
    pub fn watch_access(&self, actor: &Actor) -> Option<Watch> {
        match actor {
            Actor::Staff(user) => Some(self.hub.watch(Topic::Account(user.id))),
            Actor::Key { .. } => Some(self.hub.watch(Topic::Keys)),
            Actor::Participant { account, .. } => account.map(|user| self.hub.watch(Topic::Account(user))),
            Actor::Console => None,
        }
    }

    /// Wakes live pages and workers after every commit, also those of other programs on the same database. Call it once.
    pub fn listen_to_commits(&self) {
        let (hub, clock) = (Arc::clone(&self.hub), Arc::clone(&self.clock));
        self.store.on_open_seats(Arc::new(move |program, seats| presence::receive(&hub, clock.now(), program, seats)));
        let (hub, jobs_ready) = (Arc::clone(&self.hub), Arc::clone(&self.jobs_ready));
        self.store.on_commit(Arc::new(move |wakes| {
            for wake in wakes {
                match wake {
                    Wake::Consultation(id) => hub.notify(Topic::Consultation(*id)),
                    Wake::Day(host) => hub.notify(Topic::Day(*host)),
                    Wake::Account(user) => hub.notify(Topic::Account(*user)),
                    Wake::Practice => hub.notify(Topic::Practice),
                    Wake::Keys => hub.notify(Topic::Keys),
                    Wake::Jobs => jobs_ready.notify_one(),
                    Wake::All => {
                        hub.presence.introduce();
                        hub.notify_all();
                        jobs_ready.notify_one();
                    }
                }
            }
        }));
    }
}
