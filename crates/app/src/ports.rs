//! What the use cases ask of the outside: time, chance, a media server, a messenger.
//!
//! [`Video`] and [`Admission`] are the one place where consultations and rooms meet.

use anteroom_domain::{
    Appointment, EmailAddress, ParticipantId, PersonName, Private, Role, RoomName, WordingPack, Zone,
};
use async_trait::async_trait;
use jiff::Timestamp;

use crate::Error;

/// What time it is.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Chance that nobody can guess.
pub trait Rng: Send + Sync {
    /// Fills `bytes` with it.
    fn fill(&self, bytes: &mut [u8]);
}

/// What one person may do in one room, until when.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Which room.
    pub room: RoomName,
    /// Who; also the identity in the room.
    pub participant: ParticipantId,
    /// As the others read it.
    pub name: Private<PersonName>,
    /// In which role.
    pub role: Role,
    /// The ticket's number: a lower one than the seat's is an old device's.
    pub ticket_number: i64,
    /// Until when it opens the door.
    pub until: Timestamp,
}

/// A [`Grant`] signed for the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Where to connect: `ws://…` or `wss://…`.
    pub url: String,
    /// The signed grant.
    pub token: Private<String>,
    /// Until when it opens the door.
    pub expires_at: Timestamp,
}

/// The media server did not do what was asked. Worth another try.
#[derive(Debug, thiserror::Error)]
#[error("the media server did not answer")]
pub struct VideoError(#[source] pub Option<Box<dyn std::error::Error + Send + Sync>>);

/// A media server: the embedded one, a LiveKit cluster, Twilio's cloud.
#[async_trait]
pub trait Video: Send + Sync {
    /// Signs a grant.
    async fn ticket(&self, grant: &Grant, at: Timestamp) -> Result<Ticket, VideoError>;

    /// Everybody out, for good. Closing a closed room changes nothing.
    async fn close(&self, room: &RoomName) -> Result<(), VideoError>;

    /// One person out. Removing somebody who is not there changes nothing.
    async fn remove(&self, room: &RoomName, who: ParticipantId) -> Result<(), VideoError>;
}

/// Who stands at a media door, by their verified token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The room the token names.
    pub room: String,
    /// The identity the token names.
    pub identity: String,
    /// The number of the ticket; `None` in a token that a program signed with the API key of the media server.
    pub ticket_number: Option<i64>,
}

/// How somebody comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admitted {
    /// To their seat in a consultation.
    Participant {
        /// As the others read it.
        name: Private<PersonName>,
        /// In which role.
        role: Role,
    },
    /// To a room that is no consultation's: the token's own grants count.
    TokenOnly,
}

/// Asked by media doors at every connect: a token is never the authority.
#[async_trait]
pub trait Admission: Send + Sync {
    /// May the bearer of this verified token come in, now?
    async fn may_enter(&self, bearer: &Bearer) -> Result<Admitted, Error>;

    /// The media connection of this bearer came up.
    async fn arrived(&self, bearer: &Bearer);

    /// The media connection of this bearer went for good. Told in the order in which it happened: a replaced device
    /// departs before the new one arrives, or the seat counts as empty while somebody is in it.
    async fn departed(&self, bearer: &Bearer);
}

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// The appointment stands; here is the personal link.
    Confirmed,
    /// It will not take place.
    Cancelled,
}

impl MessageKind {
    /// The name in letter ids and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One letter to one person, with every fact it needs; the messenger finds the words.
#[derive(Debug, Clone)]
pub struct Message {
    /// About what.
    pub kind: MessageKind,
    /// The practice, as it calls itself.
    pub practice: String,
    /// Its vocabulary.
    pub pack: WordingPack,
    /// In which role they read it.
    pub role: Role,
    /// What they are called.
    pub name: Private<PersonName>,
    /// Where it goes.
    pub email: Private<EmailAddress>,
    /// In which zone they read times.
    pub zone: Zone,
    /// What the other person is called.
    pub other: Private<PersonName>,
    /// In which zone the other one reads times.
    pub other_zone: Zone,
    /// The plan itself.
    pub appointment: Appointment,
    /// Their personal link; none for a cancelled appointment or one in person.
    pub link: Option<Private<String>>,
    /// Minutes before the start at which the room opens.
    pub opens_before: u16,
    /// The same for every try to send this letter: the messenger makes the `Message-ID` of it.
    pub idempotency_key: String,
    /// When it is written.
    pub at: Timestamp,
}

/// Why a letter was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum MessengerError {
    /// Not now: try again.
    #[error("the messenger is not reachable")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Never: the address or the letter itself is refused.
    #[error("the messenger refused the message")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Carries letters to people.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Hands one letter over. `Ok` means accepted, not read.
    async fn send(&self, message: &Message) -> Result<(), MessengerError>;
}
