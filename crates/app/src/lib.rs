//! The use cases: one file per noun, one function per verb, each of them load, decide, save, tell.
//!
//! Knows people, times and rights; never a socket, a page or a packet.

mod actor;
mod admission;
mod consultation_context;
mod error;
mod hub;
mod ports;

pub mod api_keys;
pub mod appointments;
pub mod consultations;
pub mod invitations;
pub mod notices;
pub mod outbox;
pub mod passwords;
pub mod practices;
pub mod sessions;
pub mod standing;
pub mod tickets;
pub mod users;
pub mod waiting_room;

use std::sync::Arc;

use anteroom_domain::{ConsultationId, Secret};
use anteroom_store::Store;
use tokio::sync::Notify;

pub use self::actor::{Actor, Admin, Staff};
pub use self::admission::media_restarted;
pub use self::error::Error;
pub use self::hub::{Hub, Topic, Watch};
pub use self::passwords::Passwords;
pub use self::ports::{
    Admission, Admitted, Bearer, Clock, Grant, Message, MessageKind, Messenger, MessengerError, Rng, Ticket, Video,
    VideoError,
};
pub use self::standing::Standing;

/// What `Result` means in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Everything a use case may reach for. Cheap to clone; tests build one with other outsides.
#[derive(Clone)]
pub struct App {
    /// What is kept.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Chance that nobody can guess.
    pub rng: Arc<dyn Rng>,
    /// The media server.
    pub video: Arc<dyn Video>,
    /// Carries letters.
    pub messenger: Arc<dyn Messenger>,
    /// Who watches what, so that pages change by themselves.
    pub hub: Arc<Hub>,
    /// Rung after each commit that left something in the outbox.
    pub outbox_ready: Arc<Notify>,
    /// Hashes and checks passwords, a few at a time.
    pub passwords: Passwords,
    /// Where people reach this server: `https://video.example`, without a slash at the end.
    pub public_url: Arc<str>,
}

impl App {
    /// `N` bytes that nobody can guess.
    pub(crate) fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill(&mut bytes);
        bytes
    }

    /// A fresh secret.
    pub(crate) fn secret(&self) -> Secret {
        Secret::new(self.random_bytes())
    }

    /// The personal link around a secret.
    pub fn link(&self, secret: &Secret) -> String {
        format!("{}/join/{}", self.public_url, secret.reveal())
    }

    /// After a commit: wakes whoever watches this consultation, and whoever empties the outbox.
    pub(crate) fn notify(&self, consultation: ConsultationId, host: anteroom_domain::UserId) {
        self.hub.notify(Topic::Consultation(consultation));
        self.hub.notify(Topic::Day(host));
        self.outbox_ready.notify_one();
    }
}
