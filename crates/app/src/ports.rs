//! Ports of the use cases: clock, random numbers, media server, messenger.
//!
//! [`Video`] and [`Admission`] are the only interface between consultations and media rooms.

use anteroom_domain::{
    Appointment, EmailAddress, Language, MessageKind, ParticipantId, PersonName, Private, Role, RoomName, WordingPack,
    Zone,
};
use async_trait::async_trait;
use jiff::Timestamp;

use crate::Error;

/// The current time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Cryptographically secure random numbers.
pub trait Rng: Send + Sync {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// Permission of one participant to join one room, with an expiry.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The room.
    pub room: RoomName,
    /// The participant; also the identity in the room.
    pub participant: ParticipantId,
    /// Name shown to the others.
    pub name: Private<PersonName>,
    /// Role.
    pub role: Role,
    /// Number of the ticket. Lower than the participant's latest means an older device.
    pub ticket_number: i64,
    /// Expiry.
    pub until: Timestamp,
}

/// A signed [`Grant`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// URL to connect to: `ws://…` or `wss://…`.
    pub url: String,
    /// The signed grant.
    pub token: Private<String>,
    /// Expiry.
    pub expires_at: Timestamp,
}

/// A request to the media server failed. May be retried.
#[derive(Debug, thiserror::Error)]
#[error("the media server did not answer")]
pub struct VideoError(#[source] pub Option<Box<dyn std::error::Error + Send + Sync>>);

/// A media server: the embedded one, a LiveKit cluster, Twilio's cloud.
#[async_trait]
pub trait Video: Send + Sync {
    /// Signs a grant.
    async fn ticket(&self, grant: &Grant, at: Timestamp) -> Result<Ticket, VideoError>;

    /// Closes a room and disconnects everyone. Closing a closed room changes nothing.
    async fn close(&self, room: &RoomName) -> Result<(), VideoError>;

    /// Disconnects one participant, unless they are connected with a ticket of this number or a higher one. A token that
    /// an API client has signed has no number and counts as old. Removing an absent participant changes nothing.
    async fn remove(&self, room: &RoomName, who: ParticipantId, older_than: i64) -> Result<(), VideoError>;

    /// Who has a media connection now, with the room. Others than participants of consultations may be among them.
    async fn connected(&self) -> Result<Vec<(RoomName, ParticipantId)>, VideoError>;

    /// Whether the media server works. The source of the error says what does not.
    fn check(&self) -> Result<(), VideoError>;

    /// Its counters, in the text format of Prometheus; empty if there are none. Contains no personal data.
    fn metrics(&self) -> String;

    /// The receivers that have missed webhooks about its rooms. None, if it sends none itself.
    fn webhook_losses(&self) -> Vec<WebhookLoss> {
        Vec::new()
    }
}

/// Webhook events that a receiver has not got and will not get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookLoss {
    /// Host of the receiver.
    pub host: String,
    /// How many events, since the start of the program.
    pub events: u64,
    /// When the last one was given up.
    pub last_at: Timestamp,
    /// Why, without personal data.
    pub cause: String,
}

/// The holder of a verified token who connects to the media server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The room in the token.
    pub room: String,
    /// The identity in the token.
    pub identity: String,
    /// Number of the ticket; `None` in a token signed by an API client with the media server's own key.
    pub ticket_number: Option<i64>,
}

/// How a bearer is admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admitted {
    /// As a participant of a consultation.
    Participant {
        /// Name shown to the others.
        name: Private<PersonName>,
        /// Role.
        role: Role,
    },
    /// To a room that belongs to no consultation: the token's own grants apply.
    TokenOnly,
}

/// A media connection came up or was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttendanceRecord {
    /// Whose.
    pub bearer: Bearer,
    /// Whether it came up.
    pub is_connected: bool,
    /// When. Recorded as it is, however late it is stored.
    pub at: Timestamp,
}

/// Called by the media server at every connect: a token is never the authority.
#[async_trait]
pub trait Admission: Send + Sync {
    /// Whether the bearer of this verified token may join now.
    async fn may_join(&self, bearer: &Bearer) -> Result<Admitted, Error>;

    /// Records a change of a media connection. Reported in order: a replaced device departs before the new one arrives,
    /// otherwise a connected participant would be recorded as disconnected. After an error the caller tries again.
    async fn attend(&self, attendance: &AttendanceRecord) -> Result<(), Error>;
}

/// A message to one person, with all its data; the messenger renders the text.
#[derive(Debug, Clone)]
pub struct Message {
    /// Kind.
    pub kind: MessageKind,
    /// Name of the practice.
    pub practice: String,
    /// Language of the recipient.
    pub language: Language,
    /// Vocabulary.
    pub pack: WordingPack,
    /// The recipient.
    pub recipient: ParticipantId,
    /// Role of the recipient.
    pub role: Role,
    /// Name of the recipient.
    pub name: Private<PersonName>,
    /// Address of the recipient.
    pub email: Private<EmailAddress>,
    /// Zone of the recipient.
    pub zone: Zone,
    /// Whom the appointment is with: the guest for the host, the host for everybody else.
    pub other: Private<PersonName>,
    /// Their zone.
    pub other_zone: Zone,
    /// The appointment.
    pub appointment: Appointment,
    /// The recipient's personal link; none for a cancellation or an appointment in person.
    pub link: Option<Private<String>>,
    /// Minutes before the start at which the room opens.
    pub opens_before: u16,
    /// Equal for every attempt to send this message; the `Message-ID` is derived from it.
    pub idempotency_key: String,
    /// When it was written.
    pub at: Timestamp,
}

/// Why a message was not accepted. The text of the direct cause goes into the log, so it must not name anybody; what a
/// server answered can, and belongs into the causes of the cause.
#[derive(Debug, thiserror::Error)]
pub enum MessengerError {
    /// Temporary: retry later.
    #[error("the messenger is not reachable")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Permanent: the address or the message is refused.
    #[error("the messenger refused the message")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl MessengerError {
    /// What happened and its direct cause, for the log.
    pub(crate) fn for_log(&self) -> String {
        let (Self::Unreachable(cause) | Self::Refused(cause)) = self;
        format!("{self}: {cause}")
    }
}

/// Sends messages to people.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Sends one message. `Ok` means accepted for delivery.
    async fn send(&self, message: &Message) -> Result<(), MessengerError>;

    /// Whether messages can be sent at all. If not they wait, and staff see that they do.
    fn is_configured(&self) -> bool {
        true
    }
}
